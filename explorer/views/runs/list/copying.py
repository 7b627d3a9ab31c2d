"""A copy of a comparison as a link to the Train page, where it can be changed and launched.

Imports no streamlit of its own.
"""

from dataclasses import dataclass, replace

from explorer.store.launch import own_request
from explorer.store.records import Comparison
from explorer.views.train import recipe_widgets
from explorer.views.train.link import from_link, link_of
from resnet.spec import Recipe
from resnet.spec.checks import listed
from resnet.spec.differences import difference
from resnet.spec.names import Entry


@dataclass(frozen=True)
class Copy:
    """A link to the Train page with the nets and the recipe of a comparison.

    data      the image set of the recipe, which no link carries
    left_out  a sentence for each thing that the copy has differently
    """

    link: dict[str, str]
    data: str
    left_out: tuple[str, ...]


def copied(comparison: Comparison) -> Copy:
    """The first run's recipe, for one link holds one; and the seeds where they are in a row."""
    nets = tuple(dict.fromkeys(run.spec for run in comparison.runs))
    first = comparison.runs[0]
    seeds = comparison.seeds
    in_a_row = seeds == tuple(range(seeds[0], seeds[0] + len(seeds)))
    recipe = replace(_for_widgets(first.recipe), seed=seeds[0])
    link = link_of(own_request(nets, recipe, len(seeds) if in_a_row else 1))
    if link.get("images") == "None":  # all of a set whose size is not known
        del link["images"]
    values, _wrong = from_link(link)
    fields = {key.removeprefix("recipe_"): value for key, value in values.items()}
    del fields["lesson"], fields["nets"]
    seed = fields.pop("seed", 0)
    fields.pop("seeds", None)
    taken = replace(recipe_widgets.own_recipe(seed), **fields, data=first.recipe.data)
    left_out = []
    others = [
        run
        for run in comparison.runs
        if replace(run.recipe, seed=first.recipe.seed) != first.recipe
    ]
    if others:
        other = others[0]
        words = difference(
            Entry(first.spec, first.recipe),
            Entry(first.spec, replace(other.recipe, seed=first.recipe.seed)),
        )
        left_out.append(
            f"Every net takes the recipe of {first.spec.title}; "
            f"that of {other.spec.title} is another: {words}."
        )
    if not in_a_row:
        left_out.append(f"It starts with seed {seeds[0]} alone, not with {listed(seeds)}.")
    changed = difference(Entry(first.spec, recipe), Entry(first.spec, taken))
    if not changed.startswith("nothing differs"):
        left_out.append(f"What the controls do not offer takes their own value: {changed}.")
    return Copy(link, first.recipe.data, tuple(left_out))


def _for_widgets(recipe: Recipe) -> Recipe:
    """The same training in values that the widgets hold: all images of a set as their number."""
    if recipe.warmup != "linear":  # then its length says nothing
        recipe = replace(recipe, warmup_iterations=recipe_widgets.own_recipe(0).warmup_iterations)
    return replace(recipe, images=recipe.training_images)
