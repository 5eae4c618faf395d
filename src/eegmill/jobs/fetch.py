"""Lock file to raw BIDS files."""

from __future__ import annotations

from ..io.atomic import write_json
from ..io.fetch import fetch_recording
from ..plan import Plan


def run(plan: Plan, dataset: str, recording: str) -> None:
    """Bring every file of a recording, verified, and write down their checksums."""
    layout = plan.layout(dataset)
    files = fetch_recording(plan.lock(dataset), recording, layout.raw)
    write_json(layout.fetched(recording), {file.path: {"size": file.size, "sha256": file.sha256} for file in files})
