"""The checkpoint that a run goes on from: its last one, or, where that is damaged, the one before.

What is damaged is set aside under another name and never deleted; people are told.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explorer.store.comparisons import checkpoint_before, checkpoint_file
from explorer.store.records import EXTENDED, RATE, Event, Run
from resnet.train import checkpoint

_log = logging.getLogger(__name__)


def restored(run: Run, events: Sequence[Event] = ()) -> tuple[dict[str, Any] | None, str]:
    """The training state to go on from, None for the beginning; and a sentence about it, or "".

    events  what people did to the run, which a state from before does not know
    The caller holds the lock on the run's folder. Raises CheckpointError for a file that is whole
    and does not belong to the run, or that cannot be read now.
    """
    aside: list[str] = []
    for file in (checkpoint_file(run.id), checkpoint_before(run.id)):
        if not file.exists():
            continue
        try:
            state = checkpoint.load_for(file, run.spec, run.recipe)
        except checkpoint.Damaged:
            aside.append(_set_aside(file).name)
            continue
        return state, _told(run, aside, state["iteration"], events)
    return None, _told(run, aside, 0, events)


def _set_aside(file: Path) -> Path:
    number = 1
    while (target := file.with_name(f"{file.stem}.damaged-{number}{file.suffix}")).exists():
        number += 1
    file.replace(target)
    return target


def _told(run: Run, aside: list[str], iteration: int, events: Sequence[Event]) -> str:
    if not aside:
        return ""
    what, was = ("checkpoint", "was") if len(aside) == 1 else ("two checkpoints", "were")
    where = f"it goes on from iteration {iteration:,}" if iteration else "it begins anew"
    by_hand = any(
        event.run == run.id and event.kind in (RATE, EXTENDED) and event.iteration >= iteration
        for event in events
    )
    again = "; what was changed by hand since then is undone" if by_hand else ""
    words = (
        f"the last {what} of {run.spec.title} {was} damaged and set aside as "
        f"{' and '.join(aside)} in run-{run.id}: {where}{again}"
    )
    _log.warning("%s", words, extra={"run": run.id, "comparison": run.comparison})
    return words
