"""Why a remake may come out otherwise: another environment, other input, and the step at which the two part."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from ..errors import DerivativeError
from .bids_prov import label_of
from .compare import first_difference
from .digests import sha256_file
from .environment import Environment
from .origin import read_record, read_strict_json


def environment_differences(recorded: Environment, present: Environment) -> tuple[str, ...]:
    """What differs between two environments, in words; of numerical libraries those that both have loaded."""
    libraries = {blas.library for blas in recorded.blas} & {blas.library for blas in present.blas}
    ours, theirs = (_flat(_with_blas(environment, libraries)) for environment in (recorded, present))
    return tuple(
        f"{key}: {ours.get(key, 'absent')} recorded, {theirs.get(key, 'absent')} now"
        for key in sorted(ours.keys() | theirs.keys())
        if ours.get(key) != theirs.get(key)
    )


def _with_blas(environment: Environment, libraries: Set[str]) -> dict[str, Any]:
    values = environment.model_dump(mode="json")
    return values | {"blas": [blas for blas in values["blas"] if blas["library"] in libraries]}


def _flat(value: Any, place: str = "") -> dict[str, str]:
    if isinstance(value, Mapping):
        return {
            key: text for name, item in value.items() for key, text in _flat(item, f"{place} {name}".strip()).items()
        }
    if isinstance(value, list):
        named = {str(item.get("library", i)): item for i, item in enumerate(value)}
        return _flat(named, place)
    return {place: str(value)}


def input_digests(derivative: Path, recording: str) -> dict[str, str | None]:
    """SHA-256 of the raw files that a recording was made of, by path, as its provenance says.

    Raises
    ------
    DerivativeError
        If the recording has no provenance.
    """
    label = label_of(recording)
    entities = read_strict_json(derivative / "prov" / f"prov-{label}" / f"prov-{label}_ent.json")
    return {
        item["Id"].removeprefix("bids:raw:"): item.get("Digest", {}).get("SHA-256")
        for item in entities.get("Files", [])
        if item.get("Id", "").startswith("bids:raw:")
    }


def changed_inputs(derivative: Path, recording: str, raw_root: Path) -> tuple[str, ...]:
    """Raw files of a recording that are not what its provenance says was read.

    Raises
    ------
    DerivativeError
        If the recording has no provenance.
    """
    told = input_digests(derivative, recording)
    return tuple(problem for path in sorted(told) if (problem := _changed(raw_root / path, path, told[path])))


def _changed(file: Path, path: str, told: str | None) -> str:
    if not file.is_file():
        return f"{path} is missing"
    return "" if sha256_file(file) == told else f"{path} is not the file that was read"


def parting_step(recorded: Path, remade: Path) -> str:
    """The first step whose parameters or decisions differ between two records; empty if none does."""
    try:
        ours, theirs = read_record(recorded), read_record(remade)
    except DerivativeError:
        return ""
    for place, (a, b) in enumerate(zip(ours.steps, theirs.steps, strict=False), start=1):
        difference = first_difference(a.model_dump(mode="json"), b.model_dump(mode="json"))
        if difference:
            return f"step {place} ({a.name}): {difference}"
    return ""
