"""Jobs: asked once, answered by a lane, kept; and what happens when a lane or worker dies."""

import os
import signal
import subprocess
import sys
import time

import pytest

from explorer.lane import in_process
from explorer.store import states
from explorer.store.comparisons import Refused
from explorer.store.jobs import files, retention
from explorer.store.jobs import store as jobs
from explorer.store.jobs.files import job_folder
from explorer.store.jobs.store import JobStore
from explorer.views.builder.sections.crosscheck.words import reasons_in_words, totals_table
from explorer.worker import control
from explorer.worker import jobs as worker_jobs
from explorer.worker.process import Lane
from resnet.cost import cost
from resnet.cost.crosscheck import compare
from resnet.export import onnx_packages
from resnet.spec import NetSpec

NET = {"net": "resnet8-A"}


@pytest.fixture
def desk(store):
    return JobStore(store)


def wait_for(condition, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_a_question_is_answered_once_and_the_answer_kept(store, desk):
    identity = desk.submit("crosscheck", NET)
    assert desk.find("crosscheck", NET).state == states.QUEUED
    assert in_process.do_next_job(store)
    job = desk.job(identity)
    assert job.state == states.FINISHED
    assert job.result["parameters"] == cost(NetSpec.parse("resnet8-A")).parameters
    assert desk.submit("crosscheck", NET) == identity
    assert not in_process.do_next_job(store)
    assert desk.submit("crosscheck", {"net": "plain8"}) != identity
    assert desk.find("onnx", NET) is None


def test_the_order_of_the_payload_does_not_matter(desk):
    one = desk.submit("crosscheck", {"a": 1, "b": 2})
    assert desk.submit("crosscheck", {"b": 2, "a": 1}) == one


def test_jobs_are_done_in_the_order_of_asking(desk):
    first, second = desk.submit("crosscheck", NET), desk.submit("crosscheck", {"net": "plain8"})
    assert (desk.ahead(first), desk.ahead(second)) == (0, 1)
    assert [desk.claim("a").id, desk.claim("b").id] == [first, second]
    assert desk.claim("c") is None


def test_quick_questions_go_before_long_ones_and_have_a_desk_of_their_own(desk, monkeypatch):
    long, other = desk.submit("lab", {"n": 1}), desk.submit("lab", {"n": 2})
    quick = desk.submit("lab", {"n": 3}, quick=True)
    assert [desk.ahead(each) for each in (quick, long, other)] == [0, 1, 2]
    usual = worker_jobs.JobDesk(desk)
    beside = worker_jobs.JobDesk(desk, beside=usual)
    for looker in (usual, beside):
        looker.look(lane_that_sleeps)
    assert desk.look(quick).state == states.RUNNING
    second = desk.submit("lab", {"n": 4}, quick=True)
    beside.look(lane_that_sleeps)
    assert beside.lane is None  # the usual desk may be done in a moment
    monkeypatch.setattr(worker_jobs, "LONG", 0.0)
    beside.look(lane_that_sleeps)
    assert desk.look(second).state == states.RUNNING
    for looker in (usual, beside):
        looker.lane.process.kill()
        looker.lane.process.wait()
    beside.look(lane_that_sleeps)
    assert beside.lane is None  # what takes long is not for it
    assert desk.claim("a lane").id == long


def test_too_many_questions_are_refused_in_one_sentence(desk, monkeypatch):
    monkeypatch.setattr(jobs, "MAX_QUEUED", 2)
    desk.submit("crosscheck", {"n": 1})
    desk.submit("crosscheck", {"n": 2})
    desk.submit("crosscheck", {"n": 2})
    with pytest.raises(Refused, match="2 questions are waiting for the worker already; ask again"):
        desk.submit("crosscheck", {"n": 3})


@pytest.mark.parametrize(
    ("kind", "payload", "sentence"),
    [
        ("crosscheck", {"net": "resnet21-A"}, "depth 21 is not 6n+2; the nearest are 20 and 26"),
        ("dream", NET, "there is no job called 'dream'"),
        ("crosscheck", {}, "it broke off: KeyError: 'net'"),
    ],
)
def test_a_job_that_cannot_be_done_fails_in_one_sentence(store, desk, kind, payload, sentence):
    identity = desk.submit(kind, payload)
    in_process.do_next_job(store)
    job = desk.job(identity)
    assert job.state == states.FAILED
    assert sentence in job.message
    assert desk.submit(kind, payload) == identity  # asked anew
    assert desk.job(identity).state == states.QUEUED


def test_only_the_lane_that_owns_a_job_writes_to_it(desk):
    identity = desk.submit("crosscheck", NET)
    desk.claim("mine")
    desk.finish(identity, "another", {})
    desk.fail(identity, "another", "no")
    desk.tell(identity, "mine", "counting")
    assert (desk.job(identity).state, desk.job(identity).message) == (states.RUNNING, "counting")
    assert desk.ask_again() == 1  # as a worker does when it starts
    desk.finish(identity, "mine", {})
    assert desk.job(identity).state == states.QUEUED


def test_old_answers_and_their_files_are_forgotten(desk, monkeypatch):
    monkeypatch.setattr(retention, "KEPT_FILES", 2)
    made = []
    for number in range(4):
        made.append(desk.submit("onnx", {"n": number}))
        desk.claim("mine")
        job_folder(made[-1]).mkdir(parents=True)
        (job_folder(made[-1]) / "net.onnx").write_bytes(b"x")
        desk.finish(made[-1], "mine", {"file": "net.onnx"})
    assert [desk.job(each) is not None for each in made] == [False, False, True, True]
    assert [job_folder(each).exists() for each in made] == [False, False, True, True]
    desk.job(made[3]).file.unlink()
    desk.submit("onnx", {"n": 3})  # its file is gone
    assert desk.job(made[3]).state == states.QUEUED


def answered(desk, payload, seconds, kind="lab", size=1):
    identity = desk.submit(kind, payload)
    desk.claim("mine")
    desk.finish(identity, "mine", {"seconds": seconds, "found": "x" * size})
    return identity


def test_a_large_answer_lies_in_a_file_and_is_asked_anew_without_it(desk):
    identity = answered(desk, {"n": 1}, 20.0, size=files.LARGE)
    file = job_folder(identity) / files.ANSWER
    assert len(desk.job(identity).result["found"]) == files.LARGE
    assert desk.submit("lab", {"n": 1}) == identity
    assert desk.look(identity).state == states.FINISHED
    file.unlink()
    assert desk.job(identity).result is None
    desk.submit("lab", {"n": 1})
    assert desk.look(identity).state == states.QUEUED


def test_answers_of_labs_outlive_files_and_slow_ones_outlive_quick_ones(desk, monkeypatch):
    monkeypatch.setattr(retention, "KEPT_FILES", 1)
    monkeypatch.setattr(retention, "KEPT", 1)
    monkeypatch.setattr(retention, "KEPT_QUICK_LABS", 2)
    slow = [answered(desk, {"slow": n}, 30.0, size=files.LARGE) for n in range(3)]
    quick = [answered(desk, {"quick": n}, 1.0, size=files.LARGE) for n in range(3)]
    others = [answered(desk, {"n": n}, None, kind="crosscheck") for n in range(2)]
    every = (*slow, *quick, *others)
    kept = {*slow, *quick[1:], others[1]}
    assert {each for each in every if desk.look(each)} == kept
    assert {each for each in every if job_folder(each).exists()} == kept - {others[1]}


def test_a_job_that_is_told_to_stop_hears_it(desk):
    identity = desk.submit("lab", NET)
    desk.claim("mine")
    assert desk.tell(identity, "mine", "looking", 0.384)
    desk.stop(identity)
    assert desk.look(identity).stopping
    assert not desk.tell(identity, "mine", "looking", 0.384)
    assert not desk.tell(identity, "another", "looking")  # it is not that lane's
    desk.leave(identity, "mine")
    assert desk.look(identity).message == "stopped at 38 %"
    assert desk.submit("lab", NET) == identity
    assert desk.look(identity).state == states.QUEUED


def test_what_was_to_stop_when_its_worker_ended_is_not_asked_again(desk):
    stopped, other = desk.submit("lab", {"n": 1}), desk.submit("lab", {"n": 2})
    desk.claim("mine")
    desk.claim("mine")
    desk.stop(stopped)
    assert desk.ask_again() == 1
    assert desk.look(stopped).state == states.STOPPED
    assert desk.look(other).state == states.QUEUED


@pytest.mark.timeout(180)
def test_a_lane_does_one_job_after_another_and_ends_when_none_comes(desk, monkeypatch):
    looker = worker_jobs.JobDesk(desk)
    for net in ("resnet8-A", "plain8"):
        identity = desk.submit("crosscheck", {"net": net})
        looker.look(Lane.start)
        assert looker.busy
        process = looker.lane.process
        wait_for(lambda job=identity: desk.look(job).state == states.FINISHED)
        looker.look(Lane.start)
        assert not looker.busy
        assert looker.lane.process is process
    monkeypatch.setattr(worker_jobs, "WARM", 0.0)
    looker.look(Lane.start)
    assert looker.lane is None
    assert process.wait(30) == 0


def test_a_job_that_does_not_heed_a_stop_is_ended(desk, monkeypatch):
    monkeypatch.setattr(worker_jobs, "STOP_WITHIN", 0.0)
    looker = worker_jobs.JobDesk(desk)
    identity = desk.submit("lab", NET)
    looker.look(lane_that_sleeps)
    desk.stop(identity)
    wait_for(lambda: looker.look(lane_that_sleeps) or not looker.busy)
    assert desk.look(identity).state == states.STOPPED


def lane_that_sleeps():
    command = [sys.executable, "-c", "import sys, time; sys.stdin.readline(); time.sleep(60)"]
    return Lane(subprocess.Popen(command, stdin=subprocess.PIPE))


def test_a_job_whose_lane_dies_has_failed_and_the_next_one_begins(desk):
    looker = worker_jobs.JobDesk(desk)
    first, second = desk.submit("crosscheck", NET), desk.submit("crosscheck", {"net": "plain8"})
    looker.look(lane_that_sleeps)
    assert [desk.job(each).state for each in (first, second)] == [states.RUNNING, states.QUEUED]
    looker.look(lane_that_sleeps)  # one at a time
    assert desk.job(second).state == states.QUEUED
    os.kill(looker.lane.process.pid, signal.SIGTERM)
    looker.lane.process.wait()
    looker.look(lane_that_sleeps)
    assert (desk.job(first).state, desk.job(first).message) == (states.FAILED, jobs.LOST)
    assert desk.job(second).state == states.RUNNING
    looker.lane.process.kill()
    looker.close()
    assert desk.job(second).state == states.QUEUED


def test_a_job_that_takes_too_long_is_given_up(desk, monkeypatch):
    looker = worker_jobs.JobDesk(desk)
    identity = desk.submit("crosscheck", NET)
    looker.look(lane_that_sleeps)
    monkeypatch.setattr(worker_jobs, "LIMIT", 0.0)
    looker.look(lane_that_sleeps)
    assert not looker.busy
    assert desk.job(identity).state == states.FAILED
    assert "took longer than 0 minutes" in desk.job(identity).message


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("image_folder")
def test_the_worker_does_a_job_while_it_trains(store, desk, submit):
    training = submit(iterations=50_000)
    control.start_detached()
    wait_for(lambda: store.since(training))
    identity = desk.submit("crosscheck", NET)
    wait_for(lambda: desk.job(identity).state == states.FINISHED)
    assert store.comparison(training).running
    assert subprocess.run([sys.executable, "-m", "explorer.worker", "--stop"]).returncode == 0
    report, _ = store.reported("worker")
    assert report["missing_for_onnx"] == onnx_packages.missing()


def test_the_words_name_each_reason_and_close_the_sum():
    total = cost(NetSpec.parse("resnet20-A"))
    counted = {
        "parameters": 269_722,
        "torchinfo_parameters": 269_722,
        "torchinfo_mult_adds": 40_552_426,
        "flop_counter_flops": 81_102_080,
    }
    found = compare(total, counted)
    assert "| torchinfo | multiply-adds | 40,552,426 | 40,551,040 | +1,386 |" in totals_table(found)
    words = reasons_in_words(found)
    assert "1,376 + 10 = 1,386, so nothing is left over" in words
    assert "unexplained" not in words
    words = reasons_in_words(compare(total, counted | {"torchinfo_mult_adds": 40_552_430}))
    assert "unexplained: 4" in words


def test_without_its_packages_onnx_says_which_and_how(store, desk, monkeypatch):
    monkeypatch.setattr(onnx_packages, "NEEDED", ("onnx", "no_such_package"))
    monkeypatch.setattr(onnx_packages, "find_spec", lambda name: None)
    identity = desk.submit("onnx", NET)
    in_process.do_next_job(store)
    assert desk.job(identity).state == states.FAILED
    assert desk.job(identity).message == (
        "ONNX needs onnx and no_such_package, which are not installed where the worker runs; "
        "run there: python -m pip install onnx no_such_package"
    )


def test_an_onnx_file_is_made_where_the_packages_are(store, desk):
    onnx = pytest.importorskip("onnx", reason="the optional package onnx is not installed")
    pytest.importorskip("onnxscript", reason="the optional package onnxscript is not installed")
    identity = desk.submit("onnx", NET)
    in_process.do_next_job(store)
    file = desk.job(identity).file
    model = onnx.load(file)
    onnx.checker.check_model(model)
    assert [each.name for each in (*model.graph.input, *model.graph.output)] == ["images", "logits"]
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_nets_too_large_for_a_file_are_refused(store, desk, monkeypatch):
    monkeypatch.setattr(onnx_packages, "NEEDED", ())
    identity = desk.submit("onnx", {"net": "imagenet-resnet152-C-w1024"})
    in_process.do_next_job(store)
    assert "an ONNX file is written for up to 200,000,000" in desk.job(identity).message
