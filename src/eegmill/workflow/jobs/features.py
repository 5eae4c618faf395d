"""Features of all cleaned recordings of a dataset, where the configuration asks for them."""

from __future__ import annotations

import sys
from pathlib import Path

from ...derivative.features import write_features
from ...derivative.read import cleaned_recordings
from ..plan import Plan


def run(plan: Plan, dataset: str) -> tuple[Path, ...]:
    """Write a table a family; what was left out is in its metadata, and in the log."""
    derivative = plan.layout(dataset).derivative
    selected = {entry.recording for entry in plan.lock(dataset).recordings}
    names = [name for name in cleaned_recordings(derivative) if name in selected]
    if not names:
        return ()
    windows = plan.configuration.feature_windows
    report = write_features(
        derivative,
        plan.features,
        recordings=names,
        window_s=windows.length_s,
        step_s=windows.step_s,
        epochs=windows.epochs,
    )
    sys.stderr.write("".join(f"{name}: {note}\n" for name, notes in report.notes.items() for note in notes))
    return tuple(derivative / path for path in report.files)
