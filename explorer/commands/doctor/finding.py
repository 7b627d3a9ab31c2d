"""What a check found, in plain words."""

from dataclasses import asdict, dataclass
from typing import Any

GOOD = "ok"
LESS = "less"  # the program works, with less
WRONG = "wrong"  # something does not work until somebody acts
LEVELS = (GOOD, LESS, WRONG)


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's.

    subject  what was looked at
    found    what was found, without anything personal: no path, no name of a class or a file
    level    GOOD, LESS or WRONG
    do       what to do about it; "" where nothing needs to be done
    detail   what helps here and is nobody else's: paths, what the system said. Not in the report
    """

    subject: str
    found: str
    level: str = GOOD
    do: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Any) -> "Finding":
        """Raises TypeError or ValueError where a check has answered something else."""
        found = cls(**values)
        if found.level not in LEVELS or not all(isinstance(each, str) for each in values.values()):
            raise ValueError(f"{values!r} is no finding")
        return found


def size(count: float) -> str:
    """Bytes, as "12.3 GB"."""
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"
