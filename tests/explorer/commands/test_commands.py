"""The command line on the store: what it says, what it writes, how it ends."""

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from explorer.__main__ import main
from explorer.commands import follow as following
from explorer.commands import printing, training
from explorer.commands.arguments import argument_parser
from explorer.files.command_line import command_of
from explorer.files.format import FILE_ENDING, unpack
from explorer.files.recordings import recorded
from explorer.lane import in_process
from explorer.store import states
from explorer.store.records import RATE
from explorer.store.requests import ControlRequests
from explorer.store.snapshots import Feed
from explorer.store.training import TrainingStore
from resnet.cli import arguments
from resnet.cli.arguments import entries_wanted
from resnet.lessons import Entry, Lesson
from resnet.spec import NetSpec, Recipe
from resnet.spec.fields import fields_of
from resnet.spec.row import Row
from tests.explorer.store.held import held

pytestmark = pytest.mark.usefixtures("image_folder")

SHORT = ["--iterations", "40", "--images", "50", "--batch", "10", "--image-size", "16",
         "--log-every", "10", "--test-every", "20", "--test-images", "20", "--final-images", "20",
         "--no-augment"]  # fmt: skip


@pytest.fixture
def here(store, monkeypatch):
    """Following trains in this process, one turn a look, in place of a worker of its own."""

    class Here:
        def __init__(self, _store):
            pass

        def look(self):
            in_process.run_next(store)

    monkeypatch.setattr(following, "WorkerWatch", Here)
    monkeypatch.setattr(training, "WorkerWatch", Here)
    monkeypatch.setattr(following, "LOOK_EVERY", 0.0)
    return store


@pytest.fixture
def lesson(monkeypatch, small):
    """A lesson of two curves, one net with two recipes, and a longer form for a GPU."""
    net = NetSpec.parse("plain8")
    made = tuple(Entry(net, replace(small, learning_rate=rate)) for rate in (0.05, 0.01))
    longer = tuple(Entry(each.net, replace(each.recipe, iterations=60)) for each in made)
    known = {"tiny": SimpleNamespace(name="tiny", title="A tiny lesson", entries=made, gpu=longer)}
    assert {"name", "title", "entries", "gpu"} <= {*Lesson.__dataclass_fields__, "entries"}
    for module in (arguments, training, sys.modules[command_of.__module__]):
        monkeypatch.setattr(module, "LESSONS", known)
    return known["tiny"]


def snapshot_of(store, identity):
    return Feed(store, identity).snapshot(fresh=True)


def only(store):
    (found,) = store.comparisons()
    return found


def test_train_submits_follows_and_prints_what_came_out(here, tmp_path, capsys):
    table, file = tmp_path / "rows.csv", tmp_path / f"mine{FILE_ENDING}"
    arguments = ["train", "plain8", "resnet8-A", "--seed", "3", "--seeds", "2", "--title", "Mine",
                 "--csv", str(table), "--export", str(file)]  # fmt: skip
    assert main([*arguments, *SHORT]) == 0
    found = only(here)
    assert found.title == "Mine"
    assert found.seeds == (3, 4)
    assert {run.state for run in found.runs} == {states.FINISHED}
    assert {run.recipe.data for run in found.runs} == {"folder"}
    printed = capsys.readouterr()
    assert printed.out.startswith(f"{found.id}  Mine\n")
    for run in found.runs[:2]:
        lines = printed.out.split("\n\n")[1].splitlines()
        (line,) = [line for line in lines if line.startswith(run.spec.title.removesuffix(" A"))]
        last = [
            each.tests[-1].train_error
            for each in snapshot_of(here, found.id).histories
            if each.run.spec == run.spec
        ]
        assert f"{last[0]:.2f} · {last[1]:.2f}, mean {sum(last) / 2:.2f}" in line
    assert "100 %" in printed.err
    assert len(table.read_text().splitlines()) == 1 + 4 * 5
    assert unpack(file.read_bytes()).comparison.title == "Mine"


def test_the_bar_says_what_happens(store, submit):
    first, identity = submit(), submit()
    assert "1 comparison ahead" in following._happens(store, snapshot_of(store, identity))
    ControlRequests(store).stop(first)
    claimed = TrainingStore(store).claim("lane")
    run = claimed.runs[0]
    TrainingStore(store).append("lane", [(run.id, Row(20, 1.0, 0.1, 2.0, 80.0, 75.0, 80.0))])
    said = following._happens(store, snapshot_of(store, identity))
    assert said.startswith("iteration 0 of 40")
    assert said.endswith("; plain-8 75.0 % training error")


