"""A comparison being watched: progress, verdict and live charts, refreshed once a second."""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import streamlit as st

from explorer import figures, keeper, telling
from explorer.feed import Curves, Feed, Snapshot
from explorer.live import live_chart
from explorer.wishes import Wishes
from resnet.lessons import LESSONS

Draw = Callable[[Sequence[Curves], str], go.Figure]
DETAILS: dict[str, tuple[Draw, str]] = {
    "loss": (figures.loss_figure, "Training loss of every net against iterations"),
    "gradient map": (
        figures.gradient_map,
        "Gradient norms over layers and iterations, a panel a net",
    ),
    "learning rate": (figures.rate_figure, "Learning rate against iterations"),
}
CHART_HEIGHT = 380
DETAIL_HEIGHT = 330


def watch(comparison: str) -> None:
    """Shows a comparison; while it is active the part that changes runs again every second."""
    snapshot = keeper.feed(comparison).snapshot(fresh=True)
    if snapshot is None:
        st.warning(
            f"There is no comparison {comparison!r} here: it was deleted, or the link belongs to "
            "another server. Launch one above, or open another from the Runs page."
        )
        return
    active = snapshot.comparison.active
    st.fragment(_live, run_every=1.0 if active else None)(comparison, active)


def _live(comparison: str, was_active: bool) -> None:
    feed = keeper.feed(comparison)
    snapshot = feed.snapshot()
    if snapshot is None or snapshot.comparison.active != was_active:
        st.rerun()
    _head(feed, snapshot)
    if not any(each.rows for each in snapshot.curves) and not was_active:
        return
    theme = st.context.theme.type or "light"
    left, right = st.columns([11, 9], gap="small")
    with left:
        _chart(
            feed,
            snapshot,
            theme,
            "errors",
            figures.error_figure,
            CHART_HEIGHT,
            "Training and test error of every net against iterations",
        )
    with right:
        _chart(
            feed,
            snapshot,
            theme,
            "profile",
            figures.gradient_profile,
            CHART_HEIGHT,
            "Gradient norm of every layer, from input to output, for every net",
        )
    _details(feed, snapshot, theme)
    lesson = LESSONS.get(snapshot.comparison.lesson or "")
    if lesson:
        st.caption(lesson.meaning)


def _head(feed: Feed, snapshot: Snapshot) -> None:
    """Title, progress, stop or resume; the verdict below."""
    comparison = snapshot.comparison
    share, words = telling.progress(comparison)
    title, bar, button = st.columns([5, 5, 1.6], vertical_alignment="center")
    recipe = comparison.runs[0].recipe
    data = next((run.data for run in comparison.runs if run.data), "")
    title.markdown(
        f"**{_escaped(comparison.title)}**, seed {recipe.seed}"
        + (f", on {_escaped(data)}" if data else "")
    )
    bar.progress(min(1.0, share), text=words)
    if comparison.active:
        button.button(
            "Stop",
            icon=":material/stop:",
            key="stop",
            width="stretch",
            on_click=_act,
            args=(Wishes(keeper.store()).stop, comparison.id),
            help="Stops after the next mini-batch; it can be resumed.",
        )
    elif comparison.resumable:
        button.button(
            "Resume",
            icon=":material/play_arrow:",
            key="resume",
            width="stretch",
            on_click=_act,
            args=(Wishes(keeper.store()).resume, comparison.id),
            help="Carries on from the last checkpoint.",
        )
    sentence = telling.state_sentence(comparison, keeper.store().place(comparison.id))
    verdict = telling.verdict_of(snapshot)
    if verdict:
        st.markdown(f"##### {verdict}", help=telling.evidence(snapshot))
    elif not sentence:
        st.markdown("##### The first errors are being measured.")
    if sentence:
        st.info(sentence, icon=":material/info:")


def _act(action: Callable[[str], None], comparison: str) -> None:
    """Does what a button says, and looks at once at what came of it."""
    action(comparison)
    keeper.feed(comparison).snapshot(fresh=True)


def _chart(
    feed: Feed, snapshot: Snapshot, theme: str, name: str, draw: Draw, height: int, label: str
) -> None:
    """A chart whose zoom and hidden curves last as long as its comparison is shown."""
    identity = snapshot.comparison.id

    def drawn() -> str:
        figure = draw(snapshot.curves, theme)
        figure.update_layout(uirevision=identity)
        return str(figure.to_json())

    live_chart(feed.drawn((name, theme), snapshot, drawn), f"{name}_{identity}", height, label)


def _details(feed: Feed, snapshot: Snapshot, theme: str) -> None:
    choice = st.segmented_control(
        "More", [*DETAILS, "numbers"], default="loss", key="detail", label_visibility="collapsed"
    )
    if choice == "numbers":
        st.dataframe(
            telling.numbers(snapshot.curves),
            hide_index=True,
            column_config={
                "training error, %": st.column_config.NumberColumn(format="%.2f"),
                "test error, %": st.column_config.NumberColumn(format="%.2f"),
                "loss": st.column_config.NumberColumn(format="%.3f"),
                "parameters": st.column_config.NumberColumn(format="%,d"),
                "seconds": st.column_config.NumberColumn(format="%.0f"),
            },
        )
        st.download_button(
            "Download the rows as CSV",
            lambda: telling.csv_text(snapshot),
            f"{snapshot.comparison.id}.csv",
            "text/csv",
            icon=":material/download:",
        )
    elif choice:
        draw, label = DETAILS[choice]
        _chart(feed, snapshot, theme, choice, draw, DETAIL_HEIGHT, label)


def _escaped(text: str) -> str:
    """Text that Markdown must show as it is."""
    return "".join(
        f"\\{letter}" if letter in r"\`*_{}[]()#+-.!|$~<>" else letter for letter in text
    )
