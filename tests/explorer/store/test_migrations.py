"""A store of an older version is brought up on opening, once; a newer one is refused.

older_store.sql and older_checkpoint.txt were made by the last version without numbered tables: one
comparison that finished and was extended, one that waits, one that was stopped, a prediction.
"""

import base64
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from explorer.__main__ import main
from explorer.lane.in_process import run_next
from explorer.store import migrations, states
from explorer.store.comparisons import RunStore, checkpoint_file
from explorer.store.migrations import NEWEST, StoreError
from explorer.store.predictions import Predictions
from explorer.store.snapshots import Feed
from explorer.store.tables import metadata

HERE = Path(__file__).parent
OPEN = """
import sys
from explorer.store.comparisons import RunStore
print("opening", flush=True)
print(len(RunStore().comparisons()), "alembic" in sys.modules)
"""


@pytest.fixture
def older(home):
    """The file of a store as the last version without numbers left it."""
    file = home / "runs.db"
    home.mkdir(exist_ok=True)
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript((HERE / "older_store.sql").read_text("utf-8"))
    database.close()
    return file


def opened():
    return subprocess.Popen([sys.executable, "-c", OPEN], stdout=subprocess.PIPE, text=True)


def versions(file):
    with sqlite3.connect(file) as database:
        found = database.execute("SELECT version_num FROM alembic_version").fetchall()
    database.close()
    return [version for (version,) in found]


def differences(store):
    with store.engine.connect() as connection:
        return [
            each
            for each in compare_metadata(MigrationContext.configure(connection), metadata)
            if each[1].name != migrations.version_table.name
        ]


def test_the_newest_version_is_that_of_the_last_file():
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_heads() == [NEWEST]


def test_a_fresh_store_is_stamped_and_needs_no_alembic(home):
    process = opened()
    assert process.communicate(timeout=60)[0].splitlines()[-1] == "0 False"
    assert versions(home / "runs.db") == [NEWEST]
    again = opened()
    assert again.communicate(timeout=60)[0].splitlines()[-1] == "0 False"


def test_an_older_store_keeps_what_it_had(older):
    store = RunStore()
    found = {each.title: each for each in store.comparisons()}
    assert {title: each.runs[0].state for title, each in found.items()} == {
        "small": states.QUEUED,
        "waits": states.QUEUED,
        "stopped": states.STOPPED,
    }
    run = found["small"].runs[0]
    assert (run.iteration, run.until, run.want_rate) == (8, 12, 0.02)
    assert run.active_since == pytest.approx(1795739505.77, abs=0.01)
    assert (run.active_from, run.pause_at) == (0, None)
    snapshot = Feed(store, found["small"].id).snapshot()
    assert [row.iteration for row in snapshot.histories[0].rows] == [0, 4, 8]
    assert Predictions(store).all(found["small"].id) == {"ann": 1}
    assert store.reported("throughput")[0] == {"seconds_per_mac": 1e-9}
    assert store.reported("pace") is None
    assert found["waits"].owner == "bob"


def test_brought_up_or_fresh_the_tables_are_the_same(older, tmp_path):
    brought_up, fresh = RunStore(), RunStore(f"sqlite:///{tmp_path / 'fresh.db'}")
    assert differences(brought_up) == differences(fresh) == []
    assert versions(older) == versions(tmp_path / "fresh.db") == [NEWEST]


def test_a_store_that_lacks_columns_and_tables_gets_them(older):
    with sqlite3.connect(older) as database:
        database.execute("ALTER TABLE runs DROP COLUMN hold_at")
        database.execute("ALTER TABLE rows DROP COLUMN weights")
        database.execute("DROP TABLE jobs")
    database.close()
    store = RunStore()
    assert differences(store) == []
    assert len(store.comparisons()) == 3


def test_what_was_extended_before_goes_on_from_its_checkpoint(older, image_folder, monkeypatch):
    monkeypatch.setenv("RESNET_DATA_NAME", "images")
    packed = (HERE / "older_checkpoint.txt").read_text("ascii").replace("\n", "")
    checkpoint_file(1).parent.mkdir(parents=True)
    checkpoint_file(1).write_bytes(zlib.decompress(base64.b85decode(packed)))
    store = RunStore()
    (extended,) = (each for each in store.comparisons() if each.title == "small")
    while run_next(store):
        pass
    run = store.run(1)
    assert (run.state, run.iteration, run.active_from) == (states.FINISHED, 12, 8)
    snapshot = Feed(store, extended.id).snapshot()
    assert [row.iteration for row in snapshot.histories[0].rows] == [0, 4, 8, 12]


def test_two_processes_that_open_it_at_once_bring_it_up_once(older):
    held = sqlite3.connect(older, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    both = [opened(), opened()]
    for process in both:
        assert process.stdout.readline() == "opening\n"
    held.execute("COMMIT")
    held.close()
    answers = [process.communicate(timeout=60)[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert {answer.split()[0] for answer in answers} == {"3"}
    assert "3 True" in answers
    assert versions(older) == [NEWEST]


@pytest.mark.parametrize("version", ["0099", "a1b2c3"])
def test_a_newer_store_is_refused_and_left_as_it_is(home, capsys, version):
    store = RunStore()
    with store.engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.update(migrations.version_table).values(version_num=version))
    with pytest.raises(StoreError, match=f"tables of version '{version}', made by a newer program"):
        RunStore()
    assert main(["list"]) == 1
    assert "bring the program up to date" in capsys.readouterr().err
    assert versions(home / "runs.db") == [version]
