"""What should not lie in a finished derivative: links, empty folders, and what stopped jobs left behind."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from .findings import Finding
from .manifest import ATTESTATIONS

BIDS_APP = ".eegmill"
"""Where a BIDS-App keeps its raw links, locks and receipts, beside the derivative's own files."""
REPOSITORY = (".git", ".datalad")
ANNEXED = re.compile(r"(\.\./)*\.git/annex/objects/")
LEFT_BEHIND = re.compile(r"\.staging-.*|\.eegmill-.*|\..*\.[0-9a-f]{12}\.tmp")


def check_tree(derivative: Path) -> Iterator[Finding]:
    """Links lead to bytes that are not here; the others show that something was not finished or was taken away."""
    for folder, folders, names in os.walk(derivative):
        inside = Path(folder).relative_to(derivative)
        for name in sorted({*folders, *names} - {BIDS_APP}):
            where = (inside / name).as_posix()
            if (Path(folder) / name).is_symlink():
                yield from _link(Path(folder) / name, where)
            elif LEFT_BEHIND.fullmatch(name):
                yield Finding(path=where, problem="is left over from a job that was stopped")
        if not folders and not names and inside.as_posix() not in {".", ATTESTATIONS}:
            yield Finding(path=inside.as_posix(), problem="is an empty folder")
        apart = {BIDS_APP, *REPOSITORY}
        folders[:] = [name for name in folders if not LEFT_BEHIND.fullmatch(name) and name not in apart]


def _link(path: Path, where: str) -> Iterator[Finding]:
    """A link is a finding, unless git-annex keeps the bytes here under it."""
    if ANNEXED.match(path.readlink().as_posix()):
        if not path.exists():
            yield Finding(path=where, problem="is kept elsewhere: 'git annex get' brings it")
    else:
        yield Finding(path=where, problem="is a link: the bytes are elsewhere")
