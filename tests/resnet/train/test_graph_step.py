"""The recorded step, with a recorder that works on a CPU: it calls the function again.

What a CUDA graph adds is tried by `benchmarks/gpu.sh`, which compares both on a GPU.
"""

from dataclasses import replace

import pytest
import torch

from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer
from resnet.train import step as steps
from resnet.train.step import GraphStep

RECIPE = Recipe(
    image_size=16,
    batch=24,
    iterations=60,
    learning_rate=0.02,
    schedule="linear",
    log_every=7,
    test_every=63,
    precision="fp32",
)


class Again:
    """Replays a function by calling it; like a graph, it cannot be recorded with a first step."""

    def __init__(self, learn):
        self.learn, self.replays = learn, 0
        learn()  # a recording on a CPU cannot help taking the step

    def replay(self):
        self.replays += 1
        self.learn()


def trainer(images, recipe=RECIPE, record=None):
    made = Trainer(NetSpec.parse("resnet8-A-w4"), recipe, images, "cpu")
    if record:
        eager = made._learn
        made._learn = GraphStep(
            eager.net, eager.optimizer, eager.batches, eager.sums, "fp32", record=record
        )
    return made


def rows(trainer, count):
    found = [trainer.step() for _ in range(count)]
    return [replace(row, seconds=0.0) for row in found if row]


def weights(trainer):
    return {**trainer.net.state_dict()}


@pytest.mark.parametrize("augment", [True, False])
@pytest.mark.parametrize("momentum", [0.9, 0.0])
def test_fifty_replays_are_fifty_steps(images, augment, momentum):
    recipe = replace(RECIPE, augment=augment, momentum=momentum)
    eager, graphed = trainer(images, recipe), trainer(images, recipe, Again)
    assert rows(eager, 55) == pytest.approx(rows(graphed, 55))
    for name, weight in weights(eager).items():
        assert torch.allclose(weight, weights(graphed)[name], rtol=1e-5, atol=1e-7), name
    assert graphed._learn._replay.replays == 55
    assert graphed.how == "as a CUDA graph"


def test_recording_leaves_everything_as_it_was(images):
    graphed = trainer(images, record=Again)
    before = {name: weight.clone() for name, weight in weights(graphed).items()}
    graphed._learn._prepare(0, 0.02)
    assert all(torch.equal(weight, before[name]) for name, weight in weights(graphed).items())
    momenta = [state["momentum_buffer"] for state in graphed.optimizer.state.values()]
    assert len(momenta) == len(list(graphed.net.parameters()))
    assert not any(momentum.any() for momentum in momenta)
    assert not graphed._sums.any()


def test_what_a_replay_reads_stays_where_it_is(images):
    graphed = trainer(images, record=Again)
    graphed.step()
    read = graphed._learn._draws, graphed._learn._rate
    places = [tensor.data_ptr() for tensor in read]
    for _ in range(steps.AHEAD + 2):
        graphed.step()
    assert [tensor.data_ptr() for tensor in read] == places
    assert float(read[1]) == pytest.approx(graphed.schedule.rate(graphed.iteration - 1, True))


def test_a_changed_rate_and_a_loaded_state_reach_the_replays(images):
    graphed, eager = trainer(images, record=Again), trainer(images)
    for each in (graphed, eager):
        rows(each, 5)
        each.change_rate(0.04)
        rows(each, 3)
    again = trainer(images, record=Again)
    rows(again, 2)  # recorded, on weights that are about to be replaced
    again.load_state(graphed.state())
    rows(again, 4), rows(eager, 4)
    for name, weight in weights(eager).items():
        assert torch.allclose(weight, weights(again)[name], rtol=1e-4, atol=1e-6), name


def test_where_recording_fails_it_runs_step_by_step_and_says_so(images, capsys):
    def fails(learn):
        learn()
        raise RuntimeError("operation not permitted when stream is capturing\nmore")

    eager, graphed = trainer(images), trainer(images, record=fails)
    assert rows(eager, 15) == pytest.approx(rows(graphed, 15))
    assert graphed.how == (
        "step by step, for recording it failed: operation not permitted when stream is capturing"
    )
    assert graphed.how in capsys.readouterr().err


def test_memory_that_runs_out_while_recording_is_told(images):
    def full(learn):
        raise torch.OutOfMemoryError("no room")

    with pytest.raises(torch.OutOfMemoryError):
        trainer(images, record=full).step()
