"""What holds of every lab's words: they ask the judge, and say what of a paper they keep."""

import re
import sys
from importlib import import_module
from inspect import getsource

import pytest

from resnet.labs import LABS

MEASURING = [lab for lab in LABS.values() if lab.name != "sees"]  # one image has no error
OF_A_PAPER = [lab for lab in LABS.values() if lab.source]


def words(lab):
    name = "words" if lab.name == lab.folder else f"{lab.name}_words"
    module = f"resnet.labs.{lab.folder}.{name}"
    return sys.modules.get(module) or import_module(module)


@pytest.mark.parametrize("lab", MEASURING, ids=lambda lab: lab.name)
def test_a_lab_asks_the_judge(lab):
    assert "from resnet.verdict.single import" in getsource(words(lab))


@pytest.mark.parametrize("lab", OF_A_PAPER, ids=lambda lab: lab.name)
def test_a_lab_says_what_of_its_paper_is_kept_and_what_is_not(lab):
    text = re.sub(r'"\s*f?"', "", getsource(words(lab)))  # a sentence runs over several lines
    assert "Kept of the paper" in text and "Not kept" in text


@pytest.mark.parametrize(
    ("lab", "unseen"),
    [
        ("shattered", "Sections 1 and 2"),
        ("residual_size", "2020 (Section 2)"),
        ("lesion", "Fig. 3"),
    ],
)
def test_numbers_of_sections_that_no_source_showed_are_left_out(lab, unseen):
    assert unseen not in getsource(words(LABS[lab])) and unseen not in LABS[lab].source
