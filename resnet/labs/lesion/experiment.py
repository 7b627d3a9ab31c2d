"""Remove a block: what a trained net still knows when blocks are off or have changed places.

Source: Veit et al. 2016 (arXiv 1605.06431), Section 4: one block of a residual net hardly matters
and many matter smoothly, as in an ensemble; a plain net falls to chance with the first.
"""

import torch
from torch import Tensor

from resnet.data.seeds import generator
from resnet.labs.bench.copies import images_at_once, settled
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError, Progress, part_of, quiet
from resnet.labs.lesion.result import Lesion, Switched
from resnet.labs.lesion.switchboard import Switchboard
from resnet.labs.result import numbers
from resnet.model import Net
from resnet.model.folding import folded

COUNTS = (1, 2, 3, 5, 8, 12)  # blocks deleted at random, or pairs swapped
DRAWS = 3


def switched(
    net: Net, examples: Examples, *, off: tuple[str, ...] = (), progress: Progress = quiet
) -> Switched:
    """The error of a net with some blocks off, beside its error with all on.

    Raises LabError for a block that is not there or cannot be off.
    """
    Switchboard(net).check(off)
    progress(0.0, "starting")
    still, statistics = settled(net, examples, part_of(progress, 0.0, 0.3))
    switchboard = Switchboard(folded(still)).quicken(examples.images.device)
    chosen = set(off)
    wrong = [0.0, 0.0]
    shown = 0
    with torch.inference_mode():
        for chunk in examples.chunks(images_at_once(net)):
            for way, blocks in enumerate((set[str](), chosen)):
                progress(0.3 + 0.7 * (shown + way / 2 * len(chunk)) / len(examples), "testing")
                wrong[way] += _wrong(switchboard.run(chunk.images, blocks), chunk)
            shown += len(chunk)
    progress(1.0, "done")
    return Switched(
        net=str(net.plan.spec),
        images=len(examples),
        statistics=statistics,
        off=tuple(name for name in switchboard.names if name in chosen),
        whole_error=100 * wrong[0] / len(examples),
        error=100 * wrong[1] / len(examples),
    )


