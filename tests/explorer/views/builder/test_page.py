"""The Build page, driven as a person would: widgets, links, mistakes; and no torch at all."""

import json
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.report.formatting import escaped as literal
from explorer.views.builder.controls import changed_options, with_choice
from explorer.views.builder.exhibit import from_link
from explorer.views.builder.sections import SHOW
from resnet.spec import NetSpec, SpecError
from resnet.spec.fields import fields_of

PAGE = Path(__file__).parents[4] / "explorer" / "views" / "builder" / "page.py"
DEFAULT = NetSpec()


def opened(*links: str, **more: str) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=30)
    if links:
        page.query_params["net"] = list(links)
    for key, value in more.items():
        page.query_params[key] = value
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


def anatomy_of(page: AppTest) -> dict[str, Any]:
    """What the picture-and-table component was given."""
    (component,) = page.get("bidi_component")
    return json.loads(component.proto.json)


def sent(page: AppTest) -> dict[str, Any]:
    """The net that the component draws and lists."""
    return json.loads(anatomy_of(page)["payload"])


def test_choose_a_net_and_read_its_parameters() -> None:
    page = opened()
    choose(page, "depth", "56")
    assert (title(page), parameters(page)) == ("ResNet-56 A", "853,018")
    assert sent(page)["net"] == "resnet56-A"
    assert sent(page)["total"]["parameters"] == 853_018


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
    assert in_link(page, "net") == [link]
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
        ("resnet50", "imagenet-resnet50-B"),
        ("resnet18", "imagenet-resnet18-B"),
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
        ("resnet56-A", "block", "single", "resnet56-A-single"),
        ("resnet56-A-single", "block", "basic", "resnet56-A"),
        ("resnet47-A-bottleneck-3x3", "block", "single", "resnet47-A-single"),
        ("imagenet-resnet18-B", "block", "single", "imagenet-resnet18-B-single-stages4.4.4.4"),
        ("imagenet-resnet18-B-single-stages4.4.4.4", "block", "basic", "imagenet-resnet18-B"),
        ("imagenet-resnet18-B-single-stages4.4.4.4", "depth", 34, "imagenet-resnet34-B"),
        ("imagenet-resnet18-B-single-stages4.4.4.4", "stages", None, "imagenet-resnet18-B"),
        ("resnet56-A-single", "family", "imagenet", "imagenet-resnet50-B"),
        ("resnet20-A-stages2.3.4", "depth", 56, "resnet56-A"),
        ("resnet20-A-stages2.3.4", "shortcut", "C", "resnet20-C-stages2.3.4"),
        ("imagenet-resnet20-B-stages1.2.3.3", "block", "bottleneck", "imagenet-resnet50-B"),
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


@pytest.mark.parametrize(
    ("start", "typed", "then"),
    [
        ("resnet56-C", "2, 3,4", "resnet20-C-stages2.3.4"),
        ("resnet56-C", "5 5 5", "resnet32-C"),
        ("resnet20-C-stages2.3.4", "", "resnet20-C"),
        ("imagenet-resnet50-B-3x3", "3.4.6.4", "imagenet-resnet53-B-bottleneck-stages3.4.6.4-3x3"),
    ],
)
def test_blocks_in_each_stage_are_typed_in(start: str, typed: str, then: str) -> None:
    page = opened(start)
    page.text_input(key="net_stages").set_value(typed).run()
    assert not page.exception
    assert not page.warning
    assert in_link(page, "net") == [then]


@pytest.mark.parametrize("typed", ["2, 3", "0, 1, 2", "a b c", "9999, 1, 1", "1, 2, -3"])
def test_impossible_blocks_get_a_sentence_and_lose_nothing(typed: str) -> None:
    page = opened("resnet56-C")
    page.text_input(key="net_stages").set_value(typed).run()
    assert len(page.warning) == 1
    assert page.warning[0].value.endswith(literal("Still shown: ResNet-56 C."))
    assert page.text_input(key="net_stages").value == ""


def test_custom_blocks_go_back_to_the_papers() -> None:
    page = opened("imagenet-resnet29-C-bottleneck-stages1.2.3.3-3x3")
    assert not page.warning
    next(b for b in page.button if b.label == "Back to the paper's values").click().run()
    assert in_link(page, "net") == ["imagenet-resnet50-C-3x3"]


def test_the_stride_place_is_offered_for_bottlenecks_only() -> None:
    def keys(link: str) -> list[str]:
        return [box.key for box in opened(link).selectbox]

    assert "net_stride_on" in keys("imagenet-resnet50-B")
    assert "net_stride_on" not in keys("imagenet-resnet34-B")


