"""Residual learning as equations, for the very blocks that the picture shows (Markdown, KaTeX).

Source: He et al. 2015, Sections 3.1 to 3.3, Eqs. 1 and 2, Figs. 2 and 5. Imports no streamlit.
"""

from dataclasses import dataclass

from resnet.plan import plan
from resnet.spec import NetSpec


@dataclass(frozen=True)
class Equation:
    """tex  in KaTeX's language, without dollars; note  what it is, in a few words under it"""

    tex: str
    note: str


F = r"\mathcal{F}"
H = r"\mathcal{H}"
ADDED = rf"y = {F}(x, \{{W_i\}}) + "
LAYERS = {
    "basic": (r"W_2\,\sigma(W_1 x)", "two 3×3 layers: Fig. 2 and Fig. 5, left"),
    "single": (r"W_1 x", "one 3×3 layer"),
    "bottleneck": (
        r"W_3\,\sigma(W_2\,\sigma(W_1 x))", "1×1, 3×3, 1×1: the bottleneck, Fig. 5, right"
    ),
}  # fmt: skip


def equations(spec: NetSpec) -> tuple[Equation, ...]:
    """What a block learns, what it puts out where its shape stays and changes, and its layers."""
    layers, drawn = LAYERS[str(spec.block)]
    if spec.plain:
        return (
            Equation(rf"y = {H}(x)", "a plain block fits all that is wanted of it"),
            Equation(rf"{F}(x) = {H}(x) - x", "what a shortcut would leave it (Section 3.1)"),
            Equation(rf"{H} = {layers}", drawn),
        )
    if spec.block == "single":
        drawn = "no advantages observed (Section 3.2)"
    return (
        Equation(rf"{F}(x) = {H}(x) - x", rf"learnt, where ${H}$ is wanted (Section 3.1)"),
        *_outputs(spec),
        Equation(rf"{F} = {layers}", drawn),
    )


def markdown(equation: Equation) -> str:
    return f"${equation.tex}$  \n:small[:gray[{equation.note}]]"


def _outputs(spec: NetSpec) -> tuple[Equation, ...]:
    projected = rf"{ADDED}W_s x"
    if spec.shortcut == "C":
        return (Equation(projected, r"Eq. 2 in every block, $W_s$ a 1×1 convolution"),)
    same = Equation(f"{ADDED}x", "Eq. 1, where the shape stays")
    if not any(block.changes_shape for block in plan(spec).blocks):
        return (same,)
    if spec.shortcut == "B":
        return same, Equation(projected, r"Eq. 2, where it changes; $W_s$ is 1×1")
    return same, Equation(
        rf"{ADDED}[x_{{\downarrow 2}}, 0]", "option A (Section 3.3): halved, with zeros"
    )
