"""A comparison as a file, out and in: what the buttons of the Runs page call."""

from explorer.files.fields import ParcelError
from explorer.files.format import pack, unpack
from explorer.files.importing import bring_in
from explorer.store.comparisons import Refused, RunStore
from explorer.store.snapshots import Snapshot


def handed_out(snapshot: Snapshot) -> bytes:
    """The file of a comparison. Raises Refused where it is too large for one."""
    try:
        return pack(snapshot)
    except ParcelError as error:
        raise Refused(str(error)) from error


def taken_in(store: RunStore, file: bytes, owner: str = "") -> str:
    """Keeps the comparison of a file as a new one and returns its id. Raises Refused."""
    try:
        return bring_in(store, unpack(file), owner)
    except ParcelError as error:
        raise Refused(str(error)) from error
