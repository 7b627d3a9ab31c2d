"""Lanes and the worker: training through the store, stopped, killed, resumed, diverged."""

import subprocess
import sys
import threading
import time

import pytest
import torch
from filelock import FileLock

from explorer.lane import in_process, keeping, runs, training
from explorer.store import patience, states
from explorer.store.comparisons import checkpoint_file, run_folder
from explorer.store.requests import ControlRequests
from explorer.store.training import TrainingStore
from explorer.worker import control
from explorer.worker import process as lane_process
from resnet import data
from resnet.spec import NetSpec
from resnet.train import checkpoint

pytestmark = pytest.mark.usefixtures("image_folder")


@pytest.fixture(autouse=True)
def single_thread():
    torch.set_num_threads(1)


OFTEN = """
from explorer.lane import __main__, training
training.FLUSH_EVERY = training.SAVE_EVERY = 0.05
__main__.main()
"""


def curves(store, comparison):
    """What a comparison's rows say, without ids and seconds: {net: [(iteration, figures...)]}."""
    names = {run.id: str(run.spec) for run in store.comparison(comparison).runs}
    table = {name: [] for name in names.values()}
    for row in store.since(comparison):
        figures = (row.loss, row.batch_error, row.train_error, row.test_error, *row.gradients)
        table[names[row.run]].append((row.iteration, row.learning_rate, *figures))
    return table


def weights(store, comparison):
    loaded = [
        checkpoint.load(checkpoint_file(run.id))[2]["net"]
        for run in store.comparison(comparison).runs
    ]
    return [tensor for state in loaded for tensor in state.values()]


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_the_next_comparison_is_trained_to_its_end(store, submit):
    identity = submit()
    assert in_process.run_next(store)
    found = store.comparison(identity)
    assert {run.state for run in found.runs} == {states.FINISHED}
    assert {run.data for run in found.runs} == {"tiny images"}
    for rows in curves(store, identity).values():
        assert [row[0] for row in rows] == [0, 10, 20, 30, 40]
        tested = [row[0] for row in rows if row[4] is not None]
        assert tested == [0, 20, 40]
    assert not in_process.run_next(store)


def test_a_killed_lane_is_interrupted_and_resumes_to_the_undisturbed_numbers(store, submit):
    undisturbed = submit(iterations=300)
    in_process.run_next(store)

    disturbed = submit(iterations=300)
    claimed = TrainingStore(store).claim("worker")
    ids = [run.id for run in claimed.runs]
    process = lane_process.Lane(
        subprocess.Popen([sys.executable, "-c", OFTEN], stdin=subprocess.PIPE)
    )
    TrainingStore(store).hand_over(ids, process.name)
    process.give(ids)
    files = [checkpoint_file(identity) for identity in ids]
    wait_for(lambda: all(file.exists() for file in files) and len(store.since(disturbed)) > 12)
    process.process.kill()
    process.process.wait()
    process.dismiss()

    assert TrainingStore(store).interrupt(process.name) == 2
    assert {run.state for run in store.comparison(disturbed).runs} == {states.INTERRUPTED}
    begun = [checkpoint.load(file)[2]["iteration"] for file in files]
    assert all(0 < iteration < 300 for iteration in begun)

    ControlRequests(store).resume(disturbed)
    in_process.run_next(store)
    assert {run.state for run in store.comparison(disturbed).runs} == {states.FINISHED}
    assert curves(store, disturbed) == curves(store, undisturbed)
    for one, other in zip(weights(store, disturbed), weights(store, undisturbed), strict=True):
        assert torch.equal(one, other)


def test_a_stopped_comparison_resumes_to_the_undisturbed_numbers(store, submit, monkeypatch):
    undisturbed = submit(iterations=100)
    in_process.run_next(store)
    stopped = submit(iterations=100)
    monkeypatch.setattr(training, "FLUSH_EVERY", 0.0)
    monkeypatch.setattr(training, "LOOK_EVERY", 0.0)

    def stop_soon():
        wait_for(lambda: len(store.since(stopped)) > 4)
        ControlRequests(store).stop(stopped)

    thread = threading.Thread(target=stop_soon)
    thread.start()
    in_process.run_next(store)
    thread.join()
    found = store.comparison(stopped)
    assert {run.state for run in found.runs} == {states.STOPPED}
    assert all(0 < run.iteration < 100 for run in found.runs)
    ControlRequests(store).resume(stopped)
    in_process.run_next(store)
    assert curves(store, stopped) == curves(store, undisturbed)


