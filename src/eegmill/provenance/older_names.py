"""``prov/`` in the names that BIDS-Prov (BEP028) had until 2025, for tools that were written for them.

The proposal changed the names, not what they mean: ``Entities`` became ``Files``, ``EnvVars`` ``EnvironmentVariables``,
``sha256`` ``SHA-256``, and identifiers lost a slash; one activity or agent stood without a list. As seen in the former
versions of its own example datasets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import DerivativeError
from ..files.atomic import write_bytes, write_json
from .origin import read_strict_json, refuse_foreign

FORMER = {"Files": "Entities", "EnvironmentVariables": "EnvVars", "SHA-256": "sha256", "MD5": "md5"}
ALONE = ("AssociatedWith", "GeneratedBy")
"""Links that were no list where there was one."""
NEW, OLD = "bids::prov#", "bids::prov/#"


def with_older_names(value: Any) -> Any:
    """A value of a file of ``prov/`` as it was written then.

    Examples
    --------
    >>> with_older_names({"Files": [{"Id": "bids::a", "GeneratedBy": ["bids::prov#clean-1"]}]})
    {'Entities': [{'Id': 'bids::a', 'GeneratedBy': 'bids::prov/#clean-1'}]}
    """
    if isinstance(value, dict):
        return {FORMER.get(key, key): _link(key, with_older_names(item)) for key, item in value.items()}
    if isinstance(value, list):
        return [with_older_names(item) for item in value]
    return f"{OLD}{value.removeprefix(NEW)}" if isinstance(value, str) and value.startswith(NEW) else value


def _link(key: str, value: Any) -> Any:
    return value[0] if key in ALONE and isinstance(value, list) and len(value) == 1 else value


def write_older_names(derivative: Path, folder: Path) -> tuple[Path, ...]:
    """Write the ``prov/`` of a derivative in older names.

    Parameters
    ----------
    folder
        Where to; the derivative itself is left as it is.

    Raises
    ------
    DerivativeError
        If the derivative is not eegmill's, or has no ``prov/``, or the folder lies in it.
    """
    refuse_foreign(derivative)
    records = sorted(path for path in (derivative / "prov").glob("prov-*/prov-*.json"))
    tables = sorted((derivative / "prov").glob("provenance.*"))
    if not records:
        msg = f"'{derivative.name}' has no prov/: nothing says how it was made."
        raise DerivativeError(msg)
    if folder.resolve().is_relative_to(derivative.resolve()):
        msg = f"'{folder}' lies in the derivative: name a folder elsewhere."
        raise DerivativeError(msg)
    contents = {path: with_older_names(read_strict_json(path)) for path in records}
    for path, content in contents.items():
        write_json(folder / path.relative_to(derivative), content)
    for path in tables:
        write_bytes(folder / path.relative_to(derivative), path.read_bytes())
    return tuple(folder / path.relative_to(derivative) for path in (*records, *tables))
