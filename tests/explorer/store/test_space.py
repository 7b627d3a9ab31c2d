"""What is deleted frees disk: a store shrinks, made by this version or by an older one."""

import sqlite3
from types import SimpleNamespace

import pytest

from explorer.store import space
from explorer.store.comparisons import RunStore
from explorer.store.curation import Curation
from explorer.store.training import TrainingStore

ROWS = 4000
NORMS = [0.1] * 60


@pytest.fixture
def older(home):
    """The file of a store that was begun without auto-vacuum."""
    home.mkdir(exist_ok=True)
    with sqlite3.connect(home / "runs.db") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE begun (id INTEGER)")
        database.execute("DROP TABLE begun")
    database.close()


def filled(store, small, nets):
    identity = store.submit("long", [(nets[0], small)])
    training = TrainingStore(store)
    (run,) = training.claim_runs("lane")
    figures = {"test_error": None, "train_images": None, "test_images": None, "train_error": None}
    norms = {"gradients": NORMS, "weights": NORMS, "responses": NORMS}
    rows = [
        SimpleNamespace(
            iteration=at,
            seconds=1.0,
            learning_rate=0.1,
            loss=1.0,
            batch_error=9.0,
            **figures,
            **norms,
        )
        for at in range(ROWS)
    ]
    training.append("lane", [(run.id, row) for row in rows])
    training.settle(run.id, "lane", "finished")
    return identity


def size(home):
    return sum(file.stat().st_size for file in home.glob("runs.db*"))


def test_a_store_shrinks_piece_by_piece_while_others_use_it(home, small, nets):
    store = RunStore()
    identity = filled(store, small, nets)
    full = size(home)
    Curation(store).delete(identity)
    Curation(store).purge(0)
    other = RunStore()
    with other.engine.connect() as reading:
        reading.exec_driver_sql("SELECT count(*) FROM runs").scalar_one()
        assert space.give_back(store) > 0.8 * full / 2
    assert space.give_back(store) == 0
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar_one() < space.WORTH_IT
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    other.report("server", {})


@pytest.mark.usefixtures("older")
def test_an_older_store_shrinks_once_nothing_trains(home, small, nets):
    store = RunStore()
    identity = filled(store, small, nets)
    Curation(store).delete(identity)
    Curation(store).purge(0)
    full = size(home)
    assert space.give_back(store, idle=False) == 0
    assert space.give_back(store, idle=True) > 0
    assert size(home) < 0.3 * full
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA auto_vacuum").scalar_one() == space.INCREMENTAL
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert store.comparisons() == []
