"""What holds for every lab: it tells from the start, repeats itself, and leaves the net alone."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from resnet.labs import LABS
from resnet.labs.constructed.experiment import RECIPE
from resnet.spec import NetSpec

SHORT = replace(
    RECIPE,
    images=40,
    batch=8,
    iterations=3,
    warmup_iterations=1,
    log_every=1,
    test_every=1,
    test_images=16,
    final_images=16,
)
SETTINGS = {
    "gradients": {"steps": 2, "batch": 8, "seed": 3},
    "constructed": {"depth": 14, "recipe": SHORT, "seed": 3},
    "lesion": {"counts": (1, 2), "draws": 2, "seed": 3},
    "switched": {"off": ("stage1.block2", "stage3.block1")},
    "paths": {"images": 4, "samples": 2, "seed": 3},
    "shattered": {"points": 16, "lines": 2, "seed": 3},
    "surface": {"side": 5, "seed": 3},
    "variants": {"names": ("identity", "exclusive-gate", "dropout"), "recipe": SHORT, "seed": 3},
}


class Stopped(Exception):
    pass


@pytest.fixture(autouse=True)
def few_compared(monkeypatch):
    for name in ("COMPARED", "MEASURED"):
        monkeypatch.setattr(f"resnet.labs.constructed.experiment.{name}", 32)


@pytest.fixture
def given(lived, shown, images, classes):
    """The arguments of a lab, and the net among them, if it takes one."""

    def make(lab):
        side = 16 if lab.takes == "images" else 8
        net = lived("resnet14-A-w4" if lab.name != "constructed" else "resnet8-A-w4", side, steps=1)
        arguments = {
            "examples": (net, shown()),
            "classes": (net, shown(), classes),
            "images": (net, images),
            "spec": (NetSpec.parse("resnet8-A-w4"), images),
        }[lab.takes]
        return arguments, net

    return make


def state(net):
    """Everything that a lab must not change."""
    values = {name: value.clone() for name, value in net.state_dict().items()}
    hooks = [len(module._forward_hooks) for module in net.modules()]
    kinds = [type(module).__name__ for module in net.modules()]
    flags = [module.training for module in net.modules()]
    wanted = [weight.requires_grad and weight.grad is None for weight in net.parameters()]
    return values, (hooks, kinds, flags, wanted)


def same(one, other):
    return one[1] == other[1] and all(torch.equal(one[0][name], other[0][name]) for name in one[0])


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.name)
def test_a_lab_tells_repeats_and_leaves_the_net_as_it_was(lab, given):
    arguments, net = given(lab)
    before, told = state(net), []
    settings = SETTINGS.get(lab.name, {})
    result = lab.run(
        *arguments, progress=lambda share, words: told.append((share, words)), **settings
    )
    shares = [share for share, _ in told]
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(shares)
    assert len(told) >= 3 and all(words for _, words in told)
    assert same(state(net), before)
    assert type(result) is lab.result
    text = result.to_json()
    assert lab.run(*arguments, **settings).to_json() == text
    assert lab.result.from_json(text).to_json() == text


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.name)
def test_a_lab_is_stopped_by_what_its_listener_raises_wherever_that_is(lab, given):
    arguments, net = given(lab)
    before, told = state(net), []
    settings = SETTINGS.get(lab.name, {})
    lab.run(*arguments, progress=lambda share, words: told.append(share), **settings)
    for stop_at in {0, len(told) // 3, 2 * len(told) // 3, len(told) - 1}:
        heard = iter(range(len(told)))

        def listen(share, words, heard=heard, stop_at=stop_at):
            if next(heard) == stop_at:
                raise Stopped

        with pytest.raises(Stopped):
            lab.run(*arguments, progress=listen, **settings)
        assert same(state(net), before)


@pytest.mark.parametrize("name", ["constructed", "surface", "variants"])
def test_what_grows_shows_itself_as_it_grows_and_ends_as_what_is_returned(name, given):
    arguments, _ = given(LABS[name])
    grown = []
    result = LABS[name].run(
        *arguments, show=lambda now: grown.append(now.to_json()), **SETTINGS[name]
    )
    assert LABS[name].grows
    assert len(set(grown)) == len(grown) > 3
    assert grown[-1] == result.to_json()


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.name)
def test_a_result_is_json_that_browsers_take(lab, given):
    arguments, _ = given(lab)
    plain = lab.run(*arguments, **SETTINGS.get(lab.name, {})).to_plain()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_the_list_of_labs_and_what_they_return_are_read_without_torch():
    code = (
        "import sys, resnet.labs, resnet.labs.result, resnet.labs.sees.upload, "
        "resnet.labs.gradients.activations, resnet.labs.variants.table; "
        "[lab.said for lab in resnet.labs.LABS.values()]; assert 'torch' not in sys.modules"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
