"""What jobs leave behind: small answers in the table, large ones as a file; and for how long."""

import json
import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from resnet.settings import home
from resnet.spec import json_text

LARGE = 200_000  # letters of JSON from which on an answer lies in a file
ANSWER = "answer.json"
_IN_FILE = {"kept_in": ANSWER}


def job_folder(job: int) -> Path:
    """Where a job may leave a file."""
    return home() / "jobs" / str(job)


def written(job: int, answer: dict[str, Any]) -> str:
    """The JSON for the table; a large answer goes to a file, and the JSON says so."""
    text = json.dumps(answer)
    if len(text) <= LARGE:
        return text
    file = job_folder(job) / ANSWER
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(f".{os.getpid()}.part")
    fresh.write_text(text, "utf-8")
    fresh.replace(file)
    return json.dumps(_IN_FILE)


def read(job: int, text: str | None) -> dict[str, Any] | None:
    """The answer that `written` wrote; None where there is none, or its file is gone."""
    answer = _object(text)
    if answer != _IN_FILE:
        return answer
    try:
        return _object((job_folder(job) / ANSWER).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def lost(job: int, text: str | None) -> bool:
    """Whether an answer is damaged, or its file, or the file that it speaks of, is gone."""
    if text is None or len(text) > LARGE // 100:  # what names a file is short
        return False
    answer = _object(text)
    if answer is None:
        return True
    name = answer.get("kept_in") or answer.get("file")
    return isinstance(name, str) and not (job_folder(job) / name).exists()


def names_a_file(text: str | None) -> bool:
    """Whether the answer is a file made for a person, as an ONNX file."""
    short = text if text and len(text) < LARGE // 100 else None
    return bool((_object(short) or {}).get("file"))


def _object(text: str | None) -> dict[str, Any] | None:
    """The object of a JSON text; None where it holds none, for disks and people change files."""
    try:
        found = json_text.read(text, finite=False) if text else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def delete(jobs: Collection[int]) -> None:
    for job in jobs:
        shutil.rmtree(job_folder(job), ignore_errors=True)
