"""The sections on shortcuts, on the paper and on memory: what they show, and their figures."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.views.builder.sections.memory import figures
from explorer.views.builder.sections.memory import words as memory_words
from explorer.views.builder.sections.paper import words as paper_words
from explorer.views.builder.sections.paper.vgg_table import vgg_table
from explorer.views.builder.sections.shortcuts import words as shortcut_words
from explorer.views.builder.sections.shortcuts.section import GATES
from resnet.cost.roofline import MACHINES, forward_work, step_bound
from resnet.cost.shortcuts import doubled_blocks, option_costs
from resnet.labs.variants.table import VARIANTS
from resnet.paper.checks import neighbours
from resnet.spec import NetSpec

SECTIONS = ("shortcuts", "paper", "memory")
NETS = (
    "resnet20-A",
    "plain56",
    "resnet11-A-bottleneck",
    "resnet20-B-single",
    "resnet14-C-pre-nonorm-tanh-w3-c7",
    "resnet1202-A",
    "imagenet-resnet18-A",
    "imagenet-resnet50-B",
    "imagenet-plain50-3x3",
)
LAPTOP, *_, FASTEST = MACHINES


def page(section: str, net: str) -> None:
    import importlib

    from resnet.spec import NetSpec

    importlib.import_module(f"explorer.views.builder.sections.{section}.section").show(
        (NetSpec.parse(net),)
    )


def opened(section: str, net: str) -> AppTest:
    shown = AppTest.from_function(page, default_timeout=30, args=(section, net)).run()
    assert not shown.exception, shown.exception
    return shown


def text(shown: AppTest) -> str:
    return "\n".join(element.value for element in (*shown.markdown, *shown.caption))


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_for_every_kind_of_net(section: str, net: str) -> None:
    assert text(opened(section, net))


def test_shortcuts_of_resnet_50() -> None:
    shown = text(opened("shortcuts", "imagenet-resnet50-B"))
    assert "| 25,557,032 (+12.2 %) | 3.858 G (+10.3 %) |" in shown
    assert "Projections everywhere (C) add 76.2 % parameters and 80.8 % MACs." in shown
    assert "**One block: nearly.**" in shown and "x 1.94 in weights" in shown
    assert "**The whole net: no.** C has x 1.57 the parameters and x 1.64 the MACs of B" in shown


def test_shortcuts_of_resnet_20() -> None:
    shown = text(opened("shortcuts", "resnet20-A"))
    assert "(B) add 1.0 % parameters and 0.6 % MACs." in shown
    assert "One block grows by 5.6 %, not by all of it." in shown


def test_plain_and_residual_say_which_row_is_theirs() -> None:
    for name, words in (("plain20", "none (plain)"), ("resnet20-C", "C: 1x1 convolution in every")):
        spec = NetSpec.parse(name)
        (line,) = (
            line
            for line in shortcut_words.options_table(option_costs(spec), spec).splitlines()
            if "this net" in line
        )
        assert words in line


def test_a_net_without_same_shape_blocks_says_so() -> None:
    spec = NetSpec.parse("resnet11-A-bottleneck")
    said = shortcut_words.claim_sentences(spec, doubled_blocks(spec), option_costs(spec))
    assert said.endswith("so B and C are the same net.")


def test_a_projection_around_one_layer_is_a_ninth_of_it() -> None:
    spec = NetSpec.parse("resnet20-C-single")
    said = shortcut_words.claim_sentences(spec, doubled_blocks(spec), option_costs(spec))
    assert "a 3x3 convolution holds 9w² weights on w channels, a projection w²" in said
    assert "One block grows by 11.1 %, not by all of it" in said


def test_gates_stand_beside_the_shortcuts_with_what_was_printed_of_them() -> None:
    shown = text(opened("shortcuts", "resnet20-A"))
    assert r"$y = T(x)\,\mathcal{F}(x) + (1 - T(x))\,x$" in shown
    assert (
        "Table 6 has them at 7.54 % (mean 7.72) with 19 layers and 8.80 % with 32 layers" in shown
    )
    assert (
        "at 8.70 % test error, a gate on the shortcut alone at 6.91 %, the identity at 6.61 %"
        in (shown)
    )
    assert set(json.loads(GATES["names"])) < set(VARIANTS)


def test_what_the_paper_of_resnet_50() -> None:
    shown = text(opened("paper", "imagenet-resnet50-B"))
    assert "Table 1: 3.8 billion multiply-adds; counted 3.858" in shown
    assert "cut, not rounded" in shown
    assert "3.858 billion for 50 layers is printed as 3.8" in shown
    assert "4.089 billion multiply-adds instead of 3.858: **0.231 billion more**" in shown
    assert "**231,211,008**" in shown
    assert "**ImageNet ResNet-50 B** ◂ this net | 22.85 % | 6.71 %" in shown
    assert "143,667,240" in shown and "**20 %** of VGG-19's multiply-adds" in shown


def test_nothing_is_claimed_for_a_net_that_is_not_printed() -> None:
    shown = text(opened("paper", "imagenet-resnet50-B-3x3"))
    assert "Tables 1 and 6 print no count for exactly this net." in shown
    assert "prints no error for exactly ImageNet ResNet-50 B, stride on 3x3" in shown
    assert "this net |" not in shown
    spec = NetSpec.parse("resnet26-A")
    assert "◂" not in paper_words.errors_table(spec, neighbours(spec))


def test_the_table_of_vgg_adds_up() -> None:
    rows = vgg_table().to_pylist()
    assert rows[0]["parameters"] == sum(row["parameters"] for row in rows[1:]) == 143_667_240
    assert rows[0]["macs"] == sum(row["macs"] for row in rows[1:])
    assert rows[1]["kind"] == "convolution 3x3"


def test_memory_follows_the_batch_and_the_machine() -> None:
    shown = opened("memory", "resnet20-A")
    before = {metric.label: metric.value for metric in shown.metric}
    assert before["To train"] == "197.8 MB"
    shown.number_input(key="memory_batch").set_value(1).run()
    assert {metric.label: metric.value for metric in shown.metric}["To train"] == "4.77 MB"
    shown.selectbox(key="memory_machine").set_value(FASTEST.name).run()
    assert f"balance is **{FASTEST.balance('fp32'):.3g} MACs a byte**" in text(shown)
    shown.number_input(key="memory_peak").set_value(134.0).run()
    assert not shown.exception
    assert "your own figures: 134 TFLOP/s" in text(shown)
    assert "balance is **20 MACs a byte**" in text(shown)
    shown.number_input(key="memory_batch").set_value(2).run()
    assert "your own figures: 134 TFLOP/s" in text(shown)
    shown.selectbox(key="memory_machine").set_value(MACHINES[0].name).run()
    assert "your own figures" not in text(shown)


def test_a_bound_is_always_called_one() -> None:
    shown = text(opened("memory", "resnet20-A"))
    assert "At least 188 ms a training step of 128 images" in shown
    assert "A bound on paper, not a measurement." in shown
    assert "**Not counted:** workspace" in shown


def test_the_roofline_has_each_kind_of_layer_once() -> None:
    spec = NetSpec.parse("resnet20-A")
    figure = figures.roofline_figure(forward_work(spec, 128, "fp32"), LAPTOP, "fp32")
    assert [trace.name for trace in figure.data] == [
        "roof", "first", "stage 1", "stage 2", "stage 3", "last",
    ]  # fmt: skip
    stage1 = figure.data[2]
    assert [words.endswith("6 alike") for words in stage1.text] == [True]
    for trace in figure.data[1:]:
        for x, y in zip(trace.x, trace.y, strict=True):
            reach = min(LAPTOP.macs_per_second("fp32"), x * LAPTOP.bytes_per_second)
            assert y == pytest.approx(reach / 1e9)


@pytest.mark.parametrize("name", ["resnet20-A", "imagenet-resnet50-B", "resnet1202-A"])
def test_the_strips_bars_add_up_to_the_forward_pass(name: str) -> None:
    spec = NetSpec.parse(name)
    work = forward_work(spec, 128, "fp32")
    figure = figures.strip_figure(spec, work, LAPTOP, "fp32")
    up, down = (sum(map(abs, trace.y)) for trace in figure.data)
    bound = step_bound(spec, 128, "fp32", LAPTOP)
    assert (up + down) / 1e3 == pytest.approx(bound.forward)
    assert down / (up + down) == pytest.approx(bound.memory_share)
    assert all(y > 0 for y in figure.data[0].y) and all(y < 0 for y in figure.data[1].y)
    assert len(figure.to_json()) < 200_000


def test_the_table_says_what_bounds_each_layer() -> None:
    table = memory_words.work_table(NetSpec.parse("resnet20-A"), 128, "fp32", LAPTOP).to_pylist()
    said = {row["layer"]: row["bound by"] for row in table}
    assert said["stage1.block1.conv1"] == "arithmetic"
    assert said["stage1.block1.norm1"] == said["stage1.block1.add"] == "memory"
    assert "stage1.block1.shortcut.identity" not in said


def test_durations_have_three_digits_and_a_unit() -> None:
    assert [memory_words.duration(s) for s in (5.827, 0.0694, 0.00023521, 2.5e-7)] == [
        "5.83 s",
        "69.4 ms",
        "235 µs",
        "0.25 µs",
    ]
