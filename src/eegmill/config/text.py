"""The configuration in words: a commented file, and the table of keys of config/README.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from ..models import field_descriptions
from ..steps import STEPS
from .models import Configuration


def commented_configuration(configuration: Configuration) -> str:
    """YAML of a configuration, each key with its meaning behind it.

    >>> print(commented_configuration(Configuration()).splitlines()[1])
    output: "results" # folder that everything is written to
    """
    lines = ["# eegmill configuration. Run it with: eegmill run --configfile THIS-FILE"]
    for name, meaning in _meanings(Configuration).items():
        value = getattr(configuration, name)
        if isinstance(value, BaseModel):
            lines.append(f"{name}:")
            lines += [f"  {_entry(key, getattr(value, key), inner)}" for key, inner in _meanings(type(value)).items()]
        else:
            lines.append(_entry(name, value, meaning))
    return "\n".join(lines) + "\n"


def configuration_table() -> str:
    """Markdown table of every key."""
    rows = ["| key | default | meaning |", "| --- | --- | --- |"]
    rows += [f"| `{name}` | `{default}` | {meaning} |" for name, default, meaning in _keys(Configuration, "")]
    return "\n".join(rows) + "\n"


def steps_text() -> str:
    """Markdown section of every step with its parameters."""
    parts = []
    for name, step in STEPS.items():
        parts.append(f"### {name}\n\n{_first_paragraph(step.__doc__ or '')}\n")
        rows = [f"| `{key}` | `{default}` | {meaning} |" for key, default, meaning in _keys(step, "")]
        if rows:
            parts.append("\n".join(["| parameter | default | meaning |", "| --- | --- | --- |", *rows]) + "\n")
    return "\n".join(parts)


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    texts = field_descriptions(model)
    return {name: texts.get(name, field.description or "") for name, field in model.model_fields.items()}


def _entry(name: str, value: Any, meaning: str) -> str:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return f"{name}: {json.dumps(plain, ensure_ascii=False)} # {meaning}"


def _keys(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str]]:
    meanings = _meanings(model)
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield from _keys(type(default), f"{prefix}{name}.")
        else:
            shown = json.dumps(default, ensure_ascii=False, default=str)
            yield f"{prefix}{name}", shown.replace("|", "\\|"), meanings[name].replace("|", "\\|")


def _first_paragraph(docstring: str) -> str:
    return " ".join(docstring.strip().split("\n\n")[0].split())
