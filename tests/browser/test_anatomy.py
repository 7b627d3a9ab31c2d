"""The picture and the table of a net, linked: fold, point, click one and find the other, keys."""

import re

import pytest
from playwright.sync_api import expect

CONV = "[data-layer='stage2.block1.conv1']"


@pytest.fixture
def open_net(open_page):
    def open_net(name, **options):
        page = open_page(f"/build?net={name}", **options)
        expect(page.locator(".anatomy-rows tbody tr").first).to_be_visible()
        return page

    return open_net


def line(page, key):
    return page.locator(f".anatomy-rows tr[data-key='{key}']")


def chosen_layer(page):
    row = page.locator(".anatomy-rows tr.chosen")
    expect(row).to_have_count(1)
    return row.locator("td, th").all_inner_texts()


def in_frame(page, frame, inner):
    """Whether an element can be seen in its frame."""
    return page.evaluate(
        """([frame, inner]) => {
          const out = document.querySelector(frame).getBoundingClientRect();
          const box = document.querySelector(inner).getBoundingClientRect();
          return box.left >= out.left - 1 && box.right <= out.right + 1
            && box.top >= out.top - 1 && box.bottom <= out.bottom + 1;
        }""",
        [frame, inner],
    )


def focused(page, attribute):
    return page.evaluate(f"document.activeElement.getAttribute('{attribute}')")


def test_a_stage_unfolds_and_folds_in_the_picture(open_net):
    page = open_net("resnet110-A")
    picture = page.locator(".anatomy-picture svg")
    expect(picture.get_by_text("17 more")).to_have_count(3)
    toggle = picture.locator("[data-toggle='1']")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.click()
    toggle = picture.locator("[data-toggle='1']")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(picture.get_by_text("17 more")).to_have_count(2)
    expect(picture.get_by_text("block 18", exact=True)).to_have_count(1)
    assert page.locator(".anatomy-picture").evaluate("f => f.scrollWidth > 2 * f.clientWidth")
    toggle.click()
    expect(picture.get_by_text("17 more")).to_have_count(3)
    picture.get_by_text("17 more").nth(1).click()
    expect(picture.locator("[data-toggle='2']")).to_have_attribute("aria-expanded", "true")


def test_hovering_a_layer_tells_its_shape_parameters_and_macs(open_net):
    page = open_net("resnet20-A")
    tip = page.locator(".anatomy-tip")
    expect(tip).to_be_hidden()
    page.locator(CONV).hover()
    for words in ("16×32×32 → 32×16×16", "4,608 parameters", "1,179,648 MACs"):
        expect(tip).to_contain_text(words)
    page.locator("[data-layer='stage2.block1.shortcut.zero_pad'] text").first.hover()
    expect(tip).to_contain_text("stage2.block1.shortcut.subsample")
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_a_layer_of_the_picture_finds_its_row(open_net):
    page = open_net("resnet56-A")
    expect(line(page, "stage-2-1")).to_have_attribute("aria-expanded", "false")
    page.locator(CONV).click()
    assert chosen_layer(page)[:6] == ["2", "1", "conv1", "convolution", "3×3", "2"]
    expect(page.locator(f"{CONV}.chosen")).to_have_count(1)
    expect(line(page, "stage-2-1")).to_have_attribute("aria-expanded", "true")
    assert in_frame(page, ".anatomy-rows", ".anatomy-rows tr.chosen")


def test_a_row_finds_its_layer_in_a_folded_stage(open_net):
    page = open_net("resnet1202-A")
    line(page, "stage-3").click()
    line(page, "stage-3-150").click()
    row = page.locator(".anatomy-rows tr", has_text="conv2")
    row.click()
    layer = "[data-layer='stage3.block150.conv2']"
    expect(page.locator(f"{layer}.chosen")).to_have_count(1)
    assert in_frame(page, ".anatomy-picture", layer)
    expect(page.locator("[data-toggle='3']")).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[data-toggle='1']")).to_have_attribute("aria-expanded", "false")


def test_folded_rows_are_not_on_the_page(open_net):
    page = open_net("resnet1202-A")
    assert page.locator(".anatomy-rows tbody tr").count() < 20
    line(page, "stage-1").click()
    assert page.locator(".anatomy-rows tbody tr").count() > 200
    line(page, "stage-1").click()
    assert page.locator(".anatomy-rows tbody tr").count() < 20
    expect(page.get_by_role("button", name="Unfold all")).to_be_disabled()


