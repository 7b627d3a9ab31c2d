"""Workers that are quick to start and die when they are told: run by test_killed.py on Linux.

With torch in memory and warm it forks a worker for every line on its standard input, a JSON object
of environment variables, and beside each worker a process that forks its lanes: SQLite, once open,
does not survive a fork. All else is the program
itself: worker.main(), lane.main(), pipes, signals, the store. A file kill.json in the program's
home says at which moment to kill: before it, after it or so many seconds into it; and whom: "lane",
"worker" or "all".
"""

import json
import os
import signal
import socket
import sys
import threading
import time
import traceback

import torch

from explorer.lane import __main__ as lane_command
from explorer.lane import runs, training
from explorer.store.training import TrainingStore
from explorer.worker import __main__ as worker_command
from explorer.worker import process, worker
from resnet.data import ImageSet
from resnet.settings import home
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer, checkpoint

WORKER = 0  # its process id
MOMENTS = {
    "setting up": (runs, "set_up"),
    "starting": (Trainer, "start"),
    "training": (Trainer, "step"),
    "testing": (Trainer, "test"),
    "writing rows": (TrainingStore, "append"),
    "saving": (checkpoint, "save"),
    "about to pause": (Trainer, "peek"),
    "pausing": (TrainingStore, "hold"),
    "paused": (training.LaneTraining, "_idle"),
    "stepping": (TrainingStore, "go_on"),
    "changing the rate": (Trainer, "change_rate"),
    "marking": (TrainingStore, "mark"),
    "extending": (Trainer, "extend"),
    "settling": (TrainingStore, "settle"),
}


class Forked:
    """As much of subprocess.Popen as the worker needs, for a lane forked elsewhere."""

    def __init__(self, pid, stdin):
        self.pid, self.stdin = pid, stdin

    def poll(self):
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)


def fork_lanes(asked):
    """Forks a lane for every pipe that comes with a message, until the worker is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, pipes, *_ = socket.recv_fds(asked, 8, 1)
        if not message:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            os.dup2(pipes[0], 0)
            os.closerange(3, 1024)  # as a started process has it: nothing but its own pipe
            sys.stdin = os.fdopen(0)
            try:
                lane_command.main()
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        os.close(pipes[0])
        asked.send(str(pid).encode())


def work():
    """A worker in a process group of its own."""
    global WORKER
    os.setsid()
    os.closerange(3, 1024)
    WORKER = os.getpid()
    ask, asked = socket.socketpair()
    if os.fork() == 0:
        ask.close()
        fork_lanes(asked)
    asked.close()

    def start(cls):
        reading, writing = os.pipe()
        socket.send_fds(ask, [b"lane"], [reading])
        os.close(reading)
        return cls(Forked(int(ask.recv(16)), os.fdopen(writing, "wb")))

    process.Lane.start = classmethod(start)
    os._exit(worker_command.main())


def kill(who, seconds=0.0):
    time.sleep(seconds)
    if who == "worker":
        os.kill(WORKER, signal.SIGKILL)
    elif who == "lane":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        os.killpg(0, signal.SIGKILL)


def ordered(moment):
    """The order to kill at this moment, for the first who asks."""
    file = home() / "kill.json"
    try:
        order = json.loads(file.read_text())
        if order["moment"] != moment:
            return None
        file.rename(home() / f"kill-{os.getpid()}")
    except FileNotFoundError:
        return None
    doomed = os.getpid() if order["who"] == "lane" else WORKER
    (home() / "killed.part").write_text(str(doomed))
    (home() / "killed.part").rename(home() / "killed")
    return order


def hook(moment, place, name):
    original = getattr(place, name)

    def hooked(*arguments, **named):
        order = ordered(moment)
        if order is None:
            return original(*arguments, **named)
        if order["when"] == "before":
            kill(order["who"])
        elif order["when"] == "during":
            late = (order["who"], order["seconds"])
            threading.Thread(target=kill, args=late, daemon=True).start()
        result = original(*arguments, **named)
        if order["when"] == "after":
            kill(order["who"])
        return result

    setattr(place, name, hooked)


def warm_up():
    """One step of each net, so that no process has to prepare its kernels again."""
    pixels = torch.zeros(60, 3, 32, 32, dtype=torch.uint8)
    labels = torch.arange(60) % 10
    classes = tuple(f"class {number}" for number in range(10))
    images = ImageSet("none", "none", classes, pixels, labels, pixels, labels)
    recipe = Recipe(image_size=16, batch=10, augment=False, test_images=10)
    for name in ("plain8-w4", "resnet8-A-w4"):
        trainer = Trainer(NetSpec.parse(name), recipe, images, "cpu")
        trainer.step()
        trainer.test(10)
        trainer.test(20)


def main():
    torch.set_num_threads(1)
    warm_up()
    worker.POLL = worker.REPORT_EVERY = 0.05
    training.LOOK_EVERY, training.FLUSH_EVERY = 0.02, 0.05
    training.SAVE_EVERY = 0.2
    for moment, (place, name) in MOMENTS.items():
        hook(moment, place, name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.argv = ["worker"]
    for line in sys.stdin:
        os.environ.update(json.loads(line))
        pid = os.fork()
        if pid == 0:
            work()
        print(pid, flush=True)


if __name__ == "__main__":
    main()
