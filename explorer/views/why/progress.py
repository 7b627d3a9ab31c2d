"""Asking a lab, and the row that says how far it is: a bar for each net, from the first second."""

from collections.abc import Sequence

import streamlit as st

from explorer.report.formatting import escaped
from explorer.server import shared, visitor
from explorer.store import states
from explorer.store.comparisons import Refused
from explorer.store.jobs.records import Look
from explorer.store.jobs.retention import LAB
from explorer.store.jobs.store import JobStore
from explorer.store.records import Visitor
from explorer.views.why.answers import Answer
from explorer.views.why.topics import EXPECTED
from resnet.spec.checks import capitalised

LOOK_EVERY = 0.5  # seconds
PROBLEM = "labs_refused"  # session state
STYLE = """<style>
.st-key-labs_going { min-height: 2.8rem; }
.st-key-labs_going [data-testid="stProgress"] p {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
</style>"""


def ask(found: Sequence[Answer]) -> bool:
    """One job for each net that has no answer yet; False where that is refused."""
    st.session_state.pop(PROBLEM, None)
    jobs, by = JobStore(shared.store()), visitor.me()
    try:
        for answer in found:
            if answer.payload and not answer.done and not answer.active:
                quick = EXPECTED[answer.question.lab].at_once
                jobs.submit(LAB, answer.payload, by, quick)
    except Refused as error:
        st.session_state[PROBLEM] = f"{capitalised(error)}."
        return False
    return True


def show_progress(found: Sequence[Answer]) -> None:
    """The row of bars; while a job goes on, it alone is drawn anew, and the page when one ends."""
    if refused := st.session_state.pop(PROBLEM, None):
        st.warning(escaped(refused))
    called = _called([each.net for each in found])
    asked = [
        (net, each.look, _after(each)) for net, each in zip(called, found, strict=True) if each.look
    ]
    if asked:
        st.html(STYLE)
        active = any(look.active for _, look, _ in asked)
        st.fragment(_row, run_every=LOOK_EVERY if active else None)(asked, visitor.me())
    for answer in found:
        if answer.problem:
            st.error(_sentence(f"{answer.net}: {answer.problem}"), icon=":material/error:")


def _called(nets: Sequence[str]) -> list[str]:
    """Nets as short as can be: "plain-56", and what follows it where two would be called alike."""
    short = [net.partition(", ")[0] for net in nets]
    return short if len(set(short)) == len(short) else list(nets)


def _row(asked: list[tuple[str, Look, str]], by: Visitor) -> None:
    jobs = JobStore(shared.store())
    looks = [(jobs.look(look.id) if look.active else look) for _, look, _ in asked]
    before = [look for _, look, _ in asked]
    if any(now is None or now.active != was.active for now, was in zip(looks, before, strict=True)):
        st.rerun()
    with st.container(key="labs_going"):
        columns = st.columns(max(2, len(asked)))
        for column, look, (net, _, after) in zip(columns, looks, asked, strict=False):
            assert look is not None
            with column.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.progress(look.share, escaped(f"{net}: {after or _words(jobs, look)}"))
                if look.active and (by.everything or look.owner in ("", by.id)):
                    _stop_button(jobs, look, net, by)


def _stop_button(jobs: JobStore, look: Look, net: str, by: Visitor) -> None:
    if st.button(
        "Stop",
        icon=":material/stop:",
        key=f"labs_stop_{look.id}",
        help=f"Stop {escaped(net)}; what is found so far is kept.",
        disabled=look.stopping,
    ):
        try:
            jobs.stop(look.id, by)
        except Refused as error:
            st.session_state[PROBLEM] = f"{capitalised(error)}."
        st.rerun()


def _words(jobs: JobStore, look: Look) -> str:
    if look.stopping:
        return "stopping"
    if look.state == states.RUNNING:
        return f"{look.share:.0%}, {look.message}" if look.message else f"{look.share:.0%}"
    if not shared.worker_is_alive():
        return "the worker is starting"
    ahead = jobs.ahead(look.id)
    return f"waiting, {ahead} ahead" if ahead else "waiting for the worker"


def _after(answer: Answer) -> str:
    """What is said of a job that has ended."""
    look = answer.look
    if look is None or look.active:
        return ""
    if look.state == states.STOPPED:
        return look.message or "stopped before it began"
    if look.state == states.FAILED:
        return "failed"
    return f"done in {answer.seconds}" if answer.found else "its answer is gone, ask again"


def _sentence(text: str) -> str:
    text = text if text.endswith(".") else f"{text}."
    return escaped(capitalised(text))