def test_a_lane_whose_worker_is_gone_saves_and_leaves_its_runs_interrupted(store, submit):
    identity = submit()
    claimed = TrainingStore(store).claim("mine")
    asked = iter([False] * 20 + [True] * 10)
    runs.train(store, "mine", [run.id for run in claimed.runs], gone=lambda: next(asked))
    for run in store.comparison(identity).runs:
        assert run.state == states.INTERRUPTED
        assert run.message == training.ORPHANED
        assert checkpoint.load(checkpoint_file(run.id))[2]["iteration"] in range(5, 10)


def test_a_lane_that_lost_its_runs_leaves_no_checkpoint_ahead_of_their_rows(
    store, submit, monkeypatch
):
    identity = submit()
    append = TrainingStore.append

    def too_late(self, lane, fresh):
        self.interrupt()  # the next worker began before this lane knew that its own was gone
        return append(self, lane, fresh)

    monkeypatch.setattr(TrainingStore, "append", too_late)
    in_process.run_next(store)
    assert {run.state for run in store.comparison(identity).runs} == {states.INTERRUPTED}
    assert store.since(identity) == []
    for run in store.comparison(identity).runs:
        assert not checkpoint_file(run.id).exists()


def test_a_lane_waits_until_the_one_before_has_left_the_run(store, submit):
    identity = submit()
    claimed = [run.id for run in TrainingStore(store).claim_runs("mine")]
    run_folder(claimed[0]).mkdir(parents=True)
    with FileLock(run_folder(claimed[0]) / "lane.lock"):
        thread = threading.Thread(target=runs.train, args=(store, "mine", claimed))
        thread.start()
        wait_for(lambda: "trained it before" in store.comparison(identity).message)
        assert store.since(identity) == []
    thread.join(60)
    assert {run.state for run in store.comparison(identity).runs} == {states.FINISHED}


def test_a_stop_reaches_a_lane_that_waits_for_the_one_before(store, submit):
    identity = submit()
    claimed = [run.id for run in TrainingStore(store).claim_runs("mine")]
    run_folder(claimed[0]).mkdir(parents=True)
    with FileLock(run_folder(claimed[0]) / "lane.lock"):
        thread = threading.Thread(target=runs.train, args=(store, "mine", claimed))
        thread.start()
        wait_for(lambda: "trained it before" in store.comparison(identity).message)
        ControlRequests(store).stop(identity)
        thread.join(60)
    assert {run.state for run in store.comparison(identity).runs} == {states.STOPPED}


def test_a_net_that_diverges_leaves_its_neighbour_alone(store, small, nets):
    from dataclasses import replace

    alone = store.submit("alone", [(nets[1], small)])
    in_process.run_next(store)
    wild = replace(small, learning_rate=100.0, warmup="none", momentum=0.99)
    bare = NetSpec.parse("plain8-nonorm")
    together = store.submit("together", [(bare, wild), (nets[1], small)])
    in_process.run_next(store)
    diverged, neighbour = store.comparison(together).runs
    assert diverged.state == states.DIVERGED
    assert diverged.iteration < 40
    assert neighbour.state == states.FINISHED
    name = str(nets[1])
    assert curves(store, together)[name] == curves(store, alone)[name]


def test_images_that_cannot_be_had_fail_the_runs_in_one_sentence(store, submit, monkeypatch):
    identity = submit()
    monkeypatch.setenv("RESNET_DATA", "no/such/folder")
    in_process.run_next(store)
    for run in store.comparison(identity).runs:
        assert run.state == states.FAILED
        assert "there is no folder no/such/folder; RESNET_DATA must name a folder" in run.message


