"""Trains the runs that a lane is given, from setting them up to their ends."""

import logging
from collections.abc import Callable
from functools import partial

from explorer.lane.active_run import ActiveRun
from explorer.lane.admission import Admission
from explorer.lane.setup import Images, set_up
from explorer.lane.training import LaneTraining
from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.patience import Patience
from explorer.store.records import Run
from explorer.store.training import TrainingStore
from explorer.store.trouble import StoreError
from resnet.train import checkpoint

_log = logging.getLogger(__name__)


def train(
    store: RunStore, lane: str, ids: list[int], gone: Callable[[], bool] = lambda: False
) -> None:
    """Trains runs that belong to `lane` until each has ended, or is paused and let go of.

    gone  asked between steps; when it says True the runs are saved and left as interrupted
    """
    written = TrainingStore(store, Patience(gone))
    images = Images(written, lane, gone)

    def ready(run: Run, device: str | None) -> ActiveRun:
        return set_up(written, lane, run, images.of(run), images.check, device)

    training = LaneTraining(store, written, lane, Admission(written, lane, ready), gone)
    try:
        for identity in ids:
            run = written.patience(partial(store.run, identity))
            if run:
                training.begin(run)
        images.forget()  # the trainers have what they need of them
        training.carry_out()
    except StoreError as error:  # nothing more can be written: the next worker finds the runs
        _log.error("the lane gives up: %s", error)
    except checkpoint.CheckpointError as error:
        training.leave(states.INTERRUPTED, str(error))
    except Exception as error:
        _log.exception("training broke off")
        training.leave(states.FAILED, f"training broke off: {error}")
