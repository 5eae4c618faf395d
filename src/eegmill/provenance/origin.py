"""What a derivative says of its own making: enough to make it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ..bids.paths import records_below
from ..errors import DerivativeError
from ..lock import Lock
from ..models import Frozen
from ..records import RECORD_VERSION, RecordingRecord, parse_record
from .environment import Environment

LOCK_VERSION = str(Lock.model_fields["lock_version"].default)


class Origin(Frozen):
    """Configuration, pinned inputs and environment of a derivative."""

    config: dict[str, Any]
    lock: Lock
    environment: Environment


def read_origin(derivative: Path, *, any_version: bool = False) -> Origin:
    """Read ``code/`` of a derivative.

    Parameters
    ----------
    any_version
        Whether one that another version of eegmill laid out is read as well.

    Raises
    ------
    DerivativeError
        If eegmill did not make the folder, a file is missing or damaged, or another version of eegmill wrote it.
    """
    refuse_foreign(derivative)
    if not any_version:
        refuse_other_version(derivative)
    config = yaml.safe_load(_text(derivative, "code/config.yaml"))
    if not isinstance(config, dict):
        msg = "code/config.yaml holds no configuration; it was altered."
        raise DerivativeError(msg)
    lock_values = _json(derivative, "code/lock.json")
    _refuse_newer("code/lock.json", lock_values.get("lock_version"), LOCK_VERSION)
    try:
        lock = Lock.model_validate(lock_values)
        environment = Environment.model_validate(_json(derivative, "code/environment.json"))
    except ValidationError as error:
        msg = f"The records in code/ are damaged or of another version: {_first(error)}."
        raise DerivativeError(msg) from error
    return Origin(config=config, lock=lock, environment=environment)


def refuse_foreign(derivative: Path) -> None:
    """Refuse a folder that is not a derivative made by eegmill."""
    if not derivative.is_dir():
        msg = f"'{derivative}' is no folder."
        raise DerivativeError(msg)
    if not (derivative / "dataset_description.json").is_file():
        msg = f"'{derivative.resolve().name}' has no dataset_description.json: it is no BIDS derivative."
        raise DerivativeError(msg)
    makers = _json(derivative, "dataset_description.json").get("GeneratedBy")
    names = [maker.get("Name") for maker in makers if isinstance(maker, dict)] if isinstance(makers, list) else []
    if "eegmill" not in names:
        told = ", ".join(str(name) for name in names) or "unknown software"
        name = derivative.resolve().name
        msg = f"'{name}' was made by {told}, not by eegmill: there is nothing to make it again from."
        raise DerivativeError(msg)


def refuse_other_version(derivative: Path) -> None:
    """Refuse a derivative whose files are laid out as another version of eegmill had them."""
    version = other_version(derivative)
    if version:
        msg = (
            f"'{derivative.resolve().name}' was made by another version of eegmill ({version}; this one has records "
            f"{RECORD_VERSION}): use that version, or make the derivative again."
        )
        raise DerivativeError(msg)


def other_version(derivative: Path) -> str:
    """The version that laid the files of a derivative out, if it was not this one; else empty."""
    for path in records_below(derivative)[:1]:
        version = _version_of(path)
        if isinstance(version, str) and version.split(".") < RECORD_VERSION.split("."):
            makers = _json(derivative, "dataset_description.json")["GeneratedBy"]
            by = next(str(maker.get("Version")) for maker in makers if maker.get("Name") == "eegmill")
            return f"{by}, records {version}"
    return ""


def _version_of(record: Path) -> object:
    """The version that a record names; None where it is damaged, which others report."""
    try:
        values = read_strict_json(record)
    except DerivativeError:
        return None
    return values.get("schema_version") if isinstance(values, dict) else None


def linked_raw(derivative: Path) -> Path:
    """Where a derivative says that its raw dataset lies: two folders up, unless ``DatasetLinks`` names another."""
    links = _json(derivative, "dataset_description.json").get("DatasetLinks")
    link = links.get("raw") if isinstance(links, dict) else None
    is_folder = isinstance(link, str) and ":" not in link
    return derivative.resolve() / (str(link) if is_folder else "../..")


def read_record(path: Path) -> RecordingRecord:
    """Read a ``_qc.json``.

    Raises
    ------
    DerivativeError
        If it is damaged, or of another version.
    """
    values = read_strict_json(path)
    if not isinstance(values, dict):
        msg = f"'{path.name}' is no record of a recording; it was altered."
        raise DerivativeError(msg)
    return parse_record(path.name, values)


def read_strict_json(path: Path) -> Any:
    """A JSON file in which NaN, infinity and repeated keys are faults."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse, object_pairs_hook=_unrepeated)
    except FileNotFoundError:
        msg = f"'{path.name}' is missing: the derivative is incomplete."
        raise DerivativeError(msg) from None
    except (ValueError, RecursionError) as error:
        msg = f"'{path.name}' is not valid JSON: {error}."
        raise DerivativeError(msg) from error


def _refuse(constant: str) -> None:
    msg = f"{constant} is no JSON"
    raise ValueError(msg)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        msg = "a key is repeated"
        raise ValueError(msg)
    return found


def _json(derivative: Path, path: str) -> dict[str, Any]:
    values = read_strict_json(derivative / path)
    if not isinstance(values, dict):
        msg = f"'{path}' holds no object; it was altered."
        raise DerivativeError(msg)
    return values


def _text(derivative: Path, path: str) -> str:
    try:
        return (derivative / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        msg = f"'{path}' is missing: the derivative is incomplete."
        raise DerivativeError(msg) from None
    except UnicodeDecodeError as error:
        msg = f"'{path}' is not text; it was altered."
        raise DerivativeError(msg) from error


def _refuse_newer(name: str, version: object, known: str) -> None:
    if isinstance(version, str) and version.split(".") > known.split("."):
        msg = f"'{name}' has schema version {version}, and this eegmill knows {known}: install a newer eegmill."
        raise DerivativeError(msg)


def _first(error: ValidationError) -> str:
    problem = error.errors()[0]
    return f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
