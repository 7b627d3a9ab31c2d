"""A block as equations: what it learns, what it puts out, what it is made of."""

import pytest

from explorer.views.builder.sections.layers.equations import equations, markdown
from resnet.paper.overfitting import overfitting
from resnet.spec import NetSpec

LEARNT = r"\mathcal{F}(x) = \mathcal{H}(x) - x"
EQ_1 = r"y = \mathcal{F}(x, \{W_i\}) + x"
EQ_2 = r"y = \mathcal{F}(x, \{W_i\}) + W_s x"
ZEROS = r"y = \mathcal{F}(x, \{W_i\}) + [x_{\downarrow 2}, 0]"
TWO = r"\mathcal{F} = W_2\,\sigma(W_1 x)"
ONE = r"\mathcal{F} = W_1 x"
THREE = r"\mathcal{F} = W_3\,\sigma(W_2\,\sigma(W_1 x))"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("resnet56-A", [LEARNT, EQ_1, ZEROS, TWO]),
        ("resnet56-B", [LEARNT, EQ_1, EQ_2, TWO]),
        ("resnet56-C", [LEARNT, EQ_2, TWO]),
        ("resnet20-A-single", [LEARNT, EQ_1, ZEROS, ONE]),
        ("imagenet-resnet50-B", [LEARNT, EQ_1, EQ_2, THREE]),
        ("resnet164-A-bottleneck", [LEARNT, EQ_1, ZEROS, THREE]),
        ("plain56", [r"y = \mathcal{H}(x)", LEARNT, r"\mathcal{H} = W_2\,\sigma(W_1 x)"]),
    ],
)
def test_the_equations_are_those_of_the_nets_own_blocks(name, expected):
    assert [each.tex for each in equations(NetSpec.parse(name))] == expected


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("resnet20-A", "two 3×3 layers: Fig. 2 and Fig. 5, left"),
        ("resnet20-B-single", "no advantages observed (Section 3.2)"),
        ("plain20-single", "one 3×3 layer"),
        ("plain20", "two 3×3 layers: Fig. 2 and Fig. 5, left"),
        ("imagenet-resnet152-B", "1×1, 3×3, 1×1: the bottleneck, Fig. 5, right"),
        ("resnet29-C-bottleneck-3x3", "1×1, 3×3, 1×1: the bottleneck, Fig. 5, right"),
    ],
)
def test_the_paper_draws_such_a_block(name, figure):
    assert equations(NetSpec.parse(name))[-1].note == figure


def test_an_equation_and_its_note_are_two_lines_of_markdown(all_nets):
    for net in all_nets:
        for each in equations(net):
            first, second = markdown(each).split("  \n")
            assert first == f"${each.tex}$"
            assert second.startswith(":small[:gray[")
            assert len(each.note.replace("$", "").replace("\\mathcal", "")) <= 44  # one line
            assert each.tex.count("{") == each.tex.count("}")


SAID = (
    "**The paper's 1202-layer net overfits.** It trains without difficulty, to a training error "
    "below 0.1 %, and yet ends at 7.93 % test error, where ResNet-110 ends at 6.43 % (Table 6, "
    "Fig. 6). The paper argues that 19.4 million parameters may be unnecessarily many for so small "
    "a data set (Section 4.2)."
)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["resnet1202-A"], SAID),
        (["plain20", "resnet1202-B-w8"], SAID),
        (["plain1202"], ""),
        (["resnet110-A", "resnet164-A-bottleneck"], ""),
        ([], ""),
    ],
)
def test_what_the_paper_says_of_1202_layers(names, said):
    assert overfitting(map(NetSpec.parse, names)) == said
