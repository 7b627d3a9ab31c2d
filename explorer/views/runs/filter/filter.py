"""Which comparisons of many are shown: a filter, its link, and what to change when nothing is left.

Imports no streamlit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.store import states
from explorer.store.records import Comparison, Visitor, is_mine
from explorer.views.parts.link import (
    Parameter,
    WrongInPart,
    cut,
    flag,
    one_of,
    read_link,
    write_link,
)
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
    values, wrong = read_link(PARAMETERS, link)
    page, runs = values.pop("page", 1), values.pop("runs", None)
    return View(Filter(**values), page, runs), wrong


def link_of(view: View) -> dict[str, str]:
    """The query parameters that `view_of` turns back into this view."""
    page = view.page if view.runs is None else 1
    return write_link(PARAMETERS, {**vars(view.filter), "page": page, "runs": view.runs})


def _has(comparison: Comparison, words: Sequence[str]) -> bool:
    nets = {run.spec for run in comparison.runs}
    parts = [comparison.title, comparison.note, comparison.id, *comparison.tags]
    parts += [name for net in nets for name in (net.title, str(net))]
    text = "\n".join(parts).casefold()
    return all(word in text for word in words)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _page(text: str) -> int:
    if not _is_id(text):
        raise ValueError
    return max(1, int(text))


def _runs(text: str) -> tuple[int, ...]:
    named = [each for each in text.split(",") if each]
    chosen = list(dict.fromkeys(int(each) for each in named if _is_id(each)))
    wrong = []
    if not all(map(_is_id, named)):
        wrong.append(f"The link names the runs {cut(text)!r}; runs are numbers, as 12,15.")
    if len(chosen) > MAX_CHOSEN:
        wrong.append(
            f"The link names {len(chosen)} runs; the first {MAX_CHOSEN} are shown together."
        )
    runs = tuple(chosen[:MAX_CHOSEN])
    if wrong:
        raise WrongInPart(wrong, runs)
    return runs


PARAMETERS = (  # of the page's address, in the order in which they stand there
    Parameter("find", "text", read=lambda text: text[:MAX_TEXT]),
    Parameter(
        "state",
        read=one_of("", *states.WORDS),
        wrong="The link asks for the state {text!r}, which no run has; all states are shown.",
    ),
    Parameter("lesson"),
    Parameter("tag"),
    flag("mine"),
    flag("archived"),
    Parameter(
        "page",
        default=1,
        read=_page,
        wrong="The link asks for page {text!r}, which is not a number; it begins at 1.",
    ),
    Parameter("runs", default=None, read=_runs, write=lambda runs: ",".join(map(str, runs))),
)
