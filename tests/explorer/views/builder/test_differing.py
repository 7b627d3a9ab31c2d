"""Nets side by side: differences, costs by stage, layers that differ, and their figures."""

import ast
from pathlib import Path

import pytest

from explorer.views.builder.headline import exact
from explorer.views.builder.sections.compare import differing
from explorer.views.builder.sections.compare.differing import by_stage, differing_layers, headlines
from explorer.views.builder.sections.compare.landmarks import landmarks
from explorer.views.builder.sections.compare.landscape import landscape_figure
from explorer.views.builder.sections.compare.stages import stage_figure
from resnet.cost import cost
from resnet.paper.errors import published_error
from resnet.spec import NetSpec


def nets(*names: str) -> tuple[NetSpec, ...]:
    return tuple(NetSpec.parse(name) for name in names)


def cells(label: str, *names: str) -> tuple[str, ...]:
    return next(row.cells for row in headlines(nets(*names)) if row.label == label)


def test_differences_are_absolute_and_relative_to_the_first() -> None:
    assert cells("Parameters", "resnet20-A", "resnet20-B", "resnet56-A") == (
        "269,722",
        "272,474<br>+2,752 (+1.02 %)",
        "853,018<br>+583,296 (× 3.16)",
    )
    assert cells("Activation memory", "resnet56-A", "plain56")[1] == "4.26 MB<br>−1.08 MB (× 0.80)"
    assert cells("Layers", "resnet110-A", "resnet20-A") == ("110", "20<br>−90 (× 0.18)")
    assert cells("Receptive field", "plain20", "resnet20-A") == ("81 px", "81 px<br>the same")


@pytest.mark.parametrize(
    ("value", "first", "words"),
    [
        (5, 5, "the same"),
        (95, 100, "−5 (−5.00 %)"),
        (50, 100, "−50 (× 0.50)"),
        (100_000, 100, "+99,900 (× 1e+03)"),
    ],
)
def test_a_difference_in_words(value: int, first: int, words: str) -> None:
    assert differing.difference(value, first, exact) == words


def test_published_errors_say_what_they_are_of() -> None:
    column = cells("Published error", "resnet110-A", "plain56", "imagenet-resnet50-B")
    assert column == (
        "6.43 % (test, CIFAR-10)<br>best of five runs, single view, He et al. 2015, Table 6",
        "–",
        "22.85 % (top-1, ImageNet)<br>ten crops, He et al. 2015, Table 3",
    )
    assert "Published error" not in [row.label for row in headlines(nets("plain8", "plain14"))]


def test_the_stages_add_up_to_the_net(any_net: NetSpec) -> None:
    stages, total = by_stage(any_net), cost(any_net)
    assert sum(each.parameters for each in stages) == total.parameters
    assert sum(each.macs for each in stages) == total.macs
    assert [each.stage for each in stages][:2] == ["first", "1"]
    assert stages[-1].stage == "last"


def test_a_net_has_no_differences_to_itself(any_net: NetSpec) -> None:
    assert differing_layers((any_net, any_net)) == ()


def test_a_plain_net_lacks_the_shortcuts_only() -> None:
    rows = differing_layers(nets("resnet20-A", "plain20"))
    assert [(row.stage, row.blocks, row.layer) for row in rows] == [
        ("1", "1 to 3", "shortcut.identity"),
        ("1", "1 to 3", "add"),
        ("2", "1", "shortcut.subsample"),
        ("2", "1", "shortcut.zero_pad"),
        ("2", "1", "add"),
        ("2", "2 to 3", "shortcut.identity"),
        ("2", "2 to 3", "add"),
        ("3", "1", "shortcut.subsample"),
        ("3", "1", "shortcut.zero_pad"),
        ("3", "1", "add"),
        ("3", "2 to 3", "shortcut.identity"),
        ("3", "2 to 3", "add"),
    ]
    assert rows[2].cells == ("subsample, stride 2: 16x32x32 to 16x16x16", "–")


def test_deeper_nets_have_more_blocks() -> None:
    rows = differing_layers(nets("resnet20-A", "resnet1202-A"))
    assert [(row.stage, row.blocks, row.layer) for row in rows] == [
        (stage, "4 to 200", "the whole block") for stage in "123"
    ]
    assert rows[0].cells == ("–", "3x3 and 3x3 convolution: 16x32x32")


def test_v1_and_v1_5_differ_where_stages_begin() -> None:
    rows = differing_layers(nets("imagenet-resnet50-B", "imagenet-resnet50-B-3x3"))
    assert {(row.stage, row.blocks) for row in rows} == {("2", "1"), ("3", "1"), ("4", "1")}
    assert {row.layer for row in rows} == {"conv1", "norm1", "activation1", "conv2"}


