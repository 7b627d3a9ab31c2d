"""A trainer's rows as arrays to keep and to draw."""

import math
from collections.abc import Sequence

import numpy as np

from resnet.labs.result import TrainingCurve, numbers
from resnet.spec.row import Row


def curve_of(rows: Sequence[Row]) -> TrainingCurve:
    """Loss and errors by iteration; NaN where a row has none."""

    def column(values: list[float | None]) -> np.ndarray:
        return numbers([math.nan if value is None else value for value in values])

    return TrainingCurve(
        iterations=np.asarray([row.iteration for row in rows], np.int32),
        loss=column([row.loss for row in rows]),
        train_error=column([row.train_error for row in rows]),
        test_error=column([row.test_error for row in rows]),
    )
