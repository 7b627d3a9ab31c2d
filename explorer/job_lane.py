"""What a lane does with a job: the one place where jobs meet torch."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer.jobs import JobStore, job_folder
from resnet.counters import counted_by_tools
from resnet.onnx_export import export
from resnet.spec import NetSpec

Tell = Callable[[str], None]


def do(jobs: JobStore, lane: str, identity: int) -> None:
    """Does a claimed job; it ends finished, or failed with one sentence."""
    job = jobs.job(identity)
    if job is None:
        return

    def tell(message: str) -> None:
        jobs.tell(identity, lane, message)

    try:
        if job.kind not in KINDS:
            raise ValueError(f"there is no job called {job.kind!r}; restart the server")
        jobs.finish(identity, lane, KINDS[job.kind](job.payload, job_folder(identity), tell))
    except ValueError as error:
        jobs.fail(identity, lane, str(error))
    except Exception as error:
        traceback.print_exc()
        jobs.fail(identity, lane, f"it broke off: {type(error).__name__}: {error}")


def _crosscheck(payload: dict[str, Any], _folder: Path, tell: Tell) -> dict[str, Any]:
    return counted_by_tools(NetSpec.parse(payload["net"]), tell)


def _onnx(payload: dict[str, Any], folder: Path, tell: Tell) -> dict[str, Any]:
    spec = NetSpec.parse(payload["net"])
    tell("building the net and writing it down")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{spec}.onnx"
    export(spec, file)
    return {"file": file.name, "bytes": file.stat().st_size}


KINDS: dict[str, Callable[[dict[str, Any], Path, Tell], dict[str, Any]]] = {
    "crosscheck": _crosscheck,
    "onnx": _onnx,
}
