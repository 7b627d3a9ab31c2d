"""Small drawn figures in folders, as people have them: bars that stand, bars that lie, discs."""

import numpy as np
from PIL import Image

KINDS = ("standing", "lying", "disc")
APPLE = bytes.fromhex("0005160700020000") + b"Mac OS X" + bytes(140)  # a companion of a Mac


def figure(kind, number, side=32):
    """(side, side) in 0..1: a bright figure on a dark ground."""
    rng = np.random.default_rng(KINDS.index(kind) * 10007 + number)
    values = 0.15 + 0.08 * rng.random((side, side))
    row, column = np.mgrid[:side, :side]
    at = rng.integers(side // 3, 2 * side // 3, 2)
    inside = {
        "standing": abs(column - at[0]) < side // 8,
        "lying": abs(row - at[1]) < side // 8,
        "disc": (column - at[0]) ** 2 + (row - at[1]) ** 2 < (side // 4) ** 2,
    }[kind]
    values[inside] = 0.9
    return values


def rgb(kind, number, side=32):
    values = figure(kind, number, side)
    return Image.fromarray((255 * np.stack([values, 0.8 * values, 0.6 * values], -1)).astype("u1"))


def png(kind, number, path):
    rgb(kind, number).save(f"{path}.png")


def folder(root, save=png, classes=("standing", "lying"), names=None, train=6, test=3):
    """Writes train/<class>/ and test/<class>/; `save(kind, number, path without ending)` writes."""
    for part, count, first in (("train", train, 0), ("test", test, 1000)):
        for place, kind in enumerate(classes):
            there = root / part / (names[place] if names else kind)
            there.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                save(kind, first + number, there / f"{number:04d}")
    return root
