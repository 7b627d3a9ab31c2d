"""Labs as jobs: asked, told of, stopped, grown, answered once; with tiny nets and few images."""

import base64
import threading
import time

import pytest

from explorer.lane import in_process, job_context, lab_nets, labs
from explorer.store import limits, states
from explorer.store.comparisons import Refused
from explorer.store.jobs.lab_question import Question
from explorer.store.jobs.net_source import Source
from explorer.store.jobs.store import JobStore
from explorer.store.records import Visitor
from resnet import data
from resnet.labs import LABS

SHORT = {
    "iterations": 3,
    "images": 40,
    "batch": 8,
    "warmup_iterations": 1,
    "log_every": 1,
    "test_every": 1,
    "test_images": 16,
    "final_images": 16,
}
SETTINGS = {
    "gradients": {"steps": 1, "batch": 8, "count": 64},
    "constructed": {"depth": 14, "recipe": SHORT},
    "lesion": {"counts": [1, 2], "draws": 1},
    "switched": {"off": ["stage1.block1"]},
    "paths": {"images": 4, "samples": 2},
    "shattered": {"points": 16, "lines": 2},
    "surface": {"side": 5},
    "variants": {"names": ["identity", "dropout"], "recipe": SHORT},
    "sees": {"index": 3},
}
NET = "resnet8-A-w4"


@pytest.fixture(autouse=True)
def tiny(image_folder, monkeypatch):
    """Nothing is kept from another test's images."""
    monkeypatch.setattr(labs, "_kept", lab_nets.Kept())
    for name in ("COMPARED", "MEASURED"):
        monkeypatch.setattr(f"resnet.labs.constructed.experiment.{name}", 16)


@pytest.fixture
def job_store(store):
    return JobStore(store)


def question(lab, source=f"fresh:{NET}", **settings):
    chosen = {"count": 20, **SETTINGS.get(lab, {}), **settings}
    if LABS[lab].takes in ("images", "spec"):
        del chosen["count"]
    return Question(lab, Source.parse(source), chosen, "folder", "tiny images")


def ask(job_store, lab, source=f"fresh:{NET}", **settings):
    return job_store.submit("lab", question(lab, source, **settings).payload(job_store.store))


def answer(store, job_store, lab, *arguments, **settings):
    identity = ask(job_store, lab, *arguments, **settings)
    in_process.do_next_job(store)
    job = job_store.job(identity)
    assert job.state == states.FINISHED, job.message
    return LABS[lab].result.from_plain(job.result["result"]), job


@pytest.mark.parametrize("lab", LABS)
def test_every_lab_answers_a_job(store, job_store, lab):
    result, job = answer(store, job_store, lab)
    assert isinstance(result, LABS[lab].result)
    assert job.result["label"] == "tiny images"
    assert job.result["note"] == ""
    assert job.result["seconds"] > 0
    assert job_store.look(job.id).share == 1.0
    assert ask(job_store, lab) == job.id  # the same question finds its answer
    assert not in_process.do_next_job(store)


def test_a_picture_of_ones_own_is_seen(store, job_store):
    upload = base64.b64encode(bytes(32 * 32 * 3)).decode()
    seen, _ = answer(store, job_store, "sees", upload=upload)
    assert seen.label is None
    assert seen.image.max() == 0
    identity = ask(job_store, "sees", upload="AAAA")
    in_process.do_next_job(store)
    assert "did not arrive whole" in job_store.job(identity).message


@pytest.mark.parametrize(
    ("lab", "source", "settings", "sentence"),
    [
        ("residual_size", "fresh:plain8", {}, "plain-8 has no shortcuts"),
        ("lesion", f"fresh:{NET}", {"colour": 1}, "'Remove a block' has no setting 'colour'"),
        ("lesion", f"fresh:{NET}", {"count": 0}, "0 is no number of images; choose 1 to 5,000"),
        ("surface", f"fresh:{NET}", {"side": 6}, "a side of 6 points cannot be refined"),
        ("variants", f"fresh:{NET}", {"recipe": {"batch": 0}}, "batch 0 is out of range"),
    ],
)
def test_what_a_lab_cannot_do_is_said_in_a_sentence(
    store, job_store, lab, source, settings, sentence
):
    identity = ask(job_store, lab, source, **settings)
    in_process.do_next_job(store)
    assert job_store.job(identity).state == states.FAILED
    assert sentence in job_store.job(identity).message


def test_other_images_than_the_page_spoke_of_are_not_used(store, job_store):
    asked = Question("responses", Source.parse(f"fresh:{NET}"), {}, "folder", "CIFAR-10")
    identity = job_store.submit("lab", asked.payload(store))
    in_process.do_next_job(store)
    assert "the images here are tiny images now, not CIFAR-10" in job_store.job(identity).message


def stop_when_told(job_store, identity, at):
    """Stops the job as soon as it is told to be so far; returns when that was."""
    stopped = []

    def watch():
        while job_store.look(identity).share < at:
            time.sleep(0.02)
        job_store.stop(identity)
        stopped.append(time.monotonic())

    threading.Thread(target=watch).start()
    return stopped


