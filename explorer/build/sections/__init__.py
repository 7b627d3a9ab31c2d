"""The sections of the Build page: each has `show(specs)`, the first spec being the edited net.

Only the open one is drawn. Their names and titles are those of `explorer.build.exhibit.SECTIONS`.
"""

from collections.abc import Callable

from explorer.build.sections import (
    crosscheck,
    layers,
    memory,
    paper_says,
    shortcuts,
    side_by_side,
    takeaway,
)
from resnet.spec import NetSpec

Show = Callable[[tuple[NetSpec, ...]], None]

SHOW: dict[str, Show] = {
    "layers": layers.show,
    "compare": side_by_side.show,
    "shortcuts": shortcuts.show,
    "memory": memory.show,
    "paper": paper_says.show,
    "check": crosscheck.show,
    "takeaway": takeaway.show,
}
