"""``prov/``: who made what from what, in the files of BIDS-Prov (BEP028, review version of April 2026).

One folder for software and environments that all recordings share (``prov-eegmill``), one a recording for its
activities and for what they used. Identifiers are made of what they identify: the same work always has the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files.atomic import write_json, write_text
from ..files.tables import format_tsv
from ..lock import Lock, LockedFile
from .activity import Activity, FileDigest
from .digests import digest, sha256_file
from .environment import Environment
from .overrides_made import manual_activity

SHARED = "eegmill"
HOMES = {
    "mne": ["https://scicrunch.org/resolver/RRID:SCR_005972"],
    "numpy": ["https://scicrunch.org/resolver/RRID:SCR_008633"],
    "scipy": ["https://scicrunch.org/resolver/RRID:SCR_008058"],
}
SHARED_FILES = ("code/config.yaml", "code/recipe.yaml", "code/lock.json", "code/environment.json", "code/sbom.cdx.json")

Object = dict[str, Any]


def write_prov(
    derivative: Path, activities: Sequence[Activity], environment: Environment, lock: Lock
) -> tuple[Path, ...]:
    """Write every file of ``prov/``; files of recordings that are gone are removed.

    Parameters
    ----------
    activities
        What was done, of all recordings; those without a recording belong to the dataset.
    environment
        The environment of activities that do not bring their own.
    """
    met = (environment, *filter(None, (activity.environment for activity in activities)))
    environments = {item["Id"]: item for item in map(environment_object, met)}
    software = software_objects(environment)
    by_recording: dict[str, list[Activity]] = {}
    for activity in sorted(activities, key=lambda item: (item.started_at, item.stage)):
        by_recording.setdefault(activity.recording or "", []).append(activity)
    shared = by_recording.pop("", [])
    locked = {file.path: file for entry in lock.recordings for file in entry.files}
    common = _Common(lock.dataset, [item["Id"] for item in software], environment, locked)
    files: dict[str, Object] = {
        **_named(SHARED, "soft", {"Software": software}),
        **_named(SHARED, "env", {"Environments": [item for _, item in sorted(environments.items())]}),
        **_named(SHARED, "ent", {"Files": _shared_entities(derivative)}),
    }
    if shared:
        files |= _named(SHARED, "act", {"Activities": [activity_object(item, common) for item in shared]})
    for recording, done in by_recording.items():
        made = [activity_object(item, common) for item in done] + manual_activity(derivative, lock, recording)
        files |= _named(label_of(recording), "act", {"Activities": made})
        files |= _named(label_of(recording), "ent", {"Files": _entities(done, locked)})
    return _write(derivative / "prov", files, sorted(by_recording))


@dataclass(frozen=True)
class _Common:
    """What the activities of a dataset refer to."""

    dataset: str
    software: list[str]
    environment: Environment
    locked: Mapping[str, LockedFile]


def label_of(recording: str) -> str:
    """The label of a recording's folder: BIDS labels are alphanumeric, with ``+``.

    Examples
    --------
    >>> label_of("sub-01_task-rest_run-2")
    'sub01+taskrest+run2'
    """
    return recording.replace("-", "").replace("_", "+")


def _named(label: str, kind: str, content: Object) -> dict[str, Object]:
    return {f"prov-{label}/prov-{label}_{kind}.json": content}


def software_objects(environment: Environment) -> list[Object]:
    """The objects of eegmill and of the packages that take part in the numbers."""
    version = f"{environment.eegmill}+{environment.commit}" if environment.commit else environment.eegmill
    eegmill = identified("eegmill", {"Label": "eegmill", "Version": version})
    others = [
        identified(
            name,
            {"Label": name, "Version": number, "ActedOnBehalfOf": [eegmill["Id"]]}
            | ({"AlternativeIdentifier": HOMES[name]} if name in HOMES else {}),
        )
        for name, number in sorted(environment.packages.items())
    ]
    return [eegmill, *others]


def environment_object(environment: Environment) -> Object:
    """Versions, numerical libraries with the kernel they chose, and thread settings."""
    blas: dict[str, str] = {}
    for item in environment.blas:  # numpy and scipy may bring one each, of one name
        number = sum(name.partition(" ")[0] == item.library for name in blas) + 1
        name = item.library if number == 1 else f"{item.library} ({number})"
        blas[name] = " ".join(filter(None, (item.version, item.architecture, f"{item.threads} thread(s)")))
    return identified(
        "env",
        {
            "Label": f"Python {environment.python} on {environment.operating_system}",
            "OperatingSystem": f"{environment.operating_system} {environment.machine}",
            "EnvironmentVariables": dict(sorted(environment.variables.items())),
            "Dependencies": {
                environment.implementation: environment.python,
                "eegmill": environment.eegmill,
                **environment.packages,
                **blas,
            },
        },
    )


def identified(name: str, content: Object) -> Object:
    """An object with an identifier made of its name and content."""
    return {"Id": f"bids::prov#{name}-{digest(content)[:8]}", **content}


def activity_object(activity: Activity, common: _Common) -> Object:
    """An activity. ``Parameters`` and ``Resources`` are ours: BIDS-Prov leaves room for more keys."""
    used = [file_id(file, activity) for file in activity.used]
    environment = activity.environment or common.environment
    return {
        "Id": activity.id,
        "Label": f"{activity.stage.capitalize()} {activity.recording or common.dataset}",
        "Command": activity.command,
        "Description": "; ".join(step.name for step in activity.steps) or activity.stage,
        "AssociatedWith": common.software,
        "Used": sorted({*used, "bids::code/config.yaml", environment_object(environment)["Id"]}),
        "StartedAtTime": activity.started_at.isoformat(),
        "EndedAtTime": activity.ended_at.isoformat(),
        "Parameters": {"SHA-256": activity.parameters_digest, "RandomSeed": activity.seed},
        "Resources": {
            "CPUSeconds": activity.cpu_s,
            "PeakMemoryMB": activity.peak_rss_mb,
            "Steps": [step.model_dump() for step in activity.steps],
        },
    }


def file_id(file: FileDigest, activity: Activity) -> str:
    """BIDS URI of a file; one that was not kept carries a fragment that says whose it was."""
    if file.place == "raw":
        return f"bids:raw:{file.path}"
    if file.place == "derivative":
        return f"bids::{file.path}"
    return f"bids::scratch/{file.path}#{label_of(activity.recording or '')}"


def _entities(activities: Sequence[Activity], locked: Mapping[str, LockedFile]) -> list[Object]:
    """What the activities of a recording used or made and that no sidecar describes, each with its digests."""
    found: dict[str, Object] = {}
    for activity in activities:
        for file in activity.used:
            found.setdefault(file_id(file, activity), _entity(file, activity, locked.get(file.path)))
        for file in activity.generated:
            made = _entity(file, activity, locked.get(file.path)) | {"GeneratedBy": [activity.id]}
            found[made["Id"]] = made
    return [found[key] for key in sorted(found)]


def _entity(file: FileDigest, activity: Activity, locked: LockedFile | None) -> Object:
    kept = {"AtLocation": file.path} if file.place == "derivative" else {}
    others = _source_digests(locked) if locked and file.place == "raw" else {}
    return {
        "Id": file_id(file, activity),
        "Label": file.path.rpartition("/")[2],
        **kept,
        "Digest": {"SHA-256": file.sha256, **others},
    }


def _source_digests(locked: LockedFile) -> dict[str, str]:
    """What the source said about a file; an ETag of a multipart upload is no MD5, so it has its own name."""
    told = {
        "MD5": locked.md5,
        "git-SHA-1": locked.git_sha1,
        "git-annex": locked.annex_key,
        "S3-ETag": locked.etag,
        "S3-VersionId": locked.version_id,
    }
    return {name: value for name, value in told.items() if value}


def _shared_entities(derivative: Path) -> list[Object]:
    return [
        {
            "Id": f"bids::{path}",
            "Label": path.rpartition("/")[2],
            "AtLocation": path,
            "Digest": {"SHA-256": sha256_file(derivative / path)},
        }
        for path in SHARED_FILES
        if (derivative / path).is_file()
    ]


def _write(folder: Path, files: Mapping[str, Object], recordings: Iterable[str]) -> tuple[Path, ...]:
    rows = [
        {"provenance_id": f"prov-{SHARED}", "description": "Software, environments and files that all recordings share"}
    ]
    rows += [{"provenance_id": f"prov-{label_of(name)}", "description": f"Cleaning of {name}"} for name in recordings]
    columns = ("provenance_id", "description")
    write_text(folder / "provenance.tsv", format_tsv(columns, rows))
    described = ("Folder and prefix of a group of records", "What the group is about")
    write_json(
        folder / "provenance.json", {name: {"Description": text} for name, text in zip(columns, described, strict=True)}
    )
    for path, content in files.items():
        write_json(folder / path, content)
    kept = {folder / path for path in files} | {folder / "provenance.tsv", folder / "provenance.json"}
    for stale in folder.rglob("prov-*/*.json"):
        if stale not in kept:
            stale.unlink()
    return tuple(sorted(kept))
