"""What the doctor looks at, in the order in which it is told.

Each check is a function without arguments, "module:function" of this folder, and returns findings.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A check.

    subject  what it looks at, should it not come to a finding
    limit    seconds that it may take
    stuck    what to do where it took longer, or crashed
    """

    subject: str
    place: str
    limit: float = 20.0
    stuck: str = "try again; should it happen again, send the report"


DISK = (
    "look whether the disk or network drive under it still answers; mount it again, or start anew"
)
CHECKS = (
    Check("Python", "python:version"),
    Check("Packages", "python:packages"),
    Check("PyTorch", "torch:torch_and_gpu", 90.0, "install torch anew, as docs/INSTALL.md says"),
    Check(
        "C compiler",
        "compiler:compiler",
        30.0,
        "set CC to another compiler, or RESNET_FUSED to 0, which trains without one",
    ),
    Check("Memory", "machine:memory"),
    Check("Shared memory", "machine:shared_memory"),
    Check("Clock", "machine:clock", stuck=DISK),
    Check("Port", "port:port"),
    Check("Home", "home:home", stuck=DISK),
    Check("Disk", "home:disk", stuck=DISK),
    Check("Temporary files", "home:temporary", stuck=DISK),
    Check("Store", "store:store", 45.0, DISK),
    Check("Worker", "worker:worker", stuck=DISK),
    Check("Images", "images:images", 60.0, DISK),
    Check("Trained nets", "shipped:nets", stuck=DISK),
    Check("Recordings", "shipped:recordings", 45.0, DISK),
)
LONGEST = max(check.limit for check in CHECKS)
