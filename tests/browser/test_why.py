"""The Why page in a class: a lab is chosen, run, watched, stopped, reopened and shared."""

import re
import time

import pytest
from playwright.sync_api import expect

BARS = "[data-testid=stProgress]"
DONE = re.compile("done in .* s")
TWO = "fresh:plain8,fresh:resnet8-A"


def run_lab(page):
    page.get_by_role("button", name="Run the lab").click()


def bar(page, net):
    return page.locator(BARS, has_text=net)


def expect_charts(page):
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot').length > 0")


def test_the_labs_are_listed_and_one_is_opened(open_page):
    page = open_page("/why")
    labs = page.get_by_role("radiogroup", name="Labs")
    expect(labs.get_by_role("radio")).to_have_count(9)
    labs.get_by_text("Layer responses").click()
    expect(page.get_by_role("heading", name="Layer responses")).to_be_visible()
    expect(page.get_by_text("You will see:")).to_be_visible()
    expect(page.get_by_role("button", name="Run the lab")).to_be_in_viewport()
    page.wait_for_url(re.compile("lab=responses"))


@pytest.mark.timeout(200)
def test_a_lab_is_run_its_answer_kept_and_its_link_shared(open_page):
    page = open_page(f"/why?lab=responses&nets={TWO}")
    run_lab(page)
    expect(bar(page, "plain-8")).to_be_visible(timeout=2_000)  # from the first second
    expect(bar(page, "ResNet-8 A")).to_be_visible()
    for net in ("plain-8", "ResNet-8 A"):
        expect(bar(page, net)).to_contain_text(DONE, timeout=120_000)
    expect_charts(page)
    expect(page.get_by_role("button", name="Run the lab")).to_be_disabled()

    other = open_page("/" + page.url.split("/", 3)[3])  # reopened elsewhere: there at once
    expect(bar(other, "plain-8")).to_contain_text(DONE, timeout=10_000)
    expect_charts(other)


@pytest.mark.timeout(200)
def test_gradients_are_stopped_within_two_seconds_and_run_again(open_page):
    page = open_page("/why?lab=gradients&depth=110&steps=100")
    run_lab(page)
    expect(bar(page, "plain-110")).to_contain_text(re.compile("[1-9]%"), timeout=120_000)
    began = time.monotonic()
    page.get_by_role("button", name="Stop").nth(1).click()  # the one that waits
    expect(bar(page, "ResNet-110 A")).to_contain_text("stopped before it began")
    page.get_by_role("button", name="Stop").first.click()
    expect(bar(page, "plain-110")).to_contain_text(re.compile("stopped at [0-9]+ %"))
    assert time.monotonic() - began < 4  # two presses
    expect(page.get_by_role("button", name="Run the lab")).to_be_enabled()
    run_lab(page)
    expect(page.get_by_role("button", name="Stop")).to_have_count(2)
    for left in (1, 0):
        page.get_by_role("button", name="Stop").first.click()
        expect(page.get_by_role("button", name="Stop")).to_have_count(left)


@pytest.mark.timeout(280)
def test_a_run_of_ones_own_loses_its_blocks(open_page):
    page = open_page("/?nets=plain14,resnet14-A&iterations=30&images=60&batch=10&seed=7")
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_text("iteration 30 of 30")).to_be_visible(timeout=90_000)
    page.get_by_role("link", name="Runs").click()
    card = page.locator("[class*=st-key-card_]", has_text="seed 7")
    card.get_by_text("Best and last, note, files").click()
    card.get_by_role("link", name="Look into ResNet-14 A").click()
    expect(page.get_by_role("heading", name="Layer responses")).to_be_visible()
    page.wait_for_url(re.compile("nets=run"))
    number = re.search(r"nets=run(?::|%3A)([0-9]+)", page.url).group(1)
    page = open_page(f"/why?lab=lesion&nets=run:{number}")
    expect(page.get_by_text(f"run {number}: ResNet-14 A").first).to_be_visible()
    run_lab(page)
    expect(bar(page, "ResNet-14 A")).to_contain_text(DONE, timeout=120_000)
    expect_charts(page)
