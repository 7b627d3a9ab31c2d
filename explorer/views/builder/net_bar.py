"""The nets of the page in one row: choose the one to change, add another, remove it."""

from dataclasses import replace

import streamlit as st

from explorer.views.builder.companions import companions
from explorer.views.builder.exhibit import MOST_NETS, Exhibit, nearest_net
from explorer.views.builder.exhibit_state import change, current
from resnet.spec import NetSpec, SpecError

EDIT, BY_NAME = "exhibit_edit", "exhibit_by_name"  # keys of the widgets


def net_bar(exhibit: Exhibit) -> None:
    """For two nets or more; one alone needs no row of its own."""
    labels = tab_labels(exhibit.nets)
    st.session_state[EDIT] = exhibit.edit
    with st.container(horizontal=True, vertical_alignment="bottom", key="net_bar"):
        st.segmented_control(
            f"Nets: {len(exhibit.nets)} of {MOST_NETS}",
            range(len(exhibit.nets)),
            format_func=labels.__getitem__,
            required=True,
            key=EDIT,
            on_change=_edit,
            width="content",
            help="The chosen net is the one that the controls change. What is shown below is about "
            "it, and compares the others with it.",
        )
        add_a_net(exhibit)
        st.button(
            "Remove",
            key="net_remove",
            icon=":material/close:",
            on_click=_remove,
            help=f"Takes {exhibit.edited.title} off the page.",
        )


def add_a_net(exhibit: Exhibit) -> None:
    """A menu of nets to compare with the edited one: one click adds one and makes it the edited."""
    full = exhibit.full
    with st.popover(
        "Add a net to compare",
        key="net_add",
        icon=":material/add:",
        disabled=full,
        help=f"{MOST_NETS} nets can be compared; remove one before adding another."
        if full
        else None,
    ):
        spec = exhibit.edited
        for number, (net, words) in enumerate(companions(spec).items()):
            if net not in exhibit.nets:
                label = f"**{net.title}**: {words}"
                st.button(label, key=f"net_add_{number}", on_click=_add, args=(str(net),))
        copy = f"A copy of {spec.title}, to change it"
        st.button(copy, key="net_copy", on_click=_add, args=(str(spec),))
        st.text_input(
            "or by its name", key=BY_NAME, placeholder="imagenet-resnet50-B", on_change=_add_by_name
        )


def tab_labels(nets: tuple[NetSpec, ...]) -> list[str]:
    """Titles; a net that stands there again gets its number of times."""
    titles = [net.title for net in nets]
    counts = [titles[: index + 1].count(title) for index, title in enumerate(titles)]
    return [
        f"{title} ({count})" if count > 1 else title
        for title, count in zip(titles, counts, strict=True)
    ]


def _edit() -> None:
    exhibit = current()
    position = st.session_state[EDIT]
    if position is not None and 0 <= position < len(exhibit.nets):
        change(replace(exhibit, edit=position))


def _add(name: str) -> None:
    exhibit = current()
    try:
        change(exhibit.with_added(NetSpec.parse(name)))
    except SpecError as error:
        change(exhibit, f"Nothing was added: {error}.")


def _add_by_name() -> None:
    name, exhibit = st.session_state[BY_NAME].strip(), current()
    st.session_state[BY_NAME] = ""
    if not name:
        return
    near, problem = nearest_net(name)
    if not problem:
        _add(name)
        return
    hint = f" {near} would work." if near else ""
    change(exhibit, f"Nothing was added: {problem}.{hint}")


def _remove() -> None:
    change(current().without_edited())
