"""Checksums over a finished derivative dataset."""

from __future__ import annotations

from ...provenance.manifest import write_manifest
from ..plan import Plan


def run(plan: Plan, dataset: str) -> None:
    """Write the manifest: the last act on a derivative."""
    write_manifest(plan.layout(dataset).derivative)
