"""Checksums over a finished derivative dataset."""

from __future__ import annotations

from ..plan import Plan
from ..provenance.manifest import write_manifest


def run(plan: Plan, dataset: str) -> None:
    """Write the manifest: the last act on a derivative."""
    write_manifest(plan.layout(dataset).derivative)
