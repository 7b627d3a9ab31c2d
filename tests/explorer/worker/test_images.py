"""A worker has the images of the server that was started last, and knows them by their contents."""

import os
import shutil
from pathlib import Path

import pytest

from explorer.store.jobs.lab_question import UNREAD
from explorer.worker import images
from explorer.worker import worker as module
from explorer.worker.images import Watch, give, taken_up
from explorer.worker.jobs import JobRunner
from explorer.worker.process import Lane
from explorer.worker.worker import Worker
from resnet import data

pytestmark = pytest.mark.usefixtures("image_folder")


class Process:
    """As much of subprocess.Popen as a waiting lane needs."""

    stdin = None

    def poll(self):
        return None


@pytest.fixture
def other(tmp_path):
    """A copy of the folder of images, elsewhere."""
    shutil.copytree(tmp_path / "images", tmp_path / "other")
    return tmp_path / "other"


def restart_server(store, monkeypatch, folder, name=None):
    """What a server says that was given this folder; the worker's own environment stays."""
    with monkeypatch.context() as server:
        for variable, value in (("RESNET_DATA", folder), ("RESNET_DATA_NAME", name)):
            if value:
                server.setenv(variable, str(value))
            else:
                server.delenv(variable, raising=False)
        give(store)


@pytest.mark.parametrize("name", [None, "leaves"])
def test_a_restarted_server_gives_its_folder_to_the_worker(store, monkeypatch, other, name):
    assert not taken_up(store)
    restart_server(store, monkeypatch, other, name)
    assert taken_up(store)
    assert (os.environ["RESNET_DATA"], os.environ.get("RESNET_DATA_NAME")) == (str(other), name)
    assert not taken_up(store)
    restart_server(store, monkeypatch, None)
    assert taken_up(store)
    assert "RESNET_DATA" not in os.environ


def test_what_a_server_said_that_is_gone_does_not_count(store, monkeypatch, other):
    restart_server(store, monkeypatch, other)
    with monkeypatch.context() as gone:
        gone.setattr("explorer.worker.images.identity.exists", lambda _: False)
        assert not taken_up(store)
    assert taken_up(store)


def test_the_worker_reports_the_new_images_and_sends_waiting_lanes_home(store, monkeypatch, other):
    (other / "train" / "class9").rename(other / "train" / "oak")
    (other / "test" / "class9").rename(other / "test" / "oak")
    worker = Worker(store)
    worker.waiting = [Lane(Process())]
    renewed = []
    monkeypatch.setattr(JobRunner, "renew", lambda self: renewed.append(self))
    worker._images.look()
    worker._report()
    before = store.reported("worker")[0]
    assert (before["folder"], before["folder_classes"]) == ("tiny images", 10)
    restart_server(store, monkeypatch, other)
    monkeypatch.setattr(Watch, "forget", Watch.look)
    worker._reported = -1e9
    worker._report()
    now = store.reported("worker")[0]
    assert (now["folder"], now["folder_at"]) == ("other", str(other))
    assert now["folder_fingerprint"] not in (before["folder_fingerprint"], "")
    assert worker.waiting == [] and len(renewed) == len(worker.job_runners)


def test_a_lane_that_does_a_job_is_sent_home_after_it(store, monkeypatch):
    runner = JobRunner(module.JobStore(store))
    runner.lane, runner._job = Lane(Process()), 5
    runner.renew()
    assert runner.lane is not None
    monkeypatch.setattr(JobRunner, "_look_after", lambda self, lane: setattr(self, "_job", 0))
    runner.look(lambda: pytest.fail("nothing waits"))
    assert runner.lane is None


def test_the_fingerprint_is_the_one_that_the_lane_will_find(tmp_path):
    watch = Watch()
    assert watch.seen.fingerprint.startswith(UNREAD)
    watch.look()
    assert watch.seen.classes == 10
    assert watch.seen.fingerprint == data.load("folder").fingerprint
    before = watch.seen.fingerprint
    folder = tmp_path / "images" / "train"
    (folder / "class0" / "7.png").rename(folder / "class1" / "70.png")
    watch.look()
    assert watch.seen.fingerprint not in ("", before)


def test_a_lost_mount_is_a_sentence_and_the_worker_goes_on(store, monkeypatch, tmp_path):
    lost, is_dir = tmp_path / "images", Path.is_dir

    def stale(self):
        if self.is_relative_to(lost):
            raise OSError(116, "Stale file handle")
        return is_dir(self)

    watch = Watch()
    watch.look()
    with monkeypatch.context() as mount:
        mount.setattr(Path, "is_dir", stale)
        watch.look()
        worker = Worker(store)
        worker._images = watch
        worker._report()
        report = store.reported("worker")[0]
        assert report["folder_classes"] is None
        assert "cannot be reached (Stale file handle)" in report["folder_problem"]
        with pytest.raises(data.DataError, match="see to the disk or network that it lies on"):
            data.load("folder")
    assert images.FIRST_LOOK < 10
    watch.look()
    assert watch.seen.problem == ""
