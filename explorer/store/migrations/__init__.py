"""Brings a store that an older version of the program made up to today's tables.

A change of `explorer.store.tables` is a file in versions/, numbered on, and `NEWEST` with it. Only
`bring_up` imports Alembic, which a store that is up to date never needs.
"""

from pathlib import Path

import sqlalchemy as sa

from explorer.store.trouble import StoreError as StoreError

NEWEST = "0006"  # the last of versions/

version_table = sa.Table(  # as Alembic keeps it
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), primary_key=True),
)


def check(version: str, where: str) -> None:
    """Raises StoreError where a newer version of the program has been at work."""
    if not version.isdecimal() or int(version) > int(NEWEST):
        raise StoreError(
            f"the store {where} has tables of version {version!r}, made by a newer program; this "
            f"one knows them up to {NEWEST!r}: bring the program up to date, or set RESNET_HOME to "
            "another folder"
        )


def stamp(connection: sa.Connection) -> None:
    """Says of tables that were just made that they are the newest."""
    version_table.create(connection)
    connection.execute(version_table.insert().values(version_num=NEWEST))


def bring_up(connection: sa.Connection) -> None:
    """Runs the migrations that are missing, within the transaction of this connection."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, "head")
