"""The learning rate at an iteration; `Schedule`: a recipe, and what people changed on the way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from resnet.spec.checks import SpecError
from resnet.spec.recipe import Recipe

WARM_BELOW = 80.0  # percent training error that ends the warm-up of ResNet-110 (Section 4.2)
# Training images that this error is the mean over: 10 mini-batches of 128. It is then known to one
# standard error of 1.1 points, and a net that guesses, at 90 %, lies twelve of its own above.
WARM_OVER = 1280


@dataclass(frozen=True)
class Change:
    """Another learning rate from one mini-batch on, and where it is an extension, a later end.

    iteration  of the first mini-batch that it holds for, counted from 0
    rate       takes the place of the recipe's `learning_rate`
    until      how many iterations are trained in all; None where that stays as it was
    """

    iteration: int
    rate: float
    until: int | None = None


@dataclass(frozen=True)
class Schedule:
    """How a net is really trained. `changes` in order of iteration, one for each at most."""

    recipe: Recipe
    changes: tuple[Change, ...] = ()

    @property
    def iterations(self) -> int:
        """How many iterations it has, extensions included."""
        ends = (change.until for change in self.changes if change.until is not None)
        return max((self.recipe.iterations, *ends))

    def base(self, iteration: int) -> float:
        """The rate that the recipe's schedule starts from at an iteration, counted from 0."""
        rates = [change.rate for change in self.changes if change.iteration <= iteration]
        return rates[-1] if rates else self.recipe.learning_rate

    def rate(self, iteration: int, warm: bool = True) -> float:
        """The learning rate of one mini-batch, counted from 0.

        The recipe's schedule, on the last base that was given; beyond the recipe's own end it has
        no more to say, and the base itself is the rate. `warm` is as for `lr_at`.
        """
        base = self.base(iteration)
        if iteration >= self.recipe.iterations:
            return base
        return lr_at(self.recipe, iteration, warm, base)

    def changed(self, iteration: int, rate: float) -> "Schedule":
        """This schedule with another base from an iteration on; it takes the place of one there."""
        at = next((each for each in self.changes if each.iteration == iteration), None)
        fresh = replace(at, rate=rate) if at else Change(iteration, rate)
        return self._with(fresh)

    def extended(self, until: int, rate: float) -> "Schedule":
        """This schedule with a later end, at a constant rate from the end it has on.

        Raises SpecError where that end is not later.
        """
        if until <= self.iterations:
            raise SpecError(
                f"{until:,} iterations are no extension of {self.iterations:,}; "
                f"give more than {self.iterations:,}"
            )
        return self._with(Change(self.iterations, rate, until))

    def to_list(self) -> list[list[Any]]:
        """The changes as lists of plain numbers, for a checkpoint."""
        return [[change.iteration, change.rate, change.until] for change in self.changes]

    @classmethod
    def from_list(cls, recipe: Recipe, changes: Sequence[Sequence[Any]]) -> Self:
        return cls(recipe, tuple(Change(*each) for each in changes))

    def _with(self, fresh: Change) -> "Schedule":
        others = [each for each in self.changes if each.iteration != fresh.iteration]
        ordered = sorted([*others, fresh], key=lambda each: each.iteration)
        return replace(self, changes=tuple(ordered))


def warm_every(recipe: Recipe) -> int:
    """The mini-batches from one look at a warm-up's training error to the next: WARM_OVER images.

    A number of the recipe's batch alone: how often rows are asked for must not move the weights.
    """
    return math.ceil(WARM_OVER / recipe.batch)


def lr_at(recipe: Recipe, iteration: int, warm: bool = True, base: float | None = None) -> float:
    """The learning rate of one mini-batch.

    iteration  counted from 0, so the last is `recipe.iterations - 1`
    warm       for warm-up "error" alone: has the training error been below 80 % yet?
    base       in place of the recipe's learning rate, for what was changed on the way

    Source: He et al. 2015, Section 4.2 (0.1, divided by 10 at 32k and 48k, stop at 64k; the
    110-layer net starts at 0.01 until its training error is below 80 %).
    """
    # 1. waiting for the training error to fall
    if recipe.warmup == "error" and not warm:
        return recipe.warmup_rate
    rate = recipe.learning_rate if base is None else base
    # 2. climbing
    if recipe.warmup == "linear":
        rate *= min(1.0, (iteration + 1) / recipe.warmup_iterations)
    # 3. coming down
    if recipe.schedule == "linear":
        return rate * (1 - iteration / recipe.iterations)
    if recipe.schedule == "steps":
        if 4 * iteration >= 3 * recipe.iterations:
            return rate / 100
        if 2 * iteration >= recipe.iterations:
            return rate / 10
    return rate
