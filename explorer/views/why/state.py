"""What the page shows, kept in the session and in its link: lab, nets, images, settings.

A panel's widgets have keys "why_LAB_NAME". The link carries their values as NAME=value, and the
session keeps them while another lab is open, for Streamlit forgets widgets that are not drawn.
What a click or an upload leaves behind is no setting: neither carries it.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from explorer.server import shared
from explorer.views.why.options import Images, data_of, usual
from explorer.views.why.topics import PANELS

LAB, NETS, DATA = "lab", "nets", "data"  # in the link
CHOSEN, KEPT, SEEDED, PROBLEMS, CAME = (
    *("labs_lab", "labs_kept", "labs_seeded", "labs_problems"),
    "labs_came",
)
IMAGES = "labs_images"  # key of the widget
NAME = re.compile("[a-z0-9_]{1,40}")
WIDGETS = "streamlit.elements.widgets."
LONGEST = 400  # letters of a setting that a link carries


def follow_link(sets: dict[str, Images]) -> None:
    """On coming to the page: shows what the link asks for, or what was shown before.

    Each thing in the link that cannot be followed is told in a sentence (`problems`).
    """
    link = st.query_params.to_dict()
    st.session_state.setdefault(CHOSEN, next(iter(PANELS)))
    if _same_link(link):
        return
    st.session_state[CAME] = link
    st.session_state[PROBLEMS] = []
    lab = link.get(LAB, st.session_state[CHOSEN])
    if lab not in PANELS:
        tell_problem(f"The link names the lab {lab!r}, which does not exist; another is shown")
        lab = st.session_state[CHOSEN]
    st.session_state[CHOSEN] = lab
    nets = [each for each in link.get(NETS, "").split(",") if each]
    data = link.get(DATA) or data_of(nets, shared.store())
    if data is not None and data not in sets:
        tell_problem(f"The link names the images {data!r}, which are not here; others are shown")
        data = None
    if data:
        st.session_state[IMAGES] = data
    if nets:
        choose_nets(lab, images(sets), nets)
    for name, text in link.items():
        if name not in (LAB, NETS, DATA) and NAME.fullmatch(name) and len(text) <= LONGEST:
            _kept()[_key(lab, name)] = _read(text)
            st.session_state.pop(_key(lab, name), None)


def write_link(sets: dict[str, Images]) -> None:
    """The address of what is shown; called when everything is drawn."""
    lab = current_lab()
    _keep_widgets(lab)
    link = {LAB: lab}
    if PANELS[lab].choose is None and (nets := chosen_nets(lab, images(sets))):
        link[NETS] = ",".join(nets)
    if images(sets).name != next(iter(sets)):
        link[DATA] = images(sets).name
    for key, value in _kept().items():
        name = key.removeprefix(_key(lab, ""))
        if name != key and NAME.fullmatch(name) and len(_written(value)) <= LONGEST:
            link[name] = _written(value)
    st.session_state[CAME] = link
    st.query_params.from_dict(link)


def current_lab() -> str:
    return str(st.session_state[CHOSEN])


def open_lab(lab: str) -> None:
    st.session_state[CHOSEN] = lab
    st.session_state[PROBLEMS] = []


def images(sets: dict[str, Images]) -> Images:
    """The image set that is chosen."""
    name = st.session_state.get(IMAGES)
    if name not in sets:
        name = st.session_state[IMAGES] = next(iter(sets))
    return sets[name]


def chosen_nets(lab: str, shown: Images) -> list[str]:
    """The sources of the nets that are chosen for a lab, with these images."""
    key = _nets(lab, shown)
    if key not in _kept():
        found = usual(PANELS[lab], shown, shared.store())
        if not found:  # there may be some in a moment
            return []
        _kept()[key] = found
    return list(_kept()[key])


def choose_nets(lab: str, shown: Images, nets: list[str]) -> None:
    most = PANELS[lab].most
    if len(nets) > most:
        tell_problem(f"{len(nets)} nets were named; {most} can stand beside each other here")
    _kept()[_nets(lab, shown)] = list(dict.fromkeys(nets))[:most]


def problems() -> list[str]:
    return st.session_state.get(PROBLEMS, [])


def tell_problem(sentence: str) -> None:
    st.session_state.setdefault(PROBLEMS, []).append(sentence)


@contextmanager
def widgets_of(lab: str, figures: bool = False) -> Iterator[None]:
    """While a panel draws: its widgets begin as they were left, or as the link says.

    A value that a widget does not take is dropped, with a sentence.

    figures  results are drawn as well: what goes wrong outside a widget is no fault of the link
    """
    fresh = {
        key: value
        for key, value in _kept().items()
        if key.startswith(_key(lab, "")) and key not in st.session_state
    }
    for key, value in fresh.items():
        st.session_state[key] = value
    st.session_state[SEEDED] = bool(fresh) or st.session_state.get(SEEDED, False)
    try:
        yield
    except (StreamlitAPIException, ValueError, TypeError, KeyError) as error:
        if not st.session_state[SEEDED] or (figures and not _of_a_widget(error)):
            raise
        _forget_widgets(lab)
        tell_problem("The link asks for settings that this lab has not; its own are shown")
        st.rerun()


def settled(lab: str) -> None:
    """Notes that the panel took what its widgets began with."""
    _keep_widgets(lab)
    st.session_state[SEEDED] = False


def _of_a_widget(error: Exception) -> bool:
    """Whether a widget of Streamlit raised it, or what it calls to write its options."""
    frames = (frame for frame, _ in walk_tb(error.__traceback__))
    return any(frame.f_globals.get("__name__", "").startswith(WIDGETS) for frame in frames)


def _same_link(link: dict[str, str]) -> bool:
    """Whether the page wrote this link itself, or was opened without one."""
    return link == st.session_state.get(CAME) or (not link and CAME in st.session_state)


def _keep_widgets(lab: str) -> None:
    """Takes down the widgets as they are; a True or False may be that of a button."""
    for key, value in st.session_state.items():
        name = str(key)
        if not name.startswith(_key(lab, "")):
            continue
        plain = list(value) if isinstance(value, tuple) else value
        if _is_plain(plain) and not isinstance(plain, bool):
            _kept()[name] = plain
        else:
            _kept().pop(name, None)


def _forget_widgets(lab: str) -> None:
    for key in [key for key in _kept() if key.startswith(_key(lab, ""))]:
        del _kept()[key]
        st.session_state.pop(key, None)
    st.session_state[SEEDED] = False


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain(each) for each in value)
    return isinstance(value, str | int | float | bool)


def _written(value: Any) -> str:
    """A value as the link has it: words as they are, unless they would be read as another."""
    if isinstance(value, str) and _read(value) == value:
        return value
    return json.dumps(value, separators=(",", ":"))


def _read(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if _is_plain(value) else text


def _kept() -> dict[str, Any]:
    return st.session_state.setdefault(KEPT, {})


def _key(lab: str, name: str) -> str:
    return f"why_{lab}_{name}"


def _nets(lab: str, shown: Images) -> str:
    return f"nets of {lab} with {shown.name}"
