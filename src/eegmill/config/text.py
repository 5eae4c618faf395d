"""The configuration in words: a commented file, and the table of keys of config/README.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from ..models import field_descriptions
from ..steps import STEPS
from .allowed import allowed_values, unit_of
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
    return _table("key", Configuration) + "\n"


def steps_text() -> str:
    """Markdown section of every step with its parameters."""
    parts = []
    for name, step in STEPS.items():
        parts.append(f"### {name}\n\n{_first_paragraph(step.__doc__ or '')}\n")
        if step.model_fields:
            parts.append(_table("parameter", step) + "\n")
    return "\n".join(parts)


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """What each field means, in one line: a row of a table or a comment of YAML ends with its line."""
    texts = field_descriptions(model)
    meanings = {name: texts.get(name, field.description or "") for name, field in model.model_fields.items()}
    return {name: " ".join(meaning.split()) for name, meaning in meanings.items()}


def _entry(name: str, value: Any, meaning: str) -> str:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return f"{name}: {json.dumps(plain, ensure_ascii=False)} # {meaning}"


def _table(head: str, model: type[BaseModel]) -> str:
    rows = [f"| {head} | default | unit | allowed | meaning |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*rows, *(f"| {' | '.join(cells)} |" for cells in _keys(model, ""))])


def _keys(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, ...]]:
    """The cells of each key: its name, default, unit, what it may hold, and what it means."""
    meanings, allowed = _meanings(model), allowed_values(model)
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield from _keys(type(default), f"{prefix}{name}.")
        else:
            shown = json.dumps(default, ensure_ascii=False, default=str)
            cells = (f"`{prefix}{name}`", f"`{shown}`", unit_of(name) or "–", allowed[name], meanings[name])
            yield tuple(cell.replace("|", "\\|") for cell in cells)


def _first_paragraph(docstring: str) -> str:
    return " ".join(docstring.strip().split("\n\n")[0].split())
