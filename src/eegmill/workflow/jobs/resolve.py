"""Dataset ID to lock file."""

from __future__ import annotations

from ...catalog.client.api import Client
from ...inputs.resolve.dataset import resolve_dataset, write_lock
from ..plan import Plan


def run(plan: Plan, dataset: str) -> None:
    """Ask the metadata API and the storage once, and pin what they said."""
    asked = plan.configuration
    client = Client(asked.api.url, asked.api.database)
    lock = resolve_dataset(client, dataset, select=asked.select)
    write_lock(lock, plan.layout(dataset).lock)
