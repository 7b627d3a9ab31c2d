"""Records the lessons again, three seeds each, and writes what quotes them: `make results`.

    RESNET_DATA=FOLDER make results
    python benchmarks/results.py [--lesson NAME ...] [--again] [--write] [--tiny] [--out FOLDER]

One lesson after another is trained by a worker in a home of its own. As each has ended, its
recording is written to checkpoints/recorded/, then spread.json beside it, the tables of
docs/RESULTS.md, and the figures that other documents quote. Started again after a stop, it leaves
what was recorded on this machine, from these images, by the same code; one lesson is lost at most.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from filelock import FileLock, Timeout
from results_quotes import ALL, FULL, QUOTES, Figures
from results_tables import (
    Recordings,
    all_finished,
    blocks,
    curves_of,
    seconds_by_seed,
    with_block,
)
from results_tasks import Task, machine_words

from explorer.commands.follow import NoWorker, follow
from explorer.files.format import FILE_ENDING, pack
from explorer.files.recordings import Recording, recorded
from explorer.report.formatting import duration
from explorer.store.comparisons import MAX_SEEDS, RunStore
from explorer.store.launch import CLASSES, LaunchRequest, launch
from explorer.store.requests import ControlRequests
from explorer.store.trouble import StoreError
from resnet.lessons import LESSONS
from resnet.settings import image_folder, image_folder_classes, image_folder_label
from resnet.verdict.recorded import FILE_NAME, text_of

ROOT = Path(__file__).resolve().parents[1]
# what decides the numbers of a run; words, answers and pages may change without a new recording
CODE = ("resnet/train", "resnet/model", "resnet/data", "resnet/spec", "resnet/plan.py")
TABLES = Path("docs/RESULTS.md")
RECORDED = Path("checkpoints/recorded")


class Results:
    """The whole work. `out` is the folder that gets the recordings and documents."""

    def __init__(self, out: Path, tiny: bool, seeds: int) -> None:
        self.out = out
        self.tiny = tiny
        self.seeds = seeds
        (out / RECORDED).mkdir(parents=True, exist_ok=True)
        os.environ["RESNET_RECORDED"] = str(out / RECORDED)
        self.commit = _git("rev-parse", "--short=10", "HEAD").strip()

    def record(self, tasks: Sequence[Task], again: bool) -> None:
        """Trains what is not recorded yet. Raises SystemExit where it cannot, or a run fails."""
        self._check(tasks)
        self.write()  # what the documents lack for it is better said now than in an hour
        wanted = [each for each in tasks if again or not self._is_recorded(each)]
        for each in tasks:
            if each not in wanted:
                print(f"{each.name}: is recorded; --again records it again")
        try:
            self._leave_what_was_left()
            for task in wanted:
                began = time.monotonic()
                print(f"{task.name}: {self.seeds} seeds", flush=True)
                self._train(task)
                print(f"{task.name}: recorded in {duration(time.monotonic() - began)}", flush=True)
        finally:
            stop_worker()

    def write(self) -> bool:
        """Spread, tables and quoted figures, from what is recorded; says what a person must do.

        False where a sentence that quotes figures is no longer as it was.
        """
        found = recorded()
        curves = [each for name in found for each in curves_of(name, found[name])]
        (self.out / RECORDED / FILE_NAME).write_text(text_of(curves), "utf-8")
        page = self._read(TABLES)
        for name, block in blocks(found).items():
            page = with_block(page, name, block)
        self._put(TABLES, page)
        return self._write_quotes(found)

    def _write_quotes(self, found: Recordings) -> bool:
        if FULL not in found or any(
            name not in found or len(found[name].seeds) < 3 for name in ALL
        ):
            print("figures that documents quote stay: not every quoted lesson has three seeds yet")
            return True
        problems = []
        for quote in QUOTES:
            file = Path(quote.file)
            try:
                self._put(file, quote.put_into(self._read(file), Figures(found)))
            except ValueError as error:
                problems.append(str(error))
        print("\n".join(problems))
        return not problems

    def _check(self, tasks: Sequence[Task]) -> None:
        if any(task.data == "folder" for task in tasks) and image_folder() is None:
            raise SystemExit("no folder of images is named; set RESNET_DATA to one")
        changed = _git("status", "--porcelain", "--", *CODE)
        if changed and not self.tiny:
            raise SystemExit(
                "a recording names the commit that trained it, and these are not committed:\n"
                f"{changed}commit them first"
            )

    def _leave_what_was_left(self) -> None:
        """Seeds that wait since a call that was stopped would train before those of this one."""
        store = RunStore()
        for comparison in store.active():
            ControlRequests(store).stop(comparison.id)

    def _is_recorded(self, task: Task) -> bool:
        """Whether a recording is there that this command would make again as it is."""
        found = recorded().get(task.name)
        if found is None or not found.commit or not all_finished(found):
            return False
        runs = found.snapshot.comparison.runs
        wanted = set(self._request(task).runs(task.data, image_folder_classes() or CLASSES))
        label = image_folder_label() if task.data == "folder" else found.data
        return (
            found.seeds == tuple(range(self.seeds))
            and {(run.spec, run.recipe) for run in runs} == wanted
            and found.data.startswith(label)
            and found.machine == machine_words(runs[0].device)
            and self._same_code(found.commit)
        )

    def _same_code(self, commit: str) -> bool:
        command = ["git", "diff", "--quiet", commit, "--", *CODE]
        return subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0

    def _request(self, task: Task) -> LaunchRequest:
        entries = task.entries(self.tiny)
        return LaunchRequest(task.title, entries, task.lesson, 0, self.seeds)

    def _train(self, task: Task) -> None:
        store = RunStore()
        identity = launch(store, self._request(task), task.data, image_folder_classes())
        snapshot = follow(store, identity)
        if snapshot is None:
            raise SystemExit(f"{task.name}: the comparison was deleted while it trained")
        runs = snapshot.comparison.runs
        ended = [f"{run.spec} {run.state} {run.message}" for run in runs if run.state != "finished"]
        if ended:
            raise SystemExit(f"{task.name} is not recorded: {'; '.join(ended)}")
        machine = machine_words(runs[0].device)
        packed = pack(snapshot, machine=machine, recording=True, commit=self.commit)
        file = self.out / RECORDED / f"{task.name}{FILE_ENDING}"
        file.with_suffix(".part").write_bytes(packed)
        file.with_suffix(".part").replace(file)
        self.write()

    def _read(self, file: Path) -> str:
        there = self.out / file
        return (there if there.exists() else ROOT / file).read_text("utf-8")

    def _put(self, file: Path, text: str) -> None:
        (self.out / file).parent.mkdir(parents=True, exist_ok=True)
        (self.out / file).write_text(text, "utf-8")


def slow_or_fast(found: dict[str, Recording]) -> list[str]:
    """The lessons that say they take another time than they did."""
    lines = []
    for name, recording in found.items():
        said = LESSONS[recording.lesson].seconds
        if said is None or name != recording.lesson or not recording.commit:
            continue
        taken = median(seconds_by_seed(recording).values())
        if not 0.75 <= said / taken <= 1.33:
            lines.append(f"{name}: a seed took {taken:.0f} seconds; its lesson says {said:.0f}")
    return lines


def stop_worker() -> None:
    subprocess.run([sys.executable, "-m", "explorer.worker", "--stop"], check=False)


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"recordings name a commit, and git says: {done.stderr.strip()}")
    return done.stdout


def main(words: Sequence[str] | None = None) -> int:
    options = _options(words)
    out = options.out or (ROOT / "benchmarks" / "out" / "tiny" if options.tiny else ROOT)
    results = Results(out.resolve(), options.tiny, options.seeds)
    if not options.write:
        home = (options.home or ROOT / "benchmarks" / "out" / "results").resolve()
        home.mkdir(parents=True, exist_ok=True)
        os.environ["RESNET_HOME"] = str(home)
        try:
            with FileLock(home / "results.lock", timeout=0):
                stop_worker()  # of a call that was killed; this one's has this one's images
                results.record([Task(name) for name in options.lesson or ALL], options.again)
        except Timeout:
            print(f"another call records in {home}; wait for it, or name another --home")
            return 1
        except KeyboardInterrupt:
            print("\nstopped; given again, this command goes on with what is not recorded yet")
            return 130
        except (NoWorker, StoreError) as error:
            print(f"results: {error}", file=sys.stderr)
            return 1
    well = results.write()
    print("\n".join(slow_or_fast(recorded())))
    return 0 if well else 1


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--lesson", action="append", choices=ALL, metavar="NAME", help=f"of {', '.join(ALL)}"
    )
    parser.add_argument("--seeds", type=int, choices=range(1, MAX_SEEDS + 1), default=3)
    parser.add_argument("--again", action="store_true", help="record what is recorded already")
    parser.add_argument("--write", action="store_true", help="tables and figures alone")
    parser.add_argument("--tiny", action="store_true", help="tiny recipes, into benchmarks/out")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: this checkout")
    parser.add_argument("--home", type=Path, metavar="FOLDER", help="of the store and the images")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
