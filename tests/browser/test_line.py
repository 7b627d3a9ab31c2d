"""Two visitors and a teacher on one machine: places in line, whose is whose, notices."""

import re

import pytest
from playwright.sync_api import expect

TOKEN = "chalk-and-board"
LINK = "/?nets=plain8,resnet8-A&iterations={iterations}&images=60&batch=10&seed={seed}"


@pytest.fixture(scope="module")
def server(serve):
    """A server of this file's own, with a teacher's token."""
    with serve(RESNET_TEACHER=TOKEN) as served:
        yield served


@pytest.fixture(autouse=True)
def patience():
    """A machine that trains answers late."""
    expect.set_options(timeout=90_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def launch(open_page):
    """Opens the Train page in a browser of its own and launches there."""

    def launch(seed, iterations=30_000, page=None):
        page = page or open_page(LINK.format(seed=seed, iterations=iterations))
        before = page.url
        page.get_by_role("button", name="Launch").click()
        expect(page).to_have_url(re.compile(r"comparison=[0-9a-f]{8}$"))
        assert page.url != before
        return page

    return launch


def to_runs(page):
    page.get_by_role("link", name="Runs").click()
    return page.locator(".st-key-line_panel")


def row(panel, seed, kind=""):
    """The row of what was launched with a seed: kind "now" where it trains, "waits" in line."""
    return panel.locator(f"[class*=st-key-line_{kind}]", has_text=re.compile(rf"seed {seed}\b"))


def stop_all(page):
    """As the teacher: ends whatever is in the panel."""
    stops = page.locator(".st-key-line_panel").get_by_role("button", name="Stop")
    while (count := stops.count()) > 0:
        stops.last.click()
        expect(stops).not_to_have_count(count)


def become_teacher(page):
    page.get_by_role("button", name="Teacher").click()
    field = page.get_by_label("The teacher's token")
    field.fill("guess")
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.get_by_text("This is not the teacher's token")).to_be_visible()
    field.fill(TOKEN)
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.get_by_role("button", name="Teacher: on")).to_be_visible()


@pytest.mark.timeout(600)
def test_visitors_queue_and_a_teacher_decides(open_page, launch):
    ann = launch(seed=1)
    ann_runs = to_runs(ann)
    expect(row(ann_runs, 1, "now")).to_contain_text("yours")

    # two others wait, each at their place
    ben = launch(seed=2)
    expect(ben.get_by_text(re.compile("^1st in line"))).to_be_visible()
    cid = launch(seed=3)
    expect(cid.get_by_text(re.compile("^2nd in line"))).to_be_visible()

    # everybody sees the line, and can stop only what is theirs
    ben_runs = to_runs(ben)
    expect(row(ben_runs, 1, "now")).to_contain_text("another visitor's")
    expect(row(ben_runs, 2, "waits")).to_contain_text(re.compile(r"1st.*yours", re.DOTALL))
    expect(row(ben_runs, 2).get_by_role("button", name="Stop")).to_be_visible()
    for seed in (1, 3):
        expect(row(ben_runs, seed).get_by_role("button")).to_have_count(0)

    # a reload does not make another visitor of Ben
    ben.reload()
    expect(row(ben_runs, 2, "waits")).to_contain_text("yours")

    # the teacher moves Cid ahead of Ben
    teacher = open_page("/runs")
    panel = teacher.locator(".st-key-line_panel")
    expect(row(panel, 1, "now")).to_be_visible()
    expect(panel.get_by_role("button")).to_have_count(0)
    become_teacher(teacher)
    row(panel, 3).get_by_role("button", name="To the front").click()
    expect(row(panel, 3, "waits")).to_contain_text("1st")
    expect(row(ben_runs, 2, "waits")).to_contain_text("2nd")
    expect(cid.get_by_text(re.compile("^1st in line"))).to_be_visible()

    # and stops Ann's, of which Ann hears, on whatever page
    ann.get_by_role("link", name="Build").click()
    expect(ann.get_by_text("269,722").first).to_be_visible()
    row(panel, 1, "now").get_by_role("button", name="Stop").click()
    told = ann.get_by_test_id("stToast")
    expect(told).to_contain_text("Your own comparison has ended")
    expect(told).to_contain_text("stopped at iteration")
    expect(told.get_by_role("link")).to_have_attribute(
        "href", re.compile(r"^/\?comparison=[0-9a-f]{8}$")
    )
    expect(row(panel, 3, "now")).to_be_visible(timeout=60_000)
    expect(row(panel, 1)).to_have_count(0)
    expect(ben.get_by_test_id("stToast")).to_have_count(0)
    stop_all(teacher)


@pytest.mark.timeout(400)
def test_one_hears_once_that_a_comparison_has_finished(launch):
    page = launch(seed=5, iterations=300)
    page.get_by_role("link", name="Build").click()
    told = page.get_by_test_id("stToast")
    expect(told).to_contain_text("Your own comparison has finished")
    told.get_by_role("button").last.click()
    expect(told).to_have_count(0)
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_text("Finished, iteration 300 of 300")).to_be_visible()
    expect(told).to_have_count(0)


def secret_of(page):
    page.wait_for_function("() => document.cookie.includes('resnet_explorer_visitor=')")
    [kept] = [each for each in page.context.cookies() if each["name"] == "resnet_explorer_visitor"]
    assert (kept["sameSite"], kept["path"]) == ("Lax", "/")
    return kept["value"]


@pytest.mark.timeout(400)
def test_a_page_becomes_the_visitor_whom_the_browser_knows(launch, browser, server):
    """The page's connection has sent no cookie, but there is one by the time the page looks: so it
    is where two pages are opened at once. Here the cookie's path keeps it from the connection."""
    page = launch(seed=7)
    cookie = f"resnet_explorer_visitor={secret_of(page)}; path=/runs"
    context = browser.new_context()
    other = context.new_page()
    other.add_init_script(f"document.cookie = '{cookie}'")
    other.goto(f"{server[0]}/runs")
    panel = other.locator(".st-key-line_panel")
    expect(row(panel, 7)).to_contain_text("yours")
    row(panel, 7).get_by_role("button", name="Stop").first.click()
    expect(row(panel, 7)).to_have_count(0)
    context.close()
