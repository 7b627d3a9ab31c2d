"""Train: a lesson or one's own comparison, launched and watched."""

import streamlit as st

from explorer.report.estimates import machine_throughput
from explorer.report.forecast import forecast, full_length_words
from explorer.report.formatting import escaped
from explorer.server import shared, visitor, worker_health
from explorer.server.worker_status import machine_report, machine_words, reported
from explorer.store import states
from explorer.store.comparisons import MAX_SEEDS, Refused
from explorer.store.launch import LaunchRequest, launch, lesson_request, own_request
from explorer.views.train import prediction, recipe_widgets, share
from explorer.views.train.link import from_link, link_of
from explorer.views.train.recipe_widgets import OWN
from explorer.views.train.replay import REPLAYED, lesson_of, offer, replay
from explorer.views.train.watch import watch
from resnet.lessons import DEGRADATION, LESSONS
from resnet.settings import CIFAR10_SIZE
from resnet.spec import Recipe, SpecError
from resnet.spec.fields import fields_of


def _enter() -> list[str]:
    """On coming to the page: sets the widgets from the link, or as they were left.

    Returns a sentence for each thing in the link that is wrong.
    """
    if "lesson" in st.session_state:
        return []
    link = st.query_params.to_dict() or st.session_state.get("train_link", {})
    if "comparison" in link:
        st.session_state["comparison"] = link["comparison"]
        if link.get("predict") == "1":
            st.session_state["predict_first"] = link["comparison"]
    elif st.query_params:
        st.session_state.pop("comparison", None)
    if "replay" in link:
        st.session_state[REPLAYED] = link["replay"]
        link = {**link, "lesson": lesson_of(link["replay"])}
    if "hide" in link:
        share.read_hidden(link["hide"])
    values, wrong = from_link(link)
    start = {"lesson": _lesson_watched(), "seed": 0, "seeds": 1, "full": False}
    for key, value in {**start, **values}.items():
        st.session_state[key] = value
    return wrong


def _lesson_watched() -> str:
    """The lesson of the comparison that a link shows, so that the row above speaks of the same."""
    watched = shared.store().comparison(st.session_state.get("comparison", ""))
    if watched is None:
        return DEGRADATION.name
    return watched.lesson if watched.lesson in LESSONS else OWN


def _controls() -> LaunchRequest | None:
    """The row of controls: what to train, on which images, and the button.

    Returns what the button would launch; None where that cannot be trained.
    """
    worker = reported(shared.store())
    options = recipe_widgets.data_options(worker)
    columns = st.columns([3.4, 0.9, 0.9, 2.4, 1.4, 2.6], vertical_alignment="bottom")
    name = columns[0].selectbox(
        "Lesson",
        [*LESSONS, OWN],
        key="lesson",
        format_func=lambda name: LESSONS[name].title if name in LESSONS else "Your own comparison",
        on_change=_leave_replay,
    )
    seed = columns[1].number_input(
        "Seed",
        0,
        2**31 - 1 - MAX_SEEDS,
        key="seed",
        help=fields_of(Recipe)["seed"].help,
    )
    seeds = columns[2].number_input(
        "Repeats",
        1,
        MAX_SEEDS,
        key="seeds",
        help="How many seeds, from this one on, one after another. Several show how much of a "
        "difference is chance.",
    )
    data = columns[3].selectbox(
        "Images", list(options), key="data", format_func=lambda name: options[name]
    )
    with columns[5]:
        st.fragment(_machine, run_every=2.7)()
    try:
        if name == OWN:
            folded = "comparison" in st.session_state
            request = own_request(*recipe_widgets.nets_and_settings(seed, folded), seeds)
        else:
            request = lesson_request(LESSONS[name], seed, seeds, _full_length(name))
    except SpecError as error:
        columns[4].button("Launch", disabled=True, width="stretch", key="launch")
        st.error(escaped(f"This cannot be trained: {error}."))
        return None
    download = data == "cifar10" and not worker.get("cifar10")
    if columns[4].button(
        "Launch", type="primary", width="stretch", key="launch", icon=":material/play_arrow:"
    ):
        _launch(request, data)
    if download and not _watching():
        _offer_generated(request)
    st.session_state["train_link"] = link_of(request)
    return request


