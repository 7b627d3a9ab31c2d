"""The answers that the page shows, each read from the store once and shared by all who look."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from explorer.report.formatting import duration
from explorer.server import shared
from explorer.store import states
from explorer.store.jobs.lab_question import Question
from explorer.store.jobs.net_source import SourceError, title
from explorer.store.jobs.records import Look
from explorer.store.jobs.retention import LAB
from explorer.store.jobs.store import JobStore
from resnet.labs import LABS


@dataclass(frozen=True)
class Answer:
    """What became of one question.

    net      what people call the net
    problem  why it cannot be asked, or why it failed, in one sentence; or ""
    look     its job; None where it was not asked yet
    """

    question: Question
    net: str
    payload: dict[str, Any]
    look: Look | None
    problem: str = ""

    @property
    def unasked(self) -> bool:
        """Whether nobody has asked this yet, though it can be asked."""
        return self.look is None and bool(self.payload)

    @property
    def active(self) -> bool:
        return self.look is not None and self.look.active

    @property
    def done(self) -> bool:
        return self.look is not None and self.look.state == states.FINISHED and self.found

    @property
    def found(self) -> bool:
        """Whether there is something to draw: the whole result or a part."""
        return self.result is not None

    @property
    def result(self) -> Any:
        """The lab's result, or None."""
        whole = self._whole
        return whole[0] if whole else None

    @property
    def note(self) -> str:
        """A sentence that the lane has to say of net and images, or ""."""
        return self._whole[1]["note"] if self._whole else ""

    @property
    def images_note(self) -> str:
        """What was done to the images, and what was left out, where it was said; or ""."""
        if not self._whole:
            return ""
        label, said = self._whole[1].get("label", ""), self._whole[1].get("images_note", "")
        return f"{label}: {said}" if said else ""

    @property
    def seconds(self) -> str:
        """How long it took, in words."""
        seconds = self._whole[1]["seconds"] if self._whole else 0.0
        return duration(seconds) if seconds >= 1 else "less than a second"

    @property
    def _whole(self) -> tuple[Any, dict[str, Any]] | None:
        look = self.look
        if look is None or not look.shown or look.state == states.FAILED:
            return None
        return _read(shared.store().engine.url.render_as_string(), look.id, look.shown)


def answers(questions: Sequence[Question]) -> list[Answer]:
    """What is known of these questions."""
    store = shared.store()
    jobs = JobStore(store)
    found = []
    for question in questions:
        net = title(question.source, store)
        try:
            payload = question.payload(store)
        except SourceError as error:
            found.append(Answer(question, net, {}, None, str(error)))
            continue
        look = jobs.look_for(LAB, payload)
        failed = look is not None and look.state == states.FAILED
        found.append(Answer(question, net, payload, look, look.message if failed and look else ""))
    return found


@lru_cache(maxsize=64)
def _read(_store: str, job: int, _shown: int) -> tuple[Any, dict[str, Any]] | None:
    """The result of a job as of one state of it; None where it is not there any more."""
    found = JobStore(shared.store()).job(job)
    if found is None or found.result is None:
        return None
    answer = dict(found.result)
    return LABS[found.payload["lab"]].result.from_plain(answer.pop("result")), answer
