"""What a class does: choose a net, launch, watch, zoom, stop, resume, reload, share the link."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

OWN = "/?nets=plain8,resnet8-A&iterations=30000&images=60&batch=10"
COUNT = """() => {
  const traces = document.querySelector(".board-curves")?.data ?? [];
  return traces.find((trace) => trace.name === "ResNet-8 test")?.x.length ?? 0;
}"""
RANGE = "() => document.querySelector('.board-curves')._fullLayout.xaxis.range.map(Number)"


def points(page):
    """How many points the test curve of the second net has."""
    return page.evaluate(COUNT)


def wait_for_more(page, than, seconds=60):
    page.wait_for_function(f"() => ({COUNT})() > {than}", timeout=seconds * 1000)
    return points(page)


def test_a_net_is_chosen_and_its_parameters_read(open_page):
    page = open_page("/build?net=resnet56-A")
    expect(page.get_by_text("853,018").first).to_be_visible()


def test_a_broken_link_is_answered_in_a_sentence(open_page):
    page = open_page("/build?net=resnet21-A")
    expect(
        page.get_by_text("depth 21 is not 6n+2; the nearest are 20 and 26").first
    ).to_be_visible()
    page = open_page("/?comparison=nothing")
    expect(page.get_by_text("There is no comparison 'nothing' here").first).to_be_visible()


@pytest.mark.timeout(280)
def test_a_comparison_is_launched_watched_stopped_resumed_and_shared(open_page):
    page = open_page(OWN)
    page.get_by_role("button", name="Launch").click()
    seen = wait_for_more(page, 1, 90)
    seen = wait_for_more(page, seen)

    # zoom by dragging over the first chart, hide a net in the legend
    box = page.locator(".board-curves .nsewdrag").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.02 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.30 * box["width"], middle + 5, steps=8)
    page.mouse.up()
    page.wait_for_function(f"() => ({RANGE})()[1] < 15000")
    zoomed = page.evaluate(RANGE)
    page.locator(".board-chip", has_text="plain-8").click()
    hidden = """() => !document.querySelector('.board-curves').data
      .some((trace) => trace.name === 'plain-8 test')"""
    page.wait_for_function(hidden)
    for _ in range(2):  # two refreshes
        seen = wait_for_more(page, seen)
    assert page.evaluate(RANGE) == zoomed
    assert page.evaluate(hidden)

    # the same link elsewhere shows the same run; stopping it there stops it here
    address = page.url
    assert re.search(r"\?comparison=[0-9a-f]{8}$", address)
    other = open_page("/" + address.split("/", 3)[3])
    wait_for_more(other, 1)
    other.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    expect(page.get_by_text("stopped at iteration").first).to_be_visible()

    # a reload loses nothing
    page.reload()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    kept = wait_for_more(page, 1)
    assert kept >= seen

    page.get_by_role("button", name="Resume").click()
    wait_for_more(page, kept)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()


@pytest.mark.timeout(200)
def test_runs_lists_downloads_opens_and_deletes(open_page):
    page = open_page("/?nets=plain8&iterations=30&images=60&batch=10&seed=5")
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_text("iteration 30 of 30")).to_be_visible(timeout=90_000)
    page.get_by_role("link", name="Runs").click()
    card = page.locator("[class*=st-key-card_]", has_text="seed 5")
    expect(card.get_by_text("Finished, iteration 30 of 30")).to_be_visible()
    card.get_by_text("Best and last, note, files").click()
    with page.expect_download() as download:
        card.get_by_role("button", name="Rows as CSV").click()
    table = Path(download.value.path()).read_text()
    assert table.startswith("net,seed,iteration,seconds,learning_rate,loss,train_error,test_error")
    assert "plain8,5,30," in table

    card.get_by_role("button", name="Open").click()
    expect(card).to_have_count(0)
    expect(page.get_by_text("iteration 30 of 30")).to_be_visible()
    page.get_by_role("link", name="Runs").click()
    card.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(card).to_be_visible()
    card.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)


def test_the_server_that_showed_every_page_has_no_torch_in_memory(open_page, server):
    for path, words in (("/build", "269,722"), ("/", "Launch"), ("/runs", "seed")):
        expect(open_page(path).get_by_text(words).first).to_be_visible()
    maps = Path(f"/proc/{server[1].pid}/maps")
    if not maps.exists():
        pytest.skip("this system does not list a process's libraries under /proc")
    libraries = maps.read_text()
    assert "libtorch" not in libraries
    assert ".so" in libraries
