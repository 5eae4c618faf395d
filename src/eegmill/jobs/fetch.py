"""Lock file to raw BIDS files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..io.atomic import write_json
from ..io.fetch import fetch_recording
from ..io.progress import showing
from ..plan import Plan

CACHE = "EEGMILL_CACHE"
OFFLINE = "EEGMILL_OFFLINE"


def run(plan: Plan, dataset: str, recording: str) -> None:
    """Bring every file of a recording, verified, and write down their checksums.

    The environment says what belongs to the machine: ``EEGMILL_CACHE``, a folder of fetched files that runs share, and
    ``EEGMILL_OFFLINE``, not to touch the network.
    """
    layout = plan.layout(dataset)
    cache = Path(os.environ[CACHE]) if os.environ.get(CACHE) else None
    with showing(sys.stderr) as progress:
        files = fetch_recording(
            plan.lock(dataset),
            recording,
            layout.raw,
            cache=cache,
            offline=bool(os.environ.get(OFFLINE)),
            progress=progress,
            slots=layout.transfers,
        )
    write_json(layout.fetched(recording), {file.path: {"size": file.size, "sha256": file.sha256} for file in files})
