"""What source files import, kept beside Python's bytecode: a run with nothing to do spends its time on finding it.

An entry is found by the SHA-256 of all that it depends on: the text of the source file, its name, and the code that
looks for imports. So none can be out of date. A file that is damaged is not believed, and made again.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from importlib.util import cache_from_source
from pathlib import Path

from ..files.atomic import write_bytes
from .imports import Imports, Source, imports_of

FINDERS = (Path(__file__), *(Path(__file__).with_name(name) for name in ("imports.py", "libraries.py")))
MAX_ENTRIES = 4000
"""Of some ten versions of the code; with more, those that are not in use are forgotten."""
DIGITS = 32
"""Of the SHA-256 by which an entry is found: 128 bits."""


class KeptImports:
    """Imports of source files, found once for each text."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or Path(cache_from_source(__file__)).with_name("eegmill.imports.json")
        self._finders = hashlib.sha256(b"".join(path.read_bytes() for path in FINDERS) + sys.version.encode())
        self._kept = _read(self.file)
        self._used: dict[str, list[list[str]]] = {}
        self._is_new = False

    def of(self, source: Source) -> Imports:
        """What a source file imports.

        Raises
        ------
        UnfollowedImport
            If the name of a module is made up at run time.
        """
        key = self._key(source)
        if key not in self._kept:
            found = imports_of(source)
            self._kept[key] = [sorted(found.names), sorted(found.libraries)]
            self._is_new = True
        self._used[key] = self._kept[key]
        names, libraries = self._kept[key]
        return Imports(frozenset(names), frozenset(libraries))

    def keep(self) -> None:
        """Write what is new, where Python may keep bytecode; if that fails, it is found again next time."""
        if not self._is_new or sys.dont_write_bytecode:
            return
        entries = self._kept if len(self._kept) <= MAX_ENTRIES else self._used
        try:
            write_bytes(self.file, _sealed(entries))
        except OSError:
            return
        self._is_new = False

    def _key(self, source: Source) -> str:
        digest = self._finders.copy()
        digest.update(f"\0{source.path}\0{source.package}\0{source.functions}\0".encode())
        digest.update(source.text)
        return digest.hexdigest()[:DIGITS]


def _sealed(entries: Mapping[str, list[list[str]]]) -> bytes:
    text = json.dumps(entries, sort_keys=True).encode()
    return hashlib.sha256(text).hexdigest().encode() + b"\n" + text


def _read(file: Path) -> dict[str, list[list[str]]]:
    """The entries of a file; none where it is missing or its seal is broken."""
    try:
        seal, text = file.read_bytes().split(b"\n", 1)
    except (OSError, ValueError):
        return {}
    if hashlib.sha256(text).hexdigest().encode() != seal:
        return {}
    entries: dict[str, list[list[str]]] = json.loads(text)
    return entries
