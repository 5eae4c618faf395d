"""Regular expressions of filters, through RE2 alone: matching time grows with the text, never faster."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...errors import FilterError

MAX_PATTERN = 512
MAX_MEMORY = 1 << 20
"""Bytes that RE2 may use for one pattern: refuses what would expand enormously."""
MAX_WORK = 200_000_000
"""Characters of a text times steps of a pattern: about a second in the worst case (4 ns each, measured)."""


class TooMuchWork(Exception):
    """The pattern is too large for so long a text."""


@dataclass(frozen=True)
class Pattern:
    """A pattern that RE2 has accepted, with its flags (of ``i``, ``m``, ``s``) sorted."""

    pattern: str
    flags: str = ""

    @property
    def text(self) -> str:
        """The pattern with its flags inside, as RE2 takes it."""
        return f"(?{self.flags}){self.pattern}" if self.flags else self.pattern


def compile_pattern(pattern: object, options: object = "") -> Pattern:
    """Check a ``$regex`` and its ``$options``.

    Raises
    ------
    FilterError
        If they are no text, too long, or not RE2 (look-around and back-references are not), or an option is not
        ``i``, ``m`` or ``s``.
    """
    if not isinstance(pattern, str) or len(pattern) > MAX_PATTERN or "\0" in pattern:
        msg = f"'$regex' takes a pattern of at most {MAX_PATTERN} characters."
        raise FilterError(msg)
    if not isinstance(options, str) or not set(options) <= set("ims"):
        msg = f"'$options' takes the letters i, m and s, not {options!r:.40}."
        raise FilterError(msg)
    checked = Pattern(pattern, "".join(sorted(set(options))))
    compiled(checked.text)
    return checked


def matches(pattern: str, text: str) -> bool:
    """Whether a text holds a match of a checked pattern.

    Raises
    ------
    TooMuchWork
        If it could take longer than a read may.
    """
    expression = compiled(pattern)
    if len(text) * expression.programsize > MAX_WORK:
        raise TooMuchWork
    return expression.search(text) is not None


@lru_cache(maxsize=256)
def compiled(text: str) -> Any:
    """The RE2 object of a pattern; its ``search`` finds a match anywhere.

    Raises
    ------
    FilterError
        If RE2 cannot take it.
    """
    import re2  # only filters with $regex need it

    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        msg = f"'$regex' cannot be used: {reason}. Look-around and back-references are not supported."
        raise FilterError(msg) from None
