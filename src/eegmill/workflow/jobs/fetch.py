"""Lock file to raw BIDS files."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TypedDict

from ...bids.inheritance import missing_sidecars
from ...errors import ConfigurationError
from ...files.atomic import write_json
from ...inputs.fetch.progress import showing
from ...inputs.fetch.recording import fetch_recording
from ..plan import Plan

CACHE = "EEGMILL_CACHE"
OFFLINE = "EEGMILL_OFFLINE"
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})


class OfMachine(TypedDict):
    """What belongs to the machine, not to the science."""

    cache: Path | None
    offline: bool


def of_machine() -> OfMachine:
    """Read ``EEGMILL_CACHE``, a folder of fetched files that runs share, and ``EEGMILL_OFFLINE``: use no network.

    Raises
    ------
    ConfigurationError
        If ``EEGMILL_OFFLINE`` is neither yes nor no.
    """
    offline = os.environ.get(OFFLINE, "").lower()
    if offline not in YES | NO:
        msg = f"The environment variable {OFFLINE} is '{offline}'; it is 1 or 0."
        raise ConfigurationError(msg)
    return {"cache": Path(os.environ[CACHE]) if os.environ.get(CACHE) else None, "offline": offline in YES}


def run(plan: Plan, dataset: str, recording: str) -> None:
    """Bring every file of a recording, verified, and write down their checksums."""
    layout, lock = plan.layout(dataset), plan.lock(dataset)
    with showing(sys.stderr) as progress:
        files = fetch_recording(lock, recording, layout.raw, progress=progress, slots=layout.transfers, **of_machine())
    missing = missing_sidecars(lock.recording(recording))
    if missing:
        sys.stderr.write(f"{recording}: named by the catalogue, and not at their source: {', '.join(missing)}\n")
    write_json(layout.fetched(recording), {file.path: {"size": file.size, "sha256": file.sha256} for file in files})
