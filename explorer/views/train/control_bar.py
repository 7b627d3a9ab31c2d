"""Control while it runs: pause, step, resume, stop, another learning rate, more iterations."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.report.formatting import escaped
from explorer.server import shared, visitor
from explorer.store import states
from explorer.store.comparisons import Refused
from explorer.store.records import Comparison, Run
from explorer.store.requests import ControlRequests
from explorer.views.train.recipe_widgets import number_range
from explorer.views.train.share import share
from resnet.spec import Recipe
from resnet.spec.fields import fields_of
from resnet.spec.names import short_titles
from resnet.spec.recipe import MAX_ITERATIONS

PINNED = "pinned"  # session state: the comparison whose curves stay behind others as a baseline
STEPS = (1, 10, 50)
RATE = fields_of(Recipe)["learning_rate"]


def control_bar(comparison: Comparison) -> None:
    """The buttons that this comparison's state allows, for those who may act on it."""
    with st.container(horizontal=True, horizontal_alignment="right", key="control_bar"):
        if not visitor.me().may_change(comparison):
            st.markdown(":gray[launched by another visitor]", width="content")
        elif comparison.paused:
            _button(
                "Resume", "play_arrow", ControlRequests.resume, comparison, "Trains on from here."
            )
            _step(comparison)
            _stop(comparison)
        elif comparison.running:
            _button(
                "Pause",
                "pause",
                ControlRequests.pause,
                comparison,
                "Holds after the current mini-batch.",
            )
            _stop(comparison)
        elif comparison.active:
            _stop(comparison)
        elif comparison.resumable:
            _button(
                "Resume",
                "play_arrow",
                ControlRequests.resume,
                comparison,
                "Carries on from the last checkpoint.",
            )
        _more(comparison)
        share(comparison)


def _button(label: str, icon: str, request: object, comparison: Comparison, why: str) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=label.lower(),
        on_click=act,
        args=(request, comparison.id),
        help=why,
    )


def _stop(comparison: Comparison) -> None:
    _button(
        "Stop", "stop", ControlRequests.stop, comparison, "It is saved first, and can be resumed."
    )


def _step(comparison: Comparison) -> None:
    """Steps of a few sizes; all nets stop at the same iteration."""
    for count in STEPS:
        st.button(
            f"+{count}",
            key=f"step_{count}",
            on_click=act,
            args=(ControlRequests.step, comparison.id, count),
            help=f"Trains every net {count} mini-batch{'es' if count > 1 else ''} further than "
            "the one furthest ahead, then pauses again.",
        )


def _more(comparison: Comparison) -> None:
    """What is needed seldom, behind one button."""
    with st.popover("More", icon=":material/tune:", key="control_more"):
        may = visitor.me().may_change(comparison)
        active = [run for run in comparison.runs if run.state in states.ACTIVE]
        if may and active:
            _rate(comparison, active)
            if len(active) > 1:
                _stop_one(comparison, active)
        if (
            may
            and not comparison.origin
            and any(run.state == states.FINISHED for run in comparison.runs)
        ):
            _extend(comparison)
        _pin(comparison)


def _rate(comparison: Comparison, active: list[Run]) -> None:
    rate, button = st.columns([3, 2], vertical_alignment="bottom")
    value = rate.number_input(
        f"New {RATE.label.lower()}",
        **number_range(RATE),
        value=active[0].want_rate or active[0].recipe.learning_rate,
        key=f"rate_{comparison.id}",
        help="In place of the recipe's highest rate, from the next mini-batch on; the schedule's "
        "shape stays. It is marked on the curves.",
    )
    button.button(
        "Change",
        key="rate_change",
        width="stretch",
        on_click=act,
        args=(ControlRequests.change_rate, comparison.id, value),
    )


def _stop_one(comparison: Comparison, active: list[Run]) -> None:
    titles = short_titles([run.spec for run in active])
    net, button = st.columns([3, 2], vertical_alignment="bottom")
    chosen = net.selectbox(
        "One net alone",
        active,
        key=f"stop_one_{comparison.id}",
        format_func=lambda run: f"{titles[run.spec]}, seed {run.recipe.seed}",
    )
    button.button(
        "Stop it",
        key="stop_one",
        width="stretch",
        on_click=act,
        args=(ControlRequests.stop, comparison.id, chosen.id),
        help="The others train on.",
    )


def _extend(comparison: Comparison) -> None:
    recipe = comparison.runs[0].recipe
    st.markdown("**Train on what has finished**")
    count, rate, button = st.columns([3, 3, 2], vertical_alignment="bottom")
    iterations = count.number_input(
        "Iterations more",
        1,
        MAX_ITERATIONS,
        value=max(1, recipe.iterations // 2),
        step=100,
        key=f"extend_{comparison.id}",
    )
    constant = rate.number_input(
        RATE.label,
        **number_range(RATE),
        value=recipe.learning_rate / 10,
        key=f"extend_rate_{comparison.id}",
        help="Constant for the iterations that are added.",
    )
    button.button(
        "Extend",
        key="extend",
        width="stretch",
        on_click=act,
        args=(ControlRequests.extend, comparison.id, iterations, constant),
    )


def _pin(comparison: Comparison) -> None:
    pinned = st.session_state.get(PINNED) == comparison.id
    st.toggle(
        "Keep these curves behind others, as a baseline",
        value=pinned,
        key=f"pin_{comparison.id}",
        on_change=_turn_pin,
        args=(comparison.id,),
        help="They stay in grey behind the next comparison that you watch.",
    )


def _turn_pin(comparison: str) -> None:
    if st.session_state[f"pin_{comparison}"]:
        st.session_state[PINNED] = comparison
    elif st.session_state.get(PINNED) == comparison:
        del st.session_state[PINNED]


def act(request: Callable[..., None], comparison: str, *arguments: Any) -> None:
    """Calls a method of ControlRequests for this visitor, and looks at once at what came of it."""
    try:
        request(ControlRequests(shared.store(), visitor.me()), comparison, *arguments)
    except Refused as error:
        st.toast(escaped(f"Not done: {error}."), icon=":material/block:", duration="long")
    shared.feed(comparison).snapshot(fresh=True)
