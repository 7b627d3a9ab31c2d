"""What the Runs page reads: all comparisons and their outcomes, shared by all who look at it."""

import threading
import time
from collections.abc import Sequence

import streamlit as st

from explorer.report.outcomes import Outcome, Outcomes
from explorer.server import shared
from explorer.store.comparisons import RunStore
from explorer.store.records import Comparison, Run
from explorer.store.snapshots import FRESH_FOR


class Listing:
    """All comparisons, at most 0.9 s old, so that thirty pages cost one query."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._read = float("-inf")
        self._kept: list[Comparison] = []

    def all(self) -> list[Comparison]:
        """The newest first, the archived among them, without the deleted."""
        with self._lock:
            if time.monotonic() - self._read >= FRESH_FOR:
                self._kept = self._store.comparisons()
                self._read = time.monotonic()
            return self._kept

    def changed(self) -> None:
        """The next look reads anew: the visitor who did something sees it done."""
        with self._lock:
            self._read = float("-inf")


def everything() -> list[Comparison]:
    return _listing().all()


def changed() -> None:
    _listing().changed()


def outcomes(comparisons: Sequence[Comparison]) -> dict[str, Outcome]:
    return _outcomes().of(comparisons)


def runs_by_id(comparisons: Sequence[Comparison]) -> dict[int, tuple[Run, Comparison]]:
    """Every run with its comparison, the newest comparison first."""
    return {run.id: (run, each) for each in comparisons for run in each.runs}


@st.cache_resource
def _listing() -> Listing:
    return Listing(shared.store())


@st.cache_resource
def _outcomes() -> Outcomes:
    return Outcomes(shared.store())
