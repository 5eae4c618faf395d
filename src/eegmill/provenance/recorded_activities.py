"""Activities read back from ``prov/``: what the records of a run say of its jobs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError

from ..errors import DerivativeError
from ..lock import Lock
from .activity import Activity, FileDigest, Place
from .bids_prov import environment_object, label_of
from .environment import Environment
from .origin import read_strict_json
from .recorded_environments import environment_of

RAW, SCRATCH, HERE = "bids:raw:", "bids::scratch/", "bids::"


def recorded_activities(
    derivative: Path, lock: Lock, environment: Environment, raw: Path | None = None
) -> tuple[Activity, ...]:
    """The activities of all recordings, of which ``prov/`` and the crate can be written again.

    Parameters
    ----------
    raw
        The raw dataset, for sizes of files that the lock does not know; else the crate is believed.

    Raises
    ------
    DerivativeError
        If a record is missing or damaged, or the environment of a job cannot be read back.
    """
    environments = _environments(derivative, environment)
    sizes = {**_sizes_in_crate(derivative), **_sizes(derivative, lock, raw)}
    found: list[Activity] = []
    for entry in lock.recordings:
        stem = f"prov/prov-{label_of(entry.recording)}/prov-{label_of(entry.recording)}"
        if not (derivative / f"{stem}_act.json").is_file():
            continue
        try:
            entities = {item["Id"]: item for item in read_strict_json(derivative / f"{stem}_ent.json")["Files"]}
            activities = read_strict_json(derivative / f"{stem}_act.json")["Activities"]
            found += [
                _activity(item, entry.recording, entities, sizes, environments)
                for item in activities
                if item["Command"] is not None
            ]
        except (KeyError, TypeError, ValueError, ValidationError) as error:
            msg = f"'{stem}_act.json' or its entities cannot be read back: {type(error).__name__}."
            raise DerivativeError(msg) from error
    return tuple(found)


def _environments(derivative: Path, environment: Environment) -> dict[str, Environment | None]:
    """Environments by identifier; None for that of the dataset."""
    path = derivative / "prov" / "prov-eegmill" / "prov-eegmill_env.json"
    found = read_strict_json(path).get("Environments", []) if path.is_file() else []
    own = environment_object(environment)["Id"]
    others = {item["Id"]: environment_of(item) for item in found if item.get("Id") != own}
    return {**others, own: None}


def _activity(
    item: Mapping[str, Any],
    recording: str,
    entities: Mapping[str, Mapping[str, Any]],
    sizes: Mapping[str, int],
    environments: Mapping[str, Environment | None],
) -> Activity:
    (ran_in,) = [environments[name] for name in item["Used"] if name in environments]
    made = [entity for entity in entities.values() if item["Id"] in entity.get("GeneratedBy", [])]
    used = [entities[name] for name in item["Used"] if name in entities]
    return Activity.model_validate(
        {
            "stage": item["Label"].partition(" ")[0].lower(),
            "recording": recording,
            "command": item["Command"],
            "started_at": item["StartedAtTime"],
            "ended_at": item["EndedAtTime"],
            "cpu_s": item["Resources"]["CPUSeconds"],
            "peak_rss_mb": item["Resources"]["PeakMemoryMB"],
            "used": tuple(sorted((_file(one, sizes) for one in used), key=lambda file: file.path)),
            "generated": tuple(sorted((_file(one, sizes) for one in made), key=lambda file: file.path)),
            "parameters_digest": item["Parameters"]["SHA-256"],
            "seed": item["Parameters"]["RandomSeed"],
            "steps": item["Resources"]["Steps"],
            "environment": ran_in,
        }
    )


def _file(entity: Mapping[str, Any], sizes: Mapping[str, int]) -> FileDigest:
    name = entity["Id"]
    place: Place = "raw" if name.startswith(RAW) else "scratch" if name.startswith(SCRATCH) else "derivative"
    path = name.removeprefix({"raw": RAW, "scratch": SCRATCH}.get(place, HERE)).partition("#")[0]
    return FileDigest(place=place, path=path, size=sizes.get(name, 0), sha256=entity["Digest"]["SHA-256"])


def _sizes(derivative: Path, lock: Lock, raw: Path | None) -> dict[str, int]:
    """Sizes of files by BIDS URI: as they lie there, or as the lock pins them."""
    locked = {file.path: file.size for entry in lock.recordings for file in entry.files}
    sizes = {f"{RAW}{path}": size for path, size in locked.items() if size is not None}
    if raw is not None:
        sizes |= {f"{RAW}{path}": (raw / path).stat().st_size for path in locked if (raw / path).is_file()}
    files = (path for path in derivative.glob("sub-*/**/*") if path.is_file())
    return sizes | {f"{HERE}{path.relative_to(derivative).as_posix()}": path.stat().st_size for path in files}


def _sizes_in_crate(derivative: Path) -> dict[str, int]:
    """Sizes of files by BIDS URI, of files that are not here."""
    path = derivative / "ro-crate-metadata.json"
    graph = read_strict_json(path).get("@graph", []) if path.is_file() else []
    files = [item for item in graph if isinstance(item, dict) and "contentSize" in item]
    return {str(item.get("alternateName", f"{HERE}{unquote(item['@id'])}")): int(item["contentSize"]) for item in files}
