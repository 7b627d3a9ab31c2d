"""A table of rows is read as what it was: curves, seeds, images, ends; what is none is refused."""

import csv
from dataclasses import replace

import pytest

from resnet.__main__ import main
from resnet.lessons import DEGRADATION, LESSONS
from resnet.spec import Recipe, SpecError
from resnet.spec.row import CSV_COLUMNS
from resnet.verdict import standing
from resnet.verdict.standing import State
from resnet.verdict.table import TableError, read

SHORT = replace(DEGRADATION.recipe, iterations=40)


@pytest.fixture(autouse=True)
def nothing_on_record(monkeypatch):
    monkeypatch.setattr(standing, "recorded_errors", lambda net, recipe: None)


def table(folder, runs, columns=CSV_COLUMNS):
    """Rows of runs as (net, seed, recipe, [(iteration, rate, loss, train, test, images)])."""
    file = folder / "rows.csv"
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for net, seed, recipe, rows in runs:
            for iteration, rate, loss, train, test, images in rows:
                row = (net, seed, iteration, "1.00", rate, loss, train, test, images, images)
                writer.writerow([*row, str(recipe)][: len(columns)])
    return file


def ended(net, seed, error, recipe=SHORT, images=2000):
    start = (0, "", "", 90.0, 90.0, 500)
    last = (recipe.iterations, "", 1.0, error, error, images)
    return net, seed, recipe, [start, last]


@pytest.mark.parametrize(
    "recipe", [Recipe(), *{entry.recipe for each in LESSONS.values() for entry in each.entries}]
)
def test_a_recipe_in_words_is_the_same_again(recipe):
    assert Recipe.parse(str(recipe)) == replace(recipe, seed=0)
    assert Recipe.parse(str(replace(recipe, seed=4)), 4) == replace(recipe, seed=4)


def test_the_papers_recipe_needs_no_words():
    assert str(Recipe()) == ""
    assert str(Recipe(images=500, augment=False)) == "images=500 augment=false"
    with pytest.raises(SpecError, match="'colour' is not a field of Recipe"):
        Recipe.parse("colour=red")


def test_the_command_prints_the_sentence_interval_n_and_rule(tmp_path, capsys):
    seeds = zip((20.0, 22.0, 21.0), (80.0, 78.0, 80.0), strict=True)
    runs = [
        each
        for seed, errors in enumerate(seeds)
        for each in map(ended, ("plain20", "plain56"), (seed, seed), errors)
    ]
    assert main(["verdict", str(table(tmp_path, runs))]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "plain-56 trains worse than plain-20 by 58 points (53 to 64, 3 seeds)."
    assert printed[1].startswith("  Training error on 2,000 images, mean ± standard deviation")
    assert printed[2].startswith(
        "  plain-56 less plain-20: 58.3 points, interval 52.5 to 64.1, N = 3"
    )
    assert "paired t over 3 seeds" in printed[2]


def test_a_table_of_an_older_program_has_no_images_and_no_recipe(tmp_path, capsys):
    runs = [ended("plain20", 0, 20.0), ended("plain56", 0, 80.0)]
    assert main(["verdict", str(table(tmp_path, runs, CSV_COLUMNS[:8]))]) == 0
    assert "plain-56 has 60 points more training error" in capsys.readouterr().out


def test_states_are_read_off_the_rows(tmp_path):
    early = ("plain20", 0, SHORT, [(20, "", 2.0, 60.0, 60.0, 500)])
    gone = ("plain32", 0, SHORT, [(10, "", 2.0, "", "", ""), (20, "", "nan", "", "", "")])
    lost = ("plain44", 0, SHORT, [(10, "", 2.0, "", "", ""), (20, "", "", "", "", "")])
    longer = ("plain56", 0, SHORT, [(60, "", 1.0, 5.0, 5.0, 2000)])
    found = read(table(tmp_path, [early, gone, lost, longer, ended("resnet20-A", 0, 3.0)]))
    assert [each.state for each in found] == [
        State.EARLY, State.DIVERGED, State.DIVERGED, State.FINISHED, State.FINISHED,
    ]  # fmt: skip
    assert [each.iterations for each in found] == [40, 40, 40, 60, 40]


def test_a_rate_set_by_hand_is_seen(tmp_path):
    planned = Recipe(iterations=40, schedule="constant", log_every=10, test_every=10)
    rows = [(10, 0.1, 2.0, 50.0, 50.0, 500), (40, 0.1, 1.0, 20.0, 20.0, 2000)]
    by_hand = [rows[0], (40, 0.02, 1.0, 20.0, 20.0, 2000)]
    found = read(table(tmp_path, [("plain20", 0, planned, rows), ("plain56", 0, planned, by_hand)]))
    assert [each.steered for each in found] == [False, True]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no column 'net'"),
        ("a,b\n1,2\n", "has no column 'net'"),
        (",".join(CSV_COLUMNS) + "\n", "the table has no rows yet"),
        (
            ",".join(CSV_COLUMNS) + "\nplain21,0,1,1,0.1,1,1,1,1,1,\n",
            "a row that is not ours: .*21",
        ),
        (",".join(CSV_COLUMNS) + "\nplain20,x,1,1,0.1,1,1,1,1,1,\n", "a row that is not ours"),
        (",".join(CSV_COLUMNS) + "\nplain20,0,1,1,0.1,1,1,1,1,1,a=b\n", "'a' is not a field"),
        ("\ufffd\0", "rows.csv"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path, capsys, text, sentence):
    file = tmp_path / "rows.csv"
    file.write_text(text)
    with pytest.raises(TableError, match=sentence):
        read(file)
    assert main(["verdict", str(file)]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("resnet: ")
    assert printed.out == ""


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path):
    with pytest.raises(TableError, match=r"none\.csv cannot be read: No such file"):
        read(tmp_path / "none.csv")
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(TableError, match=r"is not a CSV file|has no column"):
        read(picture)


def test_one_net_alone_is_nothing_to_compare(tmp_path, capsys):
    assert main(["verdict", str(table(tmp_path, [ended("plain20", 0, 20.0)]))]) == 0
    assert "nothing to compare yet" in capsys.readouterr().out