def test_the_order_is_kept_where_later_nets_have_more_layers() -> None:
    rows = differing_layers(nets("plain20", "resnet20-A", "resnet20-B"))
    first = [row.layer for row in rows if (row.stage, row.blocks) == ("2", "1")]
    assert set(first) == {
        "shortcut.subsample", "shortcut.zero_pad", "shortcut.conv", "shortcut.norm", "add",
    }  # fmt: skip
    assert first[-1] == "add"


def test_landmarks_are_the_nets_that_the_papers_name() -> None:
    places = {each.title: each for each in landmarks()}
    assert len(places) == len(landmarks()) >= 23
    assert places["ResNet-110 A"].parameters == 1_727_962
    assert places["VGG-19"].parameters == 143_667_240
    assert places["VGG-19"].error is None
    assert places["plain-110"].error is None  # above 60 %, without a figure
    assert published_error(NetSpec.parse("resnet56-B")) is None


def traces(figure, name):  # type: ignore[no-untyped-def]
    return [each for each in figure.data if each.name == name]


def test_bars_show_the_costs_of_each_stage() -> None:
    pair = nets("plain20", "imagenet-resnet18-B")
    figure = stage_figure(pair, "light")
    assert [each.name for each in figure.data] == [
        "plain-20", "plain-20", "ImageNet ResNet-18 B", "ImageNet ResNet-18 B",
    ]  # fmt: skip
    assert list(figure.data[0].x) == ["first", "stage 1", "stage 2", "stage 3", "last"]
    assert sum(figure.data[0].y) == cost(pair[0]).parameters
    assert sum(figure.data[3].y) == cost(pair[1]).macs
    assert list(figure.layout.xaxis.categoryarray)[-2:] == ["stage 4", "last"]


def test_bars_of_one_hue_have_different_patterns() -> None:
    four = nets("resnet20-A", "plain20", "resnet20-B", "resnet56-A")
    figure = stage_figure(four, "dark")
    looks = {(each.marker.color, each.marker.pattern.shape) for each in figure.data}
    assert len(looks) == 4


def test_errors_of_cifar_and_imagenet_never_share_a_scale() -> None:
    figure = landscape_figure(nets("resnet56-A", "imagenet-resnet50-B"), "light")
    one, other = traces(figure, "chosen")
    assert list(one.marker.color) == [6.97]
    assert list(other.marker.color) == [22.85]
    assert (one.marker.coloraxis, other.marker.coloraxis) == ("coloraxis", "coloraxis2")
    titles = [figure.layout[each].colorbar.title.text for each in ("coloraxis", "coloraxis2")]
    assert titles == ["test error on CIFAR-10, %", "top-1 error on ImageNet, 10-crop, %"]
    assert figure.layout.xaxis.type == figure.layout.yaxis2.type == "log"


def test_only_the_families_of_the_nets_have_a_panel() -> None:
    figure = landscape_figure(nets("resnet8-A"), "dark")
    (chosen,) = traces(figure, "chosen, no error published")
    assert (list(chosen.x), list(chosen.y)) == (
        [cost(NetSpec.parse("resnet8-A")).macs],
        [cost(NetSpec.parse("resnet8-A")).parameters],
    )
    assert chosen.marker.symbol == ("square-open",)
    paper = traces(figure, "nets of the paper")
    assert len(paper) == 1
    assert 6.43 in list(paper[0].marker.color)
    assert "xaxis2" not in figure.to_dict()["layout"]
    names = traces(figure, "names of the paper's nets")[0].text
    assert any("56 layers: A, plain" in name for name in names)


def test_a_chosen_net_of_the_paper_is_no_landmark_as_well() -> None:
    figure = landscape_figure(nets("resnet110-A"), "light")
    assert 6.43 not in list(traces(figure, "nets of the paper")[0].marker.color)
    assert list(traces(figure, "names of the chosen")[0].text) == [
        "<b>ResNet-110 A\u2002\u2002\u2002</b>"
    ]


@pytest.mark.parametrize(
    "module", ["differing", "landscape", "stages", "landmarks", "../../exhibit"]
)
def test_what_computes_and_draws_imports_no_streamlit(module: str) -> None:
    file = Path(differing.__file__).parent / f"{module}.py"
    names = [
        name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or node.names[0].name]
    ]
    assert not [name for name in names if name.startswith("streamlit")]
