"""Whether a training state, which came from a file, can be gone on from: checked before it is used.

A checkpoint may be damaged, or made by anybody. What it lacks because it is older stays lacking.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from resnet.data import identity
from resnet.spec.recipe import MAX_ITERATIONS

NEEDED = ("net", "optimizer", "iteration", "seconds", "warm", "sums")
OF_THE_RECIPE = ("momentum", "dampening", "weight_decay", "nesterov")  # the rate changes
LONGEST = 400  # letters of a label or the name of a class


class StateError(ValueError):
    """A state that is none of this program's; its text says what is wrong with it."""


def check_plain(state: Any) -> None:
    """Raises StateError where something in it that is no tensor is not what it must be."""
    if not isinstance(state, dict) or "iteration" not in state:
        raise StateError("there is no training state")
    for name, fits in _PLAIN.items():
        if name in state and not fits(state[name]):
            raise StateError(f"its {name} cannot be")


def check_weights(weights: Any, net: nn.Module) -> None:
    """Raises StateError where these are not the weights of this net, name by name."""
    _check_tensors(weights, net.state_dict(), "weights")


def check_whole(state: Any, net: nn.Module, optimizer: Optimizer, sums: Tensor) -> None:
    """Raises StateError where a net could not go on training from this state."""
    check_plain(state)
    if missing := [name for name in NEEDED if name not in state]:
        raise StateError(f"it has no {missing[0]}")
    check_weights(state["net"], net)
    older = sums[0]  # without those of the warm-up, which then begin as those of the rows
    given = state["sums"]
    as_older = isinstance(given, Tensor) and given.shape == older.shape
    _check_tensors({"sums": given}, {"sums": older if as_older else sums}, "sums")
    _check_optimizer(state["optimizer"], optimizer)


def _check_tensors(given: Any, ours: Mapping[str, Tensor], what: str) -> None:
    if not isinstance(given, Mapping) or set(given) != set(ours):
        raise StateError(f"its {what} are not those of the net")
    for name, each in ours.items():
        found = given[name]
        whole = isinstance(found, Tensor) and found.layout == each.layout
        if not whole or (found.shape, found.dtype) != (each.shape, each.dtype):
            raise StateError(f"its {what} are of other shapes or kinds than the net's")


def _check_optimizer(given: Any, ours: Optimizer) -> None:
    """As many groups and numbers as ours, momenta of the shapes of what they move."""
    if not isinstance(given, Mapping) or set(given) != {"state", "param_groups"}:
        raise StateError("its optimizer is none")
    (group,) = ours.state_dict()["param_groups"]
    groups = given["param_groups"]
    if not isinstance(groups, list) or len(groups) != 1 or not isinstance(groups[0], Mapping):
        raise StateError("its optimizer has other groups")
    if not {"params", *OF_THE_RECIPE} <= set(groups[0]):
        raise StateError("its optimizer lacks settings")
    for name, value in groups[0].items():
        if isinstance(value, Tensor) and value.numel() == 1:  # the rate, where a graph reads it
            value = value.item()
        plain = isinstance(name, str) and isinstance(value, int | float | list | None)
        if not plain or (name == "params" and value != group["params"]):
            raise StateError("its optimizer has other settings")
        if isinstance(value, float) and not math.isfinite(value):
            raise StateError("its optimizer has a setting that is no number")
        if name in OF_THE_RECIPE and value != group[name]:
            raise StateError("its optimizer has other settings than its recipe")
    weights = ours.param_groups[0]["params"]
    momenta = given["state"]
    if not isinstance(momenta, Mapping) or not set(momenta) <= set(range(len(weights))):
        raise StateError("its momenta are not those of the net")
    for place, held in momenta.items():
        buffer = held.get("momentum_buffer") if isinstance(held, Mapping) else 0
        if buffer is not None:
            ours_of = {"momentum": weights[place]}
            _check_tensors({"momentum": buffer}, ours_of, "momenta")


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_ITERATIONS


def _number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value >= 0


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def _changes(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(each, list | tuple)
        and 2 <= len(each) <= 3
        and _count(each[0])
        and _number(each[1])
        and (len(each) == 2 or each[2] is None or _count(each[2]))
        for each in value
    )


def _set(value: Any) -> bool:
    """What `resnet.data.identity.of` says of images."""
    return (
        isinstance(value, dict)
        and set(value) >= {"label", "fingerprint", "classes", "images"}
        and _text(value["label"])
        and _text(value["fingerprint"])
        and isinstance(value["classes"], list)
        and all(map(_text, value["classes"]))
        and isinstance(value["images"], list)
        and len(value["images"]) == 2
        and all(type(each) is int and each >= 0 for each in value["images"])
    )


_PLAIN: dict[str, Callable[[Any], bool]] = {
    "iteration": _count,
    "seconds": _number,
    "warm": lambda value: isinstance(value, bool),
    "summed_from": _count,
    "waited_from": _count,
    "changes": _changes,
    "images": lambda value: isinstance(value, str),
    identity.SET: _set,
}
