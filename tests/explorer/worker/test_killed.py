"""Lanes and workers killed (SIGKILL) at random moments in every state of a run.

No run is lost, no row is doubled or missing, and the curve is bit for bit that of a run which
nothing ever happened to, but for what people changed on the way.
"""

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from array import array
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.store import states
from explorer.store.comparisons import Refused
from explorer.store.records import EXTENDED, PAUSED, RATE
from explorer.store.requests import ControlRequests
from explorer.worker import __main__ as worker_command
from resnet import data
from resnet.spec import NetSpec
from resnet.train import Trainer

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs processes that fork with torch"),
    pytest.mark.usefixtures("image_folder"),
    pytest.mark.timeout(300),
]
SCRIPT = Path(__file__).with_name("nursery.py")
NETS = ("plain8-w4", "resnet8-A-w4")
KILLS = (  # one comparison each, its moments one after the other: twenty kills in all
    ("setting up", "training", "pausing", "changing the rate", "stepping"),
    ("starting", "marking", "saving", "paused", "settling"),
    ("writing rows", "changing the rate", "about to pause", "testing", "extending"),
    ("testing", "stepping", "saving", "marking", "extending"),
)


def wait_for(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited too long until {what}"
        time.sleep(0.005)


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def nursery(tmp_path_factory):
    with (tmp_path_factory.mktemp("nursery") / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        )
    yield process
    process.stdin.close()
    process.wait(30)


@pytest.fixture
def begin_worker(nursery, home, store):
    """Starts a worker; the last one is told to stop at the end."""

    def begin():
        settings = {name: value for name, value in os.environ.items() if name.startswith("RESNET")}
        nursery.stdin.write(json.dumps(settings) + "\n")
        nursery.stdin.flush()
        return int(nursery.stdout.readline())

    yield begin
    worker_command._ask_to_stop(store)


class Drama:
    """One comparison, the kills it suffers, and the requests that bring each about."""

    def __init__(self, store, home, begin_worker, small, seed):
        self.store, self.home, self.begin_worker = store, home, begin_worker
        self.killed = home / "killed"
        self.rng = random.Random(seed)
        self.requests = ControlRequests(store)
        recipe = replace(
            small, iterations=90, images=40, test_every=10, schedule="constant", seed=seed
        )
        nets = [(NetSpec.parse(name), recipe) for name in NETS]
        self.id = store.submit(f"drama {seed}", nets)
        begin_worker()

    @property
    def runs(self):
        return self.store.comparison(self.id).runs

    def all_are(self, *wanted):
        return all(run.state in wanted for run in self.runs)

    def suffer(self, moment):
        """Brings the comparison to a moment, kills, and sees it to where it can be resumed."""
        self.get_ready(moment)
        who = self.rng.choice(("lane", "lane", "worker", "all"))
        when = self.rng.choice(("before", "after", "during"))
        if moment == "settling" and when == "during":
            when = "after"  # or the lane may have ended by itself
        order = {"moment": moment, "who": who, "when": when, "seconds": 0.03 * self.rng.random()}
        (self.home / "kill.part").write_text(json.dumps(order))
        (self.home / "kill.part").rename(self.home / "kill.json")
        while not self.killed.exists():
            with contextlib.suppress(Refused):
                self.provoke(moment)
            self.wait(lambda: self.over, f"{moment} came")
            if not self.killed.exists():  # it ended before the request met it
                self.get_ready(moment)
        doomed = int(self.killed.read_text())
        wait_for(lambda: not alive(doomed), f"{who} was dead")
        self.killed.unlink()
        if who != "lane":
            self.begin_worker()  # at once: a lane that lost its worker may still be at work
        self.calm()

    def get_ready(self, moment):
        """Trains, pauses or ends the comparison, as the moment needs it."""
        if moment == "extending":
            self.resume()
            self.wait(lambda: self.all_are(states.FINISHED), "it was finished")
        elif moment in ("pausing", "about to pause", "paused", "stepping"):
            self.train_a_little()
            if moment == "stepping":
                self.requests.pause(self.id)
                self.wait(lambda: self.held or self.over, "it was paused")
                if self.over and not self.killed.exists():
                    self.get_ready(moment)
        elif moment in ("changing the rate", "marking", "settling"):
            self.train_a_little()

    @property
    def held(self):
        return self.store.comparison(self.id).paused

    @property
    def over(self):
        return not self.store.comparison(self.id).active

    def train_a_little(self):
        """Until some net has trained on; a comparison at its end is extended first."""
        before = {run.id: run.iteration for run in self.runs}
        self.resume()
        self.wait(
            lambda: self.over or any(run.iteration > before[run.id] for run in self.runs),
            "it trained",
        )
        if self.over and not self.killed.exists():
            self.train_a_little()

    def wait(self, condition, what):
        """Until it holds, or the kill has come before."""
        wait_for(lambda: self.killed.exists() or condition(), what)

    def resume(self):
        if self.all_are(states.FINISHED):
            self.requests.extend(self.id, 60, 0.02)
        else:
            self.requests.resume(self.id)

    def provoke(self, moment):
        if moment in ("setting up", "starting", "training", "testing", "writing rows", "saving"):
            self.resume()
        elif moment in ("pausing", "about to pause", "paused"):
            self.requests.pause(self.id)
        elif moment == "stepping":
            self.requests.step(self.id, self.rng.randrange(1, 12))
        elif moment in ("changing the rate", "marking"):
            self.requests.change_rate(self.id, self.rng.choice((0.0, 0.01, 0.08)))
        elif moment == "extending":
            self.requests.extend(self.id, 25, 0.03)
        elif moment == "settling":
            self.requests.stop(self.id)

    def calm(self):
        """Stops what still trains; then every run is somewhere from where it can go on."""
        self.requests.stop(self.id)
        wait_for(lambda: self.over, "nothing of it was held")
        assert self.all_are(states.STOPPED, states.INTERRUPTED, states.FINISHED)

    def end_well(self):
        while not self.all_are(states.FINISHED):
            self.resume()
            wait_for(lambda: self.over, "it ended")
            assert self.all_are(states.FINISHED, states.INTERRUPTED)

    def check(self):
        images = data.load("folder")
        events = self.store.events(self.id)
        stored = self.store.since(self.id)
        for run in self.runs:
            mine = [row for row in stored if row.run == run.id]
            seen = [row.iteration for row in mine]
            assert seen == sorted(set(seen))
            marks = [each for each in events if each.run == run.id]
            expected = undisturbed(run, marks, images)
            peeks = {each.iteration for each in marks if each.kind == PAUSED}
            assert set(expected) - set(seen) == set(), "rows are missing"
            assert set(seen) - set(expected) - peeks == set(), "rows come from nowhere"
            for row in mine:
                if row.iteration in expected:
                    assert figures(row) == figures(expected[row.iteration])
            assert run.iteration == run.iterations == max(seen)


def undisturbed(run, marks, images):
    """{iteration: row} of a run that was changed as it was, and of which nothing was killed."""
    trainer = Trainer(run.spec, run.recipe, images, "cpu")
    rates = {each.iteration: each.value for each in marks if each.kind == RATE}
    ends = {each.iteration: int(each.value) for each in marks if each.kind == EXTENDED}
    rows = [trainer.start()]
    while True:
        at = trainer.iteration
        if at in ends:
            trainer.extend(ends[at], rates[at])
        elif at in rates:
            trainer.change_rate(rates[at])
        if trainer.finished:
            return {row.iteration: row for row in rows if row}
        rows.append(trainer.step())


def figures(row):
    return (
        row.learning_rate,
        row.loss,
        row.batch_error,
        row.train_error,
        row.test_error,
        array("f", row.gradients or ()),
        array("f", row.weights or ()),
    )


@pytest.mark.parametrize("seed", range(len(KILLS)))
def test_nothing_is_lost_doubled_or_changed(store, home, begin_worker, small, seed):
    drama = Drama(store, home, begin_worker, small, seed)
    for moment in KILLS[seed]:
        drama.suffer(moment)
    drama.end_well()
    drama.check()
