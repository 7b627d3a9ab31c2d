"""The Build page, driven as a person would: widgets, links, mistakes; and no torch at all."""

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.controls import changed_options, from_link, literal, with_choice
from resnet.spec import NetSpec, SpecError

PAGE = Path(__file__).parents[2] / "explorer" / "views" / "build.py"
DEFAULT = NetSpec()


def opened(link: str | None = None) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=30)
    if link is not None:
        page.query_params["net"] = link
    page.run()
    assert not page.exception
    return page


def parameters(page: AppTest) -> str:
    return next(metric.value for metric in page.metric if metric.label == "Parameters")


def title(page: AppTest) -> str:
    return next(each.value for each in page.markdown if each.value.startswith("### "))[4:]


def choose(page: AppTest, name: str, value: str) -> None:
    box = page.selectbox(key=f"net_{name}")
    if value not in box.options and name == "depth":
        box.options.append(value)  # AppTest knows no typing of new options
    box.set_value(value).run()
    assert not page.exception


def test_choose_a_net_and_read_its_parameters() -> None:
    page = opened()
    choose(page, "depth", "56")
    assert (title(page), parameters(page)) == ("ResNet-56 A", "853,018")
    assert page.dataframe[0].value["parameters"].iloc[0] == 853_018
    assert any("6.97 %" in each.value for each in page.markdown)
    assert any("<svg" in each.value for each in page.markdown)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("resnet56-A", "853,018"),
        ("plain56", "853,018"),
        ("resnet56-C", "900,858"),
        ("resnet1202-A", "19,421,274"),
        ("imagenet-resnet50-B", "25,557,032"),
    ],
)
def test_a_link_sets_the_page_and_its_widgets(link: str, shown: str) -> None:
    page = opened(link)
    spec = NetSpec.parse(link)
    assert parameters(page) == shown
    assert page.selectbox(key="net_depth").value == str(spec.depth)
    assert page.selectbox(key="net_shortcut").value == spec.shortcut
    assert page.selectbox(key="net_family").value == spec.family
    assert page.query_params["net"] == link
    assert not page.warning


def test_widgets_rewrite_the_link() -> None:
    page = opened()
    assert page.query_params["net"] == "resnet20-A"
    choose(page, "shortcut", "none")
    assert page.query_params["net"] == "plain20"
    choose(page, "family", "imagenet")
    assert page.query_params["net"] == "imagenet-plain18"
    choose(page, "block", "bottleneck")
    assert page.query_params["net"] == "imagenet-plain50"
    choose(page, "stride_on", "3x3")
    assert page.query_params["net"] == "imagenet-plain50-3x3"
    page.number_input(key="net_width").set_value(32).run()
    choose(page, "order", "pre")
    assert page.query_params["net"] == "imagenet-plain50-3x3-w32-pre"
    assert title(page) == "ImageNet plain-50, stride on 3x3, width 32, pre-activation"


def test_going_back_in_the_browser_brings_the_net_back() -> None:
    page = opened("resnet56-A")
    choose(page, "depth", "110")
    page.query_params["net"] = "resnet56-A"
    page.run()
    assert title(page) == "ResNet-56 A"
    assert page.selectbox(key="net_depth").value == "56"


def test_leaving_and_coming_back_keeps_the_net() -> None:
    page = opened("resnet56-B")
    page.query_params.clear()  # as the navigation does
    page.run()
    assert title(page) == "ResNet-56 B"
    assert page.query_params["net"] == "resnet56-B"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("21", "Depth 21 is not 6n+2; the nearest are 20 and 26. Still shown: ResNet-56 A."),
        ("0", "Depth 0 is out of range; it can be 1 to 1,202. Still shown: ResNet-56 A."),
        ("1204", "Depth 1,204 is out of range; it can be 1 to 1,202. Still shown: ResNet-56 A."),
        ("deep", "Depth must be a whole number, not 'deep'. Still shown: ResNet-56 A."),
    ],
)
def test_a_bad_depth_gets_one_sentence_and_loses_nothing(typed: str, sentence: str) -> None:
    page = opened("resnet56-A")
    choose(page, "depth", typed)
    assert [each.value for each in page.warning] == [literal(sentence)]
    assert (title(page), page.query_params["net"]) == ("ResNet-56 A", "resnet56-A")
    assert page.selectbox(key="net_depth").value == "56"
    choose(page, "depth", "26")
    assert title(page) == "ResNet-26 A"
    assert not page.warning