def _full_length(name: str) -> bool:
    """Whether the lesson is to run at full length; asked only where a GPU can do it."""
    if not LESSONS[name].gpu or machine_report(shared.store()).get("device", "cpu") == "cpu":
        return False
    return st.toggle(full_length_words(LESSONS[name]), key="full")


def _watching() -> bool:
    """Whether curves are on the page, which then get the room; what failed has none."""
    watched = st.session_state.get("comparison")
    snapshot = shared.feed(watched).snapshot() if watched else None
    return snapshot is not None and any(
        run.state != states.FAILED for run in snapshot.comparison.runs
    )


def _machine() -> None:
    store = shared.store()
    slower = worker_health.slower(machine_report(store)) or None
    st.markdown(machine_words(store), text_alignment="right", help=slower)


def _leave_replay() -> None:
    st.session_state.pop(REPLAYED, None)


def _offer_generated(request: LaunchRequest) -> None:
    """Where CIFAR-10 is not there yet: both ways on, side by side."""
    words, button = st.columns([9, 2.6], vertical_alignment="center")
    words.info(
        "CIFAR-10 is not on this machine yet. Launching downloads it first "
        f"({CIFAR10_SIZE}, once, with its progress shown). The generated images "
        "need no download."
    )
    if button.button("Start with generated images", width="stretch", key="launch_generated"):
        _launch(request, "generated")


def _launch(request: LaunchRequest, data: str) -> None:
    try:
        classes = reported(shared.store()).get("folder_classes")
        launched = launch(shared.store(), request, data, classes, visitor.me())
    except Refused as error:
        st.error(escaped(f"This was not launched: {error}."))
        return
    prediction.keep(launched, request.lesson)
    _leave_replay()
    st.session_state["comparison"] = launched
    st.session_state["train_link"] = link_of(request)
    st.rerun()


def _introduce(request: LaunchRequest | None) -> None:
    """Before the first launch: the question of the lesson, and who is training now."""
    busy = next((each for each in shared.store().comparisons() if each.active), None)
    if busy:
        words, button = st.columns([9, 2.6], vertical_alignment="center")
        words.info(f"Training now: {escaped(busy.title)}, seed {busy.runs[0].recipe.seed}.")
        if button.button("Watch it", width="stretch", key="watch"):
            st.session_state["comparison"] = busy.id
            st.rerun()
    lesson = LESSONS.get(st.session_state["lesson"])
    known = machine_throughput(shared.store())
    does = forecast(request, lesson, known) if request else ""
    if lesson is None:
        st.markdown(f"Choose up to six nets: their curves grow side by side. {does}")
        return
    prediction.ask(lesson)
    st.markdown(f"{does} {lesson.look_for}".strip())
    offer(lesson.name)


def _link() -> dict[str, str]:
    """The query parameters of what the page shows now."""
    if REPLAYED in st.session_state:
        shown = {"replay": st.session_state[REPLAYED]}
    elif st.session_state.get("comparison"):
        shown = {"comparison": st.session_state["comparison"]}
        if st.session_state.get("predict_first") == shown["comparison"]:
            shown["predict"] = "1"
    else:
        shown = st.session_state.get("train_link", {})
    return {**shown, **share.in_link()}


wrong_in_link = _enter()
for sentence in wrong_in_link:
    st.warning(escaped(sentence))
offered = _controls() if share.shows("launch") else None
st.query_params.from_dict(_link())
if REPLAYED in st.session_state:
    replay(st.session_state[REPLAYED])
elif st.session_state.get("comparison"):
    watch(st.session_state["comparison"])
else:
    _introduce(offered)
