"""What the shortcuts cost: none, A, B and C for this net, and the paper's claim on projections."""

import streamlit as st

from explorer.views.builder.sections.shortcuts import words
from resnet.cost.shortcuts import doubled_blocks, option_costs
from resnet.spec import NetSpec


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
