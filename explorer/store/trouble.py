"""What stands in the way where the store cannot be used, each kind in a sentence.

`translate` has an engine raise these in place of the database's own errors, wherever they occur:
what reads, writes or opens the store meets one kind of error, whose text can be shown.
"""

import sqlite3

import sqlalchemy as sa

FULL = "the disk is full, so the store {where} takes nothing more; free some space on it"
LOCKED = (
    "another program holds the store {where} locked; end what has it open, as a backup or a viewer "
    "of databases"
)
READ_ONLY = (
    "the store {where} can be read only; give whoever runs this program the right to write to its "
    "folder, or set RESNET_HOME to another one"
)
OUT_OF_REACH = (
    "the store {where} cannot be reached ({why}); see whether its disk is there and whether its "
    "folder can be written to"
)
DAMAGED = (
    "the store {where} is damaged ({why}); put a copy of it back, or move it away together with "
    "the files beside it whose names begin as its own, and a new one is made; the checkpoints of "
    "nets are no part of it"
)
PASSING = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_PROTOCOL: LOCKED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_IOERR: OUT_OF_REACH,
    sqlite3.SQLITE_CANTOPEN: OUT_OF_REACH,
}
LASTING = {sqlite3.SQLITE_CORRUPT: DAMAGED, sqlite3.SQLITE_NOTADB: DAMAGED}


class StoreError(Exception):
    """A store that this program cannot use; its text says why and what would work."""


class Refused(ValueError):
    """A request that the store does not take; its text says why and what would work."""


class StoreBusy(StoreError, Refused):
    """A store that cannot be used now: what is tried again later may succeed."""


def sentence_of(error: BaseException | None, where: str) -> StoreError | None:
    """The error to raise in place of the database's; None where that says something else.

    where  the store, as people know it
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    code &= 0xFF  # the rest tells kinds of one kind apart
    if code in PASSING:
        return StoreBusy(PASSING[code].format(where=where, why=error))
    if code in LASTING:
        return StoreError(LASTING[code].format(where=where, why=error))
    return None


def translate(engine: sa.Engine, where: str) -> None:
    """Has this engine raise StoreError for what keeps the whole store from being used."""

    def instead(context: sa.engine.ExceptionContext) -> None:
        found = sentence_of(context.original_exception, where)
        if found:
            raise found from context.original_exception

    sa.event.listen(engine, "handle_error", instead)
