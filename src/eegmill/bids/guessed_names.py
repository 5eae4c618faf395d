r"""Subject, session, task and run of recordings without BIDS names, guessed from the usual ways to name files.

What is guessed is a proposal for a person to look over: it is always a valid BIDS name, and no two recordings get one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from .names import MISSING

RECORDINGS = frozenset({".edf", ".bdf", ".gdf", ".vhdr", ".set", ".cnt", ".fif"})
"""Extensions of files that are recordings by themselves."""
UNKNOWN_TASK = "unknown"

_END = r"(?![A-Za-z0-9])"
_WORDS = {
    "subject": ("subject", "subj", "sub", "participant", "part", "patient", "pat", "proband", "vp", "pp", "s", "p"),
    "session": ("session", "sess", "ses", "visit", "day"),
    "run": ("run", "block", "rec", "r", "b"),
}
_LONG = 3
"""Words so long may stand before letters too: ``ses-pre``."""
_NOISE = frozenset(
    {"eeg", "raw", "data", "edf", "bdf", "set", "vhdr", "export", "exported", "filtered", "file", "files", "recording"}
)
_DATE = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}_?[01][0-9]_?[0-3][0-9](?![0-9])")
_CODES = tuple(
    re.compile(rf"(?:^|_)({code})(?=_|$)")
    for code in ("[A-Z]{1,4}_[0-9]+", "(?!(?i:eeg|raw|data|edf|bdf)[0-9])[A-Za-z]+[0-9]+", "[0-9]{2,}", "[0-9]+")
)
"""What subjects are called without a word for it: ``PD_12``, ``HC01``, ``07``."""
_RUN_DIGITS = 2
_TASK = re.compile(rf"(?:^|_)task[-_]?([A-Za-z0-9]+){_END}", re.IGNORECASE)


@dataclass(frozen=True)
class GuessedName:
    """What a file's name says; empty where it says nothing."""

    subject: str
    session: str = ""
    task: str = UNKNOWN_TASK
    run: str = ""


def guess_names(paths: Sequence[str]) -> dict[str, GuessedName]:
    """Guess the names of recordings from their paths, relative to their folder.

    Examples
    --------
    >>> names = guess_names(["S01_rest.edf", "sub02/ses2/rest_run1.vhdr", "P3_oddball.set", "Subject00_1.edf"])
    >>> for name in names.values():
    ...     print(name.subject, name.session, name.task, name.run, sep=" | ")
    01 |  | rest |
    02 | 2 | rest | 1
    3 |  | oddball |
    00 |  | unknown | 1
    """
    return _apart({path: guess_name(path) for path in paths})


def guess_name(path: str) -> GuessedName:
    """Guess from one path: what stands nearest to the file counts most."""
    place = PurePosixPath(path)
    stem = _DATE.sub("_", _separated(place.stem))
    above = [_separated(part) for part in reversed(place.parts[:-1])]
    task = _TASK.search(stem)
    rest = _TASK.sub("_", stem)
    found = {}
    for entity, announced in _WORDS.items():
        found[entity], rest = _find(announced, rest, above)
    if not found["subject"]:
        found["subject"], rest = _fallback(rest, above)
    tokens = [token for token in rest.split("_") if token]
    numbers = [token for token in tokens if token.isdigit()]
    if not found["run"] and numbers and len(numbers[-1]) <= _RUN_DIGITS:
        found["run"] = numbers[-1]
    words = [token for token in tokens if not token.isdigit() and token.lower() not in _NOISE]
    label = task[1] if task else "".join(words) or _task_above(above)
    subject, session, run = _subject(found["subject"]), _said(found["session"]), _said(found["run"])
    return GuessedName(subject, session, _said(label) or UNKNOWN_TASK, run)


def _said(label: str) -> str:
    """A label, but for one that tables read as no value."""
    return "" if label.lower() in MISSING else label


def _subject(label: str) -> str:
    """A subject may have the initials NA, which tables read as no value."""
    return f"sub{label}" if label.lower() in MISSING else label


def _separated(text: str) -> str:
    """ASCII letters and digits, words apart: ``S001R04`` becomes ``S001_R04``."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", text)
    return re.sub(r"(?<=[0-9])(?=[A-Za-z])", "_", plain)


def _find(words: Sequence[str], stem: str, above: Sequence[str]) -> tuple[str, str]:
    """The label behind one of the words, in the file's name or else in a folder above it; the name without it."""
    for word in words:
        label = "[A-Za-z0-9]+" if len(word) >= _LONG else "[0-9]+"
        apart = rf"(?:_?([0-9]+)|_({label}))" if len(word) >= _LONG else "_?([0-9]+)"
        pattern = re.compile(rf"(?:^|_){word}{apart}{_END}", re.IGNORECASE)
        match = pattern.search(stem)
        if match:
            return next(filter(None, match.groups())), stem[: match.start()] + "_" + stem[match.end() :]
        for text in above:
            match = pattern.search(text)
            if match:
                return next(filter(None, match.groups())), stem
    return "", stem


def _fallback(stem: str, above: Sequence[str]) -> tuple[str, str]:
    """A subject that no word announces: a code, a number, the first of several words, the folder; and the rest."""
    for pattern in _CODES:
        match = pattern.search(stem)
        if match:
            return "".join(filter(str.isalnum, match[1])), stem[: match.start(1)] + "_" + stem[match.end(1) :]
    words = [word for word in stem.split("_") if word and word.lower() not in _NOISE]
    if len(words) > 1 or (words and not above):
        return words[0], stem.replace(words[0], "_", 1)
    return "".join(filter(str.isalnum, above[0] if above else stem)) or "unknown", stem


def _task_above(folders: Sequence[str]) -> str:
    """A folder that is no subject, session or run may be named after the task."""
    for folder in folders:
        rest = folder
        for words in _WORDS.values():
            rest = _find(words, rest, ())[1]
        letters = "".join(
            part for part in rest.split("_") if part and not part.isdigit() and part.lower() not in _NOISE
        )
        if letters and rest == folder:
            return letters
    return ""


def _apart(names: dict[str, GuessedName]) -> dict[str, GuessedName]:
    """Number those that would have one name, in the order of their paths."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for path, name in names.items():
        groups[name.subject, name.session, name.task].append(path)
    for paths in groups.values():
        if len({names[path].run for path in paths}) < len(paths):
            for number, path in enumerate(sorted(paths), start=1):
                names[path] = replace(names[path], run=str(number))
    return names
