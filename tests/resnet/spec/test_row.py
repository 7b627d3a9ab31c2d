"""A row of a net that diverged tells between which mini-batches it did."""

import pytest

from resnet.spec.row import when_diverged


@pytest.mark.parametrize(
    "iteration, log_every, words",
    [
        (15, 5, "between iterations 10 and 15"),
        (5, 5, "between iterations 0 and 5"),
        (64_000, 100, "between iterations 63,900 and 64,000"),
        (20, 15, "between iterations 15 and 20"),  # the last row, off the beat
        (16, 15, "at iteration 16"),
        (7, 1, "at iteration 7"),
    ],
)
def test_the_row_that_diverged_says_since_when(iteration, log_every, words):
    assert when_diverged(iteration, log_every) == words
