"""Folders for archives that take BIDS datasets: OpenNeuro and NEMAR."""

from __future__ import annotations

from pathlib import Path

from ...errors import DerivativeError
from ...provenance.origin import read_strict_json
from ...provenance.validate import ask_validator
from ..publishable import copy_files, published_files
from .about import About

WANTED = ("Name", "BIDSVersion", "DatasetType", "GeneratedBy", "SourceDatasets", "License", "HowToAcknowledge")
"""What both archives show of a derivative, by its ``dataset_description.json``; the authors are in ``CITATION.cff``."""


def to_openneuro(derivative: Path, folder: Path, _: About) -> list[str]:
    """A folder as OpenNeuro's own command takes it."""
    return [*_ready(derivative, folder), "deno run -A jsr:@openneuro/cli upload --affirmDefaced {folder}"]


def to_nemar(derivative: Path, folder: Path, _: About) -> list[str]:
    """A folder as NEMAR's own command takes it."""
    return [*_ready(derivative, folder), "nemar dataset validate {folder} && nemar dataset upload {folder}"]


def _ready(derivative: Path, folder: Path) -> list[str]:
    """Copy the derivative, ask the validator, and tell what the archive will miss."""
    copy_files(derivative, folder, published_files(derivative))
    report = ask_validator(folder)
    if report.errors:
        msg = f"The BIDS validator refuses '{derivative.name}': {report.errors[0]} ({len(report.errors)} errors)."
        raise DerivativeError(msg)
    content = read_strict_json(folder / "dataset_description.json")
    missing = [key for key in WANTED if not content.get(key)]
    told = [
        f"# dataset_description.json has no '{key}': the source or the configuration does not say" for key in missing
    ]
    codes = sorted({issue.code for issue in report.warnings})
    return [*told, *([f"# The validator warns of: {', '.join(codes)}"] if codes else [])]
