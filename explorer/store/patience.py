"""Tries again: what a full or locked disk does not take now, it may take in a while."""

import math
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from explorer.store.trouble import StoreBusy

Answer = TypeVar("Answer")

RETRY_EVERY = 1.0  # seconds
LEFT_FOR = 600.0  # seconds after which one whom nobody waits for any more gives up


def once(action: Callable[[], Answer]) -> Answer:
    """No patience: what cannot be done now is an error."""
    return action()


class Patience:
    """Does an action, again and again until it succeeds, and says so where it has to wait.

    passing  the errors that may pass
    gone     whether whoever asked for all this is gone; it then gives up after LEFT_FOR
    say      told what it waits for, and "" once it goes on
    within   seconds after which it gives up in any case
    """

    def __init__(
        self,
        gone: Callable[[], bool] = lambda: False,
        passing: tuple[type[Exception], ...] = (StoreBusy,),
        say: Callable[[str], None] = lambda words: None,
        within: float = math.inf,
    ) -> None:
        self._gone = gone
        self._passing = passing
        self._say = say
        self._within = within

    def __call__(self, action: Callable[[], Answer]) -> Answer:
        """Raises what it met where nobody waits for it any more, or for too long."""
        began, said = time.monotonic(), ""
        while True:
            try:
                answer = action()
            except self._passing as error:
                within = min(self._within, LEFT_FOR) if self._gone() else self._within
                if time.monotonic() - began > within:
                    raise
                if str(error) != said:
                    said = str(error)
                    print(f"trying again: {said}", file=sys.stderr, flush=True)
                    self._say(said)
            else:
                if said:
                    print("written now; going on", file=sys.stderr, flush=True)
                    self._say("")
                return answer
            time.sleep(RETRY_EVERY)
