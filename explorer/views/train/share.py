"""The link to what is watched: with parts left out, or asking for a prediction first.

What is left out of the Train page lets a class see what the lesson needs.
"""

from urllib.parse import urlencode, urlsplit

import streamlit as st

from explorer.store.records import Comparison
from resnet.lessons import LESSONS

PARTS = {
    "launch": "the row that launches",
    "controls": "pause, stop and the other controls",
    "verdict": "the verdict",
    "details": "what is below the charts",
}
_HIDDEN = "train_hidden"


def share(comparison: Comparison) -> None:
    """A button that opens the link to this comparison."""
    with st.popover("Link", icon=":material/link:", key="train_share"):
        left_out = st.multiselect(
            "Leave out",
            list(PARTS),
            default=hidden(),
            format_func=PARTS.__getitem__,
            key="share_hide",
            placeholder="nothing",
            help="For whoever follows the link; this page stays as it is.",
        )
        asks = comparison.lesson in LESSONS and st.toggle(
            "Ask for a prediction before the curves show", key="share_predict"
        )
        st.code(link(comparison.id, left_out, bool(asks)), language=None, wrap_lines=True)
        st.caption("Whoever opens it watches this very comparison.")


def link(comparison: str, left_out: list[str], predict: bool) -> str:
    """The address of a comparison on this server."""
    base = urlsplit(st.context.url or "http://localhost:8501/")
    query = {"comparison": comparison}
    if predict:
        query["predict"] = "1"
    if left_out:
        query["hide"] = ",".join(left_out)
    return f"{base.scheme}://{base.netloc}{base.path}?{urlencode(query, safe=',')}"


def read_hidden(text: str) -> None:
    """Takes the comma-separated names of a link's `hide`; those it does not know are dropped."""
    st.session_state[_HIDDEN] = [name for name in text.split(",") if name in PARTS]


def hidden() -> list[str]:
    return list(st.session_state.get(_HIDDEN, []))


def shows(part: str) -> bool:
    return part not in hidden()


def in_link() -> dict[str, str]:
    """The query parameter that hides what is hidden now."""
    return {"hide": ",".join(hidden())} if hidden() else {}
