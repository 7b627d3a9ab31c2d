"""What one server takes on: every limit, with its reason; docs/SERVER.md lists them.

A limit "of one visitor" holds for everybody but the machine's command lines; those of what is kept,
of disk, of imports and of a turn's hours not for the teacher or who sits at the machine either. One
"of one address" holds for all visitors of an address together, because a visitor is only a cookie,
which a program can make as many of as it likes. Each is set by its environment variable; the
defaults let a class of thirty work behind one address.
"""

import math
import os
from dataclasses import dataclass

from explorer.store.records import Visitor
from explorer.store.trouble import Refused


@dataclass(frozen=True)
class Limit:
    """A number that the server's environment may set; `why` is the reason for the default."""

    variable: str
    default: float
    why: str

    @property
    def value(self) -> float:
        """Raises Refused where the environment says what is no number."""
        given = os.environ.get(self.variable, "").strip()
        try:
            value = float(given or self.default)
        except ValueError:
            value = -1.0
        if not math.isfinite(value) or value < 0:
            raise Refused(
                f"{self.variable} is {given!r} on this server, which is no number of 0 or more; "
                f"whoever started it can set another or leave it out, for {self.default:g}"
            )
        return value


WAITING = Limit("RESNET_MAX_WAITING", 200, "the line is read once a second")
WAITING_EACH = Limit("RESNET_MAX_WAITING_EACH", 5, "a lesson, its seeds again, one's own")
WAITING_ADDRESS = Limit("RESNET_MAX_WAITING_ADDRESS", 100, "thirty behind one address, three each")
KEPT_EACH = Limit("RESNET_MAX_KEPT_EACH", 500, "a term's work; the list is read as a whole")
KEPT_ADDRESS = Limit("RESNET_MAX_KEPT_ADDRESS", 3000, "thirty behind one address, a hundred each")
JOBS = Limit("RESNET_MAX_QUESTIONS", 400, "thirty who each ask a lab of several nets")
JOBS_EACH = Limit("RESNET_MAX_QUESTIONS_EACH", 12, "a lab of six nets, twice")
JOBS_ADDRESS = Limit("RESNET_MAX_QUESTIONS_ADDRESS", 200, "half of all")
JOB_KILOBYTES = Limit("RESNET_MAX_QUESTION_KB", 64, "a picture of 32x32 has 4 kB")
IMPORTS_EACH = Limit("RESNET_MAX_IMPORTS_EACH", 30, "an hour: a class's hand-ins")
IMPORTS_ADDRESS = Limit("RESNET_MAX_IMPORTS_ADDRESS", 120, "an hour, four for each of thirty")
DISK_EACH = Limit("RESNET_MAX_DISK_EACH_GB", 20, "checkpoints and rows; a lesson takes 0.05 GB")
DISK_ADDRESS = Limit("RESNET_MAX_DISK_ADDRESS_GB", 100, "likewise, of a class")
FREE_DISK = Limit("RESNET_MIN_FREE_DISK_MB", 500, "what runs already goes on being saved")
MEMORY = Limit("RESNET_MAX_MEMORY_GB", 0, "0: as much as the machine has")
TURN_HOURS = Limit("RESNET_MAX_TURN_HOURS", 72, "the paper's longest recipes on a slow machine")
ROTATE_MINUTES = Limit("RESNET_TURN_MINUTES", 10, "five lessons' length, while others wait")

LIMITS = tuple(each for each in list(globals().values()) if isinstance(each, Limit))


def check_shares(
    by: Visitor,
    of_party: float,
    of_address: float,
    each: Limit,
    address: Limit,
    words: str,
    remedy: str,
) -> None:
    """Raises Refused where a visitor, or all of an address, have as many as they may.

    words  "{count} comparisons {whose} are waiting already", filled in
    """
    if not by.id:
        return
    if of_party >= each.value:
        raise Refused(f"{words.format(count=f'{each.value:g}', whose=by.whose)}; {remedy}")
    if by.address and not by.everything and of_address >= address.value:
        whose = "of visitors at your address"
        raise Refused(f"{words.format(count=f'{address.value:g}', whose=whose)}; {remedy}")
