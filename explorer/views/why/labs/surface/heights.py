"""What is drawn of a loss surface: its heights, with one scale for all nets beside each other.

Far out the loss reaches 1e9 and may overflow, so heights are logarithmic or cut off; a point that
was computed and is not finite stands at the top. What is not computed yet is NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from resnet.labs.surface.result import CUT_AT, Surface, known

LOG, CUT, ERROR = "log", "cut", "error"
QUANTITIES = {LOG: "loss (logarithmic)", CUT: "loss up to 10", ERROR: "error"}
MOST = 1e5  # where the logarithmic scale ends; beyond it nothing is to be learned
LEAST = 1e-3
LINES = 14  # contours, about


@dataclass(frozen=True)
class Scale:
    """From the lowest to the highest height drawn; `ticks` are (height, words), low to high."""

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    step: float  # between contours


def heights(surface: Surface, quantity: str) -> np.ndarray:
    """(side, side) what is drawn, before it is cut at the scale's top; NaN where not known."""
    if quantity == ERROR:
        return np.asarray(surface.error, np.float64)
    loss = np.asarray(surface.loss, np.float64)
    loss = np.where(known(surface) & ~np.isfinite(loss), np.inf, loss)
    return loss if quantity == CUT else np.log10(np.maximum(loss, LEAST))


def scale_of(results: Sequence[Surface], quantity: str) -> Scale:
    """One scale for all of them."""
    if quantity == ERROR:
        errors = [float(value) for each in results for value in each.error[known(each)]]
        least = 10 * floor(min(errors, default=0.0) / 10)
        most = max(10 * ceil(max(errors, default=100.0) / 10), least + 10)
        ticks = tuple((float(value), f"{value}") for value in range(least, most + 1, 10))
        return Scale("error, %", least, most, ticks, (most - least) / LINES)
    if quantity == CUT:
        words = [f"{value}" for value in range(0, 10, 2)] + ["10 or more"]
        ticks = tuple((2.0 * at, word) for at, word in enumerate(words))
        return Scale("loss", 0.0, CUT_AT, ticks, 0.5)
    everything = np.concatenate([heights(each, LOG).ravel() for each in results])
    finite = everything[np.isfinite(everything)]
    low = float(finite.min()) if len(finite) else 0.0
    top = float(finite.max()) if len(finite) else 1.0
    cut = top > log10(MOST) or bool(np.isposinf(everything).any())
    high = max(min(top, log10(MOST)), low + 0.1)
    return Scale("loss", low, high, _log_ticks(low, high, cut), (high - low) / LINES)


def drawn(surface: Surface, quantity: str, scale: Scale) -> np.ndarray:
    """(side, side) heights inside the scale, filled in between known points; NaN elsewhere."""
    return filled(np.clip(heights(surface, quantity), scale.low, scale.high))


def filled(grid: np.ndarray) -> np.ndarray:
    """Linear in between the points of the coarser grid where the finer one is not known yet."""
    result = grid.copy()
    step = (len(grid) - 1) // 4
    while step > 1:
        coarse, half = result[::step, ::step], step // 2
        rows = np.insert(coarse, range(1, len(coarse)), (coarse[1:] + coarse[:-1]) / 2, axis=0)
        middles = (rows[:, 1:] + rows[:, :-1]) / 2
        fine = np.insert(rows, range(1, rows.shape[1]), middles, axis=1)
        here = result[::half, ::half]
        result[::half, ::half] = np.where(np.isnan(here), fine, here)
        step = half
    return result


def value_words(surface: Surface) -> list[list[str]]:
    """(side, side) what hovering says of each point."""
    grid = known(surface)
    return [
        [
            _point_words(float(loss), float(error)) if there else "not computed yet"
            for loss, error, there in zip(*row, strict=True)
        ]
        for row in zip(surface.loss, surface.error, grid, strict=True)
    ]


def _point_words(loss: float, error: float) -> str:
    words = "too large for a number" if not np.isfinite(loss) else f"{loss:,.4g}"
    return f"loss {words}, error {error:.0f} %"


def _log_ticks(low: float, high: float, cut: bool) -> tuple[tuple[float, str], ...]:
    """Ticks at 1, 2 and 5 within two decades, else at powers of ten."""
    near = high - low <= 2
    values = [
        factor * 10.0**power
        for power in range(floor(low) - 1, ceil(high) + 1)
        for factor in ((1, 2, 5) if near else (1,))
    ]
    ticks = [(log10(value), f"{value:,.10g}") for value in values if low <= log10(value) <= high]
    if cut:
        ticks = [tick for tick in ticks if high - tick[0] > 0.1]
        ticks.append((high, f"{10**high:,.0f} or more"))
    return tuple(ticks)
