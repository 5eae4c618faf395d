"""Write what is made from the code: ``config/README.md`` and the JSON Schema of the record."""

from __future__ import annotations

from pathlib import Path

from eegmill.config.text import configuration_table, steps_text
from eegmill.files.atomic import write_json
from eegmill.records import RecordingRecord

ROOT = Path(__file__).parents[1]

INTRODUCTION = """\
# Configuration

A run is described by one YAML file; `config/ds.yaml` is the default one. A key that is left out has its default; an unknown
key is an error that names the nearest known one. This page is made from the code by `python tools/docs.py`.

## Keys

"""

RECIPES = """
## Recipes

A recipe is an ordered list of steps. `recipe:` takes the name of one in `config/recipes/`, the path of a file of the same form, or
the list itself:

```yaml
recipe:
  - import: {}
  - highpass: {cutoff_hz: 0.5}
  - bad_channels: {}
  - reference: {}
```

An order that makes no sense (a filter behind `epochs`, labels before `ica`) is refused with the reason.

## Overrides

A person's decisions win over the automatic ones, and only what depends on them runs again. `overrides:` names a table with tabs:

```text
dataset	recording	kind	name	onset	duration	decision	reason
ds003805	sub-01_task-rest	channel	Fz	n/a	n/a	bad	loose all the time
ds003805	sub-01_task-rest	segment	n/a	12.5	3	bad	talked
ds003805	sub-01_task-rest	component	4	n/a	n/a	good	alpha, not line noise
```

## Steps

"""


def main() -> None:
    """Write the page and the schema."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **RecordingRecord.model_json_schema()}
    write_json(ROOT / "src" / "eegmill" / "provenance" / "schemas" / "qc.schema.json", schema)
    page = INTRODUCTION + configuration_table() + RECIPES + steps_text()
    (ROOT / "config" / "README.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
