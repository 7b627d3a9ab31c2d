"""The panel of the lab "residual_size"."""

from collections.abc import Sequence

from explorer.why.figures.residual_size import ratio_figure, size_figure
from explorer.why.figures.style import names
from explorer.why.panel import Panel
from explorer.why.panels.drawn import chart, told
from explorer.why.words.residual_size import said
from resnet.labs import LABS
from resnet.labs.results.signals import ResidualSize
from resnet.wording import listed


@told(said)
def show(results: Sequence[ResidualSize], theme: str) -> None:
    who = listed(names(results))
    chart(
        ratio_figure(results, theme),
        "why_residual_size_ratio",
        f"How large F(x) is beside x, block by block: {who}",
    )
    chart(
        size_figure(results, theme),
        "why_residual_size_both",
        f"The sizes of F(x) and of x, block by block: {who}",
    )


PANEL = Panel(
    lab=LABS["residual_size"],
    question="How much does each block change what it is given?",
    show=show,
)