def lesion(
    net: Net,
    examples: Examples,
    *,
    counts: tuple[int, ...] = COUNTS,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress = quiet,
) -> Lesion:
    """Every block off in turn; then some at random; then pairs of blocks swapped at random.

    counts  how many blocks are off at once, and how many pairs are swapped one after the other;
            counts beyond what the net has are left out
    draws   random choices for each count

    Swapped blocks are of one stage and keep the shape; the head's and stem's places never change.
    Raises LabError for a net of which no block can be off.
    """
    if not Switchboard(net).removable:
        raise LabError(
            f"no block of {net.plan.spec.title} can be taken out, for each changes the shape of "
            "the maps and has no shortcut; choose a deeper net, or one with shortcuts"
        )
    progress(0.0, "starting")
    still, statistics = settled(net, examples, part_of(progress, 0.0, 0.1))
    switchboard = Switchboard(folded(still)).quicken(examples.images.device)
    possible = tuple(count for count in counts if count <= len(switchboard.removable))
    removed = [
        [_chosen(switchboard, count, draw, seed) for draw in range(draws)] for count in possible
    ]
    swaps = counts if switchboard.swappable() else ()
    orders = [
        [_swapped(switchboard, count, draw, seed) for draw in range(draws)] for count in swaps
    ]
    single, several = _Tally(examples), _Tally(examples)
    # the single ones share work
    passes = len(switchboard.names) // 2 + 1 + (len(possible) + len(swaps)) * draws
    done, steps = 0.0, passes * -(-len(examples) // images_at_once(net))
    with torch.inference_mode():
        for chunk in examples.chunks(images_at_once(net)):
            x = switchboard.begin(chunk.images)
            for at, name in enumerate(switchboard.names):
                progress(0.1 + 0.9 * done / steps, f"without {name}")
                if name in switchboard.removable:
                    left = switchboard.off(name, x)
                    for later in switchboard.names[at + 1 :]:
                        left = switchboard.on(later, left)
                    single.count(name, switchboard.end(left), chunk)
                x = switchboard.on(name, x)
                done += (len(switchboard.names) // 2 + 1) / len(switchboard.names)
            single.count("", switchboard.end(x), chunk)
            for row, choices in enumerate(removed):
                for column, off in enumerate(choices):
                    progress(0.1 + 0.9 * done / steps, f"without {len(off)} random blocks")
                    several.count(f"off/{row}/{column}", switchboard.run(chunk.images, off), chunk)
                    done += 1
            for row, arranged in enumerate(orders):
                for column, order in enumerate(arranged):
                    progress(0.1 + 0.9 * done / steps, f"with {swaps[row]} random swaps")
                    logits = switchboard.run(chunk.images, order=order)
                    several.count(f"order/{row}/{column}", logits, chunk)
                    done += 1
    progress(1.0, "done")
    return Lesion(
        net=str(net.plan.spec),
        images=len(examples),
        statistics=statistics,
        error=single.error(""),
        blocks=switchboard.names,
        removable=switchboard.removable,
        single=numbers([single.error(name) for name in switchboard.names]),
        deleted_counts=possible,
        deleted=several.table("off", len(possible), draws),
        swap_counts=swaps,
        swapped=several.table("order", len(swaps), draws),
        order_kept=numbers(
            [
                [kendall_tau([switchboard.names.index(name) for name in order]) for order in row]
                for row in orders
            ]
        ).reshape(len(swaps), draws),
        seed=seed,
    )


def kendall_tau(order: list[int]) -> float:
    """Kendall's rank correlation of an order with the natural one: 1 for the same, -1 reversed."""
    n = len(order)
    pairs = n * (n - 1) // 2
    inversions = sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n))
    return 1 - 2 * inversions / pairs if pairs else 1.0


def _chosen(switchboard: Switchboard, count: int, draw: int, seed: int) -> frozenset[str]:
    rng = generator(seed, "labs", "deleted", count, draw)
    picked = torch.randperm(len(switchboard.removable), generator=rng)[:count]
    return frozenset(switchboard.removable[at] for at in picked.tolist())


def _swapped(switchboard: Switchboard, count: int, draw: int, seed: int) -> list[str]:
    """The blocks' order after `count` swaps of two blocks of one stage, drawn one by one."""
    rng = generator(seed, "labs", "swapped", count, draw)
    order = list(switchboard.names)
    pairs = [
        (one, other)
        for group in switchboard.swappable()
        for at, one in enumerate(group)
        for other in group[at + 1 :]
    ]
    for pick in torch.randint(len(pairs), (count,), generator=rng).tolist():
        one, other = (order.index(name) for name in pairs[pick])
        order[one], order[other] = order[other], order[one]
    return order


def _wrong(logits: Tensor, chunk: Examples) -> float:
    return float((logits.argmax(1) != chunk.labels).sum())


class _Tally:
    """Wrong answers by name, over chunks of the same examples."""

    def __init__(self, examples: Examples) -> None:
        self._total = len(examples)
        self._wrong: dict[str, float] = {}

    def count(self, name: str, logits: Tensor, chunk: Examples) -> None:
        self._wrong[name] = self._wrong.get(name, 0.0) + _wrong(logits, chunk)

    def error(self, name: str) -> float:
        """In percent; NaN for a name that was never counted."""
        return 100 * self._wrong.get(name, float("nan")) / self._total

    def table(self, kind: str, rows: int, columns: int):  # type: ignore[no-untyped-def]
        return numbers(
            [
                [self.error(f"{kind}/{row}/{column}") for column in range(columns)]
                for row in range(rows)
            ]
        ).reshape(rows, columns)
