"""A comparison as one file: there and back again, and what strangers' files are told."""

import base64
import gzip
import json
import math
import random
from array import array
from dataclasses import replace
from itertools import pairwise

import pytest

from explorer.files import format as file_format
from explorer.files.arrays import decode, encode
from explorer.files.fields import ComparisonFileError
from explorer.files.format import MAX_FILE, MAX_NUMBERS, MAX_TEXT, RECORDED_NORMS, pack, unpack
from explorer.files.importing import import_comparison
from explorer.lane import in_process
from explorer.store import room, states
from explorer.store.comparisons import Refused
from explorer.store.curation import Curation
from explorer.store.records import EXTENDED, PAUSED, RATE
from explorer.store.requests import ControlRequests
from explorer.store.snapshots import Feed
from resnet.plan import plan
from resnet.spec.row import Row
from tests.explorer.store.held import held


@pytest.fixture
def trained(store, training, submit, image_folder):
    """A small comparison of two seeds, trained to its end, with a tag, a note and events."""
    nets = store.comparison(submit()).runs
    identity = store.submit(
        "two seeds",
        [
            (run.spec, replace(run.recipe, seed=seed, responses=True))
            for seed in (0, 1)
            for run in nets
        ],
        "degradation",
    )
    for _ in range(3):
        in_process.run_next(store)
    first = store.comparison(identity).runs[0]
    with held(store, first.id) as lane:
        training.mark(first.id, lane, 20, RATE, 0.01)
        training.mark(first.id, lane, 20, PAUSED)
        training.mark(first.id, lane, 40, EXTENDED, 60)
    title = store.comparison(identity).title
    Curation(store).describe(identity, title, ["class 7b", "first try"], "What is „this“?\nA note.")
    return identity


@pytest.fixture
def long(store, training, submit):
    """A comparison of two nets with 300 rows of norms each, not trained: the numbers are drawn."""
    claimed = training.claim("lane") if submit(iterations=3000) else None
    rng = random.Random(0)
    for run in claimed.runs:
        layers = len(plan(run.spec, 16).weighted)
        rows = [
            Row(
                iteration=10 * place,
                seconds=rng.uniform(0, 100),
                learning_rate=rng.uniform(0, 0.1),
                loss=rng.uniform(0, 3),
                batch_error=rng.uniform(0, 100),
                train_error=100 * rng.randrange(2000) / 2000,
                test_error=100 * rng.randrange(2000) / 2000,
                gradients=tuple(10 ** rng.uniform(-12, 3) for _ in range(layers)),
                weights=tuple(10 ** rng.uniform(-1, 2) for _ in range(layers)),
            )
            for place in range(1, 301)
        ]
        training.append("lane", [(run.id, row) for row in rows])
        training.settle(run.id, "lane", states.FINISHED)
    return claimed.id


def snapshot_of(store, identity):
    return Feed(store, identity).snapshot(fresh=True)


def without_ids(snapshot):
    """All that a snapshot says, but for ids, times of launch and the origin."""
    comparison = snapshot.comparison
    places = {each.run.id: place for place, each in enumerate(snapshot.histories)}
    runs = [
        replace(each.run, id=0, comparison="", active_since=None, active_from=0)
        for each in snapshot.histories
    ]
    rows = [[replace(row, id=0, run=0) for row in each.rows] for each in snapshot.histories]
    events = [replace(event, run=places[event.run]) for event in snapshot.events]
    about = (comparison.title, comparison.lesson, comparison.created)
    return about, comparison.tags, comparison.note, runs, rows, events


def changed(packed, change):
    """The file with its content changed by a function."""
    content = json.loads(gzip.decompress(packed))
    change(content)
    return gzip.compress(json.dumps(content).encode())


def test_a_file_holds_the_comparison_bit_for_bit(store, trained):
    snapshot = snapshot_of(store, trained)
    contents = unpack(pack(snapshot))
    assert without_ids(contents.snapshot) == without_ids(snapshot)
    assert len(contents.snapshot.histories) == 4
    assert len(contents.snapshot.events) == 3
    assert all(each.rows[-1].gradients for each in contents.snapshot.histories)
    assert all(each.rows[-1].responses for each in contents.snapshot.histories)
    assert contents.data == "tiny images"
    assert contents.machine == snapshot.histories[0].run.device
    assert contents.comparison.origin.startswith(f"a file made on {contents.machine}, ")


def test_a_file_without_responses_names_none(store, trained, long):
    asked, unasked = (
        json.loads(gzip.decompress(pack(snapshot_of(store, each)))) for each in (trained, long)
    )
    assert (asked["version"], unasked["version"]) == (3, 3)
    assert all("responses" in run["recipe"] and run["rows"]["responses"] for run in asked["runs"])
    assert not any("responses" in {**run["recipe"], **run["rows"]} for run in unasked["runs"])


