"""What the page asks before a lab runs: which lab, which nets, which images."""

from contextlib import suppress

import streamlit as st

from explorer.report.formatting import escaped
from explorer.server import shared
from explorer.store.jobs.net_source import FRESH, Source, SourceError, spec_of, title
from explorer.views.why import state
from explorer.views.why.options import Images, sources
from explorer.views.why.panel import Settings
from explorer.views.why.topics import PANELS, TOPICS, topic_of
from resnet.labs import LABS
from resnet.settings import CIFAR10_SIZE

TOPIC, LAB, NETS = "labs_topic", "labs_of_topic", "labs_nets"  # keys of the widgets


def topic_list() -> None:
    """The nine topics; choosing one opens its first lab."""
    current = topic_of(state.current_lab())
    st.session_state[TOPIC] = TOPICS.index(current)
    st.radio(
        "Labs",
        range(len(TOPICS)),
        key=TOPIC,
        format_func=lambda place: f"{place + 1}\u2002{TOPICS[place].title}",
        on_change=lambda: state.open_lab(TOPICS[st.session_state[TOPIC]].labs[0]),
        label_visibility="collapsed",
    )


def lab_tabs(lab: str) -> None:
    """The labs of one topic, where it has several."""
    labs = topic_of(lab).labs
    if len(labs) == 1:
        return
    st.session_state[LAB] = lab
    st.segmented_control(
        "Lab",
        labs,
        key=LAB,
        format_func=lambda name: LABS[name].title,
        required=True,
        on_change=lambda: state.open_lab(st.session_state[LAB]),
        label_visibility="collapsed",
    )


def nets_of(lab: str, shown: Images) -> list[Source]:
    """The widget for the nets; returns those that are chosen and can be."""
    panel = PANELS[lab]
    if panel.choose is not None:
        return [Source(FRESH, name) for name in panel.choose()]
    store = shared.store()
    chosen = state.chosen_nets(lab, shown)
    options = sources(panel, shown, store)
    untrained = not panel.lab.trained or panel.lab.takes == "spec"
    key = f"{NETS}_{lab}_{shown.name}"
    st.session_state[key] = chosen
    st.multiselect(
        "Nets",
        list(dict.fromkeys([*options, *chosen])),
        key=key,
        format_func=_title,
        max_selections=panel.most,
        help="Trained nets ship with the program; runs of yours follow them, by number.",
        accept_new_options=untrained,
        placeholder="Choose nets" + (", or type one, as resnet32-A" if untrained else ""),
        on_change=lambda: state.choose_nets(lab, shown, st.session_state[key]),
    )
    return [source for text in chosen if (source := _source(text))]


def settings_of(lab: str, chosen: list[Source]) -> Settings:
    """The panel's controls; returns what was chosen."""
    panel = PANELS[lab]
    if panel.settings_of is None:
        return panel.settings()
    names = []
    for source in chosen:
        with suppress(SourceError):  # its answer says what is wrong
            names.append(str(spec_of(source, shared.store())))
    return panel.settings_of(names)


def images_of(sets: dict[str, Images], worker: dict[str, object]) -> None:
    """The widget for the images."""
    state.images(sets)
    download = "" if worker.get("cifar10") else f" (download, {CIFAR10_SIZE})"
    st.selectbox(
        "Images",
        list(sets),
        key=state.IMAGES,
        format_func=lambda name: sets[name].label + (download if name == "cifar10" else ""),
        help="The test images that the nets are shown.",
    )


def _source(text: str) -> Source | None:
    try:
        return Source.parse(text)
    except SourceError as error:
        st.warning(f"{escaped(text)} was left out: {escaped(str(error))}.")
        return None


def _title(text: str) -> str:
    try:
        return title(Source.parse(text), shared.store())
    except SourceError:
        return text
