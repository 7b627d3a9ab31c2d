"""What the paper prints for a net, and whether a run was made so that the two may be compared.

The recipe that is comparable: He et al. 2015, Section 4.2 (all 50,000 training images of 32x32 with
augmentation, mini-batches of 128, 64,000 iterations, a rate of 0.1 divided by 10 at 32,000 and
48,000, momentum, weight decay; 0.01 for the 110-layer net until its training error is below 80 %),
on CIFAR-10 itself, tested on all of its 10,000 test images.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import NamedTuple

from resnet.paper.errors import PublishedError, published_error
from resnet.paper.tables import FIGURE_6_PLAIN, MEDIAN, PAPER, PLAIN_110_ERROR_ABOVE
from resnet.spec import NetSpec, Recipe
from resnet.spec.checks import listed
from resnet.spec.fields import fields_of
from resnet.spec.names import in_a_sentence
from resnet.spec.recipe import TRAINING_IMAGES

PAPER_RECIPE = Recipe()
ALL_IMAGES = TRAINING_IMAGES["cifar10"]
TEST_IMAGES = 10_000
WARMED_UP = 110  # layers


class PaperPoint(NamedTuple):
    """A published test error, in percent, to draw beside the curve of the net with this title."""

    net: str
    value: float
    label: str


@dataclass(frozen=True)
class Comparability:
    """What the paper prints for a net, and what keeps a run of it from being compared with that.

    published   None where it prints no error for exactly this net
    in_fig_6    whether Fig. 6 draws the net, or says why it does not, without printing a figure
    differs     what the run's recipe has that the paper's has not, in words
    shorter     whether its recipe is for fewer iterations than the paper's, which `differs` says
    iterations  how many it has trained so far
    """

    net: NetSpec
    published: PublishedError | None
    in_fig_6: bool
    differs: tuple[str, ...]
    shorter: bool
    iterations: int

    @property
    def comparable(self) -> bool:
        return self.in_the_paper and not self.why_not

    @property
    def in_the_paper(self) -> bool:
        return self.published is not None or self.in_fig_6

    @property
    def why_not(self) -> tuple[str, ...]:
        """Why the run may not be compared, in words; what it has yet to train is among them."""
        if self.iterations < PAPER_RECIPE.iterations and not self.shorter:
            done = f"{self.iterations:,} of {PAPER_RECIPE.iterations:,} iterations so far"
            return (done, *self.differs)
        return self.differs

    @property
    def table(self) -> str:
        """Where it is printed: "Table 6", "He et al. 2016, Table 2"."""
        source = self.published.source if self.published else f"{PAPER}, Fig. 6"
        return source.removeprefix(f"{PAPER}, ")

    @property
    def point(self) -> PaperPoint | None:
        """What may be drawn beside the run's curve: only where its recipe is comparable.

        The mean where one is printed, for a run of one's own is not the best of five.
        """
        if self.published is None or self.differs:
            return None
        of = self.published.mean is not None
        value = self.published.mean if self.published.mean is not None else self.published.error
        how = "mean of five runs" if of else MEDIAN if self.published.how == MEDIAN else ""
        label = f"paper: {value:.2f} %{f', {how}' if how else ''} ({self.table})"
        return PaperPoint(self.net.title, value, label)


def comparability(
    net: NetSpec, recipe: Recipe, data: str, iterations: int, changed: bool = False
) -> Comparability:
    """Holds a run against the paper.

    data        what its images are labelled with, as "CIFAR-10 (JPEG)"; "" where not known yet
    iterations  how many it has trained so far
    changed     whether somebody changed its learning rate while it trained
    """
    drawn = str(net) in (*FIGURE_6_PLAIN, "plain110")
    published = published_error(net) if net.family == "cifar" else None
    differs = (*_recipe_differs(net, recipe, iterations), *_data_differs(recipe, data))
    if changed:
        differs += ("the learning rate was changed by hand",)
    shorter = recipe.iterations < PAPER_RECIPE.iterations
    return Comparability(net, published, drawn, differs, shorter, iterations)


def paper_says(runs: Sequence[tuple[Comparability, Sequence[float]]]) -> list[str]:
    """Sentences on what the paper prints for nets and what came out here; see `Comparability`.

    runs  a net's, with the test errors that its runs ended with, in percent, one a seed
    """
    sentences = [_side_by_side(each, errors) for each, errors in runs if each.comparable]
    printed: dict[tuple[str, tuple[str, ...]], list[Comparability]] = {}
    for each, _ in runs:
        if each.published and not each.comparable:
            printed.setdefault((each.table, each.why_not), []).append(each)
    for (table, why_not), members in printed.items():
        figures = ", ".join(
            f"{in_a_sentence(each.net.title)} {_figure(each, ' (', ')')}" for each in members
        )
        these = "this run is" if len(members) == 1 else "these runs are"
        sentences.append(
            f"Paper: {figures} test error after {PAPER_RECIPE.iterations:,} iterations ({table}); "
            f"{these} not comparable: {', '.join(why_not)}."
        )
    drawn = [each.net for each, _ in runs if each.in_fig_6 and not each.comparable]
    curves = [net.title for net in drawn if str(net) in FIGURE_6_PLAIN]
    if curves:
        their = "its curve" if len(curves) == 1 else "their curves"
        sentences.append(f"{listed(curves)}: the paper draws {their} in Fig. 6, without a figure.")
    sentences += [f"{net.title}: {_above_60()}." for net in drawn if net.title not in curves]
    unknown = [in_a_sentence(each.net.title) for each, _ in runs if not each.in_the_paper]
    if unknown:
        them = "it" if len(unknown) == 1 else "them"
        sentences.append(f"{listed(unknown)}: the paper prints no error for {them} on CIFAR-10.")
    return sentences


def _side_by_side(each: Comparability, errors: Sequence[float]) -> str:
    if each.published:
        paper = f"{_figure(each)} ({each.table})"
    elif str(each.net) in FIGURE_6_PLAIN:
        paper = "a curve in Fig. 6, without a figure"
    else:
        paper = f"above {PLAIN_110_ERROR_ABOVE:g} %, not drawn (Fig. 6)"
    if not errors:
        return f"{each.net.title}, test error. Paper: {paper}."
    got = f"{mean(errors):.2f} %"
    if len(errors) > 1:
        got += f", mean of {len(errors)} seeds ({min(errors):.2f} to {max(errors):.2f})"
    return f"{each.net.title}, test error. Paper: {paper}. You got: {got}."


def _figure(each: Comparability, before: str = ", ", after: str = "") -> str:
    """ "8.75 %"; where five runs are printed, "6.43 %, best of five, mean 6.61 ± 0.16 %"; of the
    follow-up "6.37 %, median of five runs"."""
    assert each.published is not None
    text = f"{each.published.error:.2f} %"
    if each.published.mean is not None:
        of = f"best of five, mean {each.published.mean:.2f} ± {each.published.spread:.2f} %"
        text += before + of + after
    elif each.published.how == MEDIAN:
        text += before + MEDIAN + after
    return text


def _above_60() -> str:
    return f"the paper says that its error is above {PLAIN_110_ERROR_ABOVE:g} % (Fig. 6)"


def _recipe_differs(net: NetSpec, recipe: Recipe, iterations: int) -> list[str]:
    paper = PAPER_RECIPE
    found = _iterations_differ(recipe, iterations)
    if recipe.images not in (None, ALL_IMAGES):
        found.append(f"{recipe.images:,} of {ALL_IMAGES:,} images")
    for name in ("image_size", "augment", "batch", "learning_rate", "schedule"):
        found += _field_differs(name, recipe)
    found += _warm_up_differs(net, recipe)
    for name in ("momentum", "weight_decay"):
        found += _field_differs(name, recipe)
    if recipe.split != paper.split:
        found.append("tested on held-out training images instead of the test images")
    elif recipe.final_images is not None and recipe.final_images < TEST_IMAGES:
        found.append(f"tested on {recipe.final_images:,} of {TEST_IMAGES:,} images")
    return found


def _field_differs(name: str, recipe: Recipe) -> list[str]:
    """ "a rate of 0.05 instead of 0.1"; of sizes and switches what the run has says it all."""
    field = fields_of(Recipe)[name]
    given, wanted = getattr(recipe, name), getattr(PAPER_RECIPE, name)
    if given == wanted:
        return []
    if name == "schedule":
        return [f"a {field.short_words(given)} instead of {wanted}"]
    said = field.said_words(given)
    return [said if field.choices else f"{said} instead of {field.value_words(wanted)}"]


def _iterations_differ(recipe: Recipe, iterations: int) -> list[str]:
    """By what was planned, or trained where the run was extended."""
    wanted, longest = PAPER_RECIPE.iterations, max(recipe.iterations, iterations)
    if recipe.iterations == wanted == longest:
        return []
    if longest < wanted:
        return [f"{longest:,} of {wanted:,} iterations"]
    if longest > wanted:
        return [f"{longest:,} iterations instead of {wanted:,}"]
    return [f"extended after {recipe.iterations:,} iterations"]


def _warm_up_differs(net: NetSpec, recipe: Recipe) -> list[str]:
    as_110 = recipe.warmup == "error" and recipe.warmup_rate == PAPER_RECIPE.warmup_rate
    if net.depth == WARMED_UP and not net.plain:
        return [] if as_110 else ["without the warm-up of the 110-layer net"]
    if recipe.warmup == "none" or (as_110 and net.depth >= WARMED_UP):
        return []
    return [{"linear": "a linear warm-up"}.get(recipe.warmup, "a warm-up")]


def _data_differs(recipe: Recipe, data: str) -> list[str]:
    if recipe.data == "cifar10":
        return []
    if recipe.data == "generated":
        return ["generated images instead of CIFAR-10"]
    if "CIFAR-10" in data and "JPEG" in data:
        return ["CIFAR-10 re-encoded as JPEG"]
    return [f"images of {data}, a folder, instead of CIFAR-10" if data else "a folder of images"]
