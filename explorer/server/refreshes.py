"""Refreshes of fragments that come at a bad moment, which Streamlit 1.67 answers wrongly.

A browser refreshes each fragment of a page by a timer of its own. Two moments cost the page a part
of what is on it; the next refresh then ends in the browser's "Bad delta path index":

- The page was left a moment ago. There is nothing to draw, but the answer names the page that was
  left, so the browser clears the one that it shows.
- What the run before has drawn waits to be sent still, as on a busy machine. What the refresh will
  draw again is dropped from it. But that run counts as finished, so the browser takes out what it
  did not get, and what stood below moves up: the refresh draws into other places than its own.
  A fragment's run that is cut off like this leaves on the page what it no longer draws.

`mend` has a session send all that was drawn, in order, and name the page that the browser shows.
"""

from functools import cache
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession

_SHOWN = "_resnet_explorer_page"  # of a session: the page that its browser shows


@cache
def mend() -> None:
    """Mends all sessions of this server, those that are open too; the app calls it at each run."""
    enqueue = AppSession._enqueue_forward_msg

    def enqueue_for_the_page_shown(session: Any, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            setattr(session, _SHOWN, message.navigation.page_script_hash)
        elif kind == "new_session" and not message.metadata.run.fragment_ids:
            setattr(session, _SHOWN, message.new_session.page_script_hash)
        elif kind == "new_session" and hasattr(session, _SHOWN):
            message.new_session.page_script_hash = getattr(session, _SHOWN)
        enqueue(session, message)

    mended: Any = AppSession
    mended._enqueue_forward_msg = enqueue_for_the_page_shown
    mended._clear_queue = _keep_what_is_drawn


def _keep_what_is_drawn(session: Any, fragment_ids_this_run: list[str] | None = None) -> None:
    """Before a run: a whole one makes what waits needless, that of fragments comes after it."""
    queue = session._browser_queue
    if fragment_ids_this_run is None:
        queue.clear(retain_lifecycle_msgs=True)
    else:
        queue._delta_index_map = {}  # what follows takes the place of nothing that waits