def test_the_same_comparison_gives_the_same_bytes(store, trained):
    assert pack(snapshot_of(store, trained)) == pack(snapshot_of(store, trained))


def test_imported_it_is_a_comparison_of_its_own_that_cannot_be_resumed(store, trained):
    before = snapshot_of(store, trained)
    first = import_comparison(store, unpack(pack(before)), owner="somebody")
    again = import_comparison(store, unpack(pack(snapshot_of(store, first))))
    assert len({trained, first, again}) == 3
    for identity in (first, again):
        assert without_ids(snapshot_of(store, identity)) == without_ids(before)
        found = store.comparison(identity)
        assert found.origin == unpack(pack(before)).comparison.origin
        assert not found.active
        assert not found.resumable
        with pytest.raises(Refused, match="came in a file, without the nets' weights"):
            ControlRequests(store).resume(identity)
    assert store.comparison(first).owner == "somebody"
    assert not in_process.run_next(store)


def test_what_was_training_when_it_was_exported_has_stopped(store, training, submit):
    identity = submit()
    training.claim("lane")
    for snapshot in (snapshot_of(store, identity), unpack(pack(snapshot_of(store, identity)))):
        kinds = {run.state for run in snapshot.comparison.runs}
    assert kinds == {states.STOPPED}
    arrived = import_comparison(store, unpack(pack(snapshot_of(store, identity))))
    assert not store.comparison(arrived).resumable
    assert store.comparison(identity).active


def test_a_full_disk_takes_no_file(store, submit, monkeypatch):
    contents = unpack(pack(snapshot_of(store, submit())))
    before = len(store.comparisons())
    monkeypatch.setattr(room, "free_disk", lambda: 7 * 2**20)
    with pytest.raises(Refused, match="the disk has 7 MB left and 500 MB must stay free"):
        import_comparison(store, contents)
    assert len(store.comparisons()) == before


def test_a_recording_is_small_and_its_errors_are_exact(store, long):
    snapshot = snapshot_of(store, long)
    full, packed = pack(snapshot), pack(snapshot, recording=True)
    assert len(packed) < len(full) / 3
    contents = unpack(packed)
    for before, after in zip(snapshot.histories, contents.snapshot.histories, strict=True):
        for field in ("iteration", "train_error", "test_error"):
            assert [getattr(row, field) for row in before.rows] == [
                getattr(row, field) for row in after.rows
            ]
        for field in ("loss", "seconds", "learning_rate", "batch_error"):
            assert [getattr(row, field) for row in after.rows] == pytest.approx(
                [getattr(row, field) for row in before.rows], rel=1e-5
            )
        kept = [place for place, row in enumerate(after.rows) if row.gradients]
        assert len(kept) == RECORDED_NORMS
        assert (kept[0], kept[-1]) == (0, len(after.rows) - 1)
        assert max(b - a for a, b in pairwise(kept)) <= 4
        for place in kept:
            for field in ("gradients", "weights"):
                exact = getattr(before.rows[place], field)
                assert list(getattr(after.rows[place], field)) == pytest.approx(
                    list(exact), rel=2**-8
                )


def test_a_comparison_with_too_many_norms_keeps_those_of_fewer_rows(store, long, monkeypatch):
    monkeypatch.setattr(file_format, "MAX_NORMS", 2000)
    snapshot = snapshot_of(store, long)
    contents = unpack(pack(snapshot))
    layers = sum(len(each.rows[0].gradients) for each in snapshot.histories)
    for each in contents.snapshot.histories:
        kept = [row for row in each.rows if row.gradients]
        assert len(kept) == 2000 // (2 * layers)
        assert each.rows[-1].gradients


def test_a_comparison_with_too_many_rows_is_not_packed(store, long, monkeypatch):
    monkeypatch.setattr(file_format, "MAX_ROWS", 599)
    with pytest.raises(
        ComparisonFileError, match="'small' has 600 rows and a file holds 599; take"
    ):
        pack(snapshot_of(store, long))


def test_a_row_that_diverged_keeps_its_place(store, training, submit):
    submit()
    claimed = training.claim("lane")
    run = claimed.runs[0]
    layers = len(plan(run.spec, 16).weighted)
    bad = Row(10, 1.0, 0.1, math.nan, 90.0, None, None, (math.inf,) + (math.nan,) * (layers - 1))
    training.append("lane", [(run.id, bad)])
    (row,) = unpack(pack(snapshot_of(store, claimed.id))).snapshot.histories[0].rows
    assert row.loss is None
    assert all(math.isnan(value) for value in row.gradients)
    assert len(row.gradients) == layers


def test_short_norms_have_the_range_of_float32():
    values = array("f", [0.0, 1e-38, 6e-8, 1.0, 3.4e38])
    (back,) = decode(encode([values], 5, 1, short=True), 1, 5)
    assert list(back) == pytest.approx(list(values), rel=2**-8)
    assert all(math.isfinite(value) for value in back)


