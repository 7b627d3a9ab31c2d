"""Trains the runs that a lane is given, from setting them up to their ends."""

import logging
from collections.abc import Callable

from explorer.lane.active_run import ActiveRun
from explorer.lane.admission import Admission
from explorer.lane.setup import Images, set_up
from explorer.lane.training import LaneTraining
from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.records import Run
from resnet.train import checkpoint

_log = logging.getLogger(__name__)


def train(
    store: RunStore, lane: str, ids: list[int], gone: Callable[[], bool] = lambda: False
) -> None:
    """Trains runs that belong to `lane` until each has ended, or is paused and let go of.

    gone  asked between steps; when it says True the runs are saved and left as interrupted
    """
    images = Images(store, lane, gone)

    def ready(run: Run, device: str | None) -> ActiveRun:
        return set_up(store, run, images.of(run), images.check, device)

    training = LaneTraining(store, lane, Admission(store, lane, ready), gone)
    for identity in ids:
        run = store.run(identity)
        if run:
            training.begin(run)
    images.forget()  # the trainers have what they need of them
    try:
        training.carry_out()
    except checkpoint.CheckpointError as error:
        training.leave(states.INTERRUPTED, str(error))
    except Exception as error:
        _log.exception("training broke off")
        training.leave(states.FAILED, f"training broke off: {error}")