def test_a_lesson_trains_its_entries_or_its_longer_form(here, lesson, capsys):
    assert main(["train", "--lesson", "tiny"]) == 0
    assert main(["train", "--lesson", "tiny", "--gpu", "--learning-rate", "0.02"]) == 0
    longer, short = here.comparisons()
    assert short.lesson == longer.lesson == "tiny"
    assert [run.recipe.learning_rate for run in short.runs] == [0.05, 0.01]
    assert [run.recipe.iterations for run in short.runs] == [40, 40]
    assert [run.recipe.learning_rate for run in longer.runs] == [0.02, 0.02]
    assert [run.recipe.iterations for run in longer.runs] == [60, 60]
    assert "plain-8 at a rate of 0.01" in capsys.readouterr().out


def test_a_run_that_fails_makes_the_command_fail(here, image_folder, capsys):
    broken = image_folder / "train" / "class0" / "0.png"
    broken.write_bytes(b"no picture")
    assert main(["train", "plain8", *SHORT]) == 1
    assert "could not be trained" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["train"], "no net was named"),
        (["train", "plain21"], "depth 21 is not 6n+2"),
        (["train", "plain8", "--seeds", "0"], "0 seeds were asked for; one is the least"),
        (["train", "plain8", "--seeds", "6"], "6 seeds were asked for; at most 5"),
        (["train", "plain8", "--csv", "nowhere/rows.csv"], "there is no folder nowhere"),
        (["train", "plain8", "--iterations", "0"], "iterations 0 is out of range"),
        (["show", "abc"], "no comparison has an id that begins with 'abc'"),
        (["stop", ""], "no comparison has an id that begins with ''"),
        (["import", "none.gz"], "none.gz: No such file or directory"),
        (["record", "here.gz"], "a recording is made of one thing"),
        (["record", "abc", "here.gz", "--lesson", "tiny"], "a recording is made of one thing"),
        (["train", "--lesson", "tiny", "plain8", "plain8"], "a net was named twice"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(here, lesson, capsys, given, sentence):
    assert main(given) == 1
    said = capsys.readouterr().err
    assert said.startswith("explorer: ")
    assert sentence in said
    assert said.count("\n") == 1
    assert here.comparisons() == []


def test_images_that_the_running_worker_does_not_have_are_not_trained(here, capsys, monkeypatch):
    here.report("worker", {"pid": 1, "folder": "others"})
    assert main(["train", "plain8", *SHORT]) == 1
    assert "the worker that is running has others, not tiny images" in capsys.readouterr().err
    monkeypatch.delenv("RESNET_DATA")
    assert main(["train", "plain8", "--data", "folder", *SHORT]) == 1
    assert "set RESNET_DATA to one" in capsys.readouterr().err
    assert here.comparisons() == []


def test_ids_may_be_shortened_as_far_as_they_are_the_only_ones(here, submit, capsys, monkeypatch):
    ids = iter(["aaaa0000", "aaaabbbb", "cccc0000"])
    monkeypatch.setattr("explorer.store.comparisons.secrets.token_hex", lambda _: next(ids))
    submit(), submit(), submit()
    assert main(["show", "C"]) == 0
    assert capsys.readouterr().out.startswith("cccc0000  small")
    assert main(["show", "aaaa"]) == 1
    assert "2 ids begin with 'aaaa'" in capsys.readouterr().err
    assert main(["stop", "aaaab"]) == 0
    assert {run.state for run in here.comparison("aaaabbbb").runs} == {states.STOPPED}


def test_stop_then_resume_to_the_end(here, submit, capsys):
    identity = submit()
    assert main(["stop", identity]) == 0
    assert main(["stop", identity]) == 1
    assert "its nets are stopped" in capsys.readouterr().err
    assert main(["resume", identity]) == 0
    assert {run.state for run in here.comparison(identity).runs} == {states.FINISHED}
    assert main(["resume", identity]) == 1
    assert "has nothing to resume: its nets are finished" in capsys.readouterr().err


def test_watch_follows_what_waits(here, submit, capsys):
    identity = submit()
    assert main(["watch", identity]) == 0
    assert {run.state for run in here.comparison(identity).runs} == {states.FINISHED}
    assert "ResNet-8 " in capsys.readouterr().out


def test_detached_it_waits_for_the_worker(here, capsys):
    assert main(["train", "plain8", "--detach", *SHORT]) == 0
    assert f"watch {only(here).id} follows it" in capsys.readouterr().out


def test_ctrl_c_leaves_it_training_and_says_how_to_stop_it(here, monkeypatch, capsys):
    def interrupted(_store, _identity):
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "follow", interrupted)
    assert main(["train", "plain8", *SHORT]) == 130
    said = capsys.readouterr().err
    identity = only(here).id
    assert f"python -m explorer stop {identity} stops it" in said
    assert only(here).active


