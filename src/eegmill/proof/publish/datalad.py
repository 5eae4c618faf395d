"""A DataLad dataset: metadata in git, signals in git-annex, and one record of how they were made.

The record has the form of ``datalad run`` (https://docs.datalad.org/en/stable/generated/man/datalad-run.html), so that
``datalad rerun`` knows what to type.
"""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from pathlib import Path
from shutil import which

from ...bids.paths import derivative_name
from ...derivative.code import commands, recorded_configuration
from ...errors import DerivativeError
from ...files.atomic import write_text
from ...provenance.dehydrated import read_dehydrated
from ..publishable import copy_files, published_files
from .about import About

ANNEXED = ("*.eeg", "*.fdt", "*.set", "*.parquet")
ATTRIBUTES = "* annex.backend=SHA256E\n* annex.largefiles=nothing\n" + "".join(
    f"{pattern} annex.largefiles=anything\n" for pattern in ANNEXED
)
NAMESPACE = uuid.UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")
MESSAGE = """[DATALAD RUNCMD] {title}

=== Do not change lines below ===
{record}
^^^ Do not change lines above ^^^
"""


def to_datalad(derivative: Path, folder: Path, known: About) -> list[str]:
    """Two commits: the code, then what it made, with the record of the run in its message."""
    paths = published_files(derivative)
    large = [path for path in paths if path.endswith(tuple(pattern[1:] for pattern in ANNEXED))]
    _refuse_missing_programs(large, derivative)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    if large:
        _git(folder, "annex", "init", "--quiet", known.name)
    identifier = str(uuid.uuid5(NAMESPACE, known.manifests_sha256))
    write_text(folder / ".gitattributes", ATTRIBUTES)
    write_text(folder / ".datalad" / "config", f'[datalad "dataset"]\n\tid = {identifier}\n')
    code = [path for path in paths if path.startswith("code/")]
    copy_files(derivative, folder, code)
    _commit(folder, "Code, configuration and pinned inputs", annexed=False)
    copy_files(derivative, folder, (path for path in paths if path not in code))
    record = run_record(known, identifier, [path for path in paths if path not in code])
    _commit(folder, MESSAGE.format(title=_title(known), record=record), annexed=bool(large))
    whole = read_dehydrated(derivative) is None
    notes = [] if whole else ["# Signals are left out of this copy: 'eegmill rehydrate' makes them"]
    return [*notes, "datalad create-sibling-gin -d {folder} NAME && datalad push -d {folder} --to gin"]


def run_record(known: About, identifier: str, outputs: list[str]) -> str:
    """The JSON of a ``datalad run``: sorted keys, one space, as DataLad writes it."""
    values = {
        "chain": [],
        "cmd": " && ".join([*commands(known.origin.lock, known.origin.config), f"cp -R {_made_in(known)}/. ."]),
        "dsid": identifier,
        "exit": 0,
        "extra_inputs": [],
        "inputs": ["code"],
        "outputs": sorted({path.partition("/")[0] for path in outputs}),
        "pwd": ".",
    }
    return json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False)


def _made_in(known: About) -> str:
    """Where the recorded command leaves the derivative."""
    values = recorded_configuration(known.origin.config)
    output = values.get("output", "results")
    return str(
        values.get("derivative") or f"{output}/{known.origin.lock.dataset}/derivatives/{derivative_name(known.recipe)}"
    )


def _title(known: About) -> str:
    title = f"{known.origin.lock.dataset}, cleaned by eegmill {known.origin.environment.eegmill} ({known.recipe})"
    return "\n\n".join([title, *known.verdicts])


def _refuse_missing_programs(large: list[str], derivative: Path) -> None:
    if which("git") is None:
        msg = "git is not installed: a DataLad dataset is a git repository."
        raise DerivativeError(msg)
    if large and which("git-annex") is None:
        msg = (
            f"'{derivative.name}' has signals, and git-annex is not installed ('pip install git-annex' brings it). A "
            "copy that 'eegmill dehydrate' makes needs none."
        )
        raise DerivativeError(msg)
    if subprocess.run(["git", "var", "GIT_AUTHOR_IDENT"], capture_output=True, check=False).returncode:
        msg = "git does not know who you are: 'git config --global user.name NAME', and the same for user.email."
        raise DerivativeError(msg)


def _commit(folder: Path, message: str, *, annexed: bool) -> None:
    if annexed:  # by the attributes, small files go to git
        _git(folder, "annex", "add", "--quiet", ".")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", message)


def _git(folder: Path, *words: str) -> None:
    """Run git in a folder, whatever repository surrounds it.

    Raises
    ------
    DerivativeError
        If it fails; says what it said.
    """
    outside = {name: value for name, value in os.environ.items() if name not in {"GIT_DIR", "GIT_WORK_TREE"}}
    done = subprocess.run(["git", *words], cwd=folder, env=outside, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"git {words[0]} failed: {' '.join((done.stderr or done.stdout).split())[-300:]}"
        raise DerivativeError(msg)
