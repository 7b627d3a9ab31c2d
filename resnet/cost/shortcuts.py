"""What a net's shortcuts cost: the same layers with none, A, B and C, and the paper's claim.

He et al. 2015, Section 4.1: in a bottleneck block the shortcut joins the two wide ends, so a
projection there would double the time complexity and the model size.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from resnet.cost.layers import cost
from resnet.cost.memory import kept_bytes
from resnet.spec import NetSpec
from resnet.spec.net import FIELDS


@dataclass(frozen=True)
class OptionCost:
    """A net with one of the four options, for one image.

    activation_bytes  what the layers hand on (fp32)
    kept_bytes        what a training step keeps for its backward pass (fp32)
    """

    spec: NetSpec
    parameters: int
    macs: int
    activation_bytes: int
    kept_bytes: int


@dataclass(frozen=True)
class BlockDoubling:
    """A block whose shortcut is an identity in A and B: its main branch, and C's projection on it.

    Parameters include those of BN; blocks alike in one stage, `count` of them.
    """

    stage: int
    count: int
    parameters: int
    projection_parameters: int
    macs: int
    projection_macs: int

    @property
    def parameter_factor(self) -> float:
        return 1 + self.projection_parameters / self.parameters

    @property
    def mac_factor(self) -> float:
        return 1 + self.projection_macs / self.macs


@lru_cache(maxsize=24)
def option_costs(spec: NetSpec) -> tuple[OptionCost, ...]:
    """The net with none, A, B and C, all else equal."""
    costs = []
    for option in FIELDS["shortcut"].choices:
        twin = replace(spec, shortcut=option)
        total = cost(twin)
        costs.append(
            OptionCost(twin, total.parameters, total.macs, total.activation_bytes, kept_bytes(twin))
        )
    return tuple(costs)


@lru_cache(maxsize=24)
def doubled_blocks(spec: NetSpec) -> tuple[BlockDoubling, ...]:
    """For each stage, the block that option C gives a projection where A and B have an identity.

    Stages without such a block (the first of them changes the shape, and there is no second) are
    left out.
    """
    everywhere = cost(replace(spec, shortcut="C"))
    by_block: dict[tuple[int, int], list[int]] = {}
    for row in everywhere.layers:
        if row.layer.block is not None:
            sums = by_block.setdefault((row.layer.stage, row.layer.block), [0, 0, 0, 0])
            first = 2 if row.layer.branch == "shortcut" else 0
            sums[first] += row.parameters
            sums[first + 1] += row.macs
    found = []
    for stage, blocks in enumerate(everywhere.plan.stages, start=1):
        same = [block for block in blocks if not block.changes_shape]
        if same:
            parameters, macs, more_parameters, more_macs = by_block[stage, same[-1].index]
            found.append(
                BlockDoubling(stage, len(same), parameters, more_parameters, macs, more_macs)
            )
    return tuple(found)


def kernel_arithmetic(spec: NetSpec) -> tuple[int, int]:
    """Weights of a same-shape block's main branch, and of a projection on it, in squares of w.

    w is the width of the block's 3x3 convolutions: a bottleneck has 4w^2 + 9w^2 + 4w^2 and a
    projection 4w x 4w; a basic block has 9w^2 + 9w^2 and a projection w x w, a single layer 9w^2.
    """
    return {"bottleneck": (17, 16), "basic": (18, 1), "single": (9, 1)}[str(spec.block)]
