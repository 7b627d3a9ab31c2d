"""How often a JPEG has to be gone over: a progressive one of many scans takes a minute in 100 kB.

Source: ITU-T T.81, Annex B: a scan begins with the marker SOS; in coded data 0xFF is followed by 0
or by a restart marker.
"""

import re

MAX_SCANS = 100  # programs write about ten
MAX_WORK = 1_000_000_000  # scans times pixels
SOS, EOI = 0xDA, 0xD9
STANDALONE = (0x01, 0xD8)  # TEM and SOI have no length

_marker = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")


def most(pixels: int) -> int:
    """How many scans an image of so many pixels may have."""
    return min(MAX_SCANS, max(10, MAX_WORK // max(1, pixels)))


def count(data: bytes, enough: int) -> int:
    """The scans of a JPEG file, as a decoder meets them; counting ends where they are `enough`."""
    found, at = 0, 2
    while found < enough and (marker := _marker.search(data, at)):
        code = marker[1][0]
        if code == EOI:
            break
        found += code == SOS
        at = marker.end()
        if code not in STANDALONE:
            at += int.from_bytes(data[at : at + 2])
    return found
