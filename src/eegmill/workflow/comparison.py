"""Two finished derivatives on one page, read from them alone."""

from __future__ import annotations

import os
from pathlib import Path

from ..bids.paths import DerivativePaths
from ..errors import DerivativeError
from ..files.atomic import write_text
from ..provenance.origin import refuse_foreign, refuse_other_version
from ..report.comparison import Side, comparison_page
from ..report.essence import read_essence
from ..version import __version__
from .jobs.dataset import versions_of
from .loose import LooseLayout
from .pages import records_and_status


def compare_derivatives(first: Path, second: Path, page: Path | None = None) -> Path:
    """Write a page about what differs between two derivatives; where it lies.

    Parameters
    ----------
    page
        The file; by default beside the first derivative, with the names of both.

    Raises
    ------
    DerivativeError
        If a folder is no derivative of this eegmill, or they share no recording.
    """
    target = page or first.absolute().parent / f"{first.absolute().name}_against_{second.absolute().name}.html"
    sides = [_side(derivative, target.absolute().parent) for derivative in (first, second)]
    if not sides[0].records.keys() & sides[1].records.keys():
        msg = f"'{first}' and '{second}' share no recording: compare two derivatives of one dataset."
        raise DerivativeError(msg)
    write_text(target, comparison_page(sides[0], sides[1], version=__version__))
    return target


def _side(derivative: Path, seen_from: Path) -> Side:
    refuse_foreign(derivative)
    refuse_other_version(derivative)
    records = {record.recording: record for record in records_and_status(LooseLayout(derivative, "", "", derivative))}
    pages = {name: derivative / _page(name, record.status) for name, record in records.items()}
    there = {name: page for name, page in pages.items() if page.is_file()}
    return Side(
        name=derivative.absolute().name,
        records=records,
        pages={name: Path(os.path.relpath(page, seen_from)).as_posix() for name, page in there.items()},
        essences={name: read_essence(page) for name, page in there.items()},
        versions=versions_of(derivative),
    )


def _page(recording: str, status: str) -> Path:
    paths = DerivativePaths(recording)
    return Path(paths.failed_page if status == "failed" else paths.page)
