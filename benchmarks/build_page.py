"""Server time of one change on the Build page: `python benchmarks/build_page.py [section ...]`.

"new" is the first rerun for these nets (planning, costing and drawing them), "again" a later one.
Measured with Streamlit's AppTest, whose own work is in the figures; medians of `REPEATS`.
A rerun draws one section, so each is measured alone.
"""

import functools
import gc
import statistics
import sys
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.views.builder.sections import SHOW

PAGE = Path(__file__).parents[1] / "explorer" / "views" / "builder" / "page.py"
FOUR_OF_110 = ("resnet110-A", "plain110", "resnet110-B", "resnet110-C")
LIMITS = {("resnet20-A",): 100, ("resnet110-A",): 100, FOUR_OF_110: 100, ("resnet1202-A",): 400}
REPEATS = 7
KEPT = ("landmarks", "_errors", "_colour", "vgg19", "_source", "table_1_checks", "table_6_checks")


def rerun(page: AppTest, nets: tuple[str, ...], section: str) -> float:
    """Milliseconds from the link to the end of the script."""
    page.query_params["net"] = list(nets)
    page.query_params["section"] = section
    start = time.perf_counter()
    page.run()
    elapsed = 1000 * (time.perf_counter() - start)
    assert not page.exception, page.exception
    return elapsed


def caches() -> list[functools._lru_cache_wrapper]:
    """Everything that our modules remember about a net."""
    found = {
        id(value): value
        for name, module in sys.modules.items()
        if name.split(".")[0] in ("resnet", "explorer")
        for value in vars(module).values()
        if isinstance(value, functools._lru_cache_wrapper) and value.__name__ not in KEPT
    }
    return list(found.values())


def measure(page: AppTest, nets: tuple[str, ...], section: str) -> tuple[float, float]:
    new, again = [], []
    remembered = caches()
    for _ in range(REPEATS):
        rerun(page, ("plain8",), section)
        for cached in remembered:
            cached.cache_clear()
        new.append(rerun(page, nets, section))
        again.append(rerun(page, nets, section))
        gc.collect()
    return statistics.median(new), statistics.median(again)


def main() -> None:
    sections = sys.argv[1:] or list(SHOW)
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    for section in sections:
        rerun(page, ("plain8",), section)
    print(f"{'nets':34} {'section':10} {'new, ms':>8} {'again, ms':>10} {'limit':>6}")
    for nets, limit in LIMITS.items():
        for section in sections:
            new, again = measure(page, nets, section)
            flag = "  over" if new > limit else ""
            name = " ".join(nets) if len(nets) < 3 else f"four of depth {nets[0][6:9]}"
            print(f"{name:34} {section:10} {new:8.0f} {again:10.0f} {limit:6}{flag}")


if __name__ == "__main__":
    main()
