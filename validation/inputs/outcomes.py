"""What becomes of the recordings in a folder: catalogued, locked, read and cleaned as by ``eegmill run``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eegmill.chain import Chain, record_of, run_steps
from eegmill.config.models import Select
from eegmill.config.recipes import load_recipe
from eegmill.errors import EegmillError
from eegmill.inputs.resolve.dataset import resolve_dataset
from eegmill.inputs.resolve.folder import FolderCatalogue
from eegmill.reading.recording import read_recording
from eegmill.workflow.loose import loose_file

if TYPE_CHECKING:
    import mne

    from eegmill.lock import LockedRecording
    from eegmill.records import RecordingRecord

RECIPE, SEED = "minimal", 1
RECORDINGS = (".edf", ".bdf", ".gdf", ".vhdr", ".set", ".fif", ".cnt")


@dataclass(frozen=True)
class Outcome:
    """One recording: what the steps were given, and what was said of it."""

    recording: str
    status: str
    """``ok`` or ``rejected`` as in the record; ``refused`` where it was not locked or not read."""
    reason: str = ""
    notes: tuple[str, ...] = ()
    imported: mne.io.BaseRaw | None = None
    """Behind the step ``import``; None where it was refused."""
    cleaned: mne.io.BaseRaw | None = None
    record: RecordingRecord | None = None

    def decisions(self, step: str) -> dict[str, Any]:
        """What a step decided; empty where it was not reached."""
        steps = self.record.steps if self.record else ()
        return next((one.decisions for one in steps if one.name == step), {})


def outcomes_of(folder: Path) -> list[Outcome]:
    """Outcomes of a BIDS dataset, or of the loose recordings in a folder."""
    if not (folder / "dataset_description.json").is_file():
        loose = sorted(path for path in folder.iterdir() if path.name.lower().endswith((*RECORDINGS, ".fif.gz")))
        return [_cleaned(found.root, found.entry) for found in map(loose_file, loose)]
    try:
        lock = resolve_dataset(FolderCatalogue(folder, "case"), "case", select=Select())
    except EegmillError as error:
        return [Outcome("dataset", "refused", str(error))]
    refused = [Outcome(one.recording, "refused", one.reason) for one in lock.refused]
    return [*refused, *(_cleaned(folder, entry) for entry in lock.recordings)]


def _cleaned(root: Path, entry: LockedRecording) -> Outcome:
    recipe = load_recipe(RECIPE)
    try:
        chain = run_steps(Chain(read_recording(root, entry)), recipe.steps[:1], seed=SEED)
    except EegmillError as error:
        return Outcome(entry.recording, "refused", str(error))
    imported = chain.recording.raw.copy()
    chain = run_steps(chain, recipe.steps[1:], seed=SEED)
    record = record_of(chain, entry.recording, recipe=recipe, seed=SEED)
    return Outcome(
        entry.recording, record.status, record.reason, record.notes, imported, chain.recording.raw, record=record
    )
