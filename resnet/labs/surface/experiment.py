"""Loss surface: the loss on a plane through the weights, in filter-normalised directions.

Source: Li et al. 2018 (arXiv 1712.09913), Section 4: a random direction is scaled, filter by
filter, to the norm of the net's own filter, so that nets whose weights differ in scale can be
compared.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from resnet.data.seeds import generator
from resnet.labs.bench.copies import settled
from resnet.labs.bench.evaluate import loss_and_error
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError, Progress, part_of, quiet
from resnet.labs.surface.result import Surface
from resnet.model import Net
from resnet.model.folding import folded
from resnet.train.fused.evaluation import for_evaluation

SIDE = 9
COARSEST = 5  # points along a side of the first, coarsest grid


def surface(
    net: Net,
    examples: Examples,
    *,
    side: int = SIDE,
    reach: float = 1.0,
    seed: int = 0,
    known: Surface | None = None,
    progress: Progress = quiet,
    show: Callable[[Surface], None] = lambda so_far: None,
) -> Surface:
    """The loss at side x side points, from -reach to +reach in two directions, coarse to fine.

    side   2^k + 1 with k from 2 to 6: 5, 9, 17, 33 or 65
    known  a coarser surface of the same net, examples and seed: its points are not computed again
    show   given the surface as it is after every point of the coarsest grid and after every row's
           worth of points from then on; NaN where it is not known yet

    Convolutions' and the fully connected layer's weights move; biases and BN's scale and shift
    stay, and BN's running means and variances are those of the centre, everywhere (as in the
    paper's own program). So the centre is the loss of the net as it is evaluated.

    Raises LabError for a side that is not on the list, or a `known` surface of something else.
    """
    if side not in (5, 9, 17, 33, 65):
        raise LabError(f"a side of {side} points cannot be refined; choose 5, 9, 17, 33 or 65")
    progress(0.0, "starting")
    still, statistics = settled(net, examples, part_of(progress, 0.0, 0.05))
    plane = Plane(folded(still), seed)
    found = Surface(
        net=str(net.plan.spec),
        images=len(examples),
        statistics=statistics,
        reach=reach,
        steps=np.linspace(-reach, reach, side, dtype=np.float32),
        loss=np.full((side, side), np.nan, np.float32),
        error=np.full((side, side), np.nan, np.float32),
        seed=seed,
    )
    if known is not None:
        _take_over(known, found)
    missing = [at for at in coarse_to_fine(side) if np.isnan(found.error[at])]
    part_progress = part_of(progress, 0.05, 1.0)
    for number, (row, column) in enumerate(missing):
        words = f"point {number + 1} of {len(missing)}"
        here = part_of(part_progress, number / len(missing), (number + 1) / len(missing))
        moved = plane.at(float(found.steps[column]), float(found.steps[row]))
        shown = for_evaluation(moved, examples.images.device)
        loss, error = loss_and_error(shown, examples, here, words)
        found.loss[row, column], found.error[row, column] = loss, error
        if number < COARSEST**2 or number % side == 0:
            show(replace(found, loss=found.loss.copy(), error=found.error.copy()))
    progress(1.0, "done")
    return found


def coarse_to_fine(side: int) -> Iterator[tuple[int, int]]:
    """Every (row, column) of a grid once, the centre first, then grids of 5, 9, 17 ... a side."""
    middle = (side // 2, side // 2)
    yield middle
    seen = {middle}
    points = COARSEST
    while points <= side:
        step = (side - 1) // (points - 1)
        for row in range(0, side, step):
            for column in range(0, side, step):
                if (row, column) not in seen:
                    seen.add((row, column))
                    yield row, column
        points = 2 * points - 1


class Plane:
    """The plane through a net's weights that two filter-normalised random directions span.

    net  in evaluation mode, BN folded where it can be: folding multiplies a filter and its norm
         alike, so the directions are the same as without. The net's weights are moved.
    """

    def __init__(self, net: Net, seed: int) -> None:
        self._net = net
        weights = [
            module.weight.detach()
            for module in net.modules()
            if isinstance(module, nn.Conv2d | nn.Linear)
        ]
        self._weights = weights
        self._centre = [weight.clone() for weight in weights]
        self._directions = [_direction(weights, seed, axis) for axis in (0, 1)]

    @torch.no_grad()
    def at(self, across: float, up: float) -> Net:
        """The net, moved so far in the first direction and so far in the second."""
        for weight, centre, one, other in zip(
            self._weights, self._centre, *self._directions, strict=True
        ):
            weight.copy_(centre + across * one + up * other)
        return self._net


def _direction(weights: list[Tensor], seed: int, axis: int) -> list[Tensor]:
    rng = generator(seed, "labs", "surface", axis)
    directions = []
    for weight in weights:
        drawn = torch.randn(weight.shape, generator=rng).to(weight.device)
        directions.append(filter_normalised(drawn, weight))
    return directions


def filter_normalised(direction: Tensor, weight: Tensor) -> Tensor:
    """A direction whose every filter has the norm of the weight's filter: (out, ...) float32.

    A filter is what makes one output channel, or one output of the fully connected layer.
    """
    sizes = direction.flatten(1).norm(dim=1).clamp_min(1e-10)
    factors = weight.flatten(1).norm(dim=1) / sizes
    return direction * factors.view(-1, *[1] * (weight.dim() - 1))


def _take_over(known: Surface, found: Surface) -> None:
    """Copies the points that a coarser surface of the same plane has."""
    same = ("net", "images", "statistics", "reach", "seed")
    for name in same:
        if getattr(known, name) != getattr(found, name):
            raise LabError(
                f"the surface to refine has {name} {getattr(known, name)!r}, this one has "
                f"{getattr(found, name)!r}; start it anew"
            )
    coarse, fine = len(known.steps), len(found.steps)
    if coarse > fine:
        raise LabError(
            f"the surface to refine has {coarse} points a side already; ask for more than {coarse}"
        )
    step = (fine - 1) // (coarse - 1)
    found.loss[::step, ::step] = known.loss
    found.error[::step, ::step] = known.error