def test_list_shows_every_comparison(here, submit, capsys):
    assert main(["list"]) == 0
    assert "nothing is here yet" in capsys.readouterr().out
    identity = submit()
    in_process.run_next(here)
    submit()
    assert main(["list"]) == 0
    head, waiting, ended = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["id", "title", "lesson"]
    assert "queued" in waiting
    assert "0 %" in waiting
    errors = [each.tests[-1].train_error for each in snapshot_of(here, identity).histories]
    assert ended.startswith(identity)
    assert ended.endswith(" ".join(f"{error:.1f}" for error in errors))
    assert "finished" in ended
    assert "100 %" in ended


def test_export_and_import_give_the_comparison_again(here, submit, tmp_path, capsys):
    identity = submit()
    in_process.run_next(here)
    file = tmp_path / f"handed-in{FILE_ENDING}"
    assert main(["export", identity, str(file)]) == 0
    assert main(["import", str(file)]) == 0
    arrived = capsys.readouterr().out.splitlines()[-1].split()[0]
    assert arrived != identity
    tables = [tmp_path / "one.csv", tmp_path / "other.csv"]
    for each, table in zip((identity, arrived), tables, strict=True):
        assert main(["export", each, str(table), "--csv"]) == 0
    assert tables[0].read_bytes() == tables[1].read_bytes()
    assert len(tables[0].read_text().splitlines()) == 11
    assert main(["show", arrived]) == 0
    assert "from     a file made on " in capsys.readouterr().out
    assert main(["resume", arrived]) == 1
    assert "came in a file, without the nets' weights" in capsys.readouterr().err
    file.write_bytes(file.read_bytes()[:100])
    assert main(["import", str(file)]) == 1
    assert "it broke off on its way" in capsys.readouterr().err


