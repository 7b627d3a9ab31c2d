"""What the page shows, kept in the session and in its link: lab, nets, images, settings.

A panel's widgets have keys "why_LAB_NAME". The link carries their values as NAME=value, and the
session keeps them while another lab is open, for Streamlit forgets widgets that are not drawn.
What a click or an upload leaves behind is no setting: neither carries it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from traceback import walk_tb
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from explorer.server import shared
from explorer.views.parts.link import Parameter, one_of, read_link, write_link
from explorer.views.why.options import Images, data_of, usual
from explorer.views.why.topics import PANELS
from resnet.spec import json_text

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
    values, wrong = read_link(_parameters(sets), link)
    lab = st.session_state[CHOSEN] = values.get(LAB, st.session_state[CHOSEN])
    nets = values.get(NETS, [])
    if not link.get(DATA) and (trained_on := data_of(nets, shared.store())):
        found, not_here = read_link(_parameters(sets), {DATA: trained_on})
        values, wrong = {**values, **found}, wrong + not_here
    for sentence in wrong:
        tell_problem(sentence)
    if values.get(DATA):
        st.session_state[IMAGES] = values[DATA]
    if nets:
        choose_nets(lab, images(sets), nets)
    short = {name: text for name, text in link.items() if len(text) <= LONGEST}
    for key, value in read_link(_settings(lab, short), short)[0].items():
        _kept()[key] = value
        st.session_state.pop(key, None)


def write_address(sets: dict[str, Images]) -> None:
    """The address of what is shown; called when everything is drawn."""
    lab = current_lab()
    _keep_widgets(lab)
    kept = {key: value for key, value in _kept().items() if len(_written(value)) <= LONGEST}
    values = {**kept, LAB: lab, DATA: images(sets).name}
    if PANELS[lab].choose is None:
        values[NETS] = chosen_nets(lab, images(sets))
    names = [key.removeprefix(_key(lab, "")) for key in kept if key.startswith(_key(lab, ""))]
    link = write_link((*_parameters(sets), *_settings(lab, names)), values)
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
    except (StreamlitAPIException, ValueError, TypeError, KeyError, OverflowError) as error:
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


def _parameters(sets: dict[str, Images]) -> tuple[Parameter, ...]:
    return (
        Parameter(
            LAB,
            read=one_of(*PANELS),
            wrong="The link names the lab {text!r}, which does not exist; another is shown",
        ),
        Parameter(
            NETS,
            default=[],
            read=lambda text: [each for each in text.split(",") if each],
            write=",".join,
        ),
        Parameter(
            DATA,
            default=next(iter(sets)),
            read=one_of("", *sets),
            wrong="The link names the images {text!r}, which are not here; others are shown",
        ),
    )


def _settings(lab: str, names: Iterable[str]) -> list[Parameter]:
    """The widgets of a lab's panel, by their names; what they can be they know themselves."""
    return [
        Parameter(name, _key(lab, name), None, _read, _written)
        for name in names
        if name not in (LAB, NETS, DATA) and NAME.fullmatch(name)
    ]


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
        value = json_text.read(text)
    except ValueError:
        return text
    return value if _is_plain(value) else text


def _kept() -> dict[str, Any]:
    return st.session_state.setdefault(KEPT, {})


def _key(lab: str, name: str) -> str:
    return f"why_{lab}_{name}"


def _nets(lab: str, shown: Images) -> str:
    return f"nets of {lab} with {shown.name}"
