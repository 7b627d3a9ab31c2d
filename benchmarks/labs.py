"""How long each lab of the Why page takes with the nets and settings that it opens with.

    python benchmarks/labs.py [LAB ...] [--strict]

The labs run as jobs of a worker of their own, in a home of their own, one after another: seconds
until the first sign of progress, until the last net's answer, and from a stop (asked for two
seconds in) to its end. The images are those of RESNET_DATA, else the generated ones; they are read,
and the worker's processes started, before the first lab. --strict fails beyond the aims.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

AIMS = {"first": 1.0, "whole": 120.0, "stop": 2.0}  # seconds
LOOK_EVERY = 0.05
STOPPED_AFTER = 2.0


def main() -> int:
    options = _options()
    home = Path(tempfile.mkdtemp(prefix="resnet-labs-"))
    os.environ["RESNET_HOME"] = str(home)
    try:
        return Bench().report(options.labs, options.strict)
    finally:
        subprocess.run([sys.executable, "-m", "explorer.worker", "--stop"], check=False)
        shutil.rmtree(home, ignore_errors=True)


class Bench:
    def __init__(self) -> None:
        from explorer.commands.follow import WorkerWatch
        from explorer.store.comparisons import RunStore
        from explorer.store.jobs.store import JobStore
        from resnet.settings import image_folder, image_folder_label

        self.store = RunStore()
        self.jobs = JobStore(self.store)
        self.watch = WorkerWatch(self.store)
        self.data = "folder" if image_folder() else "generated"
        self.label = image_folder_label() if image_folder() else "generated images"

    def report(self, names: list[str], strict: bool) -> int:
        from resnet.labs import LABS

        print(f"{self.label}; seconds")
        print(f"{'lab':14} {'nets':36} {'first':>6} {'whole':>6} {'stop':>6}")
        self.run(self.questions("responses")[:1])  # images are read, processes started
        late = []
        for name in names or list(LABS):
            nets = " ".join(each.source.name for each in self.questions(name))
            found = self.measured(name)
            cells = [f"{value:6.1f}" if value is not None else "     -" for value in found.values()]
            print(f"{name:14} {nets:36} {' '.join(cells)}", flush=True)
            late += [
                f"{name}: {what} {value:.1f} s, aim {AIMS[what]:g}"
                for what, value in found.items()
                if value is not None and value > AIMS[what]
            ]
        print("\n".join(late) or "all within the aims")
        return 1 if strict and late else 0

    def questions(self, name: str) -> list[Any]:
        """The nets that the page opens with, and nothing changed."""
        from explorer.commands.labs import usual_nets
        from explorer.store.jobs.lab_question import Question
        from explorer.store.jobs.net_source import Source

        sources = [Source.parse(net) for net in usual_nets(name)]
        return [Question(name, source, {}, self.data, self.label) for source in sources]

    def measured(self, name: str) -> dict[str, float | None]:
        asked = self.questions(name)
        first, whole = self.run(asked)
        return {"first": first, "whole": whole, "stop": self.stopped(asked[-1])}

    def run(self, asked: list[Any]) -> tuple[float, float]:
        """Seconds until the first job of these says something, and until the last has ended."""
        began, first = time.monotonic(), None
        ids = [self.submit(each) for each in asked]
        while True:
            looks = [self.look(each) for each in ids]
            now = time.monotonic() - began
            if first is None and any(look.message or not look.active for look in looks):
                first = now
            if not any(look.active for look in looks):
                break
            time.sleep(LOOK_EVERY)
        wrong = [look.message for look in looks if look.state != "finished"]
        if wrong:
            raise SystemExit(f"{asked[0].lab}: {wrong[0]}")
        self.forget()
        return first or 0.0, now

    def stopped(self, question: Any) -> float | None:
        """Seconds from the stop to its end; None where the job is done before."""
        identity = self.submit(question)
        while self.look(identity).state == "queued":
            time.sleep(LOOK_EVERY)
        time.sleep(STOPPED_AFTER)
        began = time.monotonic()
        self.jobs.stop(identity)
        while (look := self.look(identity)).active:
            time.sleep(LOOK_EVERY)
        taken = time.monotonic() - began
        self.forget()
        return taken if look.state == "stopped" else None

    def submit(self, question: Any) -> int:
        from explorer.store.jobs.retention import LAB

        return self.jobs.submit(LAB, question.payload(self.store))

    def look(self, identity: int) -> Any:
        self.watch.look()
        return self.jobs.look(identity)

    def forget(self) -> None:
        """So that the same question is asked anew."""
        from explorer.store.tables import jobs

        with self.store.write() as connection:
            connection.execute(jobs.delete())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("labs", nargs="*", metavar="LAB", help="default: all")
    parser.add_argument("--strict", action="store_true", help="fail beyond the aims")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
