"""`Row`: what training says of a net at one moment."""

import math
from dataclasses import dataclass

CSV_COLUMNS = (  # of rows as a file, of the page or of a command
    "net", "seed", "iteration", "seconds", "learning_rate", "loss", "train_error", "test_error",
    "train_images", "test_images", "recipe",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What is known after `iteration` mini-batches. Errors in percent, top-1.

    seconds       spent on this net so far, tests included
    loss          mean cross-entropy over the mini-batches since the row before; None in row 0
    batch_error   training error on those mini-batches as they were seen (augmented, BN by batch)
    train_error   on fixed training images, in evaluation mode and fp32; None where not tested
    test_error    on fixed test images, likewise
    gradients     L2 norm of the last mini-batch's loss gradient, by layer of `Trainer.layer_names`
    weights       L2 norm of the weights themselves, likewise, after that mini-batch
    responses     layer responses to the tested test images, by layer of `Plan.answering`,
                  where the recipe asks for them; None in row 0, whose BN has seen no image yet
    train_images, test_images  on how many images the errors were measured; None where not tested
    """

    iteration: int
    seconds: float
    learning_rate: float | None = None
    loss: float | None = None
    batch_error: float | None = None
    train_error: float | None = None
    test_error: float | None = None
    gradients: tuple[float, ...] | None = None
    weights: tuple[float, ...] | None = None
    responses: tuple[float, ...] | None = None
    train_images: int | None = None
    test_images: int | None = None

    @property
    def diverged(self) -> bool:
        return self.loss is not None and not math.isfinite(self.loss)


def when_diverged(iteration: int, log_every: int) -> str:
    """What the first row whose loss is not finite tells: "between iterations 10 and 15".

    iteration  of that row, whose loss is the mean over the mini-batches since the row before
    """
    before = (iteration - 1) // log_every * log_every
    if iteration - before == 1:
        return f"at iteration {iteration:,}"
    return f"between iterations {before:,} and {iteration:,}"
