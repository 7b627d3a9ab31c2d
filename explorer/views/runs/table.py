"""The table of best and last errors, one row a run."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.report.formatting import cell
from explorer.report.outcomes import LastAndBest
from explorer.store.records import Run

ABOUT_BEST = (
    "The lowest of all tests. It is picked by looking at the test images, so it flatters: compare "
    "the last, which may be measured on more images."
)
HEADINGS = {
    "last_train": "last training error, %",
    "last_test": "last test error, %",
    "best_train": "best training, %",
    "best_train_at": "at iteration",
    "best_test": "best test, %",
    "best_test_at": "at iteration",
}


def best_and_last(
    named: Sequence[tuple[str, Run]], results: Sequence[LastAndBest]
) -> list[dict[str, Any]]:
    """Rows of plain values: name, state, iteration, last and best errors in percent."""
    return [
        {
            "run": cell(name),
            "state": run.state,
            "iteration": run.iteration,
            "last_train": result.train_error,
            "last_test": result.test_error,
            "best_train": result.best_train and result.best_train.error,
            "best_train_at": result.best_train and result.best_train.iteration,
            "best_test": result.best_test and result.best_test.error,
            "best_test_at": result.best_test and result.best_test.iteration,
            "trained on": cell(run.data),
        }
        for (name, run), result in zip(named, results, strict=True)
    ]


def show_table(table: list[dict[str, Any]], key: str) -> None:
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        key=key,
        column_config={
            "iteration": number(format="%,d"),
            **{
                name: number(
                    heading,
                    format="%,d" if name.endswith("_at") else "%.2f",
                    help=ABOUT_BEST if name.startswith("best") else None,
                )
                for name, heading in HEADINGS.items()
            },
        },
    )
