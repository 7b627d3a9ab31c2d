"""What exists once in a process, outside Streamlit's caches.

A message of any browser (`clear_cache`) empties `st.cache_resource` for all visitors, and a cache
with a lifetime (`ttl`) fails now and then when threads ask at the moment at which it ends. So what
must not be made twice, and what pages poll, is kept here: as long as the process lives, for all
reruns of all sessions, made and read by one thread while the others wait.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
_forgotten: list[Callable[[], None]] = []


class Once(Generic[Value]):
    """Calls `make` at the first call and returns the same ever after; an error is not kept."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._lock = threading.RLock()
        self._made: list[Value] = []
        _forgotten.append(self.forget)

    def __call__(self) -> Value:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    def forget(self) -> None:
        with self._lock:
            self._made.clear()


class OnceEach(Generic[Key, Value]):
    """Calls `make` once for each key; of more than `most`, the one unasked for longest goes."""

    def __init__(self, make: Callable[[Key], Value], most: int) -> None:
        self._make = make
        self._most = most
        self._lock = threading.RLock()
        self._made: OrderedDict[Key, Value] = OrderedDict()
        _forgotten.append(self.forget)

    def __call__(self, key: Key) -> Value:
        with self._lock:
            if key not in self._made:
                self._made[key] = self._make(key)
            self._made.move_to_end(key)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
            return self._made[key]

    def forget(self) -> None:
        with self._lock:
            self._made.clear()


class Fresh(Generic[Value]):
    """What `read` says, at most `seconds` old; one reading serves everyone who asks meanwhile."""

    def __init__(self, read: Callable[[], Value], seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._lock = threading.Lock()
        self._at = float("-inf")
        self._kept: list[Value] = []
        _forgotten.append(self.changed)

    def __call__(self) -> Value:
        with self._lock:
            if time.monotonic() - self._at >= self._seconds:
                self._kept = [self._read()]
                self._at = time.monotonic()
            return self._kept[0]

    def changed(self) -> None:
        """The next who asks has it read anew: the visitor who did something sees it done."""
        with self._lock:
            self._at = float("-inf")


def forget() -> None:
    """Has everything made anew, for a test that has another store."""
    for each in _forgotten:
        each()
