"""What the memory section counts for, as one word of the link: `memory=256,bf16,2`.

Mini-batch, precision, and which machine of the list, counted from 1; where a person typed other
peaks than that machine's, TFLOP/s and GB/s follow: `memory=128,fp32,1,0.5,50`.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

from resnet.cost.roofline import MACHINES, Machine
from resnet.spec.checks import check_number, check_one_of

PRECISIONS = ("fp32", "bf16")
MOST_IMAGES = 65_536
PEAK_RANGE = (0.001, 100_000.0)  # TFLOP/s
SPEED_RANGE = (0.1, 100_000.0)  # GB/s
OWN = "your own figures"


@dataclass(frozen=True)
class MemorySettings:
    """Raises SpecError, through `check_number` and `check_one_of`, for what cannot be.

    batch    images in a mini-batch
    machine  its place in `resnet.cost.roofline.MACHINES`, from 0
    peak     TFLOP/s where it is not that machine's, else None
    speed    GB/s, likewise
    """

    batch: int = 128
    precision: str = "fp32"
    machine: int = 0
    peak: float | None = None
    speed: float | None = None

    def __post_init__(self) -> None:
        check_number("mini-batch", self.batch, 1, MOST_IMAGES, whole=True)
        check_one_of("precision", self.precision, PRECISIONS)
        check_number("machine", self.machine + 1, 1, len(MACHINES), whole=True)
        if self.peak is not None:
            check_number("peak in TFLOP/s", self.peak, *PEAK_RANGE)
        if self.speed is not None:
            check_number("memory speed in GB/s", self.speed, *SPEED_RANGE)

    @property
    def listed(self) -> Machine:
        return MACHINES[self.machine]

    @property
    def peaks(self) -> tuple[float, float]:
        """TFLOP/s and GB/s, as typed or as listed."""
        flops = self.listed.bf16 if self.precision == "bf16" else self.listed.fp32
        return (
            flops if self.peak is None else self.peak,
            self.listed.gigabytes if self.speed is None else self.speed,
        )

    def with_peaks(self, peak: float, speed: float) -> Self:
        """The same with typed peaks, which are forgotten where they are the listed ones."""
        plain = type(self)(self.batch, self.precision, self.machine)
        same = all(math.isclose(a, b) for a, b in zip((peak, speed), plain.peaks, strict=True))
        return plain if same else replace(plain, peak=peak, speed=speed)

    def as_machine(self) -> Machine:
        if self.peak is None and self.speed is None:
            return self.listed
        peak, speed = self.peaks
        return Machine(OWN, peak, peak, speed, "what you typed")

    def __str__(self) -> str:
        words = [str(self.batch), self.precision, str(self.machine + 1)]
        if self.peak is not None or self.speed is not None:
            words += [f"{value:g}" for value in self.peaks]
        return ",".join(words)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for a text of another form."""
        words = text.split(",")
        if len(words) not in (3, 5):
            raise ValueError("it needs a mini-batch, a precision and a machine, as 128,fp32,1")
        batch, precision, machine, *typed = words
        try:
            numbers = int(batch), int(machine) - 1, *map(float, typed)
        except ValueError as error:
            raise ValueError("all but the precision must be numbers, as in 128,fp32,1") from error
        return cls(int(numbers[0]), precision, int(numbers[1]), *numbers[2:])


USUAL = MemorySettings()
