"""What documents say of the lessons is what the shipped recordings say, figure by figure."""

import importlib
import re
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from explorer.files import recordings
from resnet.lessons import LESSONS
from resnet.verdict.recorded import FILE_NAME, read, text_of

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))
try:
    tables = importlib.import_module("results_tables")
    quotes = importlib.import_module("results_quotes")
    claims = importlib.import_module("results_claims")
finally:
    sys.path.pop(0)

RESULTS = (ROOT / "docs" / "RESULTS.md").read_text("utf-8")
AGAIN = "make results ARGS=--write"  # what the messages of these tests ask for
BY_ERROR = [name for name in quotes.PHOTOS if name not in (*tables.BY_GRADIENT, "degradation")]


@pytest.fixture
def shipped(monkeypatch):
    monkeypatch.delenv("RESNET_RECORDED", raising=False)
    return recordings.recorded()


@pytest.fixture
def figures(shipped):
    return quotes.Figures(shipped)


def block(name, text=RESULTS):
    return text.split(f"<!-- {name} begin -->\n")[1].split(f"\n<!-- {name} end -->")[0]


def cells(name):
    """The rows of a table between markers, each as its cells."""
    lines = [line for line in block(name).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def numbers(text):
    return [float(each) for each in text.split(" · ")]


def last_errors(recording, part="train_error"):
    """By curve, in the order of the lesson: the last error of every seed, off the rows alone."""
    found = {}
    for each in sorted(recording.snapshot.histories, key=lambda each: each.run.recipe.seed):
        key = each.run.spec, replace(each.run.recipe, seed=0)
        rows = [row for row in each.rows if getattr(row, part) is not None]
        found.setdefault(key, []).append(getattr(rows[-1], part))
    return list(found.values())


def near(printed, measured):
    """Whether these are the measured ones, to the one digit that is printed."""
    assert len(printed) == len(measured)
    return all(abs(p - m) <= 0.05 + 1e-9 for p, m in zip(printed, measured, strict=True))


@pytest.mark.parametrize("name", ["degradation", "lessons"])
def test_a_table_is_what_the_recordings_make(name, shipped):
    assert block(name) == tables.blocks(shipped)[name], AGAIN


@pytest.mark.parametrize("name", ["degradation", "lessons"])
def test_a_digit_that_is_changed_is_seen(name, shipped):
    made = tables.blocks(shipped)[name]
    for place in [found.start() for found in re.finditer(r"\d", made)]:
        changed = made[:place] + str(9 - int(made[place])) + made[place + 1 :]
        page = tables.with_block(RESULTS, name, changed)
        assert block(name, page) != made
        assert tables.with_block(page, name, made) == tables.with_block(RESULTS, name, made)


def test_the_table_of_the_lesson_has_the_last_errors_of_every_seed(shipped):
    photos, drawn = shipped["degradation"], shipped[tables.GENERATED]
    rows = cells("degradation")
    assert len(rows) == len(LESSONS["degradation"].entries)
    for place, (net, train, mean, test, generated, its_mean) in enumerate(rows):
        assert net == LESSONS["degradation"].nets[place].title
        for printed, its, of, part in (
            (train, mean, photos, "train_error"),
            (test, None, photos, "test_error"),
            (generated, its_mean, drawn, "train_error"),
        ):
            errors = last_errors(of, part)[place]
            assert near(numbers(printed), errors)
            if its:
                assert near([float(its.strip("*"))], [sum(errors) / len(errors)])


@pytest.mark.parametrize("name", BY_ERROR)
def test_a_row_of_a_lesson_has_the_last_errors_of_every_seed(name, shipped):
    (row,) = (row for row in cells("lessons") if row[0].startswith(f"`{name}`:"))
    printed = [numbers(part.rsplit(": ", 1)[1]) for part in row[1].split("; ")]
    measured = last_errors(shipped[name])
    assert len(printed) == len(measured) == len(LESSONS[name].entries)
    assert all(near(*pair) for pair in zip(printed, measured, strict=True))


@pytest.mark.parametrize("name", quotes.ALL)
def test_every_lesson_was_recorded_with_three_seeds_by_a_known_commit(name, shipped):
    recording = shipped[name]
    assert recording.seeds == (0, 1, 2)
    assert tables.all_finished(recording)
    assert re.fullmatch(r"[0-9a-f]{7,40}", recording.commit)
    assert re.search(r", \d+ cores, (bf16|fp32), torch \d+\.\d+", recording.machine)
    page = block("degradation") if name == tables.GENERATED else block("lessons")
    for said in (f"`{name}`", recording.commit, recording.machine, recording.data):
        assert said in " ".join(page.split())


@pytest.mark.parametrize("name", quotes.PHOTOS)
def test_a_lesson_says_how_long_it_takes(name, shipped):
    """Machines differ, and share their cores; by half and more the words would mislead."""
    taken = median(tables.seconds_by_seed(shipped[name]).values())
    assert 2 / 3 <= LESSONS[name].seconds / taken <= 3 / 2, f"{name}: {taken:.0f} seconds"


@pytest.mark.parametrize("quote", quotes.QUOTES, ids=lambda quote: f"{quote.file}: {quote.words}")
def test_a_quoted_figure_is_the_recordings(quote, figures):
    text = (ROOT / quote.file).read_text("utf-8")
    assert quote.put_into(text, figures) == text, AGAIN


@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: f"{claim.file}: {claim.words}")
def test_a_sentence_is_borne_out_by_the_recordings(claim, figures):
    text = " ".join((ROOT / claim.file).read_text("utf-8").replace("*", "").split())
    assert claim.words in text, "benchmarks/results_claims.py and the document must say the same"
    assert claim.holds(figures), "the recordings say otherwise: rewrite the sentence"


