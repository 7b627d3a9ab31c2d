"""What a server keeps: one store for all visitors, and a worker that is alive while it is."""

import logging
import threading
import time

from explorer.server.once import Once, OnceEach
from explorer.store import log
from explorer.store.comparisons import RunStore
from explorer.store.snapshots import Feed
from explorer.store.trouble import StoreError as StoreError  # as app.py catches it
from explorer.worker import control, images

LOOK_EVERY = 3.0  # seconds
_trouble = [""]  # of the process: one thread writes it, all pages read it
_log = logging.getLogger(__name__)
FEEDS = 64  # comparisons whose rows are kept in memory


def store() -> RunStore:
    return _store()


def feed(comparison: str) -> Feed:
    """The feed of a comparison, one for all who watch it."""
    return _feed(comparison)


def start() -> None:
    """Starts the thread that reports this server and starts a worker where there is none.

    Raises StoreError, whose text says why, where the store is not for this version of the program.
    """
    _keeper()


def worker_is_alive() -> bool:
    return control.is_alive(store())


def trouble() -> str:
    """Why nothing can be written to the store at the moment; "" where it can."""
    return _trouble[0]


def _keep(kept: RunStore) -> None:
    tried, given = 0.0, False
    while True:
        try:
            if not given:  # a store that is locked at the start is no reason to show no page
                images.give(kept)
                given = True
            kept.report("server", {})
            _trouble[0] = ""
            if not control.is_alive(kept) and time.monotonic() - tried > control.SILENT:
                tried = time.monotonic()
                control.look_after(kept)
        except Exception as error:  # a full or locked disk must not end the thread
            words = str(error)
            if words != _trouble[0]:
                _log.warning("nothing is kept at the moment: %s", words)
            if isinstance(error, StoreError):
                _trouble[0] = words
        time.sleep(LOOK_EVERY)


def _start() -> threading.Thread:
    log.start("server", log.OURS)
    thread = threading.Thread(target=_keep, args=(store(),), daemon=True, name="server resources")
    thread.start()
    return thread


_store = Once(RunStore)
_feed: OnceEach[str, Feed] = OnceEach(lambda comparison: Feed(store(), comparison), most=FEEDS)
_keeper = Once(_start)
