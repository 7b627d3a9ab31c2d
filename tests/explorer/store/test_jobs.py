"""Jobs: asked once, answered by a lane, kept; and what happens when a lane or worker dies."""

import os
import signal
import subprocess
import sys
import time

import pytest

from explorer.lane import in_process
from explorer.store import limits, states
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
def job_store(store):
    return JobStore(store)


def wait_for(condition, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_a_question_is_answered_once_and_the_answer_kept(store, job_store):
    identity = job_store.submit("crosscheck", NET)
    assert job_store.find("crosscheck", NET).state == states.QUEUED
    assert in_process.do_next_job(store)
    job = job_store.job(identity)
    assert job.state == states.FINISHED
    assert job.result["parameters"] == cost(NetSpec.parse("resnet8-A")).parameters
    assert job_store.submit("crosscheck", NET) == identity
    assert not in_process.do_next_job(store)
    assert job_store.submit("crosscheck", {"net": "plain8"}) != identity
    assert job_store.find("onnx", NET) is None


def test_the_order_of_the_payload_does_not_matter(job_store):
    one = job_store.submit("crosscheck", {"a": 1, "b": 2})
    assert job_store.submit("crosscheck", {"b": 2, "a": 1}) == one


def test_jobs_are_done_in_the_order_of_asking(job_store):
    first, second = (
        job_store.submit("crosscheck", NET),
        job_store.submit("crosscheck", {"net": "plain8"}),
    )
    assert (job_store.ahead(first), job_store.ahead(second)) == (0, 1)
    assert [job_store.claim("a").id, job_store.claim("b").id] == [first, second]
    assert job_store.claim("c") is None


def test_quick_questions_go_before_long_ones_and_have_a_runner_of_their_own(job_store, monkeypatch):
    long, other = job_store.submit("lab", {"n": 1}), job_store.submit("lab", {"n": 2})
    quick = job_store.submit("lab", {"n": 3}, quick=True)
    assert [job_store.ahead(each) for each in (quick, long, other)] == [0, 1, 2]
    usual = worker_jobs.JobRunner(job_store)
    beside = worker_jobs.JobRunner(job_store, beside=usual)
    for looker in (usual, beside):
        looker.look(lane_that_sleeps)
    assert job_store.look(quick).state == states.RUNNING
    second = job_store.submit("lab", {"n": 4}, quick=True)
    beside.look(lane_that_sleeps)
    assert beside.lane is None  # the usual runner may be done in a moment
    monkeypatch.setattr(worker_jobs, "LONG", 0.0)
    beside.look(lane_that_sleeps)
    assert job_store.look(second).state == states.RUNNING
    for looker in (usual, beside):
        looker.lane.process.kill()
        looker.lane.process.wait()
    beside.look(lane_that_sleeps)
    assert beside.lane is None  # what takes long is not for it
    assert job_store.claim("a lane").id == long


def test_too_many_questions_are_refused_in_one_sentence(job_store, monkeypatch):
    monkeypatch.setenv(limits.JOBS.variable, "2")
    job_store.submit("crosscheck", {"n": 1})
    job_store.submit("crosscheck", {"n": 2})
    job_store.submit("crosscheck", {"n": 2})
    with pytest.raises(Refused, match="2 questions are waiting for the worker already; ask again"):
        job_store.submit("crosscheck", {"n": 3})


@pytest.mark.parametrize(
    ("kind", "payload", "sentence"),
    [
        ("crosscheck", {"net": "resnet21-A"}, "depth 21 is not 6n+2; the nearest are 20 and 26"),
        ("dream", NET, "there is no job called 'dream'"),
        ("crosscheck", {}, "it broke off: KeyError: 'net'"),
    ],
)
def test_a_job_that_cannot_be_done_fails_in_one_sentence(store, job_store, kind, payload, sentence):
    identity = job_store.submit(kind, payload)
    in_process.do_next_job(store)
    job = job_store.job(identity)
    assert job.state == states.FAILED
    assert sentence in job.message
    assert job_store.submit(kind, payload) == identity  # asked anew
    assert job_store.job(identity).state == states.QUEUED


def test_only_the_lane_that_owns_a_job_writes_to_it(job_store):
    identity = job_store.submit("crosscheck", NET)
    job_store.claim("mine")
    job_store.finish(identity, "another", {})
    job_store.fail(identity, "another", "no")
    job_store.tell(identity, "mine", "counting")
    assert (job_store.job(identity).state, job_store.job(identity).message) == (
        states.RUNNING,
        "counting",
    )
    assert job_store.ask_again() == 1  # as a worker does when it starts
    job_store.finish(identity, "mine", {})
    assert job_store.job(identity).state == states.QUEUED


def test_old_answers_and_their_files_are_forgotten(job_store, monkeypatch):
    monkeypatch.setattr(retention, "KEPT_FILES", 2)
    made = []
    for number in range(4):
        made.append(job_store.submit("onnx", {"n": number}))
        job_store.claim("mine")
        job_folder(made[-1]).mkdir(parents=True)
        (job_folder(made[-1]) / "net.onnx").write_bytes(b"x")
        job_store.finish(made[-1], "mine", {"file": "net.onnx"})
    assert [job_store.job(each) is not None for each in made] == [False, False, True, True]
    assert [job_folder(each).exists() for each in made] == [False, False, True, True]
    job_store.job(made[3]).file.unlink()
    job_store.submit("onnx", {"n": 3})  # its file is gone
    assert job_store.job(made[3]).state == states.QUEUED


def answered(job_store, payload, seconds, kind="lab", size=1):
    identity = job_store.submit(kind, payload)
    job_store.claim("mine")
    job_store.finish(identity, "mine", {"seconds": seconds, "found": "x" * size})
    return identity


def test_a_large_answer_lies_in_a_file_and_is_asked_anew_without_it(job_store):
    identity = answered(job_store, {"n": 1}, 20.0, size=files.LARGE)
    file = job_folder(identity) / files.ANSWER
    assert len(job_store.job(identity).result["found"]) == files.LARGE
    assert job_store.submit("lab", {"n": 1}) == identity
    assert job_store.look(identity).state == states.FINISHED
    file.unlink()
    assert job_store.job(identity).result is None
    job_store.submit("lab", {"n": 1})
    assert job_store.look(identity).state == states.QUEUED


def test_answers_of_labs_outlive_files_and_slow_ones_outlive_quick_ones(job_store, monkeypatch):
    monkeypatch.setattr(retention, "KEPT_FILES", 1)
    monkeypatch.setattr(retention, "KEPT", 1)
    monkeypatch.setattr(retention, "KEPT_QUICK_LABS", 2)
    slow = [answered(job_store, {"slow": n}, 30.0, size=files.LARGE) for n in range(3)]
    quick = [answered(job_store, {"quick": n}, 1.0, size=files.LARGE) for n in range(3)]
    others = [answered(job_store, {"n": n}, None, kind="crosscheck") for n in range(2)]
    every = (*slow, *quick, *others)
    kept = {*slow, *quick[1:], others[1]}
    assert {each for each in every if job_store.look(each)} == kept
    assert {each for each in every if job_folder(each).exists()} == kept - {others[1]}


def test_a_job_that_is_told_to_stop_hears_it(job_store):
    identity = job_store.submit("lab", NET)
    job_store.claim("mine")
    assert job_store.tell(identity, "mine", "looking", 0.384)
    job_store.stop(identity)
    assert job_store.look(identity).stopping
    assert not job_store.tell(identity, "mine", "looking", 0.384)
    assert not job_store.tell(identity, "another", "looking")  # it is not that lane's
    job_store.leave(identity, "mine")
    assert job_store.look(identity).message == "stopped at 38 %"
    assert job_store.submit("lab", NET) == identity
    assert job_store.look(identity).state == states.QUEUED


def test_what_was_to_stop_when_its_worker_ended_is_not_asked_again(job_store):
    stopped, other = job_store.submit("lab", {"n": 1}), job_store.submit("lab", {"n": 2})
    job_store.claim("mine")
    job_store.claim("mine")
    job_store.stop(stopped)
    assert job_store.ask_again() == 1
    assert job_store.look(stopped).state == states.STOPPED
    assert job_store.look(other).state == states.QUEUED


@pytest.mark.timeout(180)
def test_a_lane_does_one_job_after_another_and_ends_when_none_comes(job_store, monkeypatch):
    looker = worker_jobs.JobRunner(job_store)
    for net in ("resnet8-A", "plain8"):
        identity = job_store.submit("crosscheck", {"net": net})
        looker.look(Lane.start)
        assert looker.busy
        process = looker.lane.process
        wait_for(lambda job=identity: job_store.look(job).state == states.FINISHED)
        looker.look(Lane.start)
        assert not looker.busy
        assert looker.lane.process is process
    monkeypatch.setattr(worker_jobs, "WARM", 0.0)
    looker.look(Lane.start)
    assert looker.lane is None
    assert process.wait(30) == 0


def test_a_job_that_does_not_heed_a_stop_is_ended(job_store, monkeypatch):
    monkeypatch.setattr(worker_jobs, "STOP_WITHIN", 0.0)
    looker = worker_jobs.JobRunner(job_store)
    identity = job_store.submit("lab", NET)
    looker.look(lane_that_sleeps)
    job_store.stop(identity)
    wait_for(lambda: looker.look(lane_that_sleeps) or not looker.busy)
    assert job_store.look(identity).state == states.STOPPED


def lane_that_sleeps():
    command = [sys.executable, "-c", "import sys, time; sys.stdin.readline(); time.sleep(60)"]
    return Lane(subprocess.Popen(command, stdin=subprocess.PIPE))


def test_a_job_whose_lane_dies_has_failed_and_the_next_one_begins(job_store):
    looker = worker_jobs.JobRunner(job_store)
    first, second = (
        job_store.submit("crosscheck", NET),
        job_store.submit("crosscheck", {"net": "plain8"}),
    )
    looker.look(lane_that_sleeps)
    assert [job_store.job(each).state for each in (first, second)] == [
        states.RUNNING,
        states.QUEUED,
    ]
    looker.look(lane_that_sleeps)  # one at a time
    assert job_store.job(second).state == states.QUEUED
    os.kill(looker.lane.process.pid, signal.SIGTERM)
    looker.lane.process.wait()
    looker.look(lane_that_sleeps)
    assert (job_store.job(first).state, job_store.job(first).message) == (states.FAILED, jobs.LOST)
    assert job_store.job(second).state == states.RUNNING
    looker.lane.process.kill()
    looker.close()
    assert job_store.job(second).state == states.QUEUED


def test_a_job_that_takes_too_long_is_given_up(job_store, monkeypatch):
    looker = worker_jobs.JobRunner(job_store)
    identity = job_store.submit("crosscheck", NET)
    looker.look(lane_that_sleeps)
    monkeypatch.setattr(worker_jobs, "LIMIT", 0.0)
    looker.look(lane_that_sleeps)
    assert not looker.busy
    assert job_store.job(identity).state == states.FAILED
    assert "took longer than 0 minutes" in job_store.job(identity).message


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("image_folder")
def test_the_worker_does_a_job_while_it_trains(store, job_store, submit):
    training = submit(iterations=50_000)
    control.start_detached()
    wait_for(lambda: store.since(training))
    identity = job_store.submit("crosscheck", NET)
    wait_for(lambda: job_store.job(identity).state == states.FINISHED)
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


def test_without_its_packages_onnx_says_which_and_how(store, job_store, monkeypatch):
    monkeypatch.setattr(onnx_packages, "NEEDED", ("onnx", "no_such_package"))
    monkeypatch.setattr(onnx_packages, "find_spec", lambda name: None)
    identity = job_store.submit("onnx", NET)
    in_process.do_next_job(store)
    assert job_store.job(identity).state == states.FAILED
    assert job_store.job(identity).message == (
        "ONNX needs onnx and no_such_package, which are not installed where the worker runs; "
        "run there: python -m pip install onnx no_such_package"
    )


def test_an_onnx_file_is_made_where_the_packages_are(store, job_store):
    onnx = pytest.importorskip("onnx", reason="the optional package onnx is not installed")
    pytest.importorskip("onnxscript", reason="the optional package onnxscript is not installed")
    identity = job_store.submit("onnx", NET)
    in_process.do_next_job(store)
    file = job_store.job(identity).file
    model = onnx.load(file)
    onnx.checker.check_model(model)
    assert [each.name for each in (*model.graph.input, *model.graph.output)] == ["images", "logits"]
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_nets_too_large_for_a_file_are_refused(store, job_store, monkeypatch):
    monkeypatch.setattr(onnx_packages, "NEEDED", ())
    identity = job_store.submit("onnx", {"net": "imagenet-resnet152-C-w1024"})
    in_process.do_next_job(store)
    assert "an ONNX file is written for up to 200,000,000" in job_store.job(identity).message
