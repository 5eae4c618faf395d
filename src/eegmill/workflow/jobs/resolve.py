"""Dataset ID to lock file."""

from __future__ import annotations

from pathlib import Path

from ...catalog.client.api import Client
from ...errors import ConfigurationError
from ...inputs.resolve.dataset import resolve_dataset, write_lock
from ..entries import write_index
from ..plan import Plan


def run(plan: Plan, dataset: str) -> tuple[Path, ...]:
    """Ask the metadata API and the storage once, and pin what they said."""
    api = plan.configuration.api
    lock = resolve_dataset(Client(api.url, api.database), dataset, select=plan.configuration.select)
    if not lock.recordings:
        reasons = "; ".join(f"{refused.recording}: {refused.reason}" for refused in lock.refused)
        msg = f"None of the recordings of '{dataset}' can be taken: {reasons}"
        raise ConfigurationError(msg)
    path = plan.layout(dataset).lock
    write_lock(lock, path)
    write_index(plan.layout(dataset), lock)
    return (path,)
