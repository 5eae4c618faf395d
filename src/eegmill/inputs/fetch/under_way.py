"""What a fetch keeps beside the raw files while it works: locks, parts of files, notes, slots."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ...files.atomic import write_json
from ...files.digests import hashed, identity, short_hash

if TYPE_CHECKING:
    from pathlib import Path

    from ...lock import LockedFile

FOLDER = ".eegmill-fetch"
"""Below the dataset root; of no use once all is fetched."""


@dataclass(frozen=True)
class UnderWay:
    """The folder of what is under way in one raw dataset."""

    root: Path

    @cached_property
    def folder(self) -> Path:
        """The folder itself."""
        return self.root / FOLDER

    @property
    def slots(self) -> Path:
        """Places that all transfers into this dataset share."""
        return self.folder / "slots"

    def prepare(self) -> None:
        """Make the folders, once a recording."""
        for name in ("locks", "notes", "parts"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def lock(self, file: LockedFile) -> Path:
        """The lock of a file: it goes with whoever held it, so that a large dataset leaves no thousands of them."""
        return self.folder / "locks" / short_hash(file.path)

    def part(self, file: LockedFile) -> Path:
        """Where a file grows; a pin that changed leaves no bytes behind that could be taken up by mistake."""
        name = short_hash(file.path)
        part = self.folder / "parts" / f"{name}-{short_hash(identity(file))[:8]}.part"
        for other in part.parent.iterdir():  # as few as there are transfers, and those that were killed
            if other.name.startswith(name) and other != part:
                other.unlink()
        return part

    def note(self, file: LockedFile, sha256: str) -> None:
        """Keep the SHA-256 of a file whose pin holds no digest, so that it is known again on disk."""
        if not hashed(file):
            write_json(self._note(file), {"pin": identity(file), "sha256": sha256})

    def noted(self, file: LockedFile) -> str | None:
        """The SHA-256 that a file of this very pin had when it came."""
        name = identity(file)
        try:
            note = json.loads(self._note(file).read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return str(note["sha256"]) if name and note["pin"] == name else None

    def _note(self, file: LockedFile) -> Path:
        return self.folder / "notes" / f"{short_hash(file.path)}.json"