def test_a_figure_is_put_where_the_sentence_has_it():
    quote = quotes.Quote("a page", "trained {} and {} % (all)", lambda _: ["1.5", "2e-11"])
    text = "It trained 30.0\n  and 79.2 % (all). It trained 3 times."
    assert quote.put_into(text, None) == "It trained 1.5\n  and 2e-11 % (all). It trained 3 times."


@pytest.mark.parametrize("text", ["It did not.", "trained 1 %, trained 2 %"])
def test_a_sentence_that_is_not_there_once_is_told(text):
    quote = quotes.Quote("a page", "trained {} %", lambda _: ["1.5"])
    with pytest.raises(ValueError, match=r"a page has \d times the sentence .* must say the same"):
        quote.put_into(text, None)


def test_a_page_without_markers_is_told():
    with pytest.raises(ValueError, match="needs the lines <!-- lessons begin -->"):
        tables.with_block("no markers", "lessons", "a table")


@pytest.mark.parametrize(
    ("value", "digits", "printed"),
    [(2.35, 1, "2.4"), (30.75, 1, "30.8"), (0.15, 1, "0.2"), (79.25, 0, "79"), (2.0, 2, "2.00")],
)
def test_percentages_are_rounded_as_people_round(value, digits, printed):
    assert tables.points(value, digits) == printed


@pytest.mark.parametrize(
    ("ratio", "printed"),
    [(1523.0, "1500"), (9.31, "9.3"), (0.457, "0.46"), (0.9, "0.9"), (1.7e-11, "2e-11")],
)
def test_ratios_have_two_digits(ratio, printed):
    assert tables.ratio_words(ratio) == printed


def test_the_spread_is_the_recordings(shipped):
    file = recordings.folder() / FILE_NAME
    curves = [each for name in shipped for each in tables.curves_of(name, shipped[name])]
    assert file.read_text("utf-8") == text_of(curves), AGAIN
    kept = read(file)
    for name, recording in shipped.items():
        of_it = [each for each in kept if each.recording == name]
        for number, part in enumerate(("train_error", "test_error")):
            errors = [[each.errors[seed][number] for seed in sorted(each.errors)] for each in of_it]
            assert errors == last_errors(recording, part)
        made = {(each.commit, each.machine, each.data) for each in of_it}
        assert made == {(recording.commit, recording.machine, recording.data)}
