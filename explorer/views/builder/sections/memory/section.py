"""Memory and time on paper: what a step holds, what it moves, and what bounds each layer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.charts.figure.component import live_chart
from explorer.views.builder.exhibit_state import change, current
from explorer.views.builder.memory_settings import (
    MOST_IMAGES,
    PEAK_RANGE,
    SPEED_RANGE,
    MemorySettings,
)
from explorer.views.builder.sections.memory import figures, words
from resnet.cost.memory import inference_memory, training_memory
from resnet.cost.roofline import MACHINES, Bound, Machine, forward_work, step_bound
from resnet.spec import NetSpec

KEYS = ("memory_batch", "memory_precision", "memory_machine", "memory_peak", "memory_speed")
CHART_HEIGHT = 330


def show(specs: tuple[NetSpec, ...]) -> None:
    """For the first net."""
    spec = specs[0]
    settings = current().memory
    _controls(settings)
    batch, precision, machine = settings.batch, settings.precision, settings.as_machine()
    work = forward_work(spec, batch, precision)
    bound = step_bound(spec, batch, precision, machine)
    _headline(spec, batch, precision, bound)
    _charts(spec, work, machine, precision)
    st.caption(f"{words.machine_sentence(machine, precision)} {words.MARKS}")
    st.markdown(words.bound_sentence(bound, batch))
    st.caption(f"{words.BOUND} {words.NO_MACS}")
    _bills(spec, batch, precision)
    with st.expander("Forward pass, layer by layer"):
        st.dataframe(
            words.work_table(spec, batch, precision, machine),
            hide_index=True,
            height=420,
            column_config=COLUMNS,
        )


def _controls(settings: MemorySettings) -> None:
    """The widgets, which show the settings of the link and rewrite it when they change."""
    peak, speed = settings.peaks
    shown = (settings.batch, settings.precision, settings.machine, peak, speed)
    for key, value in zip(KEYS, shown, strict=True):
        st.session_state[key] = value
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _number("Mini-batch, images", KEYS[0], (1, MOST_IMAGES), "%d")
        st.selectbox(
            "Precision",
            list(words.PRECISIONS),
            format_func=words.PRECISIONS.__getitem__,
            key=KEYS[1],
            width=140,
            on_change=_chosen,
            help="bf16 mixed: maps and working copies of the weights in 2 bytes; weights, "
            "gradients, momentum and BN's numbers stay in fp32.",
        )
        st.selectbox(
            "Machine (assumed)",
            range(len(MACHINES)),
            format_func=lambda place: MACHINES[place].name,
            key=KEYS[2],
            width=210,
            on_change=_chosen,
        )
        _number(
            "Peak, TFLOP/s",
            KEYS[3],
            PEAK_RANGE,
            "%g",
            _typed,
            "As data sheets count: one multiply-add is two FLOPs. Type your own machine's.",
        )
        _number(
            "Memory, GB/s",
            KEYS[4],
            SPEED_RANGE,
            "%g",
            _typed,
            "10⁹ bytes a second between memory and processor.",
        )


def _chosen() -> None:
    """Typed peaks stay for another mini-batch; another precision or machine brings its own."""
    exhibit = current()
    batch, precision, machine = (st.session_state[key] for key in KEYS[:3])
    before = exhibit.memory
    if (precision, machine) == (before.precision, before.machine):
        settings = replace(before, batch=int(batch))
    else:
        settings = MemorySettings(int(batch), precision, machine)
    change(replace(exhibit, memory=settings))


def _typed() -> None:
    peak, speed = (float(st.session_state[key]) for key in KEYS[3:])
    exhibit = current()
    change(replace(exhibit, memory=exhibit.memory.with_peaks(peak, speed)))


def _headline(spec: NetSpec, batch: int, precision: str, bound: Bound) -> None:
    training = sum(part.bytes for part in training_memory(spec, batch, precision))
    inference = sum(part.bytes for part in inference_memory(spec, batch, precision))
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for label, value, note in (
            ("To train", words.size(training), "at least, one step"),
            ("To infer", words.size(inference), "as many images at once"),
            ("A training step takes", f"≥ {words.duration(bound.step)}", "a bound on paper"),
            ("Forward bound by memory", f"{100 * bound.memory_share:.0f} %", "of its least time"),
        ):
            st.metric(label, value, note, width=230, delta_color="off", delta_arrow="off")


def _charts(spec: NetSpec, work: Any, machine: Machine, precision: str) -> None:
    left, right = st.columns(2)
    with left:
        live_chart(
            str(figures.roofline_figure(work, machine, precision).to_json()),
            "memory_roofline",
            CHART_HEIGHT,
            f"Multiply-adds a second that each layer of {spec.title} can reach, against its "
            "multiply-adds a byte; the table below has the figures",
        )
    with right:
        live_chart(
            str(figures.strip_figure(spec, work, machine, precision).to_json()),
            "memory_strip",
            CHART_HEIGHT,
            f"Least time of each layer of {spec.title}, and whether arithmetic or memory bounds "
            "it; the table below has the figures",
        )


def _bills(spec: NetSpec, batch: int, precision: str) -> None:
    st.markdown(f"#### Memory of a training step, mini-batch {batch:,}")
    st.markdown(words.parts_table(training_memory(spec, batch, precision)))
    st.caption(words.COUNTED)
    st.markdown(f"#### Memory of inference, {batch:,} image{'s' if batch > 1 else ''} at once")
    st.markdown(words.parts_table(inference_memory(spec, batch, precision)))
    st.caption(
        "In a plain net the most alive at once is a layer's input and output; in a residual net "
        "the map on the shortcut lives beside them until the addition."
    )


def _number(
    label: str,
    key: str,
    between: tuple[float, float],
    form: str,
    on_change: Callable[[], None] | None = None,
    help: str | None = None,
) -> None:
    kind = int if form == "%d" else float
    st.number_input(
        label,
        kind(between[0]),
        kind(between[1]),
        format=form,
        key=key,
        help=help,
        width=150,
        on_change=on_change or _chosen,
    )


COLUMNS: dict[str, Any] = {
    "layer": "Layer",
    "kind": "Kind",
    "macs": st.column_config.NumberColumn("MACs", format="%,d"),
    "bytes": st.column_config.NumberColumn("Bytes moved", format="%,d"),
    "intensity": st.column_config.NumberColumn("MACs a byte", format="%.2f"),
    "microseconds": st.column_config.NumberColumn("Least time, µs", format="%.2f"),
    "bound by": "Bound by",
}
