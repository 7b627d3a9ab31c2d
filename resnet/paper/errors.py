"""The test or validation error that is printed for exactly one net, wherever it stands.

Source: He et al. 2015, Tables 2, 3 and 6; He et al. 2016, Tables 1 and 2.
"""

from dataclasses import dataclass
from functools import lru_cache

from resnet.paper.tables import (
    FOLLOW_UP,
    FOLLOW_UP_ROWS,
    MEDIAN,
    PAPER,
    TABLE_2,
    TABLE_3,
    TABLE_6,
)
from resnet.spec import NetSpec


@dataclass(frozen=True)
class PublishedError:
    """An error in percent, and where it is printed.

    mean, spread  of five runs, the best of which has this error; None where neither is printed
    how           what the figure is: "single view", "ten crops", "median of five runs"
    """

    error: float
    source: str
    mean: float | None = None
    spread: float | None = None
    how: str = ""

    def __str__(self) -> str:
        return f"{self.error:.2f} % ({self.said})"

    @property
    def said(self) -> str:
        """ "median of five runs, He et al. 2016, Table 1"."""
        return f"{self.how}, {self.source}" if self.how else self.source


def published_error(net: NetSpec) -> PublishedError | None:
    """The error that is printed for exactly this net, if any; the best of five for ResNet-110."""
    return published_errors().get(str(net))


@lru_cache(maxsize=1)
def published_errors() -> dict[str, PublishedError]:
    """Every printed error by the name of its net; ImageNet's are top-1, 10-crop."""
    errors: dict[str, PublishedError] = {}
    for table, source in ((TABLE_2, f"{PAPER}, Table 2"), (TABLE_3, f"{PAPER}, Table 3")):
        for row in table:
            if row.net:
                errors.setdefault(row.net, PublishedError(row.top1, source, how="ten crops"))
    for each in TABLE_6:
        if each.net:
            errors[each.net] = PublishedError(
                each.error,
                f"{PAPER}, Table 6",
                each.mean,
                each.spread,
                "single view" if each.mean is None else "best of five runs, single view",
            )
    for each in FOLLOW_UP_ROWS:
        if each.net:
            table_number = 2 if each.label == "pre-activation" else 1
            errors[each.net] = PublishedError(
                each.error, f"{FOLLOW_UP}, Table {table_number}", how=MEDIAN
            )
    return errors
