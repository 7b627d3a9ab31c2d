"""What a lane does with a job: the one place where jobs meet torch."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from explorer.lane.job_context import Stopped, Work
from explorer.lane.labs import lab
from explorer.store.jobs.store import JobStore
from explorer.store.patience import Patience
from resnet.cost.counters import counted_by_tools
from resnet.data import DataError
from resnet.export.onnx import export
from resnet.export.shipped import ShippedError
from resnet.spec import NetSpec
from resnet.train.checkpoint import CheckpointError

_log = logging.getLogger(__name__)


def do(jobs: JobStore, lane: str, identity: int) -> None:
    """Does a claimed job; it ends finished, stopped, or failed with one sentence."""
    patience = Patience()
    job = patience(partial(jobs.job, identity))
    if job is None:
        return
    try:
        if job.kind not in KINDS:
            raise ValueError(f"there is no job called {job.kind!r}; restart the server")
        answer = KINDS[job.kind](Work(jobs, lane, job))
        patience(partial(jobs.finish, identity, lane, answer))
    except Stopped:
        patience(partial(jobs.leave, identity, lane))
    except (ValueError, DataError, CheckpointError, ShippedError) as error:
        patience(partial(jobs.fail, identity, lane, str(error)))
    except Exception as error:
        _log.exception("a job broke off")
        words = f"it broke off: {type(error).__name__}: {error}"
        patience(partial(jobs.fail, identity, lane, words))


def _crosscheck(work: Work) -> dict[str, Any]:
    return counted_by_tools(NetSpec.parse(work.payload["net"]), work.tell)


def _onnx(work: Work) -> dict[str, Any]:
    spec = NetSpec.parse(work.payload["net"])
    work.tell("building the net and writing it down")
    work.folder.mkdir(parents=True, exist_ok=True)
    file = work.folder / f"{spec}.onnx"
    export(spec, file)
    return {"file": file.name, "bytes": file.stat().st_size}


KINDS: dict[str, Callable[[Work], dict[str, Any]]] = {
    "crosscheck": _crosscheck,
    "onnx": _onnx,
    "lab": lab,
}
