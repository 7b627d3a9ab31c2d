"""A launch request as a link, and back."""

from dataclasses import replace
from typing import Any

from explorer.store.comparisons import MAX_NETS, MAX_SEEDS
from explorer.views.train.recipe_widgets import OWN, OWN_NETS, SETTINGS, own_recipe
from explorer.views.train.request import Wish
from resnet.lessons import DEGRADATION, LESSONS
from resnet.spec import NetSpec, SpecError


def from_link(parameters: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Widget values that a link asks for, and a sentence for each thing in it that is wrong."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    if "lesson" in parameters:
        if parameters["lesson"] in LESSONS:
            values["lesson"] = parameters["lesson"]
        else:
            wrong.append(
                f"The link names the lesson {parameters['lesson']!r}, which does not exist; "
                f"{DEGRADATION.title!r} is shown instead."
            )
    if "seed" in parameters:
        _read(values, wrong, "seed", parameters["seed"])
    if "seeds" in parameters:
        if parameters["seeds"] in map(str, range(1, MAX_SEEDS + 1)):
            values["seeds"] = int(parameters["seeds"])
        else:
            wrong.append(
                f"The link says seeds={parameters['seeds']}; 1 to {MAX_SEEDS} train in a row."
            )
    if parameters.get("full") == "1":
        values["full"] = True
    if "nets" in parameters:
        values["lesson"] = OWN
        values["nets"] = []
        for name in parameters["nets"].split(","):
            try:
                values["nets"].append(str(NetSpec.parse(name)))
            except SpecError as error:
                wrong.append(f"The link names a net that cannot be: {error}.")
        values["nets"] = list(dict.fromkeys(values["nets"]))[:MAX_NETS] or OWN_NETS
        for setting in SETTINGS:
            if setting.name in parameters:
                _read(values, wrong, setting.name, parameters[setting.name])
    return values, wrong


def link_of(wish: Wish) -> dict[str, str]:
    """The query parameters that `from_link` turns back into this wish (without its data set)."""
    seed = {"seed": str(wish.seed)} if wish.seed else {}
    if wish.seeds > 1:
        seed["seeds"] = str(wish.seeds)
    if wish.lesson:
        return {"lesson": wish.lesson, **({"full": "1"} if wish.full else {}), **seed}
    nets = {"nets": ",".join(str(net) for net, _ in wish.entries)}
    if not wish.entries:
        return {**nets, **seed}
    default, recipe = own_recipe(0), wish.entries[0][1]
    changed = {
        setting.name: str(getattr(recipe, setting.name))
        for setting in SETTINGS
        if getattr(recipe, setting.name) != getattr(default, setting.name)
    }
    return {**nets, **changed, **seed}


def _read(values: dict[str, Any], wrong: list[str], field: str, text: str) -> None:
    """Reads one field of a recipe from a link: its default gives the type, Recipe the rules."""
    default = getattr(own_recipe(0), field)
    try:
        value: Any
        if isinstance(default, bool):
            value = {"True": True, "False": False}[text]
        else:
            value = type(default)(text)
        replace(own_recipe(0), **{field: value})
    except SpecError as error:
        wrong.append(f"The link cannot be followed in one point: {error}.")
    except (ValueError, KeyError):
        wrong.append(f"The link says {field}={text}, which is not a value for it; it was left out.")
    else:
        values[field if field == "seed" else f"recipe_{field}"] = value
