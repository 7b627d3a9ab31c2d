"""`Recipe` says how a net is trained; its defaults are the paper's for CIFAR-10 (Section 4.2)."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from resnet.spec.checks import SpecError, check_number, check_one_of, known_fields

DATA = ("cifar10", "folder", "generated")
IMAGE_SIZES = (32, 16)
SPLITS = ("50k/10k", "45k/5k")
SCHEDULES = ("steps", "linear", "constant")
WARMUPS = ("none", "linear", "error")
PRECISIONS = ("auto", "fp32", "bf16")
MAX_ITERATIONS = 200_000


@dataclass(frozen=True)
class Recipe:
    """How a net is trained. Errors are in percent, rates as the paper prints them.

    images        how many training images, drawn at random by the seed; None for all
    image_size    32, or 16 by averaging 2x2 pixels
    split         "50k/10k" trains on all training images and tests on the test images;
                  "45k/5k" holds a tenth of the training images out and tests on those
    augment       pad by 4 (an eighth of the image), random crop, random flip
    schedule      "steps": divided by 10 at 1/2 and 3/4 (32k and 48k of 64k);
                  "linear": down to zero; "constant"
    warmup        "linear": over the first `warmup_iterations`;
                  "error": `warmup_rate` until the training error is below 80 % (ResNet-110)
    precision     "auto" is bf16 arithmetic where the processor has it, else fp32
    log_every     iterations between rows; a row's loss is the mean over them
    test_every    iterations between tests; a multiple of `log_every`
    test_images   fixed images of either set that a test looks at; None for all
    final_images  the same for the test after the last iteration
    responses     whether a test records the layer responses (Fig. 7) as well

    Raises SpecError with a sentence to show.
    """

    data: str = "cifar10"
    images: int | None = None
    image_size: int = 32
    split: str = "50k/10k"
    augment: bool = True
    batch: int = 128
    iterations: int = 64_000
    learning_rate: float = 0.1
    schedule: str = "steps"
    warmup: str = "none"
    warmup_iterations: int = 0
    warmup_rate: float = 0.01
    momentum: float = 0.9
    weight_decay: float = 1e-4
    seed: int = 0
    precision: str = "auto"
    log_every: int = 100
    test_every: int = 1000
    test_images: int | None = 2000
    final_images: int | None = None
    responses: bool = False

    def __post_init__(self) -> None:
        check_one_of("data", self.data, DATA)
        check_one_of("image_size", self.image_size, IMAGE_SIZES)
        check_one_of("split", self.split, SPLITS)
        check_one_of("schedule", self.schedule, SCHEDULES)
        check_one_of("warmup", self.warmup, WARMUPS)
        check_one_of("precision", self.precision, PRECISIONS)
        check_one_of("augment", self.augment, (True, False))
        check_one_of("responses", self.responses, (True, False))
        for name in ("images", "test_images", "final_images"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), 10, 10_000_000, whole=True)
        check_number("batch", self.batch, 2, 4096, whole=True)
        check_number("iterations", self.iterations, 1, MAX_ITERATIONS, whole=True)
        check_number("learning_rate", self.learning_rate, 0, 100)
        check_number("warmup_iterations", self.warmup_iterations, 0, MAX_ITERATIONS, whole=True)
        check_number("warmup_rate", self.warmup_rate, 0, 100)
        check_number("momentum", self.momentum, 0, 0.9999)
        check_number("weight_decay", self.weight_decay, 0, 1)
        check_number("seed", self.seed, 0, 2**31 - 1, whole=True)
        check_number("log_every", self.log_every, 1, MAX_ITERATIONS, whole=True)
        check_number("test_every", self.test_every, 1, MAX_ITERATIONS, whole=True)
        if self.test_every % self.log_every:
            raise SpecError(
                f"test_every {self.test_every} is not a multiple of log_every {self.log_every}; "
                f"{self.log_every * max(1, round(self.test_every / self.log_every))} would be"
            )
        if self.warmup == "linear" and self.warmup_iterations == 0:
            raise SpecError(
                "warmup_iterations 0 does not fit a linear warm-up; give it 1 or more, or choose "
                "warmup 'none'"
            )

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**known_fields(cls, text))