def test_a_broken_link_gets_one_sentence_and_the_nearest_net() -> None:
    page = opened("resnet21-A")
    (warning,) = page.warning
    assert warning.value == literal(
        "The link asks for 'resnet21-A': depth 21 is not 6n+2; the nearest are 20 and 26. "
        "Shown instead: ResNet-20 A."
    )
    assert (title(page), page.query_params["net"]) == ("ResNet-20 A", "resnet20-A")


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("resnet57-C", "resnet56-C"),
        ("plain9999", "plain1202"),
        ("resnet163-B-bottleneck-pre", "resnet164-B-bottleneck-pre"),
        ("imagenet-resnet51-B", "imagenet-resnet50-B"),
        ("resnet1", "resnet8-A"),
        ("resnet56-D", "resnet20-A"),
        ("vgg19", "resnet20-A"),
        ("", "resnet20-A"),
        ("x" * 5000, "resnet20-A"),
        ("resnet21-A-zzz", "resnet20-A"),
    ],
)
def test_the_nearest_net_or_else_the_one_that_was_shown(link: str, shown: str) -> None:
    spec, sentence = from_link(link, DEFAULT)
    assert str(spec) == shown
    assert sentence.endswith(f"Shown instead: {spec.title}.")
    assert len(sentence) < 500


def test_a_link_cannot_put_markdown_on_the_page() -> None:
    page = opened("[x](https://example.org) <b>*y*</b>")
    assert "[x](" not in page.warning[0].value
    assert literal("a*[b](c)") == r"a\*\[b\]\(c\)"


@pytest.mark.parametrize(
    ("start", "name", "value", "then"),
    [
        ("resnet56-A", "block", "bottleneck", "resnet56-A-bottleneck"),
        ("resnet44-A", "block", "bottleneck", "resnet47-A-bottleneck"),
        ("resnet56-A", "family", "imagenet", "imagenet-resnet34-B"),
        ("resnet56-C", "family", "imagenet", "imagenet-resnet34-C"),
        ("plain56-w32", "family", "imagenet", "imagenet-plain34-w32"),
        ("imagenet-resnet50-B", "family", "cifar", "resnet47-A-bottleneck"),
        ("imagenet-resnet50-B-3x3", "depth", 34, "imagenet-resnet34-B"),
        ("imagenet-resnet34-B", "depth", 101, "imagenet-resnet101-B"),
        ("imagenet-resnet18-B", "block", "bottleneck", "imagenet-resnet50-B"),
        ("imagenet-resnet152-B-3x3", "block", "basic", "imagenet-resnet34-B"),
    ],
)
def test_a_choice_keeps_what_still_makes_sense(
    start: str, name: str, value: str, then: str
) -> None:
    assert str(with_choice(NetSpec.parse(start), name, value)) == then


def test_a_choice_that_cannot_be_is_refused() -> None:
    with pytest.raises(SpecError, match=r"depth 20 is not one of the ImageNet nets; choose 18, 34"):
        with_choice(NetSpec.parse("imagenet-resnet34-B"), "depth", 20)


def test_more_options_says_what_is_changed_and_goes_back() -> None:
    assert changed_options(NetSpec.parse("resnet56-C")) == []
    assert changed_options(NetSpec.parse("resnet56-C-w32-nonorm")) == ["width", "norm"]
    page = opened("resnet56-C-w32-nonorm")
    next(b for b in page.button if b.label == "Back to the paper's values").click().run()
    assert page.query_params["net"] == "resnet56-C"


def test_the_stride_place_is_offered_for_bottlenecks_only() -> None:
    def keys(link: str) -> list[str]:
        return [box.key for box in opened(link).selectbox]

    assert "net_stride_on" in keys("imagenet-resnet50-B")
    assert "net_stride_on" not in keys("imagenet-resnet34-B")


def test_rows_without_parameters_can_be_hidden() -> None:
    page = opened("resnet20-A")
    every = len(page.dataframe[0].value)
    page.toggle(key="layers_hide").set_value(True).run()
    shown = page.dataframe[0].value
    assert len(shown) < every
    assert (shown["parameters"] > 0).all()


def test_only_strings_and_numbers_stay_in_the_session() -> None:
    page = opened("resnet21-A")
    kept = page.session_state.to_dict()
    assert all(isinstance(value, str | int | float | bool | None) for value in kept.values())


def test_a_link_leads_to_the_train_page_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / "train.py").write_text("")
    app = tmp_path / "app.py"
    app.write_text(
        "import streamlit as st\n"
        f"st.navigation([st.Page({str(PAGE)!r}), st.Page('views/train.py')]).run()\n"
    )
    page = AppTest.from_file(app, default_timeout=30)
    for net, disabled in (("resnet56-A", False), ("imagenet-resnet50-B", True)):
        page.query_params["net"] = net
        page.run()
        assert not page.exception
        (link,) = page.get("page_link")
        assert link.proto.query_string == f"nets={net}"
        assert link.proto.disabled is disabled


def test_the_server_does_not_import_torch() -> None:
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(PAGE)!r}, default_timeout=60).run(); "
        "assert not page.exception; assert page.metric; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
