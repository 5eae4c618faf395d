"""Values are made once, and the last are kept."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from eegmill.datasets.once import Once


def test_threads_wait_for_the_one_that_makes_it() -> None:
    made: list[int] = []

    def make() -> int:
        time.sleep(0.02)
        made.append(1)
        return len(made)

    once: Once[int] = Once(kept=4)
    barrier = threading.Barrier(8)

    def want(_: int) -> int:
        barrier.wait()
        return once.get("key", make)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(want, range(8))) == [1] * 8


def test_a_fault_is_kept_by_nobody() -> None:
    once: Once[int] = Once(kept=1)
    with pytest.raises(ZeroDivisionError):
        once.get("key", lambda: 1 // 0)
    assert once.get("key", lambda: 2) == 2


def test_what_was_used_last_is_kept_by_its_size() -> None:
    once: Once[str] = Once(kept=5, size_of=len)
    for word in ("aa", "bb", "aa", "c", "dd"):
        once.get(word[0], lambda word=word: word)  # type: ignore[misc] # the loop's own word
    assert once.get("a", lambda: "new") == "aa"
    assert once.get("b", lambda: "new") == "new"
