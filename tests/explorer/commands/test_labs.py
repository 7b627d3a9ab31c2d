"""`python -m explorer lab`: the same questions, answers and sentences as on the page."""

import json

import pytest

from explorer.__main__ import main
from explorer.commands import follow, labs
from explorer.lane import in_process, lab_nets
from explorer.lane import labs as lane_labs
from explorer.store.comparisons import RunStore
from explorer.store.jobs.store import JobStore

NETS = ("fresh:plain8-w4", "fresh:resnet8-A-w4")


@pytest.fixture(autouse=True)
def in_this_process(image_folder, monkeypatch):
    """Jobs are done where they are waited for."""
    monkeypatch.setattr(lane_labs, "_kept", lab_nets.Kept())
    monkeypatch.setattr(labs, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(
        follow.WorkerWatch, "look", lambda watch: in_process.do_next_job(RunStore())
    )


def test_a_lab_prints_its_numbers_and_sentences(capsys, tmp_path):
    file = tmp_path / "responses.json"
    command = ["lab", "responses", *NETS, "--set", "count=20", "--json", str(file)]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert said.startswith("Layer responses  (tiny images)")
    assert "plain-8" in said
    assert "ResNet-8" in said
    assert "He et al. 2015 (Section 4.2, Fig. 7)" in said
    assert [each["net"] for each in json.loads(file.read_text())] == [
        net.removeprefix("fresh:") for net in NETS
    ]


def test_what_was_asked_before_is_answered_at_once(capsys, store, monkeypatch):
    command = ["lab", "responses", NETS[0], "--set", "count=20"]
    assert main(command) == 0
    monkeypatch.setattr(JobStore, "claim", lambda *given: pytest.fail("it was asked again"))
    assert main(command) == 0


@pytest.mark.parametrize(
    "command, sentence",
    [
        (["lab", "lesson"], "there is no lab 'lesson'; there are gradients"),
        (["lab", "responses", "NETS", "--set", "count"], "write it as name=value"),
        (["lab", "responses", NETS[0], "--set", "count=0"], "0 is no number of images"),
        (["lab", "responses", NETS[0], "--set", "size=3"], "has no setting 'size'"),
        (["lab", "responses", "run:77"], "there is no run 77"),
        (["lab", "responses", "resnet21-A"], "depth 21 is not 6n+2"),
        (["lab", "paths", "fresh:plain8-w4"], "plain"),
    ],
)
def test_what_cannot_be_is_one_sentence(capsys, command, sentence):
    assert main([NETS[0] if word == "NETS" else word for word in command]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("explorer: ")
    assert sentence in said
