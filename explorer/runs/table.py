"""The table of best and last errors, one row a run."""

from collections.abc import Sequence

import streamlit as st

from explorer.records import Run
from explorer.runs.outcome import Best, Result

ABOUT_BEST = (
    "The best is picked by looking at the test images, so it flatters; compare the last, which is "
    "measured on more images where the recipe says so."
)
COLUMNS = ("last training error, %", "last test error, %")
BEST_COLUMNS = ("best training error, %", "best test error, %")


def best_and_last(named: Sequence[tuple[str, Run]], results: Sequence[Result]) -> list[dict]:
    """Rows of plain values: name, state, iteration, last and best errors with their iteration."""
    table = []
    for (name, run), result in zip(named, results, strict=True):
        row: dict[str, object] = {
            "run": name,
            "state": run.state,
            "iteration": run.iteration,
            COLUMNS[0]: result.train_error,
            COLUMNS[1]: result.test_error,
        }
        for column, best in zip(BEST_COLUMNS, (result.best_train, result.best_test), strict=True):
            row[column] = _best(best)
        row["trained on"] = run.data
        table.append(row)
    return table


def show_table(table: list[dict], key: str) -> None:
    st.dataframe(
        table,
        hide_index=True,
        key=key,
        column_config={
            **{name: st.column_config.NumberColumn(format="%.2f") for name in COLUMNS},
            **{name: st.column_config.TextColumn(help=ABOUT_BEST) for name in BEST_COLUMNS},
            "iteration": st.column_config.NumberColumn(format="%,d"),
        },
    )


def _best(best: Best | None) -> str | None:
    return f"{best.error:.2f} at {best.iteration:,}" if best else None
