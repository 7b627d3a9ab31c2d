"""Which comparisons of many are shown: a filter, its link, and what to change when nothing is left.

Imports no streamlit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.store import states
from explorer.store.records import Comparison, Visitor, is_mine
from resnet.lessons import LESSONS

OWN = "own"  # the "lesson" of comparisons that are no lesson's
MAX_CHOSEN = 12  # runs that are looked at together
MAX_TEXT = 100


@dataclass(frozen=True)
class Filter:
    """What a comparison must have to be shown; "" and False ask for nothing.

    text      words, each of them in the title, the nets, the tags, the note or the id
    state     of one of its runs
    mine      launched by the visitor who looks
    archived  show what is archived as well
    """

    text: str = ""
    state: str = ""
    lesson: str = ""
    tag: str = ""
    mine: bool = False
    archived: bool = False


@dataclass(frozen=True)
class View:
    """What the Runs page shows.

    page  of the list, counted from 1
    runs  ids of the runs that are looked at together; None where the list is shown
    """

    filter: Filter = field(default_factory=Filter)
    page: int = 1
    runs: tuple[int, ...] | None = None


def filtered(
    comparisons: Iterable[Comparison], wanted: Filter, by: Visitor | None
) -> list[Comparison]:
    """Those that the filter keeps, in the same order; `by` is who looks."""
    words = wanted.text.casefold().split()
    return [
        each
        for each in comparisons
        if (wanted.archived or not each.archived)
        and (not wanted.mine or is_mine(each, by))
        and (not wanted.tag or wanted.tag in each.tags)
        and (not wanted.lesson or wanted.lesson == (each.lesson or OWN))
        and (not wanted.state or any(run.state == wanted.state for run in each.runs))
        and (not words or _has(each, words))
    ]


def tags_of(comparisons: Iterable[Comparison]) -> list[str]:
    """Every tag in use, in the order of the alphabet."""
    return sorted({tag for each in comparisons for tag in each.tags}, key=str.casefold)


def lessons_of(comparisons: Iterable[Comparison]) -> dict[str, str]:
    """The lessons that occur, with their titles; own comparisons last."""
    names = dict.fromkeys(each.lesson or OWN for each in comparisons)
    titles = {name: LESSONS[name].title if name in LESSONS else name for name in names}
    titles.pop(OWN, None)
    return titles | ({OWN: "own comparisons"} if OWN in names else {})


def advice(comparisons: Sequence[Comparison], wanted: Filter, by: Visitor | None) -> str:
    """What to change where the filter leaves nothing: how many each relaxed part would show."""
    parts = {
        "text": f"the words {wanted.text!r}",
        "state": f"the state {wanted.state!r}",
        "lesson": "the lesson",
        "tag": f"the tag {wanted.tag!r}",
        "mine": "“mine only”",
    }
    blank = Filter()
    without = {}
    for name, words in parts.items():
        if getattr(wanted, name) != getattr(blank, name):
            relaxed = replace(wanted, **{name: getattr(blank, name)})
            without[words] = len(filtered(comparisons, relaxed, by))
    archived = len(filtered(comparisons, replace(wanted, archived=True), by))
    offers = [
        f"without {words} there {'is' if count == 1 else 'are'} {count}"
        for words, count in without.items()
        if count
    ]
    if not wanted.archived and archived:
        offers.append(f"among the archived there {'is' if archived == 1 else 'are'} {archived}")
    if not offers:
        return "No comparison matches; show all of them again with “Clear”."
    return f"No comparison matches; {', '.join(offers)}."


def view_of(link: Mapping[str, str]) -> tuple[View, list[str]]:
    """The view that a link asks for, and a sentence for each thing in it that is wrong."""
    wrong = []
    state = link.get("state", "")
    if state and state not in states.WORDS:
        wrong.append(
            f"The link asks for the state {state!r}, which no run has; all states are shown."
        )
        state = ""
    wanted = Filter(
        text=link.get("find", "")[:MAX_TEXT],
        state=state,
        lesson=link.get("lesson", ""),
        tag=link.get("tag", ""),
        mine=link.get("mine") == "1",
        archived=link.get("archived") == "1",
    )
    page = link.get("page", "1")
    if not _is_id(page):
        wrong.append(f"The link asks for page {page!r}, which is not a number; it begins at 1.")
        page = "1"
    chosen = [text for text in link["runs"].split(",") if text] if "runs" in link else None
    if chosen is not None:
        if not all(map(_is_id, chosen)):
            wrong.append(
                f"The link names the runs {link['runs'][:60]!r}; runs are numbers, as 12,15."
            )
        chosen = list(dict.fromkeys(text for text in chosen if _is_id(text)))
        if len(chosen) > MAX_CHOSEN:
            wrong.append(
                f"The link names {len(chosen)} runs; the first {MAX_CHOSEN} are shown together."
            )
    runs = None if chosen is None else tuple(int(text) for text in chosen[:MAX_CHOSEN])
    return View(wanted, max(1, int(page)), runs), wrong


def link_of(view: View) -> dict[str, str]:
    """The query parameters that `view_of` turns back into this view."""
    wanted = view.filter
    link = {
        "find": wanted.text,
        "state": wanted.state,
        "lesson": wanted.lesson,
        "tag": wanted.tag,
        "mine": "1" if wanted.mine else "",
        "archived": "1" if wanted.archived else "",
        "page": str(view.page) if view.page > 1 and view.runs is None else "",
    }
    link = {name: value for name, value in link.items() if value}
    if view.runs is not None:
        link["runs"] = ",".join(map(str, view.runs))
    return link


def _has(comparison: Comparison, words: Sequence[str]) -> bool:
    nets = {run.spec for run in comparison.runs}
    parts = [comparison.title, comparison.note, comparison.id, *comparison.tags]
    parts += [name for net in nets for name in (net.title, str(net))]
    text = "\n".join(parts).casefold()
    return all(word in text for word in words)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
