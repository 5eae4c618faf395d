"""What is published must be what was made: refusals, and a copy that is whole or not there."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DerivativeError
from ..files.atomic import replace_folder
from ..provenance.dehydrated import NAME as DEHYDRATED
from ..provenance.manifest import ATTESTATIONS, RECORDS_NAME, check_manifest, read_manifest
from ..provenance.manifest import NAME as MANIFEST
from ..provenance.origin import refuse_foreign, refuse_other_version


def refuse_unpublishable(derivative: Path, folder: Path) -> None:
    """Refuse a derivative that is not what its manifest says, and a folder that cannot be written to.

    Raises
    ------
    DerivativeError
        If eegmill did not make the derivative, it is not as its manifest says, or the folder exists or lies in it.
    """
    refuse_foreign(derivative)
    refuse_other_version(derivative)
    if folder.exists():
        msg = f"'{folder}' exists: name a folder that does not."
        raise DerivativeError(msg)
    if folder.resolve().is_relative_to(derivative.resolve()):
        msg = f"'{folder}' lies in the derivative: name a folder elsewhere."
        raise DerivativeError(msg)
    report = check_manifest(derivative)
    wrong = [*report.changed, *report.missing, *report.unknown]
    if wrong:
        msg = (
            f"'{wrong[0]}' is not as the manifest of '{derivative.name}' says ({len(wrong)} files are not): what is "
            "published must be what was made. 'eegmill verify' tells more."
        )
        raise DerivativeError(msg)


def published_files(derivative: Path) -> list[str]:
    """Paths of all files that are here: those of the manifests, the manifests, and signed statements."""
    statements = sorted((derivative / ATTESTATIONS).glob("*"))
    others = [MANIFEST, RECORDS_NAME, DEHYDRATED, *(path.relative_to(derivative).as_posix() for path in statements)]
    return sorted(path for path in {*read_manifest(derivative), *others} if (derivative / path).is_file())


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder beside ``folder`` that takes its name when all went well, and is removed if not."""
    staged = folder.with_name(f".eegmill-{folder.name}")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    try:
        yield staged
        replace_folder(staged, folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def copy_files(source: Path, target: Path, paths: Iterable[str]) -> None:
    """Copy files by their paths; folders are made."""
    for path in paths:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, target / path)
