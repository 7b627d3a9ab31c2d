"""What the shortcuts cost: none, A, B and C for this net, and the paper's claim on projections."""

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from explorer.views import WHY
from explorer.views.builder.sections.shortcuts import words
from resnet.cost.shortcuts import doubled_blocks, option_costs
from resnet.spec import NetSpec

GATES = {"lab": "variants", "names": '["exclusive-gate","shortcut-gate"]'}  # as Why writes it


def show(specs: tuple[NetSpec, ...]) -> None:
    """For the first net."""
    spec = specs[0]
    costs, blocks = option_costs(spec), doubled_blocks(spec)
    st.markdown("#### The same layers with each shortcut")
    st.markdown(words.options_table(costs, spec))
    st.caption(
        "For one image. In brackets: against the plain net. MACs are multiply-adds, the paper's "
        "“FLOPs”. Activation memory: what the layers hand on, fp32. The last column is what "
        "training keeps because its backward pass reads it again, the image and the places of "
        "the maxima too."
    )
    st.markdown(words.options_sentences(costs))
    st.markdown("#### Would projections everywhere double it?")
    st.markdown(words.claim_sentences(spec, blocks, costs))
    if blocks:
        st.markdown(words.blocks_table(blocks))
        st.caption(
            "Blocks that keep their shape: an identity in A and B, a projection in C. Parameters "
            "include those of BN, where the net has it. He et al. 2015, Section 4.1."
        )
    st.markdown("#### A gate instead?")
    st.markdown(words.gates_words())
    with suppress(StreamlitAPIException):  # no Why page where this one is tried alone
        st.page_link(
            WHY,
            label="Train gates beside the identity",
            icon=":material/science:",
            query_params=GATES,
        )
