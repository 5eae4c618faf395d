"""Write what is made from the code: ``config/README.md``, the table of features, the JSON Schemas of record and configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from jinja2 import Template
from pydantic import BaseModel

from eegmill.config.models import Configuration
from eegmill.config.text import configuration_table, steps_text
from eegmill.features.contract import Feature
from eegmill.features.tree import families, known, names
from eegmill.files.atomic import write_json
from eegmill.models import field_descriptions
from eegmill.records import RecordingRecord

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("configuration.md.j2")
FEATURES_PAGE = ROOT / "docs" / "features.md"
TABLE_BEGINS = "<!-- written by tools/docs.py -->"


def described_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a model, in which each field has its docstring for a description."""
    schema = model.model_json_schema()
    parts = {model.__name__: schema, **schema.get("$defs", {})}
    for part in models_in(model):
        for name, description in field_descriptions(part).items():
            parts[part.__name__]["properties"][name]["description"] = description
    return schema


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, itself included."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation)
    for argument in get_args(annotation):
        yield from models_in(argument)


def features_table() -> str:
    """All features by family: formula, unit, kind, parameters and source, from their docstrings."""
    parts = [f"{TABLE_BEGINS}\n"]
    for family in families():
        parts.append(
            f"### {family}\n\n| feature | what | formula | unit | of | parameters | source |\n|---|---|---|---|---|---|---|"
        )
        parts += [_feature_row(known()[name]) for name in names(family)]
        parts.append("")
    return "\n".join(parts)


def _feature_row(feature: Feature) -> str:
    parameters = ", ".join(f"`{name}={value!r}`" for name, value in feature.parameters.items() if name != "bands")
    told = (feature.summary, feature.note("Formula"), feature.unit, feature.kind, parameters, feature.note("Source"))
    cells = (text.replace("``", "`").replace("|", "\\|") for text in told)
    return f"| `{feature.name}` | {' | '.join(cells)} |"


def main() -> None:
    """Write the pages and the schemas."""
    before, _, _ = FEATURES_PAGE.read_text(encoding="utf-8").partition(TABLE_BEGINS)
    FEATURES_PAGE.write_text(before + features_table(), encoding="utf-8")
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema = ROOT / "src" / "eegmill" / "provenance" / "schemas" / "qc.schema.json"
    write_json(schema, {**dialect, **described_schema(RecordingRecord)})
    configuration = ROOT / "workflow" / "schemas" / "config.schema.json"
    write_json(configuration, {**dialect, **Configuration.model_json_schema()})
    page = Template(PAGE.read_text(encoding="utf-8"), keep_trailing_newline=True)
    text = page.render(keys=configuration_table(), steps=steps_text())
    (ROOT / "config" / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
