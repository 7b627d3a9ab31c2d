"""`Recipe` says how a net is trained; its defaults are the paper's for CIFAR-10 (Section 4.2)."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from resnet.spec import json_text
from resnet.spec.checks import SpecError, known_fields
from resnet.spec.fields import OTHERS, check_fields, described

DATA = {"cifar10": "CIFAR-10", "folder": "a folder of images", "generated": "generated images"}
TRAINING_IMAGES = {"cifar10": 50_000, "generated": 10_000}  # in all; a folder's are not known
MAX_ITERATIONS = 200_000
MOST_IMAGES = 10_000_000


@dataclass(frozen=True)
class Recipe:
    """How a net is trained. Errors are in percent, rates as the paper prints them.

    images        drawn at random by the seed; None for all
    split         "50k/10k" trains on all training images and tests on the test images;
                  "45k/5k" holds a tenth of the training images out and tests on those
    augment       pad by 4 (an eighth of the image), random crop, random flip
    schedule      "steps": divided by 10 at 1/2 and 3/4 (32k and 48k of 64k)
    warmup        "linear": over the first `warmup_iterations`;
                  "error": `warmup_rate` until the training error is below 80 % (ResNet-110)

    Raises SpecError with a sentence to show.
    """

    # fmt: off
    data: str = described(
        "cifar10", "Image set", "By default a folder where RESNET_DATA names one, else cifar10.",
        choices=tuple(DATA), words=DATA, short="{}", preposition="on", offered=False,
    )
    images: int | None = described(
        None, "Training images", "How many training images, drawn at random by the seed.",
        low=10, high=MOST_IMAGES, step=1000, none="all", short="{} images",
        differs="the number of training images",
    )
    image_size: int = described(
        32, "Image side, pixels", "32, or 16 by averaging 2x2 pixels: about four times faster.",
        choices=(32, 16), short="{0}x{0} pixels", preposition="at", differs="the image side",
        unit=" pixels",
    )
    split: str = described(
        "50k/10k", "Split", "45k/5k holds a tenth of the training images out and tests on them.",
        choices=("50k/10k", "45k/5k"),
    )
    augment: bool = described(
        True, "Augmentation", "Random crops of the padded image, and mirroring.",
        choices=(True, False), short={True: "augmented", False: "not augmented"},
        said={True: "augmentation", False: "no augmentation"},
    )
    batch: int = described(
        128, "Batch", "Images in a mini-batch; the paper's is 128.", low=2, high=4096, step=32,
        said="mini-batches of {}", differs="the mini-batch", unit=" images",
    )
    iterations: int = described(
        64_000, "Iterations", "Mini-batches to train on; the paper's recipe has 64,000.",
        low=1, high=MAX_ITERATIONS, step=100, short="{} iterations", preposition="for",
        differs="the length of training", unit=" iterations",
    )
    learning_rate: float = described(
        0.1, "Learning rate", "The highest rate; the paper's is 0.1.", high=100, step=0.01,
        short="rate {}", said="a rate of {}", preposition="at",
    )
    schedule: str = described(
        "steps", "Schedule", "steps: divided by 10 at 1/2 and 3/4; linear: down to zero.",
        choices=("steps", "linear", "constant"),
        words={"steps": "in steps", "linear": "linear to zero"},
        short={each: f"{each} schedule" for each in ("steps", "linear", "constant")},
        said={
            "steps": "a rate that falls in steps", "linear": "a rate that falls linearly",
            "constant": "a constant rate",
        },
    )
    warmup: str = described(
        "none", "Warm-up", "linear: climb to the rate; error: 0.01 until the training error is "
        "below 80 %, as the paper's 110-layer net.", choices=("none", "linear", "error"),
        short={"none": "no warm-up", "linear": "warm-up", "error": "warm-up until 80 %"},
        said={
            "none": "no warm-up", "linear": "a linear warm-up",
            "error": "a warm-up until 80 % error",
        },
    )
    warmup_iterations: int = described(
        0, "Warm-up iterations", "How long a linear warm-up climbs.", high=MAX_ITERATIONS,
        step=10, short="warm-up of {}", said="a warm-up of {} iterations",
    )
    warmup_rate: float = described(
        0.01, "Warm-up rate", "The rate of a warm-up by error; the paper's is 0.01.", high=100,
        step=0.01, short="warm-up at {}", said="a warm-up at {}", offered=False,
    )
    momentum: float = described(
        0.9, "Momentum", "The paper's is 0.9.", high=0.9999, step=0.05
    )
    weight_decay: float = described(
        1e-4, "Weight decay", "The paper's is 0.0001.", high=1, step=0.0001
    )
    seed: int = described(
        0, "Seed", "Decides the start weights, the images drawn and their order.", high=2**31 - 1,
        words="{}", offered=False, telling=False,
    )
    precision: str = described(
        "auto", "Arithmetic", "auto is bf16 where the processor has it, else fp32.",
        choices=("auto", "fp32", "bf16"), words={"auto": "the machine's choice"},
        short={"auto": "auto precision", OTHERS: "{}"}, offered=False,
    )
    log_every: int = described(
        100, "Gap between rows", "Iterations between rows; a row's loss is the mean over them.",
        low=1, high=MAX_ITERATIONS, unit=" iterations", offered=False, telling=False,
    )
    test_every: int = described(
        1000, "Test every", "Iterations between tests; a multiple of those between rows, which "
        "are 10 in the lesson.", low=1, high=MAX_ITERATIONS, step=10,
        differs="the gap between tests", unit=" iterations", telling=False,
    )
    test_images: int | None = described(
        2000, "Size of a test", "Fixed images of either set that a test looks at.",
        low=10, high=MOST_IMAGES, none="all", unit=" images", offered=False, telling=False,
    )
    final_images: int | None = described(
        None, "Size of the last test", "Images of either set that the last test looks at.",
        low=10, high=MOST_IMAGES, none="all", unit=" images", offered=False, telling=False,
    )
    responses: bool = described(
        False, "Layer responses", "Record with every test how strongly each 3x3 layer answers "
        "(the paper's Fig. 7); shown beside the gradients.", choices=(True, False),
        differs="recording layer responses", telling=False,
    )
    # fmt: on

    def __post_init__(self) -> None:
        check_fields(self)
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

    @property
    def training_images(self) -> int | None:
        """How many images it trains on; None where it takes all of a set of unknown size."""
        whole = TRAINING_IMAGES.get(self.data)
        if self.images is not None or whole is None:
            return self.images
        return whole * 9 // 10 if self.split == "45k/5k" else whole

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    def __str__(self) -> str:
        """What is not as in the paper, seed apart, for `parse`: "images=5000 image_size=16"."""
        usual = asdict(Recipe())
        return " ".join(
            f"{name}={json.dumps(value).strip(chr(34))}"
            for name, value in asdict(self).items()
            if value != usual[name] and name != "seed"
        )

    @classmethod
    def parse(cls, text: str, seed: int = 0) -> Self:
        """The recipe that these words name. Raises SpecError."""
        given: dict[str, Any] = {"seed": seed}
        for word in text.split():
            name, _, value = word.partition("=")
            try:
                given[name] = json_text.read(value, finite=False)
            except ValueError:
                given[name] = value
        return cls(**known_fields(cls, json.dumps(given)))

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**known_fields(cls, text))