def test_a_lab_stops_within_two_seconds_and_keeps_what_it_has(store, job_store, monkeypatch):
    monkeypatch.setattr(job_context, "TELL_EVERY", 0.05)
    monkeypatch.setattr(job_context, "SHOW_EVERY", 0.0)
    identity = ask(job_store, "surface", side=65)
    stopped = stop_when_told(job_store, identity, 0.06)
    in_process.do_next_job(store)
    assert time.monotonic() - stopped[0] < 2
    look, job = job_store.look(identity), job_store.job(identity)
    assert look.state == states.STOPPED
    assert look.message == f"stopped at {100 * look.share:.0f} %"
    assert look.shown > 1
    part = LABS["surface"].result.from_plain(job.result["result"])
    assert 0 < part.done < 1

    # asked again, it goes on from there
    assert ask(job_store, "surface", side=65) == identity
    assert job_store.job(identity).result == job.result
    shown = []
    monkeypatch.setattr(JobStore, "show", lambda self, j, lane, result: shown.append(result))
    stopped = stop_when_told(job_store, identity, 0.06)
    in_process.do_next_job(store)
    first = LABS["surface"].result.from_plain(shown[0]["result"])
    assert first.done >= part.done


def test_a_finer_surface_begins_with_the_coarser_one(store, job_store, monkeypatch):
    coarse, _ = answer(store, job_store, "surface", side=5)
    told = []
    monkeypatch.setattr(JobStore, "show", lambda self, j, lane, result: told.append(result))
    monkeypatch.setattr(job_context, "SHOW_EVERY", 0.0)
    fine, _ = answer(store, job_store, "surface", side=9)
    first = LABS["surface"].result.from_plain(told[0]["result"])
    assert first.done * 81 == pytest.approx(26)
    assert (fine.loss[::2, ::2] == coarse.loss).all()


def test_what_waits_is_stopped_at_once_and_only_by_who_asked(job_store):
    payload = question("responses").payload(job_store.store)
    identity = job_store.submit("lab", payload, owner="anna")
    with pytest.raises(Refused, match="another visitor asked this"):
        job_store.stop(identity, Visitor("otto"))
    job_store.stop(identity, Visitor("anna"))
    assert job_store.look(identity).state == states.STOPPED
    assert job_store.claim("a lane") is None


def test_one_visitor_cannot_fill_the_line(job_store, monkeypatch):
    monkeypatch.setenv(limits.JOBS_EACH.variable, "1")
    job_store.submit("lab", {"n": 1}, owner="anna")
    job_store.submit("lab", {"n": 1}, owner="anna")
    with pytest.raises(Refused, match="1 questions of yours are waiting already"):
        job_store.submit("lab", {"n": 2}, owner="anna")
    job_store.submit("lab", {"n": 2}, owner="otto")


def test_a_second_question_finds_images_and_net_in_memory(store, job_store, monkeypatch):
    answer(store, job_store, "switched")
    monkeypatch.setattr("resnet.data.load", None)
    monkeypatch.setattr("explorer.lane.lab_nets.build", None)
    result, _ = answer(store, job_store, "switched", off=["stage1.block1", "stage3.block1"])
    assert result.off == ("stage1.block1", "stage3.block1")


def test_a_run_is_looked_into_when_it_has_ended(store, job_store, submit):
    identity = submit()
    run = store.comparison(identity).runs[1]
    in_process.run_next(store)
    result, _ = answer(store, job_store, "lesion", f"run:{run.id}", draws=1)
    assert result.net == "resnet8-A"
    assert result.statistics == "kept from training"


def test_corrected_labels_are_another_question(store, tmp_path):
    jobs_of = JobStore(store)

    def asked(images):
        source = Source.parse(f"fresh:{NET}")
        settings = {"points": 16, "lines": 2}
        payload = Question("shattered", source, settings, "folder", "tiny images", images).payload(
            store
        )
        identity = jobs_of.submit("lab", payload)
        while in_process.do_next_job(store):
            pass
        return jobs_of.job(identity)

    before = data.load("folder").fingerprint
    first = asked(before)
    assert first.state == states.FINISHED
    assert asked(before).id == first.id
    folder = tmp_path / "images" / "train"
    (folder / "class0" / "7.png").rename(folder / "class1" / "70.png")
    (folder / "class0" / "notes.txt").write_text("one leaf was an oak")
    (folder / "class0" / "broken.heic.part").write_text("left behind")
    late = asked("unread-1")
    assert late.id != first.id and late.state == states.FINISHED
    after = data.load("folder").fingerprint
    again = asked(after)
    assert after != before and again.id not in (first.id, late.id)
    assert again.state == states.FINISHED
    assert again.result["images_note"] == data.load("folder").said
    wrong = asked("0" * 32)
    assert wrong.state == states.FAILED
    assert "were changed a moment ago; load the page anew in a minute" in wrong.message
