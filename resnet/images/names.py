"""Names of files and classes in any encoding, as text to show and to compare.

A name on a disk is bytes. Python passes what is no UTF-8 on as lone surrogates, which no terminal,
page or store takes.
"""

import os
import unicodedata
from pathlib import Path


def text(name: str) -> str:
    """The name as clean text in NFC: UTF-8 where it is, else Latin-1, as old disks have it.

    Macs write an umlaut as a letter and a dot, others as one letter: both are the same class.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("latin-1")
    whole = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in name)
    return unicodedata.normalize("NFC", whole)


def shown(path: Path | str) -> str:
    """A path for people."""
    return str(Path(*map(text, Path(path).parts)))


def in_order(names: set[str]) -> list[str]:
    """Class names in their order: numbers by their value, before words."""
    return sorted(names, key=_place)


def _place(name: str) -> tuple[bool, int, str]:
    number = name.isascii() and name.isdecimal() and len(name) <= 18
    return (not number, int(name) if number else 0, name)
