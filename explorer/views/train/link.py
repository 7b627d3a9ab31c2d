"""A launch request as a link, and back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from explorer.store.comparisons import MAX_NETS, MAX_SEEDS
from explorer.store.launch import LaunchRequest
from explorer.views.parts.link import (
    Parameter,
    WrongInPart,
    flag,
    one_of,
    read_link,
    write_link,
)
from explorer.views.train.recipe_widgets import OWN, OWN_NETS, SETTINGS, own_recipe
from resnet.lessons import DEGRADATION, LESSONS
from resnet.spec import NetSpec, SpecError


def from_link(parameters: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Widget values that a link asks for, and a sentence for each thing in it that is wrong."""
    own = "nets" in parameters
    values, wrong = read_link(OF_ANY + OF_ONES_OWN if own else OF_ANY, parameters)
    if own:
        values["lesson"] = OWN
    if not values.get("full"):
        values.pop("full", None)
    return values, wrong


def link_of(request: LaunchRequest) -> dict[str, str]:
    """The query parameters that `from_link` turns back into this request (without its data set)."""
    seeds = {"seed": request.seed, "seeds": request.seeds}
    if request.lesson:
        return write_link(OF_ANY, {"lesson": request.lesson, "full": request.full, **seeds})
    recipe = request.entries[0].recipe if request.entries else own_recipe(0)
    values = {
        "nets": [str(net) for net, _ in request.entries],
        **{f"recipe_{each.name}": getattr(recipe, each.name) for each in SETTINGS},
    }
    return write_link(OF_ONES_OWN + OF_ANY, {**values, **seeds})


def _field(name: str) -> Callable[[str], Any]:
    """Reads a field of a recipe: its default gives the type, Recipe the rules.

    Those that hold for two fields together are for what the page shows in the end.
    """
    alone = replace(own_recipe(0), warmup="none")
    default = getattr(own_recipe(0), name)

    def read(text: str) -> Any:
        yes_or_no = isinstance(default, bool)
        value: Any = {"True": True, "False": False}[text] if yes_or_no else type(default)(text)
        replace(alone, **{name: value})
        return value

    return read


def _nets(text: str) -> list[str]:
    names, wrong = [], []
    for name in text.split(","):
        try:
            names.append(str(NetSpec.parse(name)))
        except SpecError as error:
            wrong.append(f"The link names a net that cannot be: {error}.")
    nets = list(dict.fromkeys(names))[:MAX_NETS] or OWN_NETS
    if wrong:
        raise WrongInPart(wrong, nets)
    return nets


# In the order in which they stand in an address; the keys are those of the widgets.
OF_ANY = (
    Parameter(
        "lesson",
        read=one_of(*LESSONS),
        wrong="The link names the lesson {text!r}, which does not exist; "
        f"{DEGRADATION.title!r} is shown instead.",
    ),
    flag("full"),
    Parameter("seed", default=0, read=_field("seed")),
    Parameter(
        "seeds",
        default=1,
        read=lambda text: {str(count): count for count in range(1, MAX_SEEDS + 1)}[text],
        wrong=f"The link says seeds={{text}}; 1 to {MAX_SEEDS} train in a row.",
    ),
)
OF_ONES_OWN = (
    Parameter("nets", default=None, read=_nets, write=",".join),
    *(
        Parameter(
            each.name,
            f"recipe_{each.name}",
            getattr(own_recipe(0), each.name),
            _field(each.name),
        )
        for each in SETTINGS
    ),
)