def test_record_trains_a_lesson_and_writes_what_can_be_replayed(
    here, lesson, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("RESNET_RECORDED", str(tmp_path))
    file = tmp_path / f"tiny{FILE_ENDING}"
    wanted = ["record", str(file), "--lesson", "tiny", "--seeds", "2", "--machine", "a laptop"]
    assert main(wanted) == 0
    first = recorded()["tiny"]
    assert (first.machine, first.data, first.seeds) == ("a laptop", "tiny images", (0, 1))
    assert first.command == (
        "python -m explorer train --lesson tiny --data folder --seed 0 --seeds 2"
    )
    assert [len(each.rows) for each in first.snapshot.histories] == [5] * 4
    again = tmp_path / f"again{FILE_ENDING}"
    assert main(["record", only(here).id, str(again), "--machine", "a laptop"]) == 0
    assert again.read_bytes() == file.read_bytes()


def test_only_lessons_that_ended_are_recorded(here, submit, lesson, tmp_path, capsys):
    file = tmp_path / "x.gz"
    assert main(["record", submit(), str(file)]) == 1
    assert "'small' is not a lesson, and only lessons are replayed" in capsys.readouterr().err
    main(["train", "--lesson", "tiny", "--detach"])
    assert main(["record", here.comparisons()[0].id, str(file)]) == 1
    assert "has not ended: its nets are queued" in capsys.readouterr().err
    assert not file.exists()


@pytest.mark.parametrize(
    "given",
    [
        ["plain8", "resnet8-A", *SHORT, "--data", "generated"],
        ["plain8", "--seed", "4", "--seeds", "3", "--learning-rate", "0.125", "--data", "cifar10"],
        ["--lesson", "tiny", "--data", "folder"],
        ["--lesson", "tiny", "--gpu", "--seeds", "2", "--data", "folder"],
        ["plain8", *SHORT, "--warmup", "error", "--warmup-rate", "0.02", "--test-images", "all"],
        ["--lesson", "tiny", "--images", "all", "--final-images", "all", "--data", "folder"],
        ["--lesson", "tiny", "--momentum", "0.8", "--augment", "--data", "folder"],
    ],
)
def test_the_command_that_is_named_makes_the_same_comparison(here, lesson, given):
    """`command_of`, read as arguments again, asks for the very nets and recipes."""
    assert main(["train", *given, "--detach"]) == 0
    first = only(here)
    command = command_of(snapshot_of(here, first.id))
    assert command.startswith("python -m explorer train ")
    assert main([*command.split()[3:], "--detach"]) == 0
    second = here.comparisons()[0]
    assert second.id != first.id
    assert [(run.spec, run.recipe, run.turn) for run in second.runs] == [
        (run.spec, run.recipe, run.turn) for run in first.runs
    ]
    assert (second.lesson, second.title) == (first.lesson, first.title)


def test_no_command_is_named_where_none_says_the_same(here, nets, small):
    plain, residual = nets
    mixed = here.submit("mixed", [(plain, small), (residual, replace(small, momentum=0.5))])
    gap = here.submit("gap", [(plain, replace(small, seed=seed)) for seed in (0, 2)])
    for identity in (mixed, gap):
        assert command_of(snapshot_of(here, identity)) == ""


def test_changes_by_hand_are_said_behind_the_command(here, submit):
    identity = submit()
    run = here.comparison(identity).runs[0].id
    with held(here, run) as lane:
        TrainingStore(here).mark(run, lane, 10, RATE, 0.02)
    assert command_of(snapshot_of(here, identity)).endswith("--seed 0  # and 1 change by hand")


def test_columns_stand_under_each_other():
    lines = [("name", "number"), ("a", "1"), ("longer", "22")]
    assert printing.in_columns(lines, to_the_right=("number",)) == (
        "name    number\na            1\nlonger      22"
    )


def test_arguments_of_both_command_lines_are_the_same():
    from resnet.cli.arguments import argument_parser as of_resnet

    given = ["train", "plain8", *SHORT, "--seed", "7"]
    assert entries_wanted(argument_parser().parse_args(given)) == entries_wanted(
        of_resnet().parse_args(given)
    )


def test_no_option_is_without_help():
    """Of either command line, however deep: what is taken is said what for."""
    from resnet.cli.arguments import argument_parser as of_resnet

    def options_below(parser):
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for below in action.choices.values():
                    yield from options_below(below)
            elif action.option_strings:
                yield parser.prog, action

    for parser in (of_resnet(), argument_parser()):
        for command, action in options_below(parser):
            assert action.help and action.help != argparse.SUPPRESS, (command, action.dest)


def test_every_field_of_the_recipe_is_an_option():
    commands = argument_parser()._subparsers._group_actions[0].choices
    for name in ("train", "record"):
        known = {action.dest: action for action in commands[name]._actions}
        for field in fields_of(Recipe).values():
            assert known[field.name].help == field.help.replace("%", "%%"), (name, field.name)


WITHOUT_TORCH = """
import signal, sys
from explorer.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal, wherever the test runs
code = main(sys.argv[1:])
loaded = {name.split(".")[0] for name in sys.modules} & {"torch", "streamlit", "plotly"}
assert not loaded, loaded
sys.exit(code)
"""


def run(*given, wait=True):
    process = subprocess.Popen(
        [sys.executable, "-c", WITHOUT_TORCH, *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    if not wait:
        return process
    out, err = process.communicate(timeout=150)
    return SimpleNamespace(code=process.returncode, out=out, err=err)


@pytest.mark.timeout(300)
def test_the_whole_way_with_a_worker_of_its_own(store, tmp_path):
    """Train to the end; leave with Ctrl-C while it trains; stop, and resume to the end."""
    try:
        trained = run("train", "plain8", "resnet8-A", *SHORT)
        assert trained.code == 0, trained.err
        assert re.search(r"^ResNet-8 +\d", trained.out, re.MULTILINE)
        first = only(store)
        assert {each.state for each in first.runs} == {states.FINISHED}

        long = run("train", "plain8", *SHORT, "--iterations", "20000", wait=False)
        deadline = time.monotonic() + 100
        while not any(each.running and each.runs[0].iteration for each in store.comparisons()):
            assert time.monotonic() < deadline, "it did not begin"
            assert long.poll() is None, long.communicate()
            time.sleep(0.1)
        os.killpg(long.pid, signal.SIGINT)
        _, said = long.communicate(timeout=30)
        assert long.returncode == 130
        second = store.comparisons()[0]
        assert f"{second.id} goes on without this window" in said
        assert second.running
        assert run("stop", second.id).code == 0
        while store.comparison(second.id).active:
            assert time.monotonic() < deadline + 30, "it did not stop"
            time.sleep(0.1)
        assert store.comparison(second.id).resumable
        resumed = run("resume", second.id, "--detach")
        assert resumed.code == 0, resumed.err
        assert store.comparison(second.id).active
        ControlRequests(store).stop(second.id)
    finally:
        subprocess.run([sys.executable, "-m", "explorer.worker", "--stop"], capture_output=True)
