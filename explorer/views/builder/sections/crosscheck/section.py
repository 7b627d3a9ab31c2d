"""Cross-check: what torchinfo and torch's FlopCounterMode count on the built net, beside ours."""

import streamlit as st

from explorer.views.builder.sections.crosscheck.words import reasons_in_words, totals_table
from explorer.views.parts.job_button import asked
from resnet.cost import cost
from resnet.cost.crosscheck import compare, uncounted
from resnet.spec import NetSpec


def show(specs: tuple[NetSpec, ...]) -> None:
    """For every net that is shown; each is counted at a click, and its answer is kept."""
    st.markdown(
        "Everything else on this page is arithmetic on the net's plan. Here the worker builds the "
        "net in PyTorch and lets two independent tools count it."
    )
    for spec in specs:
        st.markdown(f"#### {spec.title}")
        _net(spec)


def _net(spec: NetSpec) -> None:
    job = asked(
        "crosscheck",
        {"net": str(spec)},
        "Count with torchinfo and FlopCounterMode",
        ":material/fact_check:",
        f"crosscheck_{spec}",
    )
    if job is None or job.result is None:
        return
    total, counted = cost(spec), job.result
    found = compare(total, counted)
    st.markdown(totals_table(found))
    st.markdown(reasons_in_words(found))
    st.markdown(uncounted(total))
    side = total.plan.image_size
    st.caption(
        f"One image of {side} × {side} pixels. Ours: multiply-adds of convolutions and the fully "
        f"connected layer, the paper's “FLOPs”. Counted by torchinfo {counted['torchinfo']} at "
        f"batch 1 and torch {counted['torch']}, on its meta device, which follows shapes and "
        "computes nothing. torchinfo multiplies its total by the batch size; ours is always for "
        "one image."
    )
