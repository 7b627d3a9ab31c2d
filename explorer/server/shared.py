"""What a server keeps: one store for all visitors, and a worker that is alive while it is."""

import threading
import time

import streamlit as st

from explorer.store.comparisons import RunStore
from explorer.store.migrations import StoreError as StoreError  # as app.py catches it
from explorer.store.snapshots import Feed
from explorer.worker import control, images

LOOK_EVERY = 3.0  # seconds


@st.cache_resource
def store() -> RunStore:
    return RunStore()


@st.cache_resource(max_entries=64)
def feed(comparison: str) -> Feed:
    """The feed of a comparison, one for all who watch it."""
    return Feed(store(), comparison)


@st.cache_resource
def start() -> threading.Thread:
    """Starts the thread that reports this server and starts a worker where there is none.

    Raises StoreError, whose text says why, where the store is not for this version of the program.
    """
    images.give(store())
    thread = threading.Thread(target=_keep, args=(store(),), daemon=True, name="server resources")
    thread.start()
    return thread


def worker_is_alive() -> bool:
    return control.is_alive(store())


def _keep(kept: RunStore) -> None:
    tried = 0.0
    while True:
        try:
            kept.report("server", {})
            if not control.is_alive(kept) and time.monotonic() - tried > control.SILENT:
                tried = time.monotonic()
                control.start_detached()
        except Exception as error:  # a full or locked disk must not end the thread
            print(f"server resources: {error}", flush=True)
        time.sleep(LOOK_EVERY)