def test_every_field_of_a_net_is_a_widget_with_the_words_of_its_field() -> None:
    page = opened("resnet29-A-bottleneck")
    for name, field in fields_of(NetSpec).items():
        kind = "selectbox" if field.choices or name == "depth" else "number_input"
        widgets = getattr(page, "text_input" if name == "stages" else kind)
        widget = widgets(key=f"net_{name}")
        assert (widget.label, widget.help) == (field.label, field.help)
        if field.choices:
            assert widget.options == [field.menu_words(each) for each in field.choices]


def test_only_strings_and_numbers_stay_in_the_session() -> None:
    page = opened("resnet21-A")
    kept = page.session_state.to_dict()
    own = {key: value for key, value in kept.items() if key != "anatomy"}  # a component's state
    assert all(isinstance(value, str | int | float | bool | list | None) for value in own.values())


def test_a_link_leads_to_the_train_page_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "views" / "train").mkdir(parents=True)
    (tmp_path / "views" / "train" / "page.py").write_text("")
    app = tmp_path / "app.py"
    app.write_text(
        "import streamlit as st\n"
        f"build = st.Page({str(PAGE)!r}, url_path='build')\n"
        "st.navigation([build, st.Page('views/train/page.py', url_path='train')]).run()\n"
    )
    page = AppTest.from_file(app, default_timeout=30)
    for net, disabled in (("resnet56-A", False), ("imagenet-resnet50-B", True)):
        page.query_params["net"] = net
        page.run()
        assert not page.exception
        (link,) = page.get("page_link")
        assert link.proto.query_string == f"nets={net}"
        assert link.proto.disabled is disabled


def in_link(page: AppTest, key: str) -> list[str]:
    """The values of a parameter; AppTest gives one alone as a string."""
    values = page.query_params.get(key, [])
    return [values] if isinstance(values, str) else values


def tabs(page: AppTest, key: str) -> list[str]:
    (group,) = [each for each in page.get("button_group") if each.key == key]
    return list(group.options)


def open_section(page: AppTest, name: str) -> None:
    (group,) = [each for each in page.get("button_group") if each.key == "exhibit_section"]
    group.set_value(name).run()
    assert not page.exception


def edit(page: AppTest, position: int) -> None:
    (group,) = [each for each in page.get("button_group") if each.key == "exhibit_edit"]
    group.set_value(position).run()
    assert not page.exception


def test_nets_are_added_changed_and_removed() -> None:
    page = opened("resnet56-A")
    page.button(key="net_add_0").click().run()
    assert in_link(page, "net") == ["resnet56-A", "plain56"]
    assert in_link(page, "edit") == ["2"]
    assert (title(page), tabs(page, "exhibit_edit")) == ("plain-56", ["ResNet-56 A", "plain-56"])
    choose(page, "depth", "110")
    assert in_link(page, "net") == ["resnet56-A", "plain110"]
    edit(page, 0)
    assert title(page) == "ResNet-56 A"
    assert "edit" not in page.query_params
    choose(page, "shortcut", "C")
    assert in_link(page, "net") == ["resnet56-C", "plain110"]
    page.button(key="net_remove").click().run()
    assert in_link(page, "net") == ["plain110"]
    assert not [each for each in page.get("button_group") if each.key == "exhibit_edit"]


@pytest.mark.parametrize(
    ("section", "kept"),
    [
        ("layers", {"unit": "flops", "layer": "stage2.block1.conv1", "hide": "train"}),
        ("memory", {"unit": "flops", "memory": "256,bf16,2"}),
        ("compare", {"hide": "train,link"}),
    ],
)
def test_choosing_another_net_changes_nothing_else(section: str, kept: dict[str, str]) -> None:
    page = opened("resnet56-A", "plain56", section=section, **kept)
    before = dict(page.query_params)
    edit(page, 1)
    assert in_link(page, "edit") == ["2"]
    assert title(page) == "plain-56"
    for name in kept:
        assert in_link(page, name) == [kept[name]]
    edit(page, 0)
    assert {name: in_link(page, name) for name in before} == {
        name: [value] if isinstance(value, str) else value for name, value in before.items()
    }


def test_a_copy_is_made_to_be_changed() -> None:
    page = opened("resnet56-A")
    page.button(key="net_copy").click().run()
    assert tabs(page, "exhibit_edit") == ["ResNet-56 A", "ResNet-56 A (2)"]
    choose(page, "shortcut", "B")
    assert tabs(page, "exhibit_edit") == ["ResNet-56 A", "ResNet-56 B"]


def test_a_net_is_added_by_its_name_or_the_mistake_is_named() -> None:
    page = opened("resnet56-A")
    page.text_input(key="exhibit_by_name").set_value("imagenet-resnet50-B").run()
    assert in_link(page, "net") == ["resnet56-A", "imagenet-resnet50-B"]
    page.text_input(key="exhibit_by_name").set_value("resnet57-B").run()
    (warning,) = page.warning
    assert warning.value == literal(
        "Nothing was added: depth 57 is not 6n+2; the nearest are 56 and 62. resnet56-B would work."
    )
    assert len(in_link(page, "net")) == 2


