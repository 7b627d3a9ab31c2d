"""Errors are measured in fp32, in evaluation mode; nets that images cannot train are refused."""

import re
from dataclasses import replace

import pytest
import torch

from resnet.spec import NetSpec, Recipe, SpecError
from resnet.train import Trainer, precision_on, train_together

TINY = Recipe(image_size=16, batch=16, iterations=6, log_every=3, test_every=3)
REFUSED = [
    ("imagenet-resnet50-B", "ImageNet ResNet-50 B is made for 224x224 images and cannot be traine"),
    ("imagenet-resnet18-B-c10", "10 classes is made for 224x224 images and cannot be trained here"),
    (
        "resnet20-A-c100",
        "ResNet-20 A, 100 classes tells 100 classes apart, but the images have 10; "
        "give the net 10 classes",
    ),
]


@pytest.fixture(params=["plain14-w4", "resnet14-B-w4", "resnet14-A-w4-pre", "resnet8-A-w4-nonorm"])
def trained(request, images):
    trainer = Trainer(NetSpec.parse(request.param), TINY, images, "cpu")
    list(train_together([trainer]))
    return trainer


def wrong_percent(trainer, part):
    """Of the net itself in evaluation mode, nothing folded, one image at a time."""
    net = trainer.net.eval()
    with torch.no_grad():
        logits = torch.cat([net(trainer.batches.normalised(x[None])) for x in part.images])
    return 100 * (logits.argmax(1) != part.labels).sum().item() / len(part)


def test_errors_are_those_of_the_net_in_evaluation_mode(trained):
    wanted = [
        wrong_percent(trained, part) for part in (trained.batches.train, trained.batches.test)
    ]
    assert list(trained.test(None)) == wanted


@pytest.mark.parametrize("count", [10, 20])
def test_a_count_looks_at_the_first_images_of_either_set(trained, count):
    batches = trained.batches
    wanted = [wrong_percent(trained, part.first(count)) for part in (batches.train, batches.test)]
    assert list(trained.test(count)) == wanted


def test_measuring_changes_nothing_in_the_net(trained):
    before = {name: value.clone() for name, value in trained.net.state_dict().items()}
    trained.net.train()
    trained.test(None)
    assert trained.net.training
    assert all(torch.equal(before[name], now) for name, now in trained.net.state_dict().items())


@pytest.mark.parametrize("precision, dtype", [("fp32", torch.float32), ("bf16", torch.bfloat16)])
def test_errors_are_measured_in_fp32_whatever_the_training_computes_in(images, precision, dtype):
    trainer = Trainer(
        NetSpec.parse("resnet8-A-w4"), replace(TINY, precision=precision), images, "cpu"
    )
    seen = []

    def watch(module, inputs, output):
        seen.append((module.training, output.dtype))

    trainer.net.head.fc.register_forward_hook(watch)  # copies of the net keep it
    list(train_together([trainer]))
    assert (True, dtype) in seen
    assert {each for each in seen if not each[0]} == {(False, torch.float32)}


def test_the_last_test_looks_at_final_images(images):
    recipe = replace(TINY, test_images=10, final_images=None)
    trainer = Trainer(NetSpec.parse("resnet8-A-w4"), recipe, images, "cpu")
    rows = [row for _, row in train_together([trainer])]
    assert (rows[-1].train_error, rows[-1].test_error) == trainer.test(None)
    assert rows[0].test_error in [10.0 * wrong for wrong in range(11)]


@pytest.mark.parametrize("name, sentence", REFUSED)
def test_a_net_that_these_images_cannot_train_is_refused(images, name, sentence):
    with pytest.raises(SpecError, match=re.escape(sentence)):
        Trainer(NetSpec.parse(name), TINY, images, "cpu")


def test_auto_means_bf16_where_the_processor_has_it():
    cpu = torch.device("cpu")
    has_it = torch.cpu._is_avx512_bf16_supported()
    assert precision_on(cpu, "auto") == ("bf16" if has_it else "fp32")
    assert precision_on(cpu, "fp32") == "fp32"
    assert precision_on(cpu, "bf16") == "bf16"
