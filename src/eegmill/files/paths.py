"""Paths that come from outside, and must stay below a folder of ours."""

from __future__ import annotations

import re
import shlex
import unicodedata
from typing import TYPE_CHECKING

from ..errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

_DRIVE = re.compile(r"^[A-Za-z]:")


def is_safe(key: str) -> bool:
    """Whether a path can only mean a file below the folder that it is relative to."""
    return not (
        any(part in {"", ".", ".."} for part in key.split("/"))
        or "\\" in key
        or _DRIVE.match(key)
        or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in key)
    )


class UnsafePath(SourceError):
    """A source names a file that would lie outside its dataset."""


def safe_path(key: str) -> str:
    """Check a path relative to a dataset root, with forward slashes, and return it.

    Raises
    ------
    UnsafePath
        If it is absolute, empty, leaves its folder, or holds control characters or backslashes.

    Examples
    --------
    >>> safe_path("sub-01/eeg/sub-01_task-rest_eeg.edf")
    'sub-01/eeg/sub-01_task-rest_eeg.edf'
    >>> safe_path("../../etc/passwd")
    Traceback (most recent call last):
    eegmill.files.paths.UnsafePath: The source names a file '../../etc/passwd', which is no path inside a dataset: …
    """
    if not is_safe(key):
        msg = f"The source names a file {key!r}, which is no path inside a dataset: refused."
        raise UnsafePath(msg)
    return key


def inside(root: Path, key: str) -> Path:
    """Return the path of a dataset file below ``root``, also when folders on the way are links.

    Raises
    ------
    SourceError
        If it would lie elsewhere.
    """
    target = root / safe_path(key)
    if not target.parent.resolve().is_relative_to(root.resolve()):
        msg = f"'{target.parent}' leads out of '{root}' by a link: '{key}' is not written there."
        raise SourceError(msg)
    return target


def as_typed(path: str | Path) -> str:
    """A path as a shell wants it, in double quotes where it needs some: messages put commands in single ones.

    >>> as_typed("rest.edf"), as_typed("My Data/rest.edf")
    ('rest.edf', '"My Data/rest.edf"')
    """
    text = str(path)
    if shlex.quote(text) == text:
        return text
    return '"' + re.sub(r'([\\"$`])', r"\\\1", text) + '"'
