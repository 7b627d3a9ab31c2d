"""What lab "gradients" found: does the gradient vanish on its way back, explode, or arrive?

Sources: He et al. 2015, Section 4.1; Glorot and Bengio 2010, Sections 3 and 4.

What is spoken of is the gradient by a layer's output, of single images; the lesson `gradients`
looks at the gradient by a layer's weights, which is another figure.

How far the gradient at the first layer's output over that at the last one's moves with other first
weights, other images and mini-batches was measured three times on six nets, before training and
after 20 steps: `python benchmarks/resolutions.py gradients`. That FAR is far is a convention.
"""

import math
from collections.abc import Sequence

from resnet.labs.gradients.activations import BOUNDS
from resnet.labs.gradients.result import Gradients, Moment
from resnet.labs.sentences import Said, called, ceiling, does, factor, names
from resnet.spec import NetSpec
from resnet.spec.checks import listed
from resnet.verdict.single import Resolution, Size, against

REACH = Resolution(deviation=0.35, degrees=12, same=1.0)
SHARE = Resolution(deviation=0.1, degrees=12, same=0.5)  # of what is saturated: a convention
FAR = 1000.0  # times smaller or larger, from which a gradient is said to vanish or to explode
BLIND = 1e-6  # of the variance before it: the last layer's, where it cannot tell images apart
SATURATED = 0.05  # share of what enters the activations, below which they are not saturated
FIRST_OVER_LAST = "gradient of the first layer's output over that of the last's"
VANISHES, EXPLODES, ARRIVES, UNCLEAR = "vanishes", "explodes", "arrives", "is near a limit"


def said(results: Sequence[Gradients]) -> Said:
    return Said(
        tuple(_number(*each) for each in zip(names(results), results, strict=True)),
        (_found(results), _source(results), _differs(results)),
    )


def fate(moment: Moment) -> str:
    """VANISHES, EXPLODES or ARRIVES: the first convolution's gradient against the last's.

    UNCLEAR where another start could tip it over a limit. Infinite or undefined gradients have
    exploded; those below what float32 holds have vanished.
    """
    first, last = float(moment.signal[0]), float(moment.signal[-2])
    if not (math.isfinite(first) and math.isfinite(last)):
        return EXPLODES
    if first == 0:
        return VANISHES
    low, high = (against(limit, moment.reach, REACH).size for limit in (1 / FAR, FAR))
    if low is Size.SMALLER:
        return VANISHES
    if high is Size.LARGER:
        return EXPLODES
    return ARRIVES if low is Size.LARGER and high is Size.SMALLER else UNCLEAR


def remains(moment: Moment) -> bool:
    """Whether it is shown that the gradient does not vanish; UNCLEAR may be so at the other end."""
    return fate(moment) in (ARRIVES, EXPLODES) or (
        fate(moment) == UNCLEAR and against(1 / FAR, moment.reach, REACH).size is Size.LARGER
    )


def _number(name: str, result: Gradients) -> tuple[str, str, str]:
    start, *later = result.moments
    note = moment_name(start)
    if later:
        note += f"; {_reach(later[-1])} {moment_name(later[-1])}"
    return f"{name}: {FIRST_OVER_LAST}", _reach(start), note


def _reach(moment: Moment) -> str:
    if moment.signal[0] == 0:
        return "0"  # also where none leaves the last layer
    return factor(moment.reach)


