"""A run's rows as TensorBoard event files, where the package `tensorboard` is installed.

They lie in events/ of the run's folder; `tensorboard --logdir checkpoints` shows them all. Rows of
a run that goes on from a checkpoint take the place of those that were lost with its process.
"""

import importlib.util
import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from resnet.spec.row import Row

_log = logging.getLogger(__name__)


def available() -> bool:
    """Whether event files can be written; loads what writes them."""
    if importlib.util.find_spec("tensorboard") is None:
        return False
    try:
        import torch.utils.tensorboard  # noqa: F401
    except ImportError:  # too old, or torn apart
        return False
    return True


def open_events(folder: Path, layers: Sequence[str], iteration: int) -> "EventFiles | None":
    """Event files for a run that goes on after `iteration` (0: from the start); None without."""
    if not available():
        return None
    from torch.utils.tensorboard import SummaryWriter

    try:
        later = iteration + 1 if iteration else 0
        return EventFiles(SummaryWriter(str(folder), purge_step=later), layers)
    except OSError as error:
        _log.warning("no event files: %s", error)
        return None


class EventFiles:
    """Writes rows with a SummaryWriter; what it cannot write it leaves out: training goes on.

    layers  the names of the layers that a row has gradient norms for; the first and the last show
    """

    def __init__(self, writer: Any, layers: Sequence[str]) -> None:
        self._writer = writer
        self._layers = layers

    def add(self, rows: Sequence[Row]) -> None:
        try:
            for row in rows:
                for tag, value in scalars(row, self._layers).items():
                    self._writer.add_scalar(tag, value, row.iteration)
            self._writer.flush()
        except Exception as error:  # its writing thread passes on whatever it met
            self._give_up(error)

    def close(self) -> None:
        try:
            self._writer.close()
        except Exception as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        _log.warning("event files end here: %s", error)
        self._writer = _Nowhere()


class _Nowhere:
    def add_scalar(self, tag: str, value: float, step: int) -> None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


def scalars(row: Row, layers: Sequence[str]) -> dict[str, float]:
    """What a row shows, by tag; errors in percent. What is None or not finite is left out."""
    shown = {
        "error/train": row.train_error,
        "error/test": row.test_error,
        "error/batch": row.batch_error,
        "loss": row.loss,
        "learning rate": row.learning_rate,
    }
    if row.gradients:
        for place, index in (("first", 0), ("last", -1)):
            shown[f"gradient norm/{place} layer, {layers[index]}"] = row.gradients[index]
    return {tag: it for tag, it in shown.items() if it is not None and math.isfinite(it)}
