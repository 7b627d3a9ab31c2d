"""The link to what is watched: with parts left out, or asking for a prediction first."""

from urllib.parse import urlencode, urlsplit

import streamlit as st

from explorer.store.records import Comparison
from explorer.views.train import hidden_parts
from resnet.lessons import LESSONS


def share(comparison: Comparison) -> None:
    """A button that opens the link to this comparison."""
    with st.popover("Link", icon=":material/link:", key="train_share"):
        left_out = st.multiselect(
            "Leave out",
            list(hidden_parts.PARTS),
            default=hidden_parts.hidden(),
            format_func=hidden_parts.PARTS.__getitem__,
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
