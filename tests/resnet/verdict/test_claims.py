"""What verdicts claim is true: invented curves whose truth is known, drawn by hypothesis.

The processes that docs/SCIENCE.md lists are simulated at length by `benchmarks/claims.py`.
"""

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from claims import DEPTHS, OPTIONS, PROCESSES, Process, outcome

REPEATS = 150
# 5 % of 150 repeats, and three standard errors of that
MOST_WRONG = 0.05 + 3 * (0.05 * 0.95 / REPEATS) ** 0.5

error = st.one_of(
    st.floats(0, 1), st.floats(0, 90), st.floats(88, 90), st.just(30.0)
)  # near none, anywhere, near guessing, ties
spread = st.floats(0.05, 8)
four = st.tuples(error, error, error, error)

processes = st.builds(
    Process,
    name=st.just("drawn"),
    errors=four,
    spreads=st.tuples(spread, spread, spread, spread),
    together=st.floats(0, 5),
    seeds=st.integers(1, 5),
    recorded=st.sampled_from((0, 3, 5)),
    images=st.sampled_from((50, 300, 2000, 50_000)),
    jumps=st.sampled_from((0.0, 0.0, 0.1, 0.3)),
    diverging=st.sampled_from((0.0, 0.0, 0.3)),
    curves=st.sampled_from((DEPTHS, OPTIONS)),
)


@settings(max_examples=24, deadline=None, derandomize=True)
@given(processes)
def test_a_verdict_is_true_in_95_of_100_repeats(process):
    assert outcome(process, REPEATS).wrong <= MOST_WRONG


@pytest.mark.parametrize("process", PROCESSES[:2], ids=lambda process: process.name)
def test_what_is_there_is_found_too(process):
    """A judge that never says anything would pass the test above."""
    found = outcome(process, REPEATS)
    assert found.told > 0.7
    assert found.denied > 0.2


def test_the_documented_simulation_is_of_these_processes_and_keeps_the_promise():
    text = (Path(__file__).parents[3] / "docs/SCIENCE.md").read_text("utf-8")
    table = text.split("<!-- claims begin -->")[1].split("<!-- claims end -->")[0].strip()
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    assert [row[0] for row in rows] == [process.name for process in PROCESSES]
    assert all(float(row[1].removesuffix(" %")) <= 5 for row in rows)