def _found(results: Sequence[Gradients]) -> str:
    """What becomes of the gradient at either moment, and what the words mean."""
    fates = _fates(results, 0)
    sentence = (
        "From the last convolution's output back to the first one's, before training, the gradient "
        + "; it ".join(f"{verb} in {listed(who)}" for verb, who in fates.items())
    )
    if any(len(each.moments) > 1 for each in results):
        last = next(each.moments[-1] for each in results if len(each.moments) > 1)
        after = _fates(results, -1)
        sentence += f". {moment_name(last).capitalize()} " + (
            "the same is true"
            if after == fates
            else "it " + "; it ".join(f"{verb} in {listed(who)}" for verb, who in after.items())
        )
    blind = [
        name for name, each in zip(called(results), results, strict=True) if _blind(each.moments[0])
    ]
    if blind:
        sentence += (
            f". Forward, all images look the same to the last layer of {listed(blind)}, which sees "
            "the means of maps: what varies before it are the edges of maps, not the images"
        )
    return (
        f"{sentence}. (The numbers above are the norm at the first over that at the last; below "
        f"1/{FAR:,.0f} we say it vanishes, above {FAR:,.0f} it explodes, else it arrives; within a "
        f"factor of {ceiling(math.exp(REACH.margin(1)), 1)} of a limit, so much as another start "
        "may change, that it is near it.)"
    )


def _blind(moment: Moment) -> bool:
    """Whether what varies at the last layer is next to nothing of what varies before it."""
    before, last = float(moment.variance[-2]), float(moment.variance[-1])
    if before <= 0 or last <= 0:
        return before > 0
    return against(BLIND, last / before, REACH).size is Size.SMALLER


def _fates(results: Sequence[Gradients], moment: int) -> dict[str, list[str]]:
    fates: dict[str, list[str]] = {}
    for name, result in zip(called(results), results, strict=True):
        fates.setdefault(fate(result.moments[moment]), []).append(name)
    return fates


def _source(results: Sequence[Gradients]) -> str:
    parts = []
    like_the_papers = [
        (name, result)
        for name, result in zip(called(results), results, strict=True)
        if _is_plain_with_bn(result)
    ]
    if like_the_papers:
        parts.append(_popular_explanation(like_the_papers))
    for kind in ("sigmoid", "tanh"):
        squashed = [
            (name, result)
            for name, result in zip(called(results), results, strict=True)
            if result.activation == kind and fate(result.moments[0]) == VANISHES
        ]
        if squashed:
            parts.append(_squashed(kind, squashed))
    if not parts:
        fates = _fates(results, 0)
        gone = fates.get(VANISHES, [])
        open_ = [
            name
            for name, each in zip(called(results), results, strict=True)
            if name not in gone and not remains(each.moments[0])
        ]
        seen = f"they vanish in {listed(gone)}" if gone else "nothing vanishes here"
        if open_:
            seen = f"{f'{seen}, and' if gone else 'here'} {listed(open_)} cannot be told either way"
        parts.append(
            "Glorot and Bengio 2010 (Section 4.3) saw gradients shrink on their way back with the "
            f"first weights that were usual then, and hardly with their own (Xavier's): {seen}. "
            "He et al. 2015 (Section 4.1) say that BN keeps gradients healthy, so compare "
            "with BN and without."
        )
    return " ".join(parts)


def _popular_explanation(nets: Sequence[tuple[str, Gradients]]) -> str:
    """On plain nets with BN and ReLU, of which the paper says that nothing vanishes."""
    gone = [name for name, each in nets if VANISHES in map(fate, each.moments)]
    if gone:
        return (
            f"He et al. 2015 (Section 4.1) found healthy gradients in plain nets with BN; "
            f"here, against that, {does(gone, 'that', 'those')} of {listed(gone)} "
            f"{does(gone, 'vanishes', 'vanish')}."
        )
    open_ = [name for name, each in nets if not all(map(remains, each.moments))]
    if open_:
        return (
            "He et al. 2015 (Section 4.1) found healthy gradients in plain nets with BN; whether "
            f"{does(open_, 'that', 'those')} of {listed(open_)} "
            f"{does(open_, 'vanishes', 'vanish')} is too close to tell here."
        )
    words = (
        "Vanishing gradients, the popular explanation of why deep plain nets fail, is not what "
        f"happens in {listed(name for name, _ in nets)}; He et al. 2015 (Section 4.1) say so of "
        "their plain nets with BN."
    )
    grown = [(name, each) for name, each in nets if fate(each.moments[0]) == EXPLODES]
    if grown:
        words += (
            f" What we see before training in {listed(name for name, _ in grown)} is the opposite, "
            "and the paper does not speak of it: the gradient grows towards the first layer. "
            "Without shortcuts BN makes it grow with depth (Yang et al. 2019, arXiv 1902.08129)."
        )
        calmed = [name for name, each in grown if fate(each.moments[-1]) == ARRIVES]
        if calmed:
            words += f" The first steps calm it in {listed(calmed)}."
    return words