def test_norms_of_another_net_are_not_packed():
    with pytest.raises(ValueError, match="norms of another number of layers than 3"):
        encode([array("f", [1.0, 2.0])], 3, 10, short=False)


@pytest.fixture
def packed(store, long):
    return pack(snapshot_of(store, long))


def first_run(field, value):
    return lambda content: content["runs"][0].__setitem__(field, value)


def rows_of(field, change):
    def apply(content):
        rows = content["runs"][1]["rows"]
        rows[field] = change(rows[field])

    return apply


def about(field, value):
    return lambda content: content["comparison"].__setitem__(field, value)


def top(field, value):
    return lambda content: content.__setitem__(field, value)


def event(**fields):
    given = {"iteration": 10, "kind": RATE, "value": 0.1, "at": 1e9, **fields}
    return first_run("events", [given])


def base64_of(*numbers):
    return base64.b64encode(array("f", numbers).tobytes()).decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (top("format", "another"), "not a comparison that the program exported"),
        (top("version", 5), "version 5 of its format and this program reads 4; bring the program"),
        (top("version", True), "says version True of its format"),
        (top("surprise", 1), "the file has a field 'surprise'; it can have"),
        (top("runs", []), "the file holds no run"),
        (top("runs", {}), "runs of the file must be a list, not an object"),
        (top("runs", [{}] * 31), "runs of the file holds 31 items; 30 fit"),
        (top("made", None), "made must be a JSON object, not null"),
        (top("made", {"command": "x" * 2001}), "command of made has 2,001 letters; 2,000 fit"),
        (lambda content: content["runs"].extend(content["runs"] * 3), "8 runs of 1 seeds"),
        (about("title", 7), "title of comparison must be text, not a number"),
        (about("title", "x" * 201), "title of comparison has 201 letters; 200 fit"),
        (about("tags", ["x"] * 13), "tags of comparison holds 13 items; 12 fit"),
        (about("tags", [["x"]]), "tags of comparison must be texts"),
        (about("created", 1e300), "created of comparison 1e\\+300 is out of range"),
        (about("owner", "me"), "comparison has a field 'owner'"),
        (first_run("net", "resnet20-A"), "net or recipe of run 1 cannot be: a JSON object"),
        (first_run("net", {"depth": 21}), "depth 21 is not 6n\\+2"),
        (first_run("net", {"path": "/etc"}), "'path' is not a field of NetSpec"),
        (first_run("recipe", {"iterations": 10**9}), "iterations 1,000,000,000 is out of range"),
        (first_run("recipe", {"data": ["x"]}), "data \\['x'\\] is not known"),
        (first_run("state", "excellent"), "state 'excellent' of run 1 is not known"),
        (first_run("iteration", 10**400), "iteration of run 1 10,000,000"),
        (first_run("iteration", -1), "iteration of run 1 -1 is out of range"),
        (first_run("seconds", True), "seconds of run 1 must be a number, not True"),
        (first_run("turn", 1.5), "turn of run 1 must be a whole number, not 1.5"),
        (first_run("want", "stopped"), "run 1 has a field 'want'"),
        (first_run("rows", None), "rows of run 1 must be a JSON object, not null"),
        (rows_of("loss", lambda column: column[1:]), "loss of rows of run 2 holds 299 numbers for"),
        (rows_of("loss", lambda column: [10**400, *column[1:]]), "loss of rows of run 2 10,000,"),
        (rows_of("loss", lambda column: ["1", *column[1:]]), "run 2 must be a number, not '1'"),
        (rows_of("loss", lambda column: [False, *column[1:]]), "must be a number, not False"),
        (rows_of("test_error", lambda column: [101, *column[1:]]), "101 is out of range; it can"),
        (rows_of("seconds", lambda column: [None, *column[1:]]), "a number in every row"),
        (rows_of("iteration", lambda column: [20, *column[1:]]), "each larger than the last"),
        (rows_of("iteration", lambda column: ["1", *column[1:]]), "must be whole numbers from 0"),
        (rows_of("gradients", lambda norms: norms["float32"]), "gradients of run 2 must hold rows"),
        (
            rows_of("gradients", lambda norms: {**norms, "rows": [300]}),
            "that are not among the 300",
        ),
        (rows_of("weights", lambda norms: {**norms, "rows": [1, 1]}), "the weights of run 2 name"),
        (rows_of("weights", lambda norms: {**norms, "float32": "???"}), "are not base64"),
        (rows_of("weights", lambda norms: {**norms, "float32": "AAAA"}), "have 3 bytes, where 300"),
        (
            rows_of("weights", lambda _: {"rows": [0], "float32": base64_of(*[-1.0] * 8)}),
            "not the length of anything",
        ),
        (
            rows_of("weights", lambda _: {"rows": [0], "float32": base64_of(*[math.inf] * 8)}),
            "not the length of anything",
        ),
        (event(kind="exploded"), "of the kind 'exploded', which is not known"),
        (event(value=None), "value of an event of run 1 must be a number, not None"),
        (event(iteration="ten"), "iteration of an event of run 1 must be a whole number"),
        (first_run("events", [[]] * 1001), "events of run 1 holds 1,001 items; 1,000 fit"),
    ],
)
def test_a_strangers_file_is_refused_in_one_sentence(packed, change, sentence):
    with pytest.raises(ComparisonFileError, match=sentence) as refused:
        unpack(changed(packed, change))
    assert len(str(refused.value)) <= 300
    assert "\n" not in str(refused.value)


