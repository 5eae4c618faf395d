"""Values that are made once, however many threads want them at the same time; the last few are kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def _one(_: object) -> int:
    return 1


class Once(Generic[T]):
    """Makes a value a key; who wants one that is being made waits for it.

    Parameters
    ----------
    kept
        How much is remembered, the last used values: so many, or by their sizes.
    size_of
        The size of a value.

    Examples
    --------
    >>> once: Once[int] = Once(kept=1)
    >>> once.get("a", lambda: 1), once.get("a", lambda: 2), once.get("b", lambda: 3), once.get("a", lambda: 4)
    (1, 1, 3, 4)
    """

    def __init__(self, kept: int, size_of: Callable[[T], int] = _one) -> None:
        self._kept, self._size_of = kept, size_of
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, made by ``make`` unless it is there. What ``make`` raises is raised, and nothing kept."""
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            with self._guard:
                if key in self._values:
                    return self._values[key]
            value = make()
            with self._guard:
                self._keep(key, value)
            return value

    def _keep(self, key: Hashable, value: T) -> None:
        self._values[key] = value
        size = sum(map(self._size_of, self._values.values()))
        while self._values and size > self._kept:
            size -= self._size_of(self._values.popitem(last=False)[1])

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process makes its own values."""
        return type(self), (self._kept, self._size_of)
