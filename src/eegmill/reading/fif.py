"""FIF: parts of a split recording, and files that hold something else than a recording."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import RecordingError

CONTINUOUS = ("FIFFB_RAW_DATA", "FIFFB_CONTINUOUS_DATA", "FIFFB_IAS_RAW_DATA")
OTHERS = {"FIFFB_MNE_EPOCHS": "epochs", "FIFFB_EVOKED": "averages", "FIFFB_MNE_ICA": "an ICA"}
_EARLIER_PART = re.compile(r"FIFF_REF_ROLE .*= \[1\]")


def look_before(path: Path, notes: list[str]) -> None:
    """Refuse epochs and averages, and note a later part of a split recording.

    Raises
    ------
    RecordingError
        If the file holds no continuous signal.
    """
    import mne

    try:
        contents = str(mne.io.show_fiff(path, read_limit=100, verbose="error"))
    except Exception:
        return
    if not any(block in contents for block in CONTINUOUS):
        what = next((kind for block, kind in OTHERS.items() if block in contents), "no signal")
        msg = f"'{path.name}' holds {what}, and eegmill cleans continuous recordings: name the raw file."
        raise RecordingError(msg)
    if _EARLIER_PART.search(contents):
        notes.append(f"'{path.name}' is a later part of a split recording: what comes before it is not in it")
