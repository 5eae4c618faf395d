"""``.bidsignore``: files that do not belong to the dataset, by patterns as in ``.gitignore``."""

from __future__ import annotations

import re
from collections.abc import Callable


def ignored_by(text: str) -> Callable[[str], bool]:
    r"""Whether a path, relative to the dataset, is named by the lines of a ``.bidsignore``; the last line counts.

    Examples
    --------
    >>> ignored = ignored_by("sub-02/\n*_old.*\n!keep_old.txt\n")
    >>> [ignored(path) for path in ("sub-02/eeg/a.edf", "sub-01/eeg/x_old.edf", "keep_old.txt", "sub-01/eeg/a.edf")]
    [True, True, False, False]
    """
    rules = [_rule(line) for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]

    def ignored(path: str) -> bool:
        said = [takes for takes, pattern in rules if pattern.fullmatch(path)]
        return bool(said) and said[-1]

    return ignored


def _rule(line: str) -> tuple[bool, re.Pattern[str]]:
    """Whether a line takes files out, and the pattern of the paths that it means."""
    takes = not line.startswith("!")
    pattern = line.removeprefix("!")
    anchored = "/" in pattern.rstrip("/")
    start = "" if anchored else "(?:.*/)?"
    end = "/.*" if pattern.endswith("/") else "(?:/.*)?"
    return takes, re.compile(start + _expression(pattern.strip("/")) + end, re.DOTALL)


_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\[!?[^\]/]+\]|.", re.DOTALL)
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _expression(pattern: str) -> str:
    return "".join(_meaning(part) for part in _PARTS.findall(pattern))


def _meaning(part: str) -> str:
    if part in _MEANINGS:
        return _MEANINGS[part]
    if len(part) > 2 and part.startswith("["):
        negated = part[1] == "!"
        inside = part[2:-1] if negated else part[1:-1]
        letters = inside.replace("\\", r"\\").replace("^", r"\^").replace("[", r"\[")
        return f"[{'^' if negated else ''}{letters}]"
    return re.escape(part)
