"""How big is the residual? The size of what a block adds, F(x), against what it adds to, x.

Source: He et al. 2015, Section 4.2 (residual functions might be generally closer to zero); De and
Smith 2020 (arXiv 2002.10444): at initialisation BN makes every F(x) about equally large
while x grows from block to block, so the ratio falls like 1/sqrt(depth).
"""

import math

import numpy as np
import torch
from torch import Tensor

from resnet.labs.bench.copies import images_at_once, settled
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError, Progress, part_of, quiet
from resnet.labs.residual_size.result import ResidualSize
from resnet.labs.result import numbers
from resnet.model import Net
from resnet.model.hooks import hooked
from resnet.plan import Plan


def residual_size(net: Net, examples: Examples, *, progress: Progress = quiet) -> ResidualSize:
    """||F(x)|| and ||x|| at every addition, in evaluation mode, averaged over the examples.

    Raises LabError for a plain net, which adds nothing.
    """
    laid_out = net.plan
    if laid_out.spec.plain:
        raise LabError(
            f"{laid_out.spec.title} has no shortcuts, so nothing is added in it; "
            "choose a residual net, as its twin with shortcut A"
        )
    progress(0.0, "starting")
    still, statistics = settled(net, examples, part_of(progress, 0.0, 0.4))
    added = {block.main[-1].name: block.name for block in laid_out.blocks}
    passed = {f"{block.name}.shortcut": block.name for block in laid_out.blocks}
    of_f = dict.fromkeys(added.values(), 0.0)
    of_x = dict.fromkeys(added.values(), 0.0)
    ratio = dict.fromkeys(added.values(), 0.0)
    f_now: dict[str, Tensor] = {}
    part_progress = part_of(progress, 0.4, 1.0)
    shown = 0

    def note(name: str, output: Tensor) -> None:
        sizes = output.flatten(1).double().norm(dim=1)
        if name in added:
            f_now[added[name]] = sizes
            of_f[added[name]] += float(sizes.sum())
            return
        block = passed[name]  # a block's shortcut runs after its main branch
        part_progress(shown / len(examples), f"measuring {block}")
        of_x[block] += float(sizes.sum())
        ratio[block] += float((f_now.pop(block) / sizes).sum())

    with torch.inference_mode(), hooked(still, [*added, *passed], note):
        for chunk in examples.chunks(images_at_once(net)):
            still(chunk.images)
            shown += len(chunk)
    count = len(examples)
    ratios = numbers([total / count for total in ratio.values()])
    progress(1.0, "done")
    return ResidualSize(
        net=str(laid_out.spec),
        images=count,
        statistics=statistics,
        blocks=tuple(ratio),
        stages=tuple(block.stage for block in laid_out.blocks),
        of_f=numbers([total / count for total in of_f.values()]),
        of_x=numbers([total / count for total in of_x.values()]),
        ratio=ratios,
        expected=expected_ratios(laid_out),
    )


def expected_ratios(laid_out: Plan) -> np.ndarray:
    """(B,) ||F(x)|| / ||x|| that an untrained net with BN and ReLU should have, by arithmetic.

    The mean square of x is followed through the net: 1/2 after BN and ReLU, 1 after BN, halved
    where half of the channels are zeros, and larger by that of F(x) after every addition, as for
    sums of unrelated numbers. F(x) has 1 where BN ends it. So the ratio falls like 1/sqrt(l) with
    the number l of blocks since x was last made small. The ReLU after an addition is left out: it
    makes x grow a little more slowly. NaN throughout for a net without BN or without ReLU.
    """
    spec = laid_out.spec
    if spec.norm == "none" or spec.activation != "relu":
        return numbers([math.nan] * len(laid_out.blocks))
    ratios = []
    x = 0.5
    for block in laid_out.blocks:
        passed = 0.5 if block.before else x
        for layer in block.shortcut:
            c_in, c_out = layer.in_shape[0], layer.out_shape[0]
            if layer.kind == "zero-pad":
                passed *= c_in / c_out
            elif layer.kind == "conv":
                passed *= 2 * c_in / c_out  # He's weights, counted by what leaves the layer
            elif layer.kind == "norm":
                passed = 1.0
        last = block.main[-1]
        f = 1.0 if last.kind == "norm" else last.in_shape[0] / last.out_shape[0]
        ratios.append(math.sqrt(f / passed))
        x = passed + f
    return numbers(ratios)