def _squashed(kind: str, nets: Sequence[tuple[str, Gradients]]) -> str:
    """On nets of one activation, sigmoid or tanh, whose gradients vanish: by saturation or not."""
    starts = [result.moments[0] for _, result in nets]
    flat = max(float(each.saturated.mean()) for each in starts)
    slopes = [float(each.derivative.mean()) for each in starts]
    mean = f"{min(slopes):.2f}" + (
        f" to {max(slopes):.2f}" if f"{min(slopes):.2f}" != f"{max(slopes):.2f}" else ""
    )
    words = f"In {listed(name for name, _ in nets)} the gradient vanishes "
    saturated = against(SATURATED, flat, SHARE).size if flat else Size.SMALLER
    if saturated not in (Size.LARGER, Size.SMALLER):
        return words + (
            f"with up to {100 * flat:.2g} % of what enters the {kind} saturated, too near "
            f"{100 * SATURATED:.0f} % to say whether that is much."
        )
    if saturated is Size.LARGER:
        return words + (
            f"and up to {100 * flat:.0f} % of what enters the {kind} is saturated, as Glorot and "
            "Bengio 2010 (Section 3) saw during training."
        )
    words += f"without saturation (at most {100 * flat:.2g} % of what enters the {kind}): "
    if kind == "sigmoid":
        return words + (
            f"the sigmoid's derivative is at most 1/4, here {mean} on average, and those on the "
            "way multiply. Glorot and Bengio 2010 (Section 3) saw sigmoids saturate as well, but "
            "later, in training."
        )
    return words + (
        f"the tanh's derivative is {mean} on average, of at most {BOUNDS[kind]:g}, so it is the "
        "small first weights that shrink it: the scale of them is what Glorot and Bengio 2010 "
        "(Section 4.2) mend."
    )


def _differs(results: Sequence[Gradients]) -> str:
    steps = max(each.moments[-1].iteration for each in results)
    when = f"before training and after {steps} steps" if steps else "before training"
    start = sorted({_start(each) for each in results})
    return (
        "Kept of the papers: nets with and without BN, first weights, and what reaches a layer "
        "forward and back. "
        f"Not kept: we look {when}, on 64 images and from {listed(start, 'or')}, "
        "where He et al. trained for 64,000 iterations and do not say when they looked; Glorot and "
        "Bengio's nets are fully connected with one to five hidden layers, ours are convolutional, "
        "so directions compare, sizes do not. The lesson `gradients` looks at another figure: the "
        "gradient of the first layer's weights over that of the last's."
    )


def _start(result: Gradients) -> str:
    return {
        "he": "He's random weights",
        "xavier": "Xavier's (Glorot and Bengio's) random weights",
        "gaussian": f"Gaussian weights of deviation {result.std:g}",
    }.get(result.initialisation, "the weights that the net has")


def _is_plain_with_bn(result: Gradients) -> bool:
    spec = NetSpec.parse(result.net)
    return spec.plain and spec.norm == "batch" and spec.activation == "relu"


def moment_names(result: Gradients) -> list[str]:
    """ "before training", "after 20 steps"."""
    return [moment_name(each) for each in result.moments]


def moment_name(moment: Moment) -> str:
    if not moment.iteration:
        return "before training"
    return f"after {moment.iteration:,} step{'s' if moment.iteration > 1 else ''}"
