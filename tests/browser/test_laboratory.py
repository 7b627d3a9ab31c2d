"""The Train page as a laboratory: predict and reveal, hold and step, change the rate, replay."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
OWN = "/?nets=plain8,resnet8-A&iterations=30000&images=60&batch=10"
MARKS = """() => document.querySelector('.board-curves').layout.annotations
  .map((each) => each.text ?? '').join(' ')"""


def iteration(page):
    """Where the nets stand, as the page says."""
    words = page.get_by_text(re.compile(r"iteration [\d,]+ of")).first.inner_text()
    return int(re.search(r"iteration ([\d,]+) of", words)[1].replace(",", ""))


def paused_at(page):
    found = page.get_by_text(re.compile(r"Paused at iterations? [\d,]+")).first
    expect(found).to_be_visible(timeout=60_000)
    return int(re.findall(r"[\d,]+\d|\d", found.inner_text())[-1].replace(",", ""))


@pytest.mark.timeout(280)
def test_a_run_is_paused_stepped_resumed_and_given_another_rate(open_page):
    page = open_page(OWN)
    page.get_by_role("button", name="Launch").click()
    page.wait_for_function("() => document.querySelector('.board-curves')?.data?.length > 0")
    expect(page.get_by_text(re.compile(r"iteration \d{2,}")).first).to_be_visible(timeout=90_000)

    page.get_by_role("button", name="Pause", exact=True).click()
    held = paused_at(page)
    page.wait_for_timeout(2500)
    assert paused_at(page) == held

    page.get_by_role("button", name="+10", exact=True).click()
    expect(page.get_by_text(f"Paused at iteration {held + 10:,}.")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="+1", exact=True).click()
    expect(page.get_by_text(f"Paused at iteration {held + 11:,}.")).to_be_visible(timeout=60_000)

    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Paused at")).to_have_count(0)

    page.get_by_role("button", name="More").click()
    box = page.get_by_role("spinbutton", name="New learning rate")
    box.fill("0.003")
    box.press("Enter")
    page.get_by_role("button", name="Change", exact=True).click()
    page.wait_for_function(f"() => ({MARKS})().includes('0.003')", timeout=60_000)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible(timeout=60_000)
    assert page.evaluate(MARKS).count("0.003") >= 1


@pytest.mark.timeout(200)
def test_a_finished_run_is_extended(open_page):
    page = open_page("/?nets=plain8&iterations=40&images=60&batch=10&seed=3")
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_text("iteration 40 of 40")).to_be_visible(timeout=90_000)
    expect(page.get_by_role("button", name="Pause", exact=True)).to_have_count(0, timeout=60_000)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Extend", exact=True).click()
    expect(page.get_by_text("iteration 60 of 60")).to_be_visible(timeout=90_000)


@pytest.mark.timeout(200)
def test_seeds_follow_each_other_and_are_counted(open_page):
    page = open_page("/?nets=plain8&iterations=40&images=60&batch=10&seed=7&seeds=2")
    page.get_by_role("button", name="Launch").click()
    expect(page.locator(".board-chip", has_text="N = 2")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("seeds 7, 8")).to_be_visible()


@pytest.fixture
def short_lesson(serve, tmp_path):
    """A server whose gradients lesson ends after 20 of its 200 iterations, all else as it is."""
    (tmp_path / "sitecustomize.py").write_text(
        "from dataclasses import replace\n"
        "from resnet.lessons import LESSONS, Entry\n"
        "whole = LESSONS['gradients']\n"
        "short = replace(whole.recipe, iterations=20)\n"
        "entries = tuple(Entry(net, short) for net in whole.nets)\n"
        "LESSONS['gradients'] = replace(whole, entries=entries)\n"
    )
    with serve(PYTHONPATH=os.pathsep.join((str(tmp_path), str(ROOT)))) as served:
        yield served


@pytest.mark.timeout(200)
def test_a_lesson_from_its_question_to_its_verdict(short_lesson, open_page_of):
    page = open_page_of(short_lesson, "/?lesson=gradients")
    page.get_by_role("combobox", name="Images").click()
    page.get_by_role("option", name="generated images").click()
    page.wait_for_timeout(1500)  # the page runs again
    first = page.locator("[data-testid=stRadioOption]").first
    choice = first.inner_text()
    first.click()
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_text(f"You predicted: {choice}.")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("iteration 20 of 20").first).to_be_visible(timeout=90_000)
    expect(page.get_by_text(re.compile("runs show"))).to_be_visible(timeout=90_000)


@pytest.mark.timeout(120)
def test_a_link_that_asks_first_shows_the_curves_after_the_answer(open_page):
    page = open_page("/?lesson=gradients&seed=11")
    page.get_by_role("combobox", name="Images").click()
    page.get_by_role("option", name="generated images").click()
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url(re.compile("comparison="))
    other = open_page("/" + page.url.split("/", 3)[3] + "&predict=1&hide=launch")
    expect(other.get_by_role("button", name="Show the curves")).to_be_disabled()
    expect(other.locator(".board")).to_have_count(0)
    expect(other.get_by_role("button", name="Launch")).to_have_count(0)
    other.locator("[data-testid=stRadioOption]").nth(1).click()
    other.get_by_role("button", name="Show the curves").click()
    expect(other.get_by_text("You predicted:")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible(timeout=60_000)


def test_a_recorded_lesson_is_replayed_to_its_end(open_page):
    page = open_page("/?lesson=degradation")
    page.get_by_role("button", name="Replay a recorded run").click()
    expect(page.get_by_text(re.compile(r"CIFAR-10 \(JPEG\)")).first).to_be_visible()
    page.get_by_role("button", name="100×").click()
    page.get_by_role("button", name="Play", exact=True).click()
    longest = """() => Math.max(0, ...document.querySelector('.board-curves').data
      .filter((trace) => trace.name?.endsWith('train')).map((trace) => Math.max(...trace.x)))"""
    page.wait_for_function(f"() => ({longest})() === 400", timeout=30_000)
    page.get_by_text("The outcome").click()
    expect(page.get_by_text(re.compile("plain-56 trains worse than plain-20"))).to_be_visible()
