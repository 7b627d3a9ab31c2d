"""TensorBoard event files: what a row becomes, resumed runs, and life without the package."""

import importlib.util
import sys

import pytest

from explorer.lane import in_process, tensorboard, training
from explorer.lane.tensorboard import EventFiles, open_events, scalars
from explorer.store import states
from explorer.store.comparisons import checkpoint_file, run_folder
from explorer.store.requests import ControlRequests
from resnet.spec.row import Row

ROW = Row(
    20, 1.5, 0.1, 2.0, 70.0, 60.0, 65.0, gradients=(0.5, 0.25, 0.125), weights=(1.0, 2.0, 3.0)
)
LAYERS = ("stem.conv", "stage1.block1.conv1", "head.fc")

with_tensorboard = pytest.mark.skipif(
    importlib.util.find_spec("tensorboard") is None, reason="the package tensorboard is not there"
)


class Writer:
    def __init__(self):
        self.scalars, self.calls = [], []

    def add_scalar(self, tag, value, step):
        self.scalars.append((tag, value, step))

    def flush(self):
        self.calls.append("flush")

    def close(self):
        self.calls.append("close")


def test_a_row_becomes_errors_loss_rate_and_the_gradients_of_the_outer_layers():
    assert scalars(ROW, LAYERS) == {
        "error/train": 60.0,
        "error/test": 65.0,
        "error/batch": 70.0,
        "loss": 2.0,
        "learning rate": 0.1,
        "gradient norm/first layer, stem.conv": 0.5,
        "gradient norm/last layer, head.fc": 0.125,
    }


def test_what_a_row_does_not_have_is_left_out():
    assert scalars(Row(0, 0.1, test_error=90.0), LAYERS) == {"error/test": 90.0}
    assert scalars(Row(10, 0.1, loss=float("nan")), LAYERS) == {}


def test_rows_are_written_at_their_iterations_and_flushed():
    writer = Writer()
    files = EventFiles(writer, LAYERS)
    files.add([Row(0, 0.1, test_error=90.0), Row(10, 0.2, loss=2.5)])
    files.close()
    assert writer.scalars == [("error/test", 90.0, 0), ("loss", 2.5, 10)]
    assert writer.calls == ["flush", "close"]


def test_a_writer_that_fails_is_given_up_in_one_line(caplog):
    class Full(Writer):
        def flush(self):
            raise OSError(28, "No space left on device")

    files = EventFiles(Full(), LAYERS)
    files.add([ROW])
    files.add([ROW])
    files.close()
    assert caplog.messages == ["event files end here: [Errno 28] No space left on device"]


def test_without_the_package_there_are_no_event_files(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert open_events(tmp_path / "events", LAYERS, 0) is None
    assert not (tmp_path / "events").exists()


def test_a_package_that_is_torn_apart_counts_as_none(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    assert open_events(tmp_path / "events", LAYERS, 0) is None


@pytest.mark.usefixtures("image_folder")
def test_a_lane_writes_every_row_and_says_where_it_goes_on(store, submit, monkeypatch):
    opened = []

    def open_events(folder, layers, iteration):
        writer = Writer()
        opened.append((folder, layers, iteration, writer))
        return EventFiles(writer, layers)

    monkeypatch.setattr(tensorboard, "open_events", open_events)
    monkeypatch.setattr(training, "LOOK_EVERY", 0.0)
    comparison = submit()
    in_process.run_next(store)
    ControlRequests(store).extend(comparison, 10, 0.01)
    in_process.run_next(store)
    runs = store.comparison(comparison).runs
    assert {run.state for run in runs} == {states.FINISHED}
    for place, run in enumerate(runs):
        folder, layers, began, writer = opened[place]
        assert folder == run_folder(run.id) / "events" / f"{run.spec}-seed0"
        assert layers[-1] == "head.fc"
        assert began == 0
        losses = [step for tag, _, step in writer.scalars if tag == "loss"]
        assert losses == [10, 20, 30, 40]
        assert writer.calls[-1] == "close"
        _, _, began, writer = opened[2 + place]
        assert began == 40
        assert [step for tag, _, step in writer.scalars if tag == "loss"] == [50]
    assert checkpoint_file(runs[0].id).exists()


@with_tensorboard
def test_tensorboard_reads_no_point_twice_after_a_kill_and_a_resume(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = tmp_path / "events"
    first = open_events(folder, LAYERS, 0)
    first.add([Row(step, 0.1, loss=float(step)) for step in (10, 20, 30)])
    resumed = open_events(folder, LAYERS, 20)  # from the checkpoint at 20; the first never closed
    resumed.add([Row(step, 0.1, loss=100.0 + step) for step in (30, 40)])
    resumed.close()
    read = EventAccumulator(str(folder))
    read.Reload()
    assert [(each.step, each.value) for each in read.Scalars("loss")] == [
        (10, 10.0),
        (20, 20.0),
        (30, 130.0),
        (40, 140.0),
    ]