def test_a_run_is_not_resumed_on_other_images(store, submit, monkeypatch):
    identity = submit()
    in_process.run_next(store)
    for run in store.comparison(identity).runs:
        with store.write() as connection:
            connection.exec_driver_sql(f"UPDATE runs SET state='stopped' WHERE id={run.id}")
    monkeypatch.setenv("RESNET_DATA_NAME", "other images")
    ControlRequests(store).resume(identity)
    in_process.run_next(store)
    for run in store.comparison(identity).runs:
        assert run.state == states.FAILED
        assert "trained on tiny images, but the images are now other images" in run.message


def test_where_more_images_are_asked_for_than_there_are_all_are_taken_and_said(store, submit):
    identity = submit(images=5000)
    in_process.run_next(store)
    run = store.comparison(identity).runs[0]
    assert (run.state, run.images) == (states.FINISHED, 80)
    assert run.data == "tiny images (all 80 training images, for there are no 5,000)"


def test_labels_that_were_corrected_meanwhile_are_not_trained_on(
    store, submit, image_folder, monkeypatch
):
    identity = submit()
    in_process.run_next(store)
    for run in store.comparison(identity).runs:
        with store.write() as connection:
            connection.exec_driver_sql(f"UPDATE runs SET state='stopped' WHERE id={run.id}")
    for part in ("train", "test"):
        one, other = (image_folder / part / f"class{label}" for label in (0, 1))
        one.rename(image_folder / "aside")
        other.rename(one)
        (image_folder / "aside").rename(other)
    ControlRequests(store).resume(identity)
    in_process.run_next(store)
    for run in store.comparison(identity).runs:
        assert run.state == states.FAILED
        assert "this run was trained on tiny images (80 + 20 images of class0" in run.message
        assert run.message.count("contents ") == 2
        assert "but the images are now tiny images (80 + 20" in run.message


def test_a_checkpoint_of_another_net_is_refused_and_kept(store, submit):
    identity = submit()
    in_process.run_next(store)
    _plain, residual = (run.id for run in store.comparison(identity).runs)
    again = submit()
    target = checkpoint_file(store.comparison(again).runs[0].id)
    target.parent.mkdir(parents=True)
    target.write_bytes(checkpoint_file(residual).read_bytes())
    before = target.read_bytes()
    in_process.run_next(store)
    refused, neighbour = store.comparison(again).runs
    assert refused.state == states.FAILED
    assert "holds ResNet-8 A, not plain-8" in refused.message
    assert target.read_bytes() == before
    assert neighbour.state == states.FINISHED


def test_a_disk_that_fills_up_interrupts_and_says_so(store, submit, monkeypatch):
    data.load("folder")
    identity = submit()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint.torch, "save", full)
    monkeypatch.setattr(keeping, "FULL_FOR", 0.1)
    monkeypatch.setattr(patience, "RETRY_EVERY", 0.05)
    in_process.run_next(store)
    for run in store.comparison(identity).runs:
        assert run.state == states.INTERRUPTED
        assert "No space left on device" in run.message
        assert "free some space on the disk, then resume" in run.message
    monkeypatch.undo()


@pytest.mark.timeout(180)
def test_the_worker_process_trains_stops_cleanly_and_is_the_only_one(store, submit):
    identity = submit(iterations=50_000)
    control.start_detached()
    wait_for(lambda: len(store.since(identity)) > 4, 90)
    second = subprocess.run(
        [sys.executable, "-m", "explorer.worker"], capture_output=True, text=True, timeout=60
    )
    assert "a worker is running already" in second.stdout
    assert subprocess.run([sys.executable, "-m", "explorer.worker", "--stop"]).returncode == 0
    for run in store.comparison(identity).runs:
        assert run.state == states.INTERRUPTED
        assert (run_folder(run.id) / "checkpoint.pt").exists()


@pytest.mark.timeout(180)
def test_a_killed_worker_leaves_nothing_running_and_the_next_one_knows(store, submit):
    identity = submit(iterations=50_000)
    process = subprocess.Popen([sys.executable, "-m", "explorer.worker"])
    wait_for(lambda: len(store.since(identity)) > 4, 90)
    process.kill()
    process.wait()
    wait_for(
        lambda: {run.state for run in store.comparison(identity).runs} == {states.INTERRUPTED}, 60
    )  # the lanes notice that their worker is gone
    assert all(run.message == training.ORPHANED for run in store.comparison(identity).runs)
