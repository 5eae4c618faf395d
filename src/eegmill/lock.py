"""The lock: what ``resolve`` pinned, and all that later jobs know of the outside world."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from .errors import ConfigurationError
from .models import Frozen

if TYPE_CHECKING:
    from pathlib import Path


PLACEHOLDERS = frozenset({"", "unspecified", "untitled", "unknown", "n/a", "na", "none", "null", "todo", "tbd", "name"})
"""Names that say nothing, in lower case: MNE-BIDS writes ``[Unspecified]`` where it is given none."""


class LockedFile(Frozen):
    """One file of the raw dataset, pinned as well as its source allows."""

    path: str
    """Relative to the dataset root, with forward slashes."""
    url: str
    """``s3://…``, ``https://…``, ``file:///…`` or ``embedded:<path>`` (shipped inside the package)."""
    role: Literal["raw", "companion", "sidecar", "dataset"]
    """``raw`` and ``companion`` must exist; a missing ``sidecar`` or ``dataset`` file is noted in ``missing``."""
    size: int | None = None
    sha256: str | None = None
    md5: str | None = None
    """From a git-annex key or a manifest; never from an S3 ETag of a multipart upload."""
    git_sha1: str | None = None
    """Git blob SHA-1, as NEMAR manifests give it for small files."""
    annex_key: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    """As HTTP writes it, where the server gives no strong ETag and it is clearly in the past."""
    version_id: str | None = None


class LockedRecording(Frozen):
    """One recording: its BIDS entities, and the indices of its files in ``Lock.files`` by path."""

    recording: str
    """The BIDS name without suffix and extension: ``sub-01_ses-02_task-rest_run-1``."""
    folder: str
    """``sub-01`` or ``sub-01/ses-02``."""
    datatype: str
    """``eeg``: the folder below ``folder`` that holds the raw file."""
    raw: str
    """Path of the primary file, relative to the dataset root."""
    entities: dict[str, str]
    files: tuple[LockedFile, ...]
    """Everything this recording needs, dataset-level files included, sorted by path."""
    missing: tuple[str, ...] = ()
    """Paths that the catalogue names for this recording, and that were not at their source; sorted."""


class RefusedRecording(Frozen):
    """A recording that cannot be locked: it concerns no other one."""

    recording: str
    reason: str


class Lock(Frozen):
    """All of one dataset that a run needs, as JSON with sorted keys."""

    lock_version: Literal["1", "2", "3"] = "3"
    """Version 1 knew neither ``missing`` nor ``last_modified``, version 2 not ``refused``."""
    dataset: str
    api: str
    database: str
    filter: dict[str, Any]
    resolved_at: str
    version: str | None = None
    doi: str | None = None
    licence: str | None = None
    name: str | None = None
    source_url: str | None = None
    sealed: bool = False
    document: dict[str, Any] = Field(default_factory=dict)
    """The dataset document as the API gave it: for attribution, methods and the dashboard."""
    recordings: tuple[LockedRecording, ...]
    refused: tuple[RefusedRecording, ...] = ()
    """Recordings that were selected and cannot be locked, each with its reason; sorted by name."""

    @property
    def title(self) -> str:
        """What the dataset calls itself; its ID where that is nothing or a placeholder such as ``[Unspecified]``."""
        name = (self.name or "").strip()
        return self.dataset if name.strip("[]<>(). ").lower() in PLACEHOLDERS else name

    def recording(self, name: str) -> LockedRecording:
        """Look a recording up by its name."""
        for entry in self.recordings:
            if entry.recording == name:
                return entry
        for refusal in self.refused:
            if refusal.recording == name:
                msg = f"Recording '{name}' was refused as the lock of '{self.dataset}' was made: {refusal.reason}"
                raise ConfigurationError(msg)
        msg = f"Recording '{name}' is not in the lock of '{self.dataset}'. Run 'eegmill resolve --update' to renew it."
        raise ConfigurationError(msg)


def read_lock(path: Path) -> Lock:
    """Read and check a lock file.

    Raises
    ------
    ConfigurationError
        If the file is missing, is not a lock, or was written by a newer eegmill.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        msg = f"There is no lock '{path.name}' in '{path.parent}'. 'eegmill resolve' writes it."
        raise ConfigurationError(msg) from None
    try:
        return Lock.model_validate_json(text)
    except ValueError as error:
        msg = f"'{path.name}' is not a lock that this eegmill can read: {_reason(text, error)}."
        raise ConfigurationError(msg) from error


def _reason(text: bytes, error: ValueError) -> str:
    found = re.search(rb'"lock_version"\s*:\s*"(\d+)"', text)
    if found and int(found[1]) > int(Lock.model_fields["lock_version"].default):
        return f"it has version {found[1].decode()}; install a newer eegmill, or renew it by 'eegmill resolve --update'"
    if isinstance(error, ValidationError):
        problem = error.errors()[0]
        return ": ".join(part for part in (".".join(map(str, problem["loc"])), problem["msg"]) if part)
    return str(error)
