"""The sections of the Build page: each has `show(specs)`, the first spec being the edited net.

Only the open one is drawn. Their names and titles are those of `builder.exhibit.SECTIONS`.
"""

from collections.abc import Callable

from explorer.views.builder.sections.compare import section as compare
from explorer.views.builder.sections.crosscheck import section as crosscheck
from explorer.views.builder.sections.layers import section as layers
from explorer.views.builder.sections.memory import section as memory
from explorer.views.builder.sections.paper import section as paper
from explorer.views.builder.sections.shortcuts import section as shortcuts
from explorer.views.builder.sections.takeaway import section as takeaway
from resnet.spec import NetSpec

Show = Callable[[tuple[NetSpec, ...]], None]

SHOW: dict[str, Show] = {
    "layers": layers.show,
    "compare": compare.show,
    "shortcuts": shortcuts.show,
    "memory": memory.show,
    "paper": paper.show,
    "check": crosscheck.show,
    "takeaway": takeaway.show,
}
