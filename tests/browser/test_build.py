"""The Build page in a browser: build, compare, share a link, leave parts out, embed."""

import re

from playwright.sync_api import expect

TWO = "/build?net=resnet56-A&net=plain56"
TOP = """() => {
  const metric = document.querySelector("[data-testid=stMetric]");
  return metric ? metric.getBoundingClientRect().top : Infinity;
}"""


def section(page, title):
    return page.locator(".st-key-exhibit_section").get_by_role("radio", name=title)


def tab(page, title):
    return page.locator(".st-key-exhibit_edit").get_by_role("radio", name=title)


def test_build_compare_and_follow_the_link(open_page):
    page = open_page("/build")
    depth = page.get_by_role("combobox", name="Depth")
    depth.fill("56")
    depth.press("Enter")
    expect(page.get_by_text("853,018").first).to_be_visible()
    page.get_by_role("button", name="Add a net to compare").click()
    page.get_by_role("button", name="plain-56: without shortcuts").click()
    expect(tab(page, "plain-56")).to_be_checked()
    expect(page).to_have_url(re.compile(r"\?net=resnet56-A&net=plain56&edit=2$"))

    section(page, "Side by side").click()
    expect(page.get_by_text("+1.08 MB (× 1.25)").first).to_be_visible()
    expect(page.locator(".live-chart .barlayer").first).to_be_attached()
    expect(page.locator(".live-chart .scatterlayer").first).to_be_attached()
    expect(page).to_have_url(re.compile("section=compare"))

    other = open_page("/" + page.url.split("/", 3)[3])
    expect(tab(other, "plain-56")).to_be_checked()
    expect(section(other, "Side by side")).to_be_checked()
    tab(other, "ResNet-56 A").click()
    expect(other.get_by_text("−1.08 MB (× 0.80)").first).to_be_visible()
    other.get_by_role("button", name="Remove").click()
    expect(other.get_by_role("heading", name="plain-56")).to_be_visible()
    expect(other).to_have_url(re.compile(r"\?net=plain56&section=compare$"))


def test_nets_survive_a_visit_to_another_page(open_page):
    page = open_page(TWO + "&edit=2")
    expect(tab(page, "plain-56")).to_be_checked()
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="plain-56")).to_have_count(0)
    page.get_by_role("link", name="Build").click()
    expect(tab(page, "plain-56")).to_be_checked()
    expect(page).to_have_url(re.compile(r"net=resnet56-A&net=plain56&edit=2$"))


def test_a_broken_link_says_what_was_wrong(open_page):
    page = open_page("/build?net=resnet56-A&net=resnet21-A&section=weather")
    expect(page.get_by_text("depth 21 is not 6n+2; the nearest are 20 and 26")).to_be_visible()
    expect(page.get_by_text("The link asks for the section 'weather'")).to_be_visible()
    expect(tab(page, "ResNet-20 A")).to_be_visible()


def test_parts_are_hidden_and_the_link_says_so(open_page):
    page = open_page(TWO + "&hide=controls,train,sections&section=compare")
    expect(page.get_by_text("the same").first).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_count(0)
    expect(section(page, "Side by side")).to_have_count(0)
    page.get_by_role("button", name="Link to this exhibit").click()
    words = "net=resnet56-A&net=plain56&section=compare&hide=controls,train,sections"
    expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text("<iframe src=").first).to_be_visible()


def test_embedded_it_has_no_navigation_and_no_space_around(open_page):
    page = open_page(TWO + "&hide=controls,title,train,link&section=compare&embed=true")
    expect(page.get_by_text("853,018").first).to_be_visible()
    expect(page.get_by_role("link", name="Train")).to_have_count(0)
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    page.wait_for_function(f"() => ({TOP})() < 40")
    page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
    section(page, "Picture and layers").click()  # the flag outlives a change
    expect(page).to_have_url(re.compile("embed=true"))
    expect(page.get_by_test_id("stHeader")).to_be_hidden()


def test_the_unit_and_the_memory_settings_are_part_of_the_link(open_page):
    page = open_page("/build?net=resnet20-A")
    page.get_by_label("FLOPs (2 × MACs)").check()
    expect(page).to_have_url(re.compile("unit=flops"))
    section(page, "Memory and time").click()
    batch = page.get_by_label("Mini-batch, images")
    batch.fill("256")
    batch.press("Enter")
    expect(page).to_have_url(re.compile("memory=256%2Cfp32%2C1|memory=256,fp32,1"))
    other = open_page("/build" + page.url.split("/build", 1)[1])
    expect(other.get_by_label("Mini-batch, images")).to_have_value("256")
    section(other, "Picture and layers").click()
    expect(other.locator(".anatomy-rows tfoot tr")).to_contain_text("81,102,080")
    other = open_page("/build?net=resnet20-A&section=memory&memory=0,fp32,1")
    expect(other.get_by_text("mini-batch 0 is out of range").first).to_be_visible()


def test_the_chosen_layer_is_part_of_the_link(open_page):
    page = open_page("/build?net=resnet56-A")
    page.locator('[data-layer="stage2.block1.conv1"]').first.click()
    expect(page).to_have_url(re.compile(r"layer=stage2\.block1\.conv1"))
    other = open_page("/build" + page.url.split("/build", 1)[1])
    expect(other.locator(".anatomy-chosen")).to_contain_text("stage2.block1.conv1")
    expect(other.locator('.anatomy-rows tr[aria-selected="true"]')).to_have_count(1)
    other = open_page("/build?net=resnet20-A&layer=stage9.block1.conv1")
    expect(other.get_by_text("which ResNet-20 A does not have").first).to_be_visible()
