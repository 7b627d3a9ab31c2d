"""Durations, ordinals and text for Markdown."""

import re

JOINER = "\u2060"
FOUND_BY_ITS_LOOK = re.compile(r":(?=//|[\w+/-]+:)|\bwww(?=\.)|@(?=[\w-])", re.IGNORECASE)
FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")


def place_words(place: int, seconds: float | None = None) -> str:
    """ "3rd in line, starts in about 4 min"; the place alone where no time is known.

    place    how many are ahead of it in the line
    seconds  until it starts
    """
    words = f"{ordinal(place + 1)} in line"
    return words if seconds is None else f"{words}, starts in {about(seconds)}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    teens = 10 < number % 100 < 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def about(seconds: float) -> str:
    """A time as exact as an estimate can be: a few seconds, about 40 s, about 4 min, about 3 h."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 95:
        return f"about {10 * round(seconds / 10)} s"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min"
    if seconds < 48 * 3600:
        return f"about {round(seconds / 3600)} h"
    return f"about {round(seconds / 86400)} days"


def duration(seconds: float) -> str:
    """41 s, 12 min, 3 h 20 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min"


def paragraphs(lines: str) -> str:
    """Lines as Markdown keeps them apart."""
    return lines.replace("\n", "\n\n")


def escaped(text: str) -> str:
    """Text that Markdown must show as it is: no part of it is a command, a link or an icon.

    The one way by which text from outside gets on a page as Markdown: of links, files, forms, image
    folders, and what says what was wrong with them. `st.text` and tables need nothing.
    """
    lines = re.sub(r"\n[ \t]+", "\n", unlinked(text).lstrip(" \t"))  # or they are code
    return "".join(
        f"\\{letter}" if letter in r"\`*_{}[]()#+-.!|$~<>:&=" else letter for letter in lines
    )


def unlinked(text: str) -> str:
    """Text in which no bare address is made a link and no :name: an icon.

    The page looks for these after it has taken away what escapes them, so what parts them is a
    character that has no width and allows no line break.
    """
    return FOUND_BY_ITS_LOOK.sub(lambda found: found[0] + JOINER, text)


def cell(text: str) -> str:
    """Text as a cell of a table that may become CSV: no spreadsheet takes it for a formula.

    A table on a page has a button of its own that downloads it, so its cells are disarmed as well.
    """
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) else text
