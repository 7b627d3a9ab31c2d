"""What the memory section counts for, in the link and back."""

import pytest

from explorer.views.builder.memory_settings import USUAL, MemorySettings
from resnet.cost.roofline import MACHINES


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (USUAL, "128,fp32,1"),
        (MemorySettings(256, "bf16", 1), "256,bf16,2"),
        (MemorySettings(128, "fp32", 0, 0.5, 50.0), "128,fp32,1,0.5,50"),
    ],
)
def test_settings_are_one_word_of_the_link(settings, text):
    assert str(settings) == text
    assert MemorySettings.parse(text) == settings


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("128", "it needs a mini-batch, a precision and a machine"),
        ("many,fp32,1", "all but the precision must be numbers"),
        ("0,fp32,1", "mini-batch 0 is out of range; it can be 1 to 65,536"),
        ("128,fp8,1", "precision 'fp8' is not known; choose fp32 or bf16"),
        ("128,fp32,99", f"machine 99 is out of range; it can be 1 to {len(MACHINES)}"),
        ("128,fp32,1,nan,5", "peak in TFLOP/s must be a number, not nan"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        MemorySettings.parse(text)


def test_typed_peaks_make_a_machine_of_ones_own_until_they_are_the_listed_ones():
    typed = USUAL.with_peaks(0.5, 50.0)
    assert typed.as_machine().name == "your own figures"
    assert typed.as_machine().macs_per_second("fp32") == 0.25e12
    assert typed.with_peaks(*USUAL.peaks) == USUAL
    assert USUAL.as_machine() is MACHINES[0]
