"""The panel of the lab "residual_size"."""

from collections.abc import Sequence

from explorer.views.why.labs.residual_size.figures import ratio_figure, size_figure
from explorer.views.why.layout import chart, told
from explorer.views.why.panel import Panel
from resnet.labs import LABS
from resnet.labs.residual_size.result import ResidualSize
from resnet.labs.residual_size.words import said
from resnet.labs.sentences import names
from resnet.spec.checks import listed


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
