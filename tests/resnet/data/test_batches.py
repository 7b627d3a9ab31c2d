"""Mini-batches: the mean image, the order, the split; the same for every net of a comparison."""

from collections import Counter
from dataclasses import replace

import pytest
import torch

from resnet.data.batches import Batches
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer

PLAIN = Recipe(batch=16, augment=False)


def batches(images, /, **fields):
    return Batches(images, replace(PLAIN, **fields), torch.device("cpu"))


@pytest.fixture
def numbered(images):
    """The tiny images, labelled by their place in the set, so that an order can be read off."""
    return replace(images, train_labels=torch.arange(64), test_labels=torch.arange(100, 132))


def test_the_mean_image_is_the_per_pixel_mean_of_the_training_images(images):
    mean = batches(images).mean
    assert mean.shape == (3, 32, 32)
    torch.testing.assert_close(mean, (images.train_images.double().mean(0) / 255).float())


def test_it_is_the_mean_of_the_images_that_are_trained_on_alone(numbered):
    drawn = batches(numbered, images=20)
    trained_on = numbered.train_images[drawn.train.labels]
    torch.testing.assert_close(drawn.mean, (trained_on.double().mean(0) / 255).float())


def test_a_batch_is_images_over_255_less_the_mean_and_nothing_else(numbered):
    all_of_it = batches(numbered)
    x, labels = all_of_it.batch(0)
    assert x.dtype == torch.float32
    assert torch.equal(x, numbered.train_images[labels].float() / 255 - all_of_it.mean)


@pytest.mark.parametrize("augment", [True, False])
def test_a_batch_is_float32_in_channels_last(images, augment):
    x, labels = batches(images, augment=augment).batch(0)
    assert x.shape == (16, 3, 32, 32)
    assert x.dtype == torch.float32
    assert x.is_contiguous(memory_format=torch.channels_last)
    assert (labels.shape, labels.dtype) == ((16,), torch.int64)


def test_half_the_size_is_the_mean_of_two_by_two_pixels(numbered):
    small = batches(numbered, image_size=16)
    whole = numbered.train_images[small.train.labels].int()
    sums = sum(whole[:, :, row::2, column::2] for row in (0, 1) for column in (0, 1))
    assert small.train.images.dtype == torch.uint8
    assert torch.equal(small.train.images, (sums / 4).round().to(torch.uint8))
    assert small.mean.shape == (3, 16, 16)


@pytest.mark.parametrize("size", [16, 24, 40, 64, 100])
def test_every_image_counts_equally_whether_or_not_batches_divide_the_set(numbered, size):
    seen = batches(numbered, batch=size)
    labels = torch.cat([seen.batch(i)[1] for i in range(64)])  # `size` passes over 64 images
    assert Counter(labels.tolist()) == dict.fromkeys(range(64), size)
    for epoch in labels.split(64):
        assert sorted(epoch.tolist()) == list(range(64))


def test_each_epoch_has_an_order_of_its_own(numbered):
    seen = batches(numbered, batch=64)
    assert not torch.equal(seen.batch(0)[1], seen.batch(1)[1])


@pytest.mark.parametrize("augment", [True, False])
def test_a_batch_depends_on_seed_and_iteration_alone(images, augment):
    one, other = batches(images, augment=augment), batches(images, augment=augment)
    forwards = [one.batch(i) for i in range(8)]
    torch.rand(5)
    for i in reversed(range(8)):
        x, labels = other.batch(i)
        assert torch.equal(x, forwards[i][0])
        assert torch.equal(labels, forwards[i][1])


def test_another_seed_gives_another_order(numbered):
    one, other = (batches(numbered, seed=seed).batch(0)[1] for seed in (0, 1))
    assert not torch.equal(one, other)


def test_another_seed_gives_another_augmentation(images):
    crops = []
    for seed in (0, 1):
        drawn = batches(images, seed=seed, augment=True)
        drawn.train.images[:] = images.train_images[0]
        crops.append(drawn.batch(0)[0])
    assert not torch.equal(*crops)


def test_nets_of_a_comparison_see_the_same_batches(images):
    recipe = Recipe(batch=16, iterations=3)
    nets = [NetSpec.parse(name) for name in ("plain8", "resnet14-C")]
    one, other = (Trainer(net, recipe, images, "cpu").batches for net in nets)
    assert all(torch.equal(one.batch(i)[0], other.batch(i)[0]) for i in range(3))


def test_a_number_of_images_is_drawn_at_random_by_the_seed(numbered):
    drawn = [batches(numbered, images=20, seed=seed).train.labels.tolist() for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1]
    assert set(drawn[0]) != set(drawn[2])
    assert len(set(drawn[0])) == 20
    assert set(drawn[0]) != set(range(20))


def test_where_more_images_are_asked_for_than_there_are_all_are_taken(numbered):
    taken = batches(numbered, images=65)
    assert sorted(taken.train.labels.tolist()) == list(range(64))
    words = "tiny images (all 64 training images, for there are no 65)"
    assert numbered.described_for(replace(PLAIN, images=65)) == words
    assert numbered.described_for(replace(PLAIN, images=64)) == "tiny images"


def test_the_hold_out_counts_when_images_are_asked_for(images):
    held = replace(PLAIN, images=59, split="45k/5k")
    assert len(Batches(images, held, torch.device("cpu")).train) == 58
    words = "tiny images: all 58 training images, for there are no 59"
    assert images.headline(held) == words


def test_50k_10k_trains_on_all_and_tests_on_the_test_images(numbered):
    whole = batches(numbered, split="50k/10k", test_images=None)
    assert sorted(whole.train.labels.tolist()) == list(range(64))
    assert sorted(whole.test.labels.tolist()) == list(range(100, 132))


@pytest.mark.parametrize("seed", [0, 1])
def test_45k_5k_holds_a_tenth_out_whatever_the_seed(numbered, seed):
    split = batches(numbered, split="45k/5k", seed=seed)
    train, test = (set(part.labels.tolist()) for part in (split.train, split.test))
    assert (len(train), len(test)) == (58, 6)
    assert train | test == set(range(64))
    assert test == set(batches(numbered, split="45k/5k").test.labels.tolist())


@pytest.mark.parametrize("images_drawn", [None, 20])
def test_labels_stay_with_their_images(numbered, images_drawn):
    taken = batches(numbered, images=images_drawn)
    assert torch.equal(taken.train.images, numbered.train_images[taken.train.labels])
    assert torch.equal(taken.test.images, numbered.test_images[taken.test.labels - 100])


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_first_images_are_of_many_classes_even_where_a_folder_lists_them_in_order(images, part):
    in_order = replace(
        images,
        train_images=images.train_images[images.train_labels.argsort()],
        train_labels=images.train_labels.sort().values,
        test_images=images.test_images[images.test_labels.argsort()],
        test_labels=images.test_labels.sort().values,
    )
    first = getattr(batches(in_order), part).first(12).labels
    assert len(first.unique()) > 4  # in the folder's order: two


def test_the_images_that_tests_look_at_are_the_same_whatever_the_seed(numbered):
    one, other = (batches(numbered, seed=seed) for seed in (0, 1))
    assert torch.equal(one.test.first(10).labels, other.test.first(10).labels)
    assert torch.equal(one.train.first(10).labels, other.train.first(10).labels)