def test_the_sums_are_the_headline(open_net):
    page = open_net("resnet56-A")
    total = page.locator(".anatomy-rows tfoot tr")
    expect(total).to_contain_text("853,018")
    expect(total).to_contain_text("125,485,696")
    expect(line(page, "stage-1")).to_contain_text("9 blocks")


def test_macs_become_flops_and_say_so(open_net):
    page = open_net("resnet20-A")
    head = page.locator(".anatomy-rows thead")
    total = page.locator(".anatomy-rows tfoot tr")
    expect(head).to_contain_text("of all MACs")
    expect(total).to_contain_text("40,551,040")
    page.get_by_label("FLOPs (2 × MACs)").check()
    expect(head).to_contain_text("of all FLOPs")
    expect(head).not_to_contain_text("MACs")
    expect(total).to_contain_text("81,102,080")
    page.locator(CONV).hover()
    expect(page.locator(".anatomy-tip")).to_contain_text("2,359,296 FLOPs (2 × MACs)")
    page.get_by_label("MACs, the paper’s").check()
    expect(total).to_contain_text("40,551,040")


def test_rows_without_parameters_can_be_hidden(open_net):
    page = open_net("resnet20-A")
    line(page, "stage-2-1").click()
    row = page.locator(".anatomy-rows tr", has_text="shortcut.zero_pad")
    expect(row).to_have_count(1)
    page.get_by_label("Hide rows without parameters").check()
    expect(row).to_have_count(0)
    expect(page.locator(".anatomy-rows tfoot tr")).to_contain_text("269,722")


def test_the_keys_walk_through_the_picture(open_net):
    page = open_net("resnet110-A")
    assert page.locator(".anatomy-picture [tabindex='0']").count() == 1
    page.locator(".anatomy-picture [tabindex='0']").focus()
    assert focused(page, "data-layer") == "stem.conv"
    expect(page.locator(".anatomy-tip")).to_contain_text("432 parameters")
    assert "432 parameters" in focused(page, "aria-label")
    page.keyboard.press("PageDown")
    assert focused(page, "data-layer") == "stage1.block1.conv1"
    page.keyboard.press("ArrowUp")
    assert focused(page, "data-toggle") == "1"
    page.keyboard.press("Enter")
    assert (focused(page, "data-toggle"), focused(page, "aria-expanded")) == ("1", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert chosen_layer(page)[:3] == ["1", "1", "conv1"]
    page.keyboard.press("Escape")
    expect(page.locator(".anatomy-tip")).to_be_hidden()
    assert page.locator(".anatomy-picture [tabindex='0']").count() == 1


def test_the_keys_walk_through_the_table(open_net):
    page = open_net("resnet56-A")
    assert page.locator(".anatomy-rows [tabindex='0']").count() == 1
    line(page, "stage-2").focus()
    page.keyboard.press("ArrowDown")
    assert focused(page, "data-key") == "stage-2-1"
    page.keyboard.press("ArrowRight")
    assert focused(page, "aria-expanded") == "true"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert chosen_layer(page)[:3] == ["2", "1", "conv1"]
    expect(page.locator(f"{CONV}.chosen")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert (focused(page, "data-key"), focused(page, "aria-expanded")) == ("stage-2-1", "false")


def test_a_screen_reader_is_led_to_the_table(open_net):
    page = open_net("resnet20-A")
    picture = page.locator(".anatomy-picture svg")
    assert picture.get_attribute("aria-label").startswith("ResNet-20 A: stage 1: 3 blocks")
    hint = picture.get_attribute("aria-describedby")
    assert "The table" in page.locator(f"[id='{hint}']").text_content()
    table = page.get_by_role("treegrid", name="Layers of ResNet-20 A")
    expect(table.get_by_role("columnheader", name="Parameters")).to_have_count(1)


def test_what_is_chosen_and_unfolded_survives_a_rerun(open_net):
    page = open_net("resnet56-A")
    page.locator("[data-toggle='2']").click()
    page.evaluate("window.drawn = document.querySelector('.anatomy-picture svg')")
    # each of these makes the server run the page again, which then rewrites the address
    page.locator("[data-layer='stage2.block7.conv2']").click()
    expect(page).to_have_url(re.compile(r"layer=stage2\.block7\.conv2"))
    page.get_by_label("FLOPs (2 × MACs)").check()
    expect(page).to_have_url(re.compile("unit=flops"))
    assert page.evaluate("window.drawn === document.querySelector('.anatomy-picture svg')")
    assert chosen_layer(page)[:3] == ["2", "7", "conv2"]
    expect(page.locator("[data-toggle='2']")).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_label("FLOPs (2 × MACs)")).to_be_checked()
