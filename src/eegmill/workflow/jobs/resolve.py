"""Dataset to lock file."""

from __future__ import annotations

from pathlib import Path

from ...config.overrides import check_recordings
from ...errors import ConfigurationError
from ...inputs.resolve.any_source import lock_of
from ...inputs.resolve.dataset import write_lock
from ..entries import write_index
from ..plan import Plan


def run(plan: Plan, dataset: str) -> tuple[Path, ...]:
    """Ask the metadata API and the storage once, or look through the folder, and pin what they say."""
    layout, configuration = plan.layout(dataset), plan.configuration
    source = plan.sources.get(dataset)
    lock = lock_of(dataset, source, api=configuration.api, select=configuration.select, made=layout.made)
    if not lock.recordings:
        reasons = "; ".join(f"{refused.recording}: {refused.reason}" for refused in lock.refused)
        msg = f"None of the recordings of '{dataset}' can be taken: {reasons}"
        raise ConfigurationError(msg)
    check_recordings(plan.overrides, dataset, {entry.recording for entry in lock.recordings})
    write_lock(lock, layout.lock)
    write_index(layout, lock)
    return (layout.lock,)
