"""Server time of one rerun of the Build page: `python benchmarks/build_page.py`.

"new" is the first rerun for a net (planning, costing and drawing it), "again" a later one. Measured
with Streamlit's AppTest, whose own work is in the figures; the median of `REPEATS` is printed.
"""

import statistics
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.layer_table import layer_table, shown_table
from resnet.cost import cost
from resnet.plan import plan

PAGE = Path(__file__).parents[1] / "explorer" / "views" / "build.py"
LIMITS = {"resnet20-A": 100, "resnet110-A": 100, "resnet1202-A": 300}  # ms
REPEATS = 15


def rerun(page: AppTest, name: str) -> float:
    """Milliseconds from the link to the end of the script."""
    page.query_params["net"] = name
    start = time.perf_counter()
    page.run()
    elapsed = 1000 * (time.perf_counter() - start)
    assert not page.exception
    return elapsed


def forget() -> None:
    for cached in (plan, cost, layer_table, shown_table):
        cached.cache_clear()


def main() -> None:
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    print(f"{'net':14} {'new, ms':>8} {'again, ms':>10} {'limit':>6}")
    for name, limit in LIMITS.items():
        new, again = [], []
        for _ in range(REPEATS):
            rerun(page, "plain8")
            forget()
            new.append(rerun(page, name))
            again.append(rerun(page, name))
        print(f"{name:14} {statistics.median(new):8.0f} {statistics.median(again):10.0f} {limit:6}")


if __name__ == "__main__":
    main()
