"""Which commit of eegmill this is."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


@cache
def commit_of_package() -> str | None:
    """The git commit of the code that runs, with ``-dirty`` if the package's files differ from it.

    A package installed from a version control URL knows its commit (PEP 610); a clone is asked by git. None otherwise:
    the version says it all for a release.
    """
    return _recorded_at_install() or _asked_of_git(PACKAGE)


def _recorded_at_install() -> str | None:
    try:
        text = metadata.distribution("eegmill").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    if not text:
        return None
    commit = json.loads(text).get("vcs_info", {}).get("commit_id")
    return str(commit) if commit else None


def _asked_of_git(folder: Path) -> str | None:
    git = shutil.which("git")
    if git is None or not _is_tracked(git, folder):
        return None
    commit = _ask(git, folder, "rev-parse", "HEAD")
    changed = _ask(git, folder, "status", "--porcelain", "--", ".")
    return None if not commit else f"{commit}-dirty" if changed else commit


def _is_tracked(git: str, folder: Path) -> bool:
    # An environment inside some other repository is not a clone of eegmill.
    return bool(_ask(git, folder, "ls-files", "--", "version.py"))


def _ask(git: str, folder: Path, *question: str) -> str:
    done = subprocess.run([git, "-C", str(folder), *question], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
