"""`python -m explorer.worker`: the worker of this machine; with `--stop`, its end."""

import argparse
import logging
import signal
import sys

from filelock import Timeout

from explorer.store import log
from explorer.store.comparisons import RunStore
from explorer.store.trouble import StoreError
from explorer.worker.control import is_alive, lock
from explorer.worker.worker import PATIENCE, Worker
from resnet.cli import terminal
from resnet.settings import home

_log = logging.getLogger("explorer.worker")


def main() -> int:
    return terminal.run("worker", _run)


def _run() -> int:
    parser = argparse.ArgumentParser(prog="python -m explorer.worker")
    parser.add_argument("--stop", action="store_true", help="stop the worker; its runs are saved")
    stop = parser.parse_args().stop
    try:
        if stop:
            return _ask_to_stop(RunStore())
        with lock().acquire(timeout=2):
            worker = Worker(RunStore())
            signal.signal(signal.SIGTERM, worker.stop)
            signal.signal(signal.SIGINT, worker.stop)
            log.start("worker")
            _log.info("the worker starts")
            worker.run()
            _log.info("the worker has ended")
    except Timeout:
        print("a worker is running already; this one ends")
    except StoreError as error:
        print(f"worker: {error}", file=sys.stderr)
        return 1
    return 0


def _ask_to_stop(store: RunStore) -> int:
    if not is_alive(store):
        print("no worker is running")
        return 0
    heard = store.heard("worker")
    assert heard
    store.report("stop", {"who": heard.who})
    print("stopping the worker; it saves what it trains first", flush=True)
    try:
        with lock().acquire(timeout=PATIENCE + 10):
            print("the worker has ended")
    except Timeout:
        print(f"the worker has not ended; see {home() / 'worker.log'}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