def zipped(text):
    return gzip.compress(text.encode())


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "not the JSON of a comparison"),
        (b"net,seed\n", "is not a comparison that the program exported, or it broke off"),
        (zipped(""), "not the JSON of a comparison"),
        (zipped("[]"), "is JSON, but not a comparison"),
        (zipped('{"format": NaN}'), "NaN is not a number that a file may hold"),
        (zipped('{"format": 1' + "0" * 5000 + "}"), "not the JSON of a comparison"),
        (zipped('{"a": ' * 3000 + "1" + "}" * 3000), "not the JSON of a comparison|but not a comp"),
        (zipped("[" * 60_000 + "]" * 60_000), "more lists or numbers than a comparison can"),
        (
            zipped("[" + "0," * (MAX_NUMBERS + 1) + "0]"),
            "more lists or numbers than a comparison can",
        ),
        (b"\x1f\x8b" + b"\0" * 40, "broke off on its way"),
        (gzip.compress(b" " * (MAX_TEXT + 1), 9), "unpacks to more than 64 MB"),
    ],
    ids=lambda value: "file" if isinstance(value, bytes) else "",
)
def test_what_is_no_comparison_is_refused_in_one_sentence(file, sentence):
    with pytest.raises(ComparisonFileError, match=sentence):
        unpack(file)


def test_a_file_that_is_too_large_is_not_even_unpacked():
    with pytest.raises(
        ComparisonFileError, match=r"the file has 20\.0 MB; a comparison has 20 at most"
    ):
        unpack(b"\x1f\x8b" + b"x" * MAX_FILE)


def test_a_bomb_is_unpacked_no_further_than_the_bound(monkeypatch):
    """A gigabyte in a megabyte: what is read of it stays within the bound."""
    import tracemalloc

    bomb = gzip.compress(b"\0" * 2**25, 9) * 32  # members one after the other
    monkeypatch.setattr(file_format, "MAX_TEXT", 2**20)
    tracemalloc.start()
    with pytest.raises(ComparisonFileError, match="unpacks to more than 1 MB"):
        unpack(bomb)
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
def test_a_file_that_broke_off_is_refused(packed, share):
    with pytest.raises(ComparisonFileError, match="it broke off on its way"):
        unpack(packed[: int(share * len(packed))])


def test_any_damage_is_a_sentence_and_nothing_else(packed):
    """Two hundred files with some bytes of their JSON replaced: read, or refused as they should."""
    text = gzip.decompress(packed)
    rng = random.Random(1)
    refused = 0
    for _ in range(200):
        damaged = bytearray(text)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(damaged))
            damaged[at : at + rng.randint(0, 2)] = rng.choice(
                [b"", b"{", b"]", b"null", b"-1", b"1e999", b'"', b"\xff", b"\\ud800"]
            )
        try:
            unpack(gzip.compress(bytes(damaged), 1))
        except ComparisonFileError:
            refused += 1
    assert refused > 100


def test_letters_that_no_database_holds_are_left_out(store, packed):
    file = changed(packed, about("title", "a\ud800b\0c"))
    assert store.comparison(import_comparison(store, unpack(file))).title == "abc"


def test_the_numbers_of_images_go_with_the_errors(store, trained):
    kept = unpack(pack(snapshot_of(store, trained))).snapshot
    for each in kept.histories:
        tested = [row for row in each.rows if row.test_error is not None]
        assert {type(row.train_images) for row in tested} == {int}
        assert tested[-1].train_images == min(each.run.recipe.images or 20, 20)
        assert all(row.test_images is None for row in each.rows if row.test_error is None)


def test_a_file_of_an_older_program_has_none(store, trained):
    content = json.loads(gzip.decompress(pack(snapshot_of(store, trained))))
    for run in content["runs"]:
        del run["rows"]["train_images"], run["rows"]["test_images"]
    older = unpack(zipped(json.dumps(content)))
    assert all(row.train_images is None for each in older.snapshot.histories for row in each.rows)
