"""The Runs page in a browser: tagged, found, noted, archived, deleted, had back, held together."""

import re

import pytest
from playwright.sync_api import expect

TAG = "for the browser"
CURVES = "() => (document.querySelector('.board-curves')?.data ?? []).length"


def launched(open_page, nets, seed, **more):
    """The id of a short comparison, once it has finished."""
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    page = open_page(f"/?nets={nets}&iterations=30&images=60&batch=10&seed={seed}{extra}")
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_text("iteration 30 of 30")).to_be_visible(timeout=90_000)
    return re.search(r"comparison=([0-9a-f]{8})", page.url)[1]


def card_of(page, identity):
    return page.locator(f".st-key-card_{identity}")


def menu(page, identity, option):
    card_of(page, identity).get_by_role("button", name="More").click()
    page.get_by_text(option, exact=True).click()


def described(page, identity, title, note):
    menu(page, identity, "Edit title, tags and note")
    card = card_of(page, identity)
    card.get_by_role("textbox", name="Title").fill(title)
    card.get_by_role("textbox", name="Note").fill(note)
    tags = card.get_by_role("combobox", name="Tags")
    tags.fill(TAG)
    tags.press("Enter")
    tags.press("Escape")
    card.get_by_role("button", name="Save").click()
    expect(card.get_by_role("button", name="Open")).to_be_visible()
    expect(tags).to_have_count(0)


@pytest.mark.timeout(290)
def test_experiments_are_tidied_found_and_held_together(open_page):
    one = launched(open_page, "plain8,resnet8-A", 21)
    other = launched(open_page, "plain8", 22, learning_rate=0.01)
    page = open_page("/runs")

    # tag and note, shown as they were written
    described(page, one, "First <b>title</b>", "# a *note* of $one$ line\nand another")
    described(page, other, "Second title", "")
    expect(card_of(page, one).get_by_text("First <b>title</b>", exact=True)).to_be_visible()
    expect(card_of(page, one).get_by_text("# a *note* of $one$ line")).to_be_visible()
    expect(card_of(page, one).get_by_text(TAG, exact=True)).to_be_visible()

    # filter; the link shows the same list elsewhere, and by search
    page.get_by_role("combobox", name="Tag", exact=True).click()
    page.get_by_role("option", name=TAG).click()
    expect(page.locator("[class*=st-key-card_]")).to_have_count(2)
    page.get_by_role("textbox", name="Search").fill("second")
    page.get_by_role("textbox", name="Search").press("Enter")
    expect(page.locator("[class*=st-key-card_]")).to_have_count(1)
    page.wait_for_url(re.compile("find=second&tag=for"))
    page.goto(page.url)
    expect(card_of(page, other)).to_be_visible()
    expect(page.locator("[class*=st-key-card_]")).to_have_count(1)
    expect(page.get_by_text(re.compile(r"^1 of \d+ comparisons$"))).to_be_visible()

    # archive: nothing is left, and the page says where it is
    menu(page, other, "Archive")
    expect(page.get_by_text("among the archived there is 1")).to_be_visible()
    page.get_by_text("Archived too", exact=True).click()
    expect(card_of(page, other).get_by_text("archived", exact=True)).to_be_visible()
    menu(page, other, "Take out of the archive")
    expect(card_of(page, other).get_by_text("archived", exact=True)).to_have_count(0)

    # delete, undo; delete, bring back
    card_of(page, other).get_by_role("button", name="Delete").click()
    expect(card_of(page, other)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(card_of(page, other)).to_be_visible()
    card_of(page, other).get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_text("Recently deleted").click()
    page.get_by_role("button", name="Bring back").first.click()
    expect(card_of(page, other)).to_be_visible()

    # hold two runs of two comparisons together
    page.get_by_role("button", name="Clear", exact=True).click()
    menu(page, other, "Compare its runs")
    page.wait_for_function(f"() => ({CURVES})() >= 2")
    choice = page.get_by_role("combobox", name="Runs, up to 12")
    choice.fill("First")
    page.get_by_role("option", name=re.compile("^plain-8, seed 21")).click()
    choice.press("Escape")
    page.wait_for_url(re.compile(r"runs=\d+(,|%2C)\d+"))
    page.wait_for_function(f"() => ({CURVES})() >= 4")
    expect(
        page.get_by_text(
            "The learning rate 0.01 against 0.05, and the seed 22 against 21; all else is the same."
        )
    ).to_be_visible()
    shared = open_page("/" + page.url.split("/", 3)[3])
    expect(shared.get_by_text(re.compile("all else is the same"))).to_be_visible()
    shared.wait_for_function(f"() => ({CURVES})() >= 4")

    # and the list comes back
    page.get_by_text("List", exact=True).click()
    expect(card_of(page, one)).to_be_visible()


@pytest.mark.timeout(200)
def test_a_copy_opens_on_the_train_page_with_nets_and_recipe(open_page):
    it = launched(open_page, "plain8,resnet8-B", 23, momentum=0.8)
    page = open_page(f"/runs?find={it}")
    card_of(page, it).get_by_role("button", name="Duplicate").click()
    page.wait_for_url(re.compile(r"nets=plain8(,|%2C)resnet8-B"))
    for part in ("iterations=30", "images=60", "momentum=0.8", "seed=23"):
        assert part in page.url, page.url
    expect(page.get_by_role("button", name="Launch")).to_be_enabled()
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_text("iteration 30 of 30")).to_be_visible(timeout=90_000)
    assert it not in page.url


@pytest.mark.timeout(200)
def test_a_comparison_is_exported_and_imported_again(open_page, tmp_path):
    it = launched(open_page, "plain8", 24)
    page = open_page(f"/runs?find={it}")
    card_of(page, it).get_by_text("Best and last, note, files").click()
    with page.expect_download() as download:
        card_of(page, it).get_by_role("button", name="All as one file").click()
    file = tmp_path / download.value.suggested_filename
    assert file.name == f"{it}.resnet.json.gz"
    download.value.save_as(file)
    card_of(page, it).get_by_role("button", name="Delete").click()
    expect(card_of(page, it)).to_have_count(0)

    page.get_by_role("button", name="Import a file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Show it").click()
    card = page.locator("[class*=st-key-card_]")
    expect(card).to_have_count(1)
    expect(card.get_by_text("From a file made on")).to_be_visible()
    expect(card.get_by_role("button", name="Resume")).to_be_disabled()

    broken = tmp_path / "broken.gz"
    broken.write_bytes(b"not a comparison")
    page.get_by_role("button", name="Import a file").click()
    page.locator("input[type=file]").set_input_files(broken)
    expect(page.get_by_text("is not a comparison that the program exported")).to_be_visible()
