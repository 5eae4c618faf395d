"""The index of the windows of a dataset, and its description for machines that learn."""

from __future__ import annotations

import sys
from pathlib import Path

from ...derivative.index import FILES, write_index
from ...derivative.read import cleaned_recordings
from ...derivative.window_table import Asked
from ..plan import Plan


def run(plan: Plan, dataset: str) -> tuple[Path, ...]:
    """Index the cleaned recordings that the lock names; what was left out is in the index, and in the log."""
    derivative, choice = plan.layout(dataset).derivative, plan.configuration.index
    selected = {entry.recording for entry in plan.lock(dataset).recordings}
    names = [name for name in cleaned_recordings(derivative) if name in selected]
    asked = Asked(choice.window_s, choice.split, plan.configuration.seed if choice.split else 0)
    report = write_index(derivative, names, asked)
    sys.stderr.write("".join(f"{note}\n" for note in report.notes))
    return tuple(derivative / name for name in FILES)
