"""The notice on every page that what trains nets is not well, with what can be done about it."""

import streamlit as st

from explorer.server import visitor, worker_health
from explorer.server.worker_health import MAKE_ROOM, TRY_AGAIN
from explorer.views import RUNS

LOOK_EVERY = 4.7  # seconds; as in explorer.views.parts.queue_panel, no other fragment's period


def health_notice() -> None:
    """Called once on every page; nothing is drawn where all is well."""
    st.fragment(_notice, run_every=LOOK_EVERY)()


def _notice() -> None:
    trouble = worker_health.now()
    if trouble is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="health"):
        st.warning(f"{trouble.found} {trouble.do}", icon=":material/build:", width="stretch")
        if trouble.offer == MAKE_ROOM:
            st.page_link(RUNS, label="To the runs", icon=":material/list:")
        elif trouble.offer == TRY_AGAIN and visitor.me().everything:
            st.button("Try again now", icon=":material/refresh:", on_click=worker_health.start)
