"""The JSON Schemas that ship with eegmill, and what a file says against its own."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

KINDS = ("qc", "prov_act", "prov_soft", "prov_env", "prov_ent")


def load_schema(kind: str) -> dict[str, Any]:
    """A shipped schema: ``qc`` (the record of a recording) or one of the four of BIDS-Prov."""
    text = files("eegmill.provenance").joinpath("schemas", f"{kind}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(kind: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(load_schema(kind))


def faults(kind: str, value: object) -> list[str]:
    """What is wrong with a value, each as ``place: problem``; empty if it fits its schema."""
    found = sorted(_validator(kind).iter_errors(value), key=lambda error: error.json_path)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]
