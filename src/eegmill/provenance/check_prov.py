"""Whether ``prov/`` is whole: schemas, unique identifiers, references that resolve, digests that are true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import DerivativeError
from .findings import Finding
from .json_schemas import faults
from .origin import read_strict_json

LISTS = ("Activities", "Software", "Environments", "Files")
LINKS = ("AssociatedWith", "Used", "GeneratedBy", "ActedOnBehalfOf")


def check_prov(derivative: Path, digests: Mapping[str, str]) -> list[Finding]:
    """Check every file of ``prov/``.

    Parameters
    ----------
    digests
        SHA-256 by path, from the manifest: entities of files that are here must have the same.
    """
    found: list[Finding] = []
    objects: list[tuple[str, dict[str, Any]]] = []
    for path in sorted((derivative / "prov").rglob("prov-*.json")):
        where = path.relative_to(derivative).as_posix()
        try:
            content = read_strict_json(path)
        except DerivativeError as error:
            found.append(Finding(path=where, problem=str(error)))
            continue
        wrong = faults(f"prov_{path.stem.rpartition('_')[2]}", content)
        found += [Finding(path=where, problem=problem) for problem in wrong]
        if not wrong:
            objects += [(where, item) for key in LISTS for item in content.get(key, [])]
    known = {item["Id"] for _, item in objects}
    return [*found, *_repeated(objects), *_dangling(derivative, objects, known), *_untrue(objects, digests)]


def activity_ids(derivative: Path) -> set[str]:
    """Identifiers of all activities; files that cannot be read give none."""
    found: set[str] = set()
    for path in sorted((derivative / "prov").rglob("*_act.json")):
        try:
            content = read_strict_json(path)
        except DerivativeError:
            continue  # check_prov reports it
        found |= {item["Id"] for item in content.get("Activities", []) if "Id" in item}
    return found


def _repeated(objects: list[tuple[str, dict[str, Any]]]) -> Iterator[Finding]:
    # Several recordings may describe the same raw file (a sidecar at the root): equal objects are no contradiction.
    distinct = {(item["Id"], repr(sorted(item.items(), key=lambda pair: pair[0]))) for _, item in objects}
    for identifier, times in sorted(Counter(identifier for identifier, _ in distinct).items()):
        if times > 1:
            yield Finding(path="prov", problem=f"the identifier {identifier} has {times} different descriptions")


def _dangling(derivative: Path, objects: list[tuple[str, dict[str, Any]]], known: set[str]) -> Iterator[Finding]:
    for where, item in objects:
        for target in (target for key in LINKS for target in item.get(key, [])):
            is_file_here = target.startswith("bids::") and "#" not in target and (derivative / target[6:]).is_file()
            if target not in known and not is_file_here:
                yield Finding(path=where, problem=f"{item['Id']} refers to {target}, which is nowhere")


def _untrue(objects: list[tuple[str, dict[str, Any]]], digests: Mapping[str, str]) -> Iterator[Finding]:
    for where, item in objects:
        path = item.get("AtLocation")
        told = item.get("Digest", {}).get("SHA-256")
        if path and told and digests.get(path) != told:
            yield Finding(path=where, problem=f"{path} has not the SHA-256 that is told here")
