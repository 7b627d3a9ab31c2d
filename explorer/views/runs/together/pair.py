"""Two runs held against each other: how their configurations differ, and what happened to them.

Imports no streamlit.
"""

from collections.abc import Sequence

from explorer.store.records import EXTENDED, RATE, Event, Run
from resnet.spec.checks import capitalised
from resnet.spec.differences import difference
from resnet.spec.names import Entry


def pair_words(one: Run, other: Run, events: Sequence[Event] = ()) -> list[str]:
    """Sentences: the configurations first, then what no configuration tells."""
    words = difference(Entry(one.spec, one.recipe), Entry(other.spec, other.recipe))
    sentences = [f"{capitalised(words)}."]
    if one.data != other.data and one.recipe.data == other.recipe.data and one.data and other.data:
        sentences.append(f"The images were {one.data} against {other.data}.")
    if one.iteration != other.iteration and one.recipe.iterations == other.recipe.iterations:
        sentences.append(f"They are at iteration {one.iteration:,} and {other.iteration:,}.")
    for name, run in (("first", one), ("second", other)):
        done = [_act(event) for event in events if event.run == run.id]
        if acts := [each for each in done if each]:
            sentences.append(f"While the {name} trained, {', '.join(acts)}.")
    return sentences


def _act(event: Event) -> str:
    if event.kind == RATE:
        return f"its rate was set to {event.value:g} at iteration {event.iteration:,}"
    if event.kind == EXTENDED:
        return f"it was extended to iteration {event.value:,.0f}"
    return ""
