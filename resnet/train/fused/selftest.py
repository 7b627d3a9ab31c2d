"""Whether a compiled library computes what it should, asked in a process of its own.

    python -I selftest.py LIBRARY [OPENMP...]

A library of a wrong compiler or for another processor may end the process that calls it, so this is
run as a file, without torch, before anybody else loads one. Ends with 0 where all is right,
CANNOT_LOAD where it cannot be loaded here, WRONG where a number differs.
"""

import ctypes
import math
import random
import sys
from array import array
from collections.abc import Sequence

CANNOT_LOAD, WRONG = 3, 4
CHANNELS = 16
ROWS = 8
POINTS, TILES, LANES = 36, 32, 16  # as winograd.c has them
CENTRE = (0.0, -1 / 6, 1 / 6, 1 / 12, -1 / 12, 0.0)  # what a filter's middle weighs at each point
NEAR = 1e-4


def main(library: str, openmp: Sequence[str]) -> int:
    try:
        for each in openmp:
            ctypes.CDLL(each, mode=ctypes.RTLD_GLOBAL)
        found = ctypes.CDLL(library)
    except OSError as error:
        print(error, file=sys.stderr)
        return CANNOT_LOAD
    checks = [norm_is_right(found)]
    if hasattr(found, "winograd"):
        checks.append(evaluation_is_right(found))
    if hasattr(found, "weight_gradient"):  # where the processor has its instructions
        checks.append(weight_gradient_is_right(found))
    return 0 if all(checks) else WRONG


def norm_is_right(found: ctypes.CDLL) -> bool:
    """BN with a shortcut and ReLU, then its gradients, against their equations."""
    chance = random.Random(1)
    x, shortcut, dy = (_numbers(chance, ROWS * CHANNELS) for _ in range(3))
    gamma, beta = _numbers(chance, CHANNELS), _numbers(chance, CHANNELS)
    y, dx = _zeros(ROWS * CHANNELS), _zeros(ROWS * CHANNELS)
    mean, inverse, dgamma, dbeta, running, variance = (_zeros(CHANNELS) for _ in range(6))
    sums, eps = array("d", bytes(16 * CHANNELS)), 1e-5
    whole = ctypes.c_int64(ROWS), CHANNELS
    found.forward_fp32(
        *(_at(x), _at(shortcut), _at(y), *whole, _at(gamma), _at(beta), _at(running)),
        *(_at(variance), ctypes.c_float(0.1), ctypes.c_float(eps), 1, _at(mean), _at(inverse)),
        *(1, _at(sums)),
    )
    given = array("f", dy)
    found.backward_fp32(
        *(_at(given), _at(y), _at(x), _at(dx), 1, *whole, _at(gamma), _at(mean), _at(inverse)),
        *(1, _at(dgamma), _at(dbeta), 1, _at(sums)),
    )
    right = True
    for c in range(CHANNELS):
        own = [x[row * CHANNELS + c] for row in range(ROWS)]
        middle = sum(own) / ROWS
        scale = 1 / math.sqrt(sum((each - middle) ** 2 for each in own) / ROWS + eps)
        normed = [(each - middle) * scale for each in own]
        slope = []
        for row in range(ROWS):
            place = row * CHANNELS + c
            value = max(0.0, gamma[c] * normed[row] + beta[c] + shortcut[place])
            right &= _near(y[place], value)
            slope.append(dy[place] if value > 0 else 0.0)
        total = sum(slope)
        along = sum(a * b for a, b in zip(slope, normed, strict=True))
        right &= _near(dbeta[c], total) and _near(dgamma[c], along)
        for row in range(ROWS):
            back = gamma[c] * scale * (slope[row] - total / ROWS - normed[row] * along / ROWS)
            right &= _near(dx[row * CHANNELS + c], back)
    return right


def evaluation_is_right(found: ctypes.CDLL) -> bool:
    """A convolution whose filters take the pixel itself: each channel k gives channel k times k."""
    side = 5
    chance = random.Random(2)
    x, shortcut = (_numbers(chance, side * side * CHANNELS) for _ in range(2))
    bias = _numbers(chance, CHANNELS)
    filters, y = _zeros(POINTS * CHANNELS * CHANNELS), _zeros(side * side * CHANNELS)
    for point in range(POINTS):
        weight = CENTRE[point // 6] * CENTRE[point % 6]
        for k in range(CHANNELS):
            filters[(point * CHANNELS + k) * CHANNELS + k] = weight * k
    room = _zeros(POINTS * (TILES * 2 * CHANNELS + 2 * LANES))
    found.winograd(
        *(_at(x), _at(filters), _at(bias), _at(shortcut), _at(y), ctypes.c_int64(1)),
        *(side, side, CHANNELS, CHANNELS, 1, 1, _at(room)),
    )
    return all(
        _near(y[place], max(0.0, x[place] * (place % CHANNELS) + bias[place % CHANNELS] + more))
        for place, more in enumerate(shortcut)
    )


def weight_gradient_is_right(found: ctypes.CDLL) -> bool:
    """Small whole numbers, which bfloat16 and float32 hold as they are."""
    side, chance = 4, random.Random(3)
    x, dy = ([chance.randrange(-3, 4) for _ in range(side * side * CHANNELS)] for _ in range(2))
    dw = _zeros(9 * CHANNELS * CHANNELS)
    failed = found.weight_gradient(
        *(_at(_halves(x)), _at(_halves(dy)), _at(dw), ctypes.c_int64(1)),
        *(side, side, CHANNELS, CHANNELS, 1, 1),
    )
    right = not failed
    for k, i, j, c in ((0, 0, 0, 0), (3, 1, 1, 5), (15, 2, 0, 15), (7, 0, 2, 9), (8, 1, 2, 0)):
        total = sum(
            dy[(row * side + at) * CHANNELS + k]
            * x[((row + i - 1) * side + at + j - 1) * CHANNELS + c]
            for row in range(side)
            for at in range(side)
            if 0 <= row + i - 1 < side and 0 <= at + j - 1 < side
        )
        right &= dw[((k * 3 + i) * 3 + j) * CHANNELS + c] == total
    return right


_held: list[array] = []  # what the library is given the address of


def _at(numbers: array) -> ctypes.c_void_p:
    _held.append(numbers)
    return ctypes.c_void_p(numbers.buffer_info()[0])


def _numbers(chance: random.Random, count: int) -> array:
    return array("f", (chance.uniform(-2, 2) for _ in range(count)))


def _zeros(count: int) -> array:
    return array("f", bytes(4 * count))


def _halves(numbers: Sequence[int]) -> array:
    """bfloat16: the upper half of each float32."""
    words = array("H", array("f", numbers).tobytes())
    return words[1::2]


def _near(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= NEAR * max(1.0, abs(wanted))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
