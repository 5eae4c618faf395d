"""Checksums over a finished derivative dataset."""

from __future__ import annotations

from pathlib import Path

from ...provenance.manifest import write_manifest
from ..plan import Plan


def run(plan: Plan, dataset: str) -> tuple[Path, ...]:
    """Write the manifest: the last act on a derivative."""
    return (write_manifest(plan.layout(dataset).derivative),)
