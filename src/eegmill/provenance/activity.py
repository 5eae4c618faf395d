"""What one job did: the only records, beside ``prov/`` and ``logs/``, that hold times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, Field, ValidationError

from ..errors import DerivativeError
from ..files.atomic import write_json
from ..models import Frozen
from ..records import StepTime
from .digests import digest, sha256_file
from .environment import Environment

Place = Literal["raw", "derivative", "scratch", "output"]


class FileDigest(Frozen):
    """A file as an activity saw it."""

    place: Place
    """``raw``: the source dataset; ``derivative``: the result; ``scratch``: the run's work folder; ``output``: all."""
    path: str
    """Relative to that folder, with forward slashes."""
    size: int
    sha256: str


class Activity(Frozen):
    """One job of the workflow."""

    schema_version: Literal["1.0"] = "1.0"
    stage: str
    """``fetch``, ``decompose``, ``clean``, ``report`` …"""
    recording: str | None = None
    command: str
    """What to type to do it again, without paths: ``eegmill clean sub-01_task-rest``."""
    started_at: AwareDatetime
    ended_at: AwareDatetime
    cpu_s: float = Field(ge=0)
    peak_rss_mb: float = Field(ge=0)
    used: tuple[FileDigest, ...] = ()
    generated: tuple[FileDigest, ...] = ()
    parameters_digest: str
    seed: int | None = None
    steps: tuple[StepTime, ...] = ()
    environment: Environment | None = None
    """Where it differs from job to job, as on a cluster; None means that of the dataset."""

    @property
    def id(self) -> str:
        """The BIDS-Prov identifier; see `activity_id`."""
        return activity_id(
            self.stage, self.recording, used=self.used, parameters_digest=self.parameters_digest, seed=self.seed
        )


def activity_id(
    stage: str,
    recording: str | None,
    *,
    used: Sequence[FileDigest],
    parameters_digest: str,
    seed: int | None = None,
) -> str:
    """Identifier of an activity, from what it is given and never from when it ran.

    Scratch files are left out: their bytes are not part of the result, and may differ from one Python to the next.

    Returns
    -------
    str
        Such as ``bids::prov#clean-0123abcd``.
    """
    inputs = sorted((file.place, file.path, file.sha256) for file in used if file.place != "scratch")
    return f"bids::prov#{stage}-{digest([stage, recording, inputs, parameters_digest, seed])[:8]}"


def file_digests(paths: Sequence[Path], *, root: Path, place: Place) -> tuple[FileDigest, ...]:
    """Size and SHA-256 of files below ``root``, sorted by path."""
    found = [
        FileDigest(
            place=place,
            path=path.relative_to(root).as_posix(),
            size=path.stat().st_size,
            sha256=sha256_file(path),
        )
        for path in paths
    ]
    return tuple(sorted(found, key=lambda file: file.path))


def write_activity(path: Path, activity: Activity) -> None:
    """Write an activity as JSON with sorted keys."""
    write_json(path, activity.model_dump(mode="json"))


def read_activity(path: Path) -> Activity:
    """Read an activity.

    Raises
    ------
    DerivativeError
        If the file is not one, or was written by a newer eegmill.
    """
    try:
        return Activity.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problem: Any = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"]) or "the file"
        msg = f"'{path.name}' is not an activity record that this eegmill can read: {where}: {problem['msg']}."
        raise DerivativeError(msg) from error


def read_activities(folder: Path) -> tuple[Activity, ...]:
    """All activities in a folder (and below it), by recording and time."""
    found = [read_activity(path) for path in sorted(folder.rglob("*.json"))]
    return tuple(sorted(found, key=_order))


def _order(activity: Activity) -> tuple[str, datetime, str]:
    return activity.recording or "", activity.started_at, activity.stage
