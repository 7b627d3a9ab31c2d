"""Curves thinned to what pixels can show: numpy arrays in, indices of the rows that stay out."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np


def kept(curves: Sequence[np.ndarray], points: int) -> np.ndarray:
    """Indices (ascending) of at most about `points` rows that keep the look of every curve.

    curves  arrays of the same length (rows,); NaN where there is no value

    The rows are cut into buckets of equal size; each keeps where a curve is lowest and highest.
    The first and the last row stay.
    """
    rows = len(curves[0])
    if rows <= points:
        return np.arange(rows)
    buckets = max(1, points // (2 * len(curves)))
    size = -(-rows // buckets)
    padding = -rows % size
    chosen = [np.array([0, rows - 1])]
    for curve in curves:
        for sign in (1, -1):
            filled = np.where(np.isnan(curve), np.inf, sign * curve)
            cut = np.pad(filled, (0, padding), constant_values=np.inf).reshape(-1, size)
            found = cut.argmin(1) + size * np.arange(len(cut))
            chosen.append(found[found < rows])
    return np.unique(np.concatenate(chosen))


def jumps(values: np.ndarray, most: int = 40) -> np.ndarray:
    """Indices on either side of a change by more than a fifth: the steps of a learning rate."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.abs(np.diff(values)) > 0.2 * np.fmax(np.abs(values[1:]), np.abs(values[:-1]))
    at = np.flatnonzero(change)[: most // 2]
    return np.union1d(at, at + 1)


def means(values: np.ndarray, buckets: int) -> tuple[np.ndarray, np.ndarray]:
    """The middle row (int) and the mean of each of so many buckets of equal size."""
    edges = np.linspace(0, len(values), buckets + 1).astype(int)
    pairs = list(pairwise(edges))
    middle = np.array([(low + high - 1) // 2 for low, high in pairs])
    return middle, np.array([values[low:high].mean() for low, high in pairs])


def columns(rows: int, most: int, running: bool) -> np.ndarray:
    """Which of so many rows a map shows as its columns; while running the choice stays put.

    Running, every 2^k-th row and the last one, so that a refresh adds columns and moves none.
    """
    if rows <= most:
        return np.arange(rows)
    if not running:
        return np.unique(np.linspace(0, rows - 1, most).round().astype(int))
    step = 1
    while -(-rows // step) >= most:
        step *= 2
    return np.union1d(np.arange(0, rows, step), [rows - 1])
