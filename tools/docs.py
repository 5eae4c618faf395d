"""Write what is made from the code: ``config/README.md`` and the JSON Schemas of the record and of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from jinja2 import Template
from pydantic import BaseModel

from eegmill.config.models import Configuration
from eegmill.config.text import configuration_table, steps_text
from eegmill.files.atomic import write_json
from eegmill.models import field_descriptions
from eegmill.records import RecordingRecord

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("configuration.md.j2")


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


def main() -> None:
    """Write the page and the schemas."""
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
