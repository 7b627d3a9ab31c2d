"""What a net sees: probabilities, maps, confusions, against the net run by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from resnet.data.batches import Batches
from resnet.labs.bench.copies import copied
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError
from resnet.labs.sees.experiment import confusion, sees
from resnet.spec import Recipe


def chances(net, examples):
    with torch.no_grad():
        return torch.softmax(copied(net).eval()(examples.images).double(), 1).numpy()


def test_probabilities_are_softmax_and_sum_to_one(lived, examples, classes):
    net = lived("resnet8-A-w4", steps=15)
    result = sees(net, examples, classes, index=7)
    wanted = chances(net, examples)[7]
    np.testing.assert_allclose(result.probabilities, wanted, rtol=1e-4, atol=1e-7)
    assert result.probabilities.sum() == pytest.approx(1, abs=1e-6)
    assert list(result.top_probabilities) == pytest.approx(sorted(wanted, reverse=True)[:5])
    assert result.top[0] == classes[wanted.argmax()] and len(set(result.top)) == 5
    assert result.label == "class 7"
    assert np.array_equal(result.image, examples.pixels[7].permute(1, 2, 0).numpy())


def test_maps_are_those_of_the_stem_and_of_each_stage_within_half_a_shade(lived, examples, classes):
    net = lived("plain8-w24")
    result = sees(net, examples, classes, index=2)
    still = copied(net).eval()
    with torch.no_grad():
        x = still.stem(examples.images[2:3])
        by_hand = [x]
        for number in (1, 2, 3):
            by_hand.append(still.get_submodule(f"stage{number}")(by_hand[-1]))
    assert [each.name for each in result.maps] == ["stem", "stage1", "stage2", "stage3"]
    assert [each.channels for each in result.maps] == [24, 24, 48, 96]
    for found, wanted in zip(result.maps, by_hand, strict=True):
        wanted = wanted[0, :64].numpy()
        assert found.shades.shape == wanted.shape and found.shades.dtype == np.uint8
        step = (found.high - found.low) / 255
        np.testing.assert_allclose(found.low + step * found.shades, wanted, atol=0.51 * step)


def test_an_uploaded_image_has_no_label(lived, images, classes):
    batches = Batches(images, Recipe(image_size=16), torch.device("cpu"))
    examples = Examples.of_pixels(batches, batches.test.images[:2])
    assert torch.equal(examples.images, Examples.of(batches, "test", 2).images)
    result = sees(lived("resnet8-A-w4", side=16), examples, classes, index=1)
    assert result.label is None and result.from_json(result.to_json()).label is None


def test_the_confusion_counts_every_image_once_in_its_row(lived, examples, classes):
    net = lived("resnet8-A-w4", steps=4)
    result = confusion(net, examples, classes, mistakes=5)
    said = chances(net, examples)
    by_hand = np.zeros((10, 10), int)
    for label, row in zip(examples.labels.tolist(), said, strict=True):
        by_hand[label, row.argmax()] += 1
    assert np.array_equal(result.counts, by_hand)
    assert result.error == pytest.approx(100 * (1 - np.trace(by_hand) / len(examples)))
    wrong = [at for at in range(80) if said[at].argmax() != examples.labels[at]]
    surest = sorted(wrong, key=lambda at: -said[at].max())[:5]
    assert len(wrong) > 5
    assert [each.index for each in result.mistakes] == surest
    for each in result.mistakes:
        assert each.label == classes[examples.labels[each.index]] != each.said
        assert each.probability == pytest.approx(said[each.index].max(), rel=1e-4)
        wanted = said[each.index][examples.labels[each.index]]
        assert each.probability_of_label == pytest.approx(wanted, rel=1e-3)


def test_wrong_indices_and_names_are_refused(lived, examples, classes):
    net = lived("resnet8-A-w4", steps=1)
    with pytest.raises(LabError, match="image 80 is not there; choose 0 to 79"):
        sees(net, examples, classes, index=80)
    with pytest.raises(LabError, match="tells 10 classes apart, but 3 names were given"):
        confusion(net, examples, classes[:3])


def test_examples_without_pixels_have_pictures_of_nothing(lived, examples, classes):
    result = sees(lived("resnet8-A-w4", steps=1), replace(examples, pixels=None), classes)
    assert result.image.shape == (0, 0, 3)
