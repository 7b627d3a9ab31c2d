"""A lab's panel on the Why page: what it asks of a person, and how it shows what was found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from resnet.labs import Lab

Settings = dict[str, Any]  # keyword arguments of the lab's function, as JSON can hold them


def no_settings() -> Settings:
    """For labs that ask nothing."""
    return {}


@dataclass(frozen=True)
class Panel:
    """How one lab is asked and shown.

    question  one plain sentence under the title: what a class can find out here
    most      how many nets can stand beside each other
    settings  draws the controls of the lab and returns what was chosen
    show      draws results of one or more nets, in the order they were chosen: (results, theme)
    choose    for a lab of fresh nets that are chosen by its own controls (gradients): draws them
              and returns the specs' names; None where nets are chosen as everywhere
    settings_of  draws the controls where they depend on the nets: called with the chosen nets'
              names instead of `settings`; None for labs that ask the same of every net
    """

    lab: Lab
    question: str
    show: Callable[[Sequence[Any], str], None]
    settings: Callable[[], Settings] = no_settings
    most: int = 4
    choose: Callable[[], tuple[str, ...]] | None = None
    settings_of: Callable[[Sequence[str]], Settings] | None = None

    @property
    def nets(self) -> tuple[str, ...]:
        return self.lab.nets
