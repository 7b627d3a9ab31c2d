"""How a connection to the store is opened: its tables made, or brought up where they are older."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from explorer.store import migrations, trouble
from explorer.store.tables import comparisons, metadata

BUSY_FOR = 15.0  # seconds that a writer waits for its turn


def open_engine(url: str) -> sa.Engine:
    """An engine with the tables made, or brought up. On SQLite: WAL, a busy timeout, writers take
    turns. A store that is up to date is opened without a word to it, so while others write.

    Raises StoreError where it is damaged, locked, out of reach, or made by a newer program.
    """
    engine = sa.create_engine(url)
    where = engine.url.render_as_string()
    if engine.dialect.name == "sqlite":
        where = str(engine.url.database)
        _make_folder(where)
        sa.event.listen(engine, "connect", _prepare)
        sa.event.listen(engine, "begin", _begin)
    trouble.translate(engine, where)
    try:
        if _version(engine) != migrations.NEWEST:
            with engine.execution_options(writes=True).begin() as connection:
                _bring_up(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _make_folder(where: str) -> None:
    folder = Path(where).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise trouble.StoreBusy(
            f"the store cannot be kept in {folder} ({error.strerror}); set RESNET_HOME to a folder "
            "that can be written to"
        ) from error


def _version(engine: sa.Engine) -> str | None:
    """The version of the tables, by one query; None where they have none yet."""
    try:
        with engine.connect() as connection:
            return connection.scalar(sa.select(migrations.version_table.c.version_num))
    except sa.exc.DBAPIError:
        return None


def _bring_up(connection: sa.Connection) -> None:
    """Makes or alters the tables; who came second finds them done."""
    inspector = sa.inspect(connection)
    if not inspector.has_table(comparisons.name):
        metadata.create_all(connection)
        migrations.stamp(connection)
        return
    version = None
    if inspector.has_table(migrations.version_table.name):
        version = connection.scalar(sa.select(migrations.version_table.c.version_num))
    if version is not None:
        migrations.check(version, connection.engine.url.render_as_string())
    if version != migrations.NEWEST:
        migrations.bring_up(connection)


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = (
        None  # transactions begin where _begin says, not at the driver's whim
    )
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={round(1000 * BUSY_FOR)}")
    if not cursor.execute("PRAGMA page_count").fetchone()[0]:  # later it would have to write
        cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("alone"):  # each statement is a transaction of its own
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
