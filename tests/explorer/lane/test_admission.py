"""A GPU without enough memory, or taken by another program; played by trainers on the CPU."""

import pytest
import torch

from explorer.lane import runs as lane_runs
from explorer.lane import setup, training
from explorer.lane.admission import is_taken
from explorer.store import states
from explorer.store.comparisons import checkpoint_file
from explorer.store.requests import ControlRequests
from explorer.store.tables import runs
from explorer.store.training import TrainingStore
from resnet.spec import NetSpec, SpecError
from resnet.train import Trainer, checkpoint

pytestmark = pytest.mark.usefixtures("image_folder")

TAKEN = "CUDA error: CUDA-capable device(s) is/are busy or unavailable\nsome advice"


class Device:
    """A device that holds so many nets, or none at all (None); it counts those set up on it.

    when  it runs out of memory: as a net is set up, or at its steps
    """

    def __init__(self, holds, when="set up"):
        self.holds, self.when = holds, when
        self.alive, self.most = set(), 0
        self.on_cpu = []
        self.broken = ()  # nets that cannot be set up, whatever the memory
        self.after_a_step = lambda: None


@pytest.fixture
def play(monkeypatch):
    """Makes lanes train on such a device."""

    def on(device):
        class OnIt(Trainer):
            def __init__(self, spec, recipe, images, name=None):
                if spec in device.broken:
                    raise SpecError("this net cannot be trained")
                if name == "cpu":
                    device.on_cpu.append(str(spec))
                elif device.holds is None:
                    raise RuntimeError(TAKEN)
                else:
                    device.alive.add(id(self))
                    if device.when == "set up":
                        self.check()
                    device.most = max(device.most, len(device.alive))
                self.on_device = name != "cpu"
                super().__init__(spec, recipe, images, "cpu")

            def check(self):
                if len(device.alive) > device.holds:
                    device.alive.discard(id(self))
                    raise torch.OutOfMemoryError("CUDA out of memory")

            def step(self):
                if self.on_device and device.when == "step":
                    self.check()
                row = super().step()
                device.after_a_step()
                return row

            def __del__(self):
                device.alive.discard(id(self))

        monkeypatch.setattr(setup, "Trainer", OnIt)
        return device

    return on


@pytest.fixture
def heard(monkeypatch):
    """What people are told, in order."""
    words = []
    tell = TrainingStore.tell

    def listen(self, comparison, message, *more):
        words.append(message)
        tell(self, comparison, message, *more)

    monkeypatch.setattr(TrainingStore, "tell", listen)
    return words


def train(store, identity):
    ids = [run.id for run in store.comparison(identity).runs]
    claim(store)
    lane_runs.train(store, "lane", ids)
    return store.comparison(identity)


def claim(store):
    with store.write() as connection:
        connection.execute(runs.update().values(state=states.RUNNING, lane="lane"))


@pytest.mark.parametrize("when", ["set up", "step"])
@pytest.mark.parametrize("holds", [1, 2])
def test_nets_that_do_not_fit_together_train_one_after_another(
    store, submit, play, heard, when, holds
):
    device = play(Device(holds, when))
    comparison = train(store, submit())
    assert len(comparison.runs) > 1
    assert all(run.state == states.FINISHED for run in comparison.runs)
    assert all(checkpoint_file(run.id).exists() for run in comparison.runs)
    for run in comparison.runs:  # every row once, from the first to the last iteration
        mine = [row.iteration for row in store.since(comparison.id) if row.run == run.id]
        assert mine == sorted(set(mine))
        assert (mine[0], mine[-1]) == (0, run.recipe.iterations)
    if holds < len(comparison.runs):
        assert any("the GPU has no memory left for" in words for words in heard)
    assert comparison.message == ""
    assert not device.on_cpu
    if when == "set up":
        assert device.most == min(holds, len(comparison.runs))


@pytest.mark.parametrize("when", ["set up", "step"])
def test_a_net_that_does_not_fit_alone_trains_on_the_cpu_and_says_so(
    store, submit, play, heard, when
):
    device = play(Device(0, when))
    comparison = train(store, submit())
    assert all(run.state == states.FINISHED for run in comparison.runs)
    assert set(device.on_cpu) == {str(run.spec) for run in comparison.runs}
    assert all(run.device.startswith("CPU") for run in comparison.runs)
    assert any("trains on the CPU and takes longer" in words for words in heard)


def test_a_gpu_that_another_program_has_taken(store, submit, play, heard):
    device = play(Device(None))
    comparison = train(store, submit())
    assert all(run.state == states.FINISHED for run in comparison.runs)
    assert len(device.on_cpu) == len(comparison.runs)
    assert any("busy or unavailable" in words and "advice" not in words for words in heard)


def test_a_waiting_net_can_be_stopped(store, submit, play, monkeypatch):
    device = play(Device(1))
    monkeypatch.setattr(training, "LOOK_EVERY", 0.0)
    identity = submit()
    device.after_a_step = lambda: ControlRequests(store).stop(identity)
    comparison = train(store, identity)
    assert [run.state for run in comparison.runs] == [states.STOPPED, states.STOPPED]
    trained, waited = (checkpoint_file(run.id) for run in comparison.runs)
    assert checkpoint.load(trained)[2]["iteration"] == 1
    assert not waited.exists()
    assert device.most == 1


@pytest.mark.parametrize(("together", "broken"), [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0)])
def test_as_many_waiting_nets_begin_as_end_at_once(
    store, small, play, monkeypatch, together, broken
):
    """What a net that cannot be set up would have had is for the next that waits."""
    monkeypatch.setattr(training, "LOOK_EVERY", 0.0)
    nets = [NetSpec.parse(f"plain8-w{width}") for width in range(1, 2 * together + broken + 1)]
    device = play(Device(together))
    device.broken = nets[together : together + broken]
    identity = store.submit("many", [(net, small) for net in nets])
    first = [run.id for run in store.comparison(identity).runs][:together]
    at_once = []

    def stop_the_first():
        if not at_once:
            for run in first:
                ControlRequests(store).stop(identity, run)
        at_once.append(len(device.alive))

    device.after_a_step = stop_the_first
    comparison = train(store, identity)
    ended = [run.state for run in comparison.runs]
    assert ended == (
        [states.STOPPED] * together + [states.FAILED] * broken + [states.FINISHED] * together
    )
    whole = at_once.count(together)
    assert whole >= together * small.iterations - together  # of the later nets, all but the ends


def test_other_errors_of_a_device_are_not_taken_for_these():
    assert is_taken(RuntimeError(TAKEN))
    assert not is_taken(RuntimeError("CUDA error: an illegal memory access was encountered"))
    assert not is_taken(RuntimeError("the disk is busy"))
