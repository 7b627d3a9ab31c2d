"""What is deleted frees disk: the store's file becomes shorter, a little at a time.

SQLite keeps the pages of deleted rows for what comes later. A store with incremental auto-vacuum
gives them back when asked, a piece in each transaction, so that nobody waits long to write. One of
an older version of the program is written anew once, while the worker has nothing else to do.
"""

import time

import sqlalchemy as sa

from explorer.store.comparisons import RunStore
from explorer.store.room import free_disk

PIECE = 2000  # pages of 4 kB in a transaction
PATIENCE = 200  # milliseconds that it waits for others, who would have to wait for it then
FOR = 5.0  # seconds at a time; the rest is for the next call
WORTH_IT = 64  # free pages below which nothing is done
INCREMENTAL = 2  # as PRAGMA auto_vacuum says it


def give_back(store: RunStore, idle: bool = False) -> int:
    """Gives free pages back to the disk; returns how many bytes shorter the store is.

    idle  whether nothing trains: only then a store of an older version is written anew, in which
          time nobody else can write
    """
    if store.engine.dialect.name != "sqlite":
        return 0
    with store.engine.connect().execution_options(alone=True) as connection:
        patience = _number(connection, "busy_timeout")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")  # others go first
        try:
            return _shorter(connection, idle)
        except sa.exc.OperationalError:  # somebody reads or writes: there is another time
            return 0
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")


def _shorter(connection: sa.Connection, idle: bool) -> int:
    before = _number(connection, "page_count")
    if _number(connection, "freelist_count") < WORTH_IT:
        return 0
    size = _number(connection, "page_size")
    if _number(connection, "auto_vacuum") == INCREMENTAL:
        _piece_by_piece(connection)
    elif idle and free_disk() > 2 * before * size:  # the new file beside the old one
        connection.exec_driver_sql("PRAGMA auto_vacuum=INCREMENTAL")
        connection.exec_driver_sql("VACUUM")
    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return (before - _number(connection, "page_count")) * size


def _piece_by_piece(connection: sa.Connection) -> None:
    until = time.monotonic() + FOR
    driver = connection.connection.driver_connection
    assert driver is not None
    while _number(connection, "freelist_count") and time.monotonic() < until:
        # The statement gives no rows, but frees one page each time that it is asked for the next:
        # SQLAlchemy asks once.
        driver.execute(f"PRAGMA incremental_vacuum({PIECE})").fetchall()


def _number(connection: sa.Connection, pragma: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())
