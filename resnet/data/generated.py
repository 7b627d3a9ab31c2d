"""Ten classes of shapes drawn by the program: the data set that needs no download.

Every image shows one shape of random size, place, angle and colours over a patterned ground, with
noise. It is deterministic, and labelled "generated images" wherever it is used.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

VERSION = 1
SIDE = 32
PER_CLASS = {"train": 1000, "test": 200}
CLASSES = (
    "disc", "ring", "square", "frame", "triangle",
    "cross", "bars", "checks", "crescent", "star",
)  # fmt: skip
CHUNK = 250
NOISE = 0.05  # standard deviation, of a full scale of 1


def images(part: str, progress: Callable[[int, int], None]) -> tuple[Tensor, Tensor]:
    """The training or test images: (N, 3, 32, 32) uint8 and (N,) int64 labels, classes mixed."""
    count = PER_CLASS[part]
    total = count * len(CLASSES)
    rng = np.random.default_rng([VERSION, part == "test"])
    labels = rng.permutation(np.repeat(np.arange(len(CLASSES)), count))
    pixels = np.empty((total, 3, SIDE, SIDE), np.uint8)
    for start in range(0, total, CHUNK):
        chunk = labels[start : start + CHUNK]
        pixels[start : start + CHUNK] = _draw(chunk, rng)
        progress(min(start + CHUNK, total), total)
    return torch.from_numpy(pixels), torch.from_numpy(labels.astype(np.int64))


def _draw(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    n = len(labels)
    size = rng.uniform(7.5, 11.5, n)[:, None, None]  # "radius" in pixels
    angle = rng.uniform(0, 2 * np.pi, n)[:, None, None]
    centre = rng.uniform(12, SIDE - 12, (2, n))[:, :, None, None]
    rows, columns = np.mgrid[:SIDE, :SIDE][:, None] + 0.5
    down, right = rows - centre[0], columns - centre[1]
    u = (np.cos(angle) * right + np.sin(angle) * down) / size
    v = (np.cos(angle) * down - np.sin(angle) * right) / size
    inside = np.empty((n, SIDE, SIDE))
    for label in range(len(CLASSES)):
        of_class = labels == label
        inside[of_class] = _distance(label, u[of_class], v[of_class])
    coverage = 1 / (1 + np.exp(np.clip(inside * size * 2, -30, 30)))  # soft edge of half a pixel

    ground, ink = _colours(n, rng)
    wave = _waves(n, rows, columns, rng)
    picture = ground[:, :, None, None] + wave[:, None] * rng.uniform(0.03, 0.12, (n, 3, 1, 1))
    picture = picture + coverage[:, None] * (ink[:, :, None, None] - picture)
    picture += rng.normal(0, NOISE, picture.shape)
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def _distance(label: int, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Roughly the signed distance to the shape's edge, negative inside, in units of its radius."""
    radius = np.hypot(u, v)
    box = np.maximum(np.abs(u), np.abs(v))
    match CLASSES[label]:
        case "disc":
            return radius - 0.95
        case "ring":
            return np.abs(radius - 0.75) - 0.22
        case "square":
            return box - 0.82
        case "frame":
            return np.abs(box - 0.68) - 0.2
        case "triangle":
            return np.maximum(-v - 0.55, np.abs(u) * 0.866 + v * 0.5 - 0.55)
        case "cross":
            return np.maximum(np.minimum(np.abs(u), np.abs(v)) - 0.26, box - 0.95)
        case "bars":
            return np.maximum(np.abs(np.abs(u) - 0.55) - 0.24, np.abs(v) - 0.85)
        case "checks":
            return np.maximum(-np.sign(u * v) * np.minimum(np.abs(u), np.abs(v)), box - 0.85)
        case "crescent":
            return np.maximum(radius - 0.95, 0.75 - np.hypot(u - 0.45, v))
        case _:
            return radius - (0.68 + 0.3 * np.cos(5 * np.arctan2(v, u)))


def _colours(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Ground and ink, (n, 3) each: random, and apart by a quarter of full scale or more."""
    ground = rng.uniform(0.1, 0.9, (n, 3))
    step = rng.uniform(0.25, 0.5, (n, 3)) * rng.choice([-1, 1], (n, 3))
    ink = np.where((ground + step < 0) | (ground + step > 1), ground - step, ground + step)
    return ground, ink


def _waves(n: int, rows: np.ndarray, columns: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A plane wave over each ground, so that an edge alone gives nothing away: (n, 32, 32)."""
    pitch = rng.uniform(0.2, 0.9, (2, n))[:, :, None, None]
    phase = rng.uniform(0, 2 * np.pi, n)[:, None, None]
    return np.sin(pitch[0] * rows + pitch[1] * columns + phase)
