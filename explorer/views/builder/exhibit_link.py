"""“Link to this exhibit”: the address to share, with parts left out, also as an embedded page."""

from dataclasses import replace
from html import escape

import streamlit as st

from explorer.views.builder.exhibit import PARTS, SECTIONS, Exhibit, address

HIDE, EMBED = "link_hide", "link_embed"  # keys of the widgets
FRAME_HEIGHT = 640  # px


def exhibit_link(exhibit: Exhibit) -> None:
    """A button that opens the links; what is left out of them stays on this page."""
    names = {**PARTS, **{name: f"section “{title}”" for name, title in SECTIONS.items()}}
    with st.popover("Link to this exhibit", icon=":material/link:", key="exhibit_link"):
        hide = st.multiselect(
            "Leave out",
            list(names),
            default=list(exhibit.hide),
            format_func=names.__getitem__,
            key=HIDE,
            placeholder="nothing",
            help="For whoever follows the link; this page stays as it is.",
        )
        embed = st.toggle(
            "To be embedded in another page",
            key=EMBED,
            help="Without the navigation, the menu and the space around the page.",
        )
        shown = replace(exhibit, hide=tuple(hide))
        base = st.context.url or "http://localhost:8501/build"
        st.code(address(base, shown, embed), language=None, wrap_lines=True)
        st.caption("For a course page, as HTML:")
        st.code(iframe(base, shown), language="html", wrap_lines=True)


def iframe(base: str, exhibit: Exhibit) -> str:
    """The exhibit as a frame of a web page."""
    source = escape(address(base, exhibit, embed=True), quote=True)
    title = escape(" and ".join(net.title for net in exhibit.nets), quote=True)
    return (
        f'<iframe src="{source}" title="{title}" width="100%" height="{FRAME_HEIGHT}" '
        'style="border:0" loading="lazy"></iframe>'
    )
