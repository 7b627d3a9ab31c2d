"""Text from outside is text on every page, and no page asks any host but its own.

What strangers can write: the parameters of a link, what an imported comparison says, the names of
image folders. In each a link, a picture, a bare address, an icon, a formula and HTML are planted.
"""

import json
from dataclasses import replace
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.tables import comparisons, rows, runs
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec

EVIL = "evil.example"
PLANTED = (
    f"![p](http://{EVIL}/p.png)",
    f"[x](//{EVIL})",
    f"<img src=//{EVIL}/i.png>",
    f"https://{EVIL}/bare",
    f"www.{EVIL}",
    f"me@{EVIL}",
    ":material/star:",
    ":tada:",
    "$x^2$",
)
ALL = " ".join(PLANTED)
LINKS = (
    f"/?lesson={quote(ALL)}",
    f"/?comparison={quote(ALL)}",
    f"/?replay={quote(ALL)}",
    f"/?nets={quote(ALL)}&seed={quote(ALL)}&seeds={quote(ALL)}&iterations={quote(ALL)}"
    f"&learning_rate={quote(ALL)}",
    "/build?" + "&".join(f"{name}={quote(ALL)}" for name in ("net", "section", "layer", "memory")),
    f"/why?lab={quote(ALL)}&nets={quote(ALL)}&data={quote(ALL)}",
    f"/why?lab=gradients&nets={quote(ALL)}&data={quote(ALL)}&step={quote(ALL)}",
    f"/runs?find={quote(ALL)}&tag={quote(ALL)}&state={quote(ALL)}&lesson={quote(ALL)}"
    f"&runs={quote(ALL)}",
)
# Whatever leads away or is loaded from elsewhere; an icon, a formula or an emoji made of text.
MADE_OF_IT = """() => [
  ...[...document.querySelectorAll('a[href], img[src], iframe[src]')]
    .map((node) => node.href || node.src)
    .filter((url) => !['data:', 'blob:'].includes(new URL(url).protocol)
      && new URL(url).host !== location.host && url.includes('evil')),
  ...[...document.querySelectorAll('.katex annotation')]
    .map((node) => node.textContent).filter((text) => text.includes('x^2')),
  ...[...document.querySelectorAll('main [data-testid=stIconMaterial]')]
    .map((node) => node.textContent).filter((text) => text === 'star'),
  ...(document.body.innerText.includes('\\u{1F389}') ? ['an emoji'] : []),
]"""


@pytest.fixture(scope="module")
def outside(serve, tmp_path_factory):
    """A server whose store holds what strangers wrote, and the ids of it by state."""
    home = tmp_path_factory.mktemp("outside")
    with serve(RESNET_HOME=str(home), RESNET_DATA_NAME=f"{PLANTED[0]} {PLANTED[3]}") as served:
        store = RunStore(f"sqlite:///{home / 'runs.db'}")
        planted = {state: put(store, state) for state in (states.FINISHED, states.FAILED)}
        yield served, planted


def put(store, state):
    """A comparison as a stranger's file may bring it; returns its id."""
    identity = {states.FINISHED: "aaaaaaaa", states.FAILED: "bbbbbbbb"}[state]
    recipe = replace(DEGRADATION.recipe, iterations=40)
    with store.write() as connection:
        connection.execute(
            comparisons.insert().values(
                id=identity,
                title=ALL[:200],
                created=1.7e9,
                queued=1.7e9,
                origin=ALL[:200],
                tags=json.dumps([text[:40] for text in PLANTED[:5]]),
                note=f"{ALL}\n{ALL}",
            )
        )
        for name in ("plain8", "resnet8-A"):
            run = connection.execute(
                runs.insert()
                .values(
                    comparison=identity,
                    net=NetSpec.parse(name).to_json(),
                    recipe=recipe.to_json(),
                    state=state,
                    iteration=40,
                    turn=0,
                    until=40,
                    message=ALL,
                    device=f"={ALL}",
                    data=f"={ALL}",
                )
                .returning(runs.c.id)
            ).scalar_one()
            for iteration in (20, 40):
                connection.execute(
                    rows.insert().values(
                        run=run,
                        iteration=iteration,
                        seconds=1.0,
                        learning_rate=0.1,
                        loss=1.0,
                        train_error=30.0,
                        test_error=40.0,
                    )
                )
    return identity


@pytest.fixture
def visit(open_page_of, outside):
    """Opens addresses one after another on one page; in the end no other host was asked."""
    served, _ = outside
    asked = []
    page = open_page_of(served)
    page.on("request", lambda request: asked.append(request.url))

    def visit(path):
        page.goto(served[0] + path)
        page.wait_for_selector("[data-testid=stMainBlockContainer]")
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        return page

    yield visit
    others = [url for url in asked if is_elsewhere(url, served[0])]
    assert others == []


def is_elsewhere(url, own):
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(own).netloc


def test_what_a_link_says_is_shown_as_text(visit):
    for link in LINKS:
        page = visit(link)
        expect(page.get_by_text(EVIL).first).to_be_visible()
        assert page.evaluate(MADE_OF_IT) == [], link


@pytest.mark.timeout(200)
def test_what_a_comparison_says_is_shown_as_text(visit, outside):
    _, planted = outside
    for identity in planted.values():
        page = visit(f"/?comparison={identity}")
        expect(page.locator("main").get_by_text(EVIL).first).to_be_visible()
        assert page.evaluate(MADE_OF_IT) == []
    page = visit("/runs")
    expect(page.locator("[class*=st-key-card_]")).to_have_count(2)
    for opener in page.get_by_text("Best and last, note, files").all():
        opener.click()
    expect(page.get_by_text("Rows as CSV")).to_have_count(2)
    assert page.evaluate(MADE_OF_IT) == []
    page.get_by_role("button", name="Delete").first.click()
    expect(page.get_by_text("Deleted").first).to_be_visible()
    page.get_by_text("Recently deleted").click()
    expect(page.get_by_role("button", name="Bring back")).to_be_visible()
    assert page.evaluate(MADE_OF_IT) == []
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator("[class*=st-key-card_]")).to_have_count(2)


PAGES = ("/", "/build?net=resnet56-A&net=plain56", "/build?section=memory", "/runs", "/why")


@pytest.mark.timeout(200)
def test_no_page_asks_any_host_but_its_own_or_offers_an_upload(visit, outside):
    _, planted = outside
    for path in (*PAGES, f"/?comparison={planted[states.FINISHED]}", "/?replay=degradation"):
        page = visit(path)
        for chart in page.locator(".js-plotly-plot").all():
            chart.hover(force=True)
        offers = page.locator(".modebar-btn").evaluate_all(
            "(all) => all.map((each) => each.dataset.title ?? each.getAttribute('aria-label'))"
        )
        assert [each for each in offers if "hare" in (each or "") or "loud" in (each or "")] == []
