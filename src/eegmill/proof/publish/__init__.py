"""Folders that are ready to be published. Nothing is sent anywhere: the next command is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from ..publishable import new_folder, refuse_unpublishable
from .about import About, Published, about
from .archive import to_nemar, to_openneuro
from .datalad import to_datalad
from .zenodo import to_zenodo

Target = Literal["datalad", "openneuro", "nemar", "zenodo"]
TARGETS: dict[Target, Callable[[Path, Path, About], list[str]]] = {
    "datalad": to_datalad,
    "openneuro": to_openneuro,
    "nemar": to_nemar,
    "zenodo": to_zenodo,
}
"""Each fills an empty folder from a derivative and what is known of it, and tells what to do next with ``{folder}``."""


def publish(derivative: Path, folder: Path, *, to: Target) -> Published:
    """Make a folder that is ready to be published.

    Parameters
    ----------
    folder
        A folder that does not exist; it is whole or not there.

    Raises
    ------
    DerivativeError
        If the derivative is not what its manifest says, the folder exists, a program is missing, or the archive would
        not take it; says what to do.
    """
    derivative = derivative.resolve()
    refuse_unpublishable(derivative, folder)
    known = about(derivative)
    with new_folder(folder.absolute()) as staged:
        told = TARGETS[to](derivative, staged, known)
    return Published(
        folder=folder.name, next=tuple(line.format(folder=folder) for line in told), verdicts=known.verdicts
    )
