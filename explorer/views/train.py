"""Train: a lesson or one's own comparison, launched and watched."""

from dataclasses import replace

import streamlit as st

from explorer import keeper, launch, states
from explorer.launch import OWN, Wish
from explorer.store import Refused
from explorer.watch import watch
from explorer.worker_status import machine_words, reported
from resnet.lessons import DEGRADATION, LESSONS
from resnet.spec import SpecError
from resnet.wording import listed


def _enter() -> list[str]:
    """On coming to the page: sets the widgets from the link, or as they were left.

    Returns a sentence for each thing in the link that is wrong.
    """
    if "lesson" in st.session_state:
        return []
    link = st.query_params.to_dict() or st.session_state.get("train_link", {})
    if "comparison" in link:
        st.session_state["comparison"] = link["comparison"]
    elif st.query_params:
        st.session_state.pop("comparison", None)
    values, wrong = launch.from_link(link)
    for key, value in {"lesson": DEGRADATION.name, "seed": 0, **values}.items():
        st.session_state[key] = value
    return wrong


def _controls() -> None:
    """The row of controls: what to train, on which images, and the button."""
    worker = reported(keeper.store())
    options = launch.data_options(worker)
    columns = st.columns([3.2, 1.1, 2.6, 1.5, 3.2], vertical_alignment="bottom")
    lesson = columns[0].selectbox(
        "Lesson",
        [*LESSONS, OWN],
        key="lesson",
        format_func=lambda name: LESSONS[name].title if name in LESSONS else "Your own comparison",
    )
    seed = columns[1].number_input(
        "Seed",
        0,
        2**31 - 1,
        key="seed",
        help="Decides the start weights, the images drawn and their order.",
    )
    data = columns[2].selectbox(
        "Images", list(options), key="data", format_func=lambda name: options[name]
    )
    with columns[4]:
        st.fragment(_machine, run_every=2.0)()
    try:
        if lesson == OWN:
            nets, recipe = launch.nets_and_settings(seed, folded="comparison" in st.session_state)
            wish = Wish("Your own comparison", nets, recipe, None)
        else:
            chosen = LESSONS[lesson]
            wish = Wish(chosen.title, chosen.nets, replace(chosen.recipe, seed=seed), lesson)
    except SpecError as error:
        columns[3].button("Launch", disabled=True, width="stretch", key="launch")
        st.error(f"This cannot be trained: {error}.")
        return
    download = data == "cifar10" and not worker.get("cifar10")
    if columns[3].button(
        "Launch", type="primary", width="stretch", key="launch", icon=":material/play_arrow:"
    ):
        _launch(wish, data)
    if download and not _watching():
        _offer_generated(wish)
    st.session_state["train_link"] = launch.link_of(wish)


def _watching() -> bool:
    """Whether curves are on the page, which then get the room; what failed has none."""
    watched = st.session_state.get("comparison")
    snapshot = keeper.feed(watched).snapshot() if watched else None
    return snapshot is not None and any(
        run.state != states.FAILED for run in snapshot.comparison.runs
    )


def _machine() -> None:
    st.markdown(machine_words(keeper.store()), text_alignment="right")


def _offer_generated(wish: Wish) -> None:
    """Where CIFAR-10 is not there yet: both ways on, side by side."""
    words, button = st.columns([9, 2.6], vertical_alignment="center")
    words.info(
        "CIFAR-10 is not on this machine yet. Launching downloads it first "
        f"({launch.CIFAR10_SIZE}, once, with its progress shown). The generated images need no "
        "download."
    )
    if button.button("Start with generated images", width="stretch", key="launch_generated"):
        _launch(wish, "generated")


def _launch(wish: Wish, data: str) -> None:
    try:
        st.session_state["comparison"] = launch.submit(
            keeper.store(), wish, data, reported(keeper.store())
        )
    except Refused as error:
        st.error(f"This was not launched: {error}.")
    else:
        st.session_state["train_link"] = launch.link_of(wish)
        st.rerun()


def _introduce() -> None:
    """Before the first launch: the question of the lesson, and who is training now."""
    busy = next((each for each in keeper.store().comparisons() if each.active), None)
    if busy:
        words, button = st.columns([9, 2.6], vertical_alignment="center")
        words.info(f"Training now: {busy.title}, seed {busy.runs[0].recipe.seed}.")
        if button.button("Watch it", width="stretch", key="watch"):
            st.session_state["comparison"] = busy.id
            st.rerun()
    lesson = LESSONS.get(st.session_state["lesson"])
    if lesson is None:
        st.markdown(
            "Choose up to six nets and press **Launch**: they see the same images in the same "
            "order, and their curves grow side by side."
        )
        return
    recipe = lesson.recipe
    st.markdown(f"#### {lesson.question}")
    st.markdown(
        f"Press **Launch**: {listed(net.title for net in lesson.nets)} start from the same "
        f"weights where they share layers, and see the same {recipe.images:,} images in the same "
        f"order for {recipe.iterations} iterations. {lesson.look_for}"
    )


wrong_in_link = _enter()
for sentence in wrong_in_link:
    st.warning(sentence)
_controls()
if st.session_state.get("comparison"):
    st.query_params.from_dict({"comparison": st.session_state["comparison"]})
    watch(st.session_state["comparison"])
else:
    st.query_params.from_dict(st.session_state.get("train_link", {}))
    _introduce()
