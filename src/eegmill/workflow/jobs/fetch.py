"""Lock file to raw BIDS files."""

from __future__ import annotations

import sys

from ...inputs.fetch.progress import showing
from ...inputs.fetch.recording import fetch_recording
from ...lock import Lock
from ...machine import Sharing
from ...provenance.activity import FileDigest
from ...reading.sidecars import missing_sidecars
from ..layout import Layout
from ..observed import observe
from ..receipts import Receipt, withdraw, write_receipt


def run(layout: Layout, lock: Lock, recording: str, *, digest: str) -> None:
    """Bring every file of a recording, verified, and write down their checksums."""
    sharing = Sharing.from_environment()
    withdraw(layout, ["fetch"], recording)
    with observe() as job, showing(sys.stderr) as progress:
        files = fetch_recording(
            lock,
            recording,
            layout.raw,
            progress=progress,
            slots=layout.transfers,
            cache=sharing.cache,
            offline=sharing.offline,
        )
    missing = missing_sidecars(lock.recording(recording))
    if missing:
        sys.stderr.write(f"{recording}: named by the catalogue, and not at their source: {', '.join(missing)}\n")
    listed = tuple(FileDigest(place="raw", path=file.path, size=file.size, sha256=file.sha256) for file in files)
    receipt = Receipt(
        stage="fetch", dataset=layout.dataset, name=recording, digest=digest, cpu_s=job.cpu_s, files=listed
    )
    write_receipt(layout, receipt)
