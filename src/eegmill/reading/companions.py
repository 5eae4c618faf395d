"""Whether everything that a raw file needs lies beside it."""

from __future__ import annotations

from pathlib import Path

from ..bids.companions import base_name
from . import brainvision, eeglab


def absent_companion(raw: Path) -> str | None:
    """The name of the file without which a recording cannot be read; None if all is there."""
    suffix = raw.suffix.lower()
    reader = {".vhdr": brainvision.data_of, ".set": eeglab.data_of}.get(suffix)
    used = reader(raw) if reader else None
    if used is None or used.path:
        return None
    name = base_name(used.pointer, raw.name)
    return f"{raw.stem}{Path(name).suffix}" if used.foreign else name
