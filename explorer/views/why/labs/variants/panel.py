"""The panel of the lab "variants"."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.labs.variants.figures import QUANTITIES, curves_figure
from explorer.views.why.layout import begin, chart, told
from explorer.views.why.panel import Panel, Settings
from resnet.labs import LABS
from resnet.labs.variants.result import LOSS, Variants
from resnet.labs.variants.table import VARIANTS
from resnet.labs.variants.words import IDENTITY, TABLE, said, table

OTHERS = tuple(name for name in VARIANTS if name != IDENTITY)
LENGTHS = (60, 150, 400)
FIRST = ("scaled-both", "shortcut-gate", "dropout")


def settings() -> Settings:
    chosen = st.pills(
        "Beside the identity, train",
        OTHERS,
        selection_mode="multi",
        format_func=lambda name: VARIANTS[name].title,
        key=begin("why_variants_names", list(FIRST)),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        iterations = st.segmented_control(
            "Iterations",
            LENGTHS,
            required=True,
            key=begin("why_variants_iterations", LENGTHS[0]),
        )
        seed = st.number_input("Seed", 0, 999, key=begin("why_variants_seed", 0), width=160)
    return {
        "names": [IDENTITY, *(name for name in OTHERS if name in chosen)],
        "recipe": {"iterations": iterations},
        "seed": int(seed),
    }


@told(said)
def show(results: Sequence[Variants], theme: str) -> None:
    """One net: its variants are what is compared."""
    result = results[0]
    quantity = st.segmented_control(
        "Curves",
        list(QUANTITIES),
        format_func=QUANTITIES.__getitem__,
        required=True,
        key=begin("why_variants_quantity", LOSS),
    )
    quantity = quantity or LOSS
    chart(
        curves_figure(result, quantity, theme),
        "why_variants",
        f"{QUANTITIES[quantity].capitalize()} of each variant",
    )
    st.markdown(f"**Ours beside the paper's** ({TABLE})")
    st.markdown(table(result))


PANEL = Panel(
    lab=LABS["variants"],
    question="What happens when the shortcut is more than the identity?",
    settings=settings,
    show=show,
    most=1,
)
