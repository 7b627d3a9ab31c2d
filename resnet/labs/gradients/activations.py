"""The derivatives of the activations, as curves to draw and as bounds to test; without torch."""

import math

import numpy as np

BOUNDS = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0}  # the largest derivative each can have
SATURATED_BELOW = 0.05  # of that bound
EDGES = {  # |input| beyond which the derivative is below that share of its bound
    # sigmoid' = 1/4 sech^2(x/2) and tanh' = sech^2(x)
    "sigmoid": 2 * math.acosh(SATURATED_BELOW**-0.5),
    "tanh": math.acosh(SATURATED_BELOW**-0.5),
}


def derivative(kind: str, x: np.ndarray) -> np.ndarray:
    """The derivative of "sigmoid", "tanh" or "relu" (0 at 0) at every x; float64, x's shape.

    The sigmoid's is at most 1/4, so n of them in a row multiply a gradient by at most 4^-n; only
    large weights between them can make up for that.
    """
    x = np.asarray(x, np.float64)
    if kind == "relu":
        return (x > 0).astype(np.float64)
    with np.errstate(over="ignore"):  # far out cosh is infinite and the derivative 0
        return BOUNDS[kind] / np.cosh(x / 2 if kind == "sigmoid" else x) ** 2
