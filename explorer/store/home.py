"""Whether the program's home can hold anything, before something is made in it."""

import contextlib
import tempfile
from pathlib import Path

from explorer.store.migrations import StoreError

REMEDY = "set RESNET_HOME to a folder that can be written"


def check(home: Path, store: str) -> None:
    """Makes the folder; raises StoreError where nothing can be kept there.

    store  the file of the store; one that is there already says for itself what is wrong
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        in_the_way = next(each for each in (home, *home.parents) if each.exists())
        raise StoreError(
            f"the program's home {home} cannot be a folder, for {in_the_way} is a file; {REMEDY}"
        ) from None
    except OSError as error:
        raise StoreError(
            f"the program's home {home} cannot be made ({error.strerror}); {REMEDY}"
        ) from error
    with contextlib.suppress(FileNotFoundError):
        if (home / store).stat():
            return
    try:
        with tempfile.TemporaryFile(dir=home) as trial:
            trial.write(b"\0" * 4096)
    except OSError as error:
        raise StoreError(
            f"nothing can be written to the program's home {home} ({error.strerror}); {REMEDY}, or "
            "make room there"
        ) from error
