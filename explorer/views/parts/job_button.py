"""A question to the worker on a page: a button, what is going on, then the answer."""

from typing import Any, Literal

import streamlit as st

from explorer.report.formatting import escaped
from explorer.server import shared, visitor
from explorer.store import states
from explorer.store.comparisons import Refused
from explorer.store.jobs.records import Job
from explorer.store.jobs.store import JobStore
from resnet.spec.checks import capitalised

LOOK_EVERY = 1.0  # seconds


def asked(
    kind: str,
    payload: dict[str, Any],
    label: str,
    icon: str,
    key: str,
    width: Literal["content", "stretch"] = "content",
) -> Job | None:
    """The finished job of this question, or None, with a button or its progress drawn instead.

    Nothing is asked before a click. An answer is kept: who opens the page later sees it at once.
    """
    jobs = JobStore(shared.store())
    job = jobs.find(kind, payload)
    if job and job.active:
        st.fragment(_progress, run_every=LOOK_EVERY)(job.id)
        return None
    gone = bool(job and job.file and not job.file.exists())
    if job and job.state == states.FINISHED and not gone:
        return job
    if job and job.state == states.FAILED:
        st.error(_sentence(job.message), icon=":material/error:")
    if st.button(label, icon=icon, key=key, width=width):
        try:
            jobs.submit(kind, payload, visitor.me())
        except Refused as refused:
            st.warning(_sentence(str(refused)))
        else:
            st.rerun()
    return None


def _progress(identity: int) -> None:
    """Runs every second while the job does; the page is drawn anew when it has ended."""
    store = shared.store()
    jobs = JobStore(store)
    job = jobs.look(identity)
    if job is None or not job.active:
        st.rerun()
    if job.stopping:
        words = "Stopping"
    elif job.state == states.RUNNING:
        words = f"The worker is at it: {job.message}" if job.message else "The worker is at it"
    elif not shared.worker_is_alive():
        words = "The worker is starting; this takes a few seconds"
    elif ahead := jobs.ahead(identity):
        words = f"Waiting for the worker, {ahead} ahead"
    else:
        words = "Waiting for the worker"
    st.info(escaped(f"{words} …"), icon=":material/hourglass_top:")
    by = visitor.me()
    if not (by.everything or job.owner in ("", by.id)):
        return
    if st.button("Stop", icon=":material/stop:", key=f"stop_job_{identity}", disabled=job.stopping):
        jobs.stop(identity, by)
        st.rerun()


def _sentence(text: str) -> str:
    return escaped(f"{capitalised(text)}.")