def test_four_nets_are_the_most() -> None:
    names = ["resnet20-A", "resnet32-A", "resnet44-A", "resnet56-A"]
    page = opened(*names)
    assert len(tabs(page, "exhibit_edit")) == 4
    assert not page.warning
    page = opened(*names, "resnet110-A")
    assert in_link(page, "net") == names
    (warning,) = page.warning
    assert warning.value == literal(
        "The link asks for 5 nets, but 4 can be compared; shown are the first 4."
    )


def test_several_nets_survive_leaving_the_page() -> None:
    page = opened("resnet56-A", "plain56", edit="2", section="compare")
    page.query_params.clear()  # as the navigation does
    page.run()
    assert in_link(page, "net") == ["resnet56-A", "plain56"]
    assert in_link(page, "edit") == ["2"]
    assert in_link(page, "section") == ["compare"]
    assert title(page) == "plain-56"


def test_side_by_side_shows_differences_in_figures_and_layers() -> None:
    page = opened("resnet20-A", "resnet56-A")
    open_section(page, "compare")
    assert in_link(page, "section") == ["compare"]
    (table,) = [each.value for each in page.markdown if each.value.startswith("|")]
    assert "853,018<br>+583,296 (× 3.16)" in table
    assert "8.75 % (test, CIFAR-10)<br>single view, He et al. 2015, Table 6" in table
    layers = page.dataframe[0].value
    assert list(layers.columns) == ["Stage", "Blocks", "Layer", "ResNet-20 A", "ResNet-56 A"]
    assert list(layers["Blocks"]) == ["4 to 9"] * 3


def test_the_same_net_twice_has_no_layers_that_differ() -> None:
    page = opened("resnet20-A", "resnet20-A-c10", section="compare")
    (warning,) = page.warning
    assert warning.value == literal("The link names ResNet-20 A twice; it is shown once.")
    assert not page.dataframe


def test_parts_are_hidden() -> None:
    page = opened("resnet20-A", hide="controls,figures,table,link,train,sections,memory")
    assert not page.selectbox
    assert not page.metric
    assert not page.dataframe
    assert not page.get("button_group")
    assert not page.warning
    assert title(page) == "ResNet-20 A"
    assert anatomy_of(page)["hide"] == "table"
    page = opened("resnet20-A", hide="layers,paper")
    assert "Picture and layers" not in tabs(page, "exhibit_section")
    assert tabs(page, "exhibit_section")[0] == "Side by side"


def test_residual_learning_stands_over_the_picture_as_equations() -> None:
    def equations_of(page: AppTest) -> list[str]:
        return [each.value for each in page.markdown if each.value.startswith("$")]

    page = opened("imagenet-resnet50-B")
    first, *_, last = equations_of(page)
    assert first.startswith(r"$\mathcal{F}(x) = \mathcal{H}(x) - x$")
    assert "the bottleneck, Fig. 5, right" in last
    assert equations_of(opened("resnet20-A", hide="equations")) == []


@pytest.mark.parametrize("section", ["layers", "paper"])
def test_1202_layers_overfit_in_the_paper(section: str) -> None:
    page = opened("resnet1202-A", section=section)
    assert any("7.93 % test error" in each.value for each in page.markdown)
    page = opened("resnet110-A", section=section)
    assert not any("overfit" in each.value for each in page.markdown)


def test_an_unknown_part_or_section_gets_a_sentence() -> None:
    page = opened("resnet20-A", hide="controls,knobs", section="weather")
    (warning,) = page.warning
    assert literal("The link hides 'knobs', which is no part of this page;") in warning.value
    assert literal("The link asks for the section 'weather'; there are") in warning.value
    assert in_link(page, "hide") == ["controls"]
    assert "section" not in page.query_params


def test_every_section_opens_for_four_nets() -> None:
    page = opened("resnet20-C", "plain20", "imagenet-resnet50-B", "resnet29-A-bottleneck-pre")
    for name in SHOW:
        open_section(page, name)
        assert in_link(page, "section") == ([name] if name != "layers" else [])


def test_the_link_to_this_exhibit_leaves_out_what_is_chosen() -> None:
    page = opened("resnet56-A", "plain56", section="compare")
    page.multiselect(key="link_hide").set_value(["controls", "table"]).run()
    page.toggle(key="link_embed").set_value(True).run()
    link, frame = (each.value for each in page.code)
    query = "?net=resnet56-A&net=plain56&section=compare&hide=controls,table&embed=true"
    assert link.endswith(query)
    assert f'{escape(query)}" title="ResNet-56 A and plain-56"' in frame
    assert page.selectbox  # nothing is hidden here


def test_the_server_does_not_import_torch() -> None:
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(PAGE)!r}, default_timeout=60).run(); "
        "assert not page.exception; assert page.metric; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
