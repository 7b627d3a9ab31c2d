"""Server time of one look at the Runs page: `python benchmarks/runs_page.py [comparisons]`.

"new" is the first look after the store changed (the list is read, the verdicts of the page are
worked out), "again" a later one (the list is read, outcomes are known), "typed" a search that
leaves some, "together" four runs of four comparisons. CPU time of this process, measured with
Streamlit's AppTest, whose own work is in the figures; medians of `REPEATS`.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from array import array
from dataclasses import replace
from pathlib import Path

REPEATS = 7
LIMIT = 150  # ms
SETS = (
    ("Degradation in two minutes", ("plain20", "plain56", "resnet20-A", "resnet56-A"), 3),
    ("Shortcuts", ("resnet20-A", "resnet20-B", "resnet20-C"), 1),
    ("Your own comparison", ("plain32", "resnet32-A"), 1),
    ("Activations", ("plain20-sigmoid", "plain20-tanh", "plain20"), 3),
)


def fill(store, count: int) -> None:  # type: ignore[no-untyped-def]
    """Comparisons as the lessons leave them: 41 rows a run, 21 of them tests."""
    from explorer.store import states
    from explorer.store.tables import comparisons, rows, runs
    from resnet.lessons import DEGRADATION
    from resnet.plan import plan
    from resnet.spec import NetSpec

    with store.write() as connection:
        for number in range(count):
            title, names, seeds = SETS[number % len(SETS)]
            connection.execute(
                comparisons.insert().values(
                    id=f"{number:08x}",
                    title=title,
                    created=time.time() - 3600 * number,
                    queued=0.0,
                    tags=json.dumps(["class 3b", "for Friday"][: number % 3]),
                    note="one line\nand another" * (number % 5 == 0),
                )
            )
            for name, seed in ((name, seed) for seed in range(seeds) for name in names):
                net = NetSpec.parse(name)
                statement = runs.insert().values(
                    comparison=f"{number:08x}",
                    net=net.to_json(),
                    recipe=replace(DEGRADATION.recipe, seed=seed).to_json(),
                    state=states.FINISHED,
                    iteration=400,
                    turn=seed,
                    until=400,
                )
                run = connection.execute(statement.returning(runs.c.id)).scalar_one()
                norms = array("f", [0.1] * len(plan(net, 16).weighted)).tobytes()
                error = net.depth / (1 if net.plain else 4)
                connection.execute(
                    rows.insert(),
                    [
                        {"run": run, "iteration": at, "seconds": at / 20, "loss": 1.0}
                        | {"train_error": None if at % 20 else error + 40 - at / 10}
                        | {"test_error": None if at % 20 else error + 50 - at / 10}
                        | {"gradients": norms, "weights": norms}
                        for at in range(0, 401, 10)
                    ],
                )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    os.environ["RESNET_HOME"] = tempfile.mkdtemp()
    from streamlit.testing.v1 import AppTest
    from streamlit.util import calc_hash

    from explorer.server import shared
    from explorer.views.runs import cache

    shared.start = lambda: None  # no worker here
    fill(shared.store(), count)
    app = str(Path(__file__).parents[1] / "explorer" / "app.py")

    def look(fresh: bool = False, **link: str) -> float:
        if fresh:
            cache._outcomes.forget()
        cache.changed()
        page = AppTest.from_file(app, default_timeout=60)
        page._page_hash = calc_hash("runs")  # before a first run, switch_page knows files alone
        for name, value in link.items():
            page.query_params[name] = value
        start = time.process_time()
        page.run()
        elapsed = 1000 * (time.process_time() - start)
        assert not page.exception, page.exception
        return elapsed

    look()
    cache.changed()
    for name, ask in {
        "new": lambda: look(fresh=True),
        "again": look,
        "typed": lambda: look(find="resnet-56 friday"),
        "together": lambda: look(runs="1,15,20,40"),
    }.items():
        median = statistics.median(ask() for _ in range(REPEATS))
        print(f"{name:9} {median:6.0f} ms{'  over' if median > LIMIT else ''}")


if __name__ == "__main__":
    main()
