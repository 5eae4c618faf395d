"""Settings without what belongs to one machine: absolute paths, user names, passwords in addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ..lock import Lock

ABSOLUTE = re.compile(r"(/\w|~\w*[/\\]|\\\\\w|[A-Za-z]:[\\/])")
SECRET_KEYS = re.compile(r"token|secret|password|passwd|credential|api_?key", re.IGNORECASE)
FOLDERS = re.compile(r"(?<![\w:./])(?:/|[A-Za-z]:\\)(?:[\w.@+-]+[/\\])+")
LOCAL = "local:"


def portable(value: Any) -> Any:
    """A JSON-like value in which every absolute path is its last part, and no address holds a password.

    Examples
    --------
    >>> portable({"output": "/home/ann/results", "url": "https://ann:pw@host.org/api?token=1", "seed": 1})
    {'output': 'results', 'url': 'https://host.org/api', 'seed': 1}
    """
    if isinstance(value, Mapping):
        return {key: None if SECRET_KEYS.search(str(key)) else portable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [portable(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def without_folders(sentence: str) -> str:
    """A sentence in which every absolute path has lost its folders.

    Examples
    --------
    >>> without_folders("cannot read '/home/ann/raw/a.edf': no space")
    "cannot read 'a.edf': no space"
    """
    return FOLDERS.sub("", sentence)


def _text(text: str) -> str:
    if "://" in text and not re.search(r"\s", text):
        return _address(text)
    if "\n" in text or not ABSOLUTE.match(text):
        return text
    last = PureWindowsPath(text).name if "\\" in text else PurePosixPath(text).name
    return last or "."


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme == "file":
        return f"{LOCAL}{PurePosixPath(parts.path).name}"
    query = "&".join(pair for pair in parts.query.split("&") if pair and not SECRET_KEYS.search(pair.partition("=")[0]))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, parts.fragment))


def portable_lock(lock: Lock) -> Lock:
    """The lock as a derivative carries it: without its time, local files named by their path in the dataset."""
    values = portable(lock.model_dump(mode="json")) | {"resolved_at": ""}
    for entry, kept in zip(values["recordings"], lock.recordings, strict=True):
        entry["files"] = [
            {**file, "path": locked.path, "url": f"{LOCAL}{locked.path}" if _is_local(locked.url) else file["url"]}
            for file, locked in zip(entry["files"], kept.files, strict=True)
        ]
    return Lock.model_validate(values)


def _is_local(url: str) -> bool:
    return url.startswith("file:") or bool(ABSOLUTE.match(url))
