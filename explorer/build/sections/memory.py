"""Memory and time on paper: what a step holds, what it moves, and what bounds each layer."""

from typing import Any

import streamlit as st

from explorer.build import memory_figures as figures
from explorer.build import memory_words as words
from explorer.live import live_chart
from resnet.memory import inference_memory, training_memory
from resnet.roofline import MACHINES, Bound, Machine, forward_work, step_bound
from resnet.spec import NetSpec

OWN = "your own figures"
CHART_HEIGHT = 330


def show(specs: tuple[NetSpec, ...]) -> None:
    """For the first net."""
    spec = specs[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        batch = int(_number("Mini-batch, images", "memory_batch", 128, 1, 65_536, "%d"))
        precision = st.selectbox(
            "Precision",
            list(words.PRECISIONS),
            format_func=words.PRECISIONS.__getitem__,
            key="memory_precision",
            width=140,
            persist_state="session",
            help="bf16 mixed: maps and working copies of the weights in 2 bytes; weights, "
            "gradients, momentum and BN's numbers stay in fp32.",
        )
        machine = _machine(precision)
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


def _machine(precision: str) -> Machine:
    """One of the list, or with the peaks that a person typed over it."""
    known = {machine.name: machine for machine in MACHINES}
    name = st.selectbox(
        "Machine (assumed)", list(known), key="memory_machine", width=210, persist_state="session"
    )
    chosen = known[name]
    peak = chosen.bf16 if precision == "bf16" else chosen.fp32
    tag = f"{MACHINES.index(chosen)}_{precision}"
    flops = _number(
        "Peak, TFLOP/s", f"memory_peak_{tag}", peak, 0.001, 100_000.0, "%g",
        help="As data sheets count: one multiply-add is two FLOPs. Type your own machine's.",
    )  # fmt: skip
    speed = _number(
        "Memory, GB/s", f"memory_speed_{tag}", chosen.gigabytes, 0.1, 100_000.0, "%g",
        help="10⁹ bytes a second between memory and processor.",
    )  # fmt: skip
    if (flops, speed) == (peak, chosen.gigabytes):
        return chosen
    return Machine(OWN, flops, flops, speed, "what you typed")


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
    value: float,
    least: float,
    most: float,
    form: str | None = None,
    help: str | None = None,
) -> float:
    kind = int if form == "%d" else float
    return st.number_input(
        label,
        kind(least),
        kind(most),
        kind(value),
        format=form,
        key=key,
        help=help,
        width=150,
        persist_state="session",
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
