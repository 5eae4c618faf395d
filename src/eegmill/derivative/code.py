"""``code/`` of a derivative: all that it takes to type the recorded command in an empty folder, but eegmill itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ..config.datasets import is_path
from ..config.overrides import COLUMNS, override_cells, override_line
from ..config.recipes import recipe_text
from ..files.atomic import write_bytes, write_json, write_text
from ..files.shipped import workflow_root
from ..lock import Lock
from ..provenance.environment import Environment
from ..provenance.sbom import bill_of_materials
from ..recipe import Recipe
from ..records import RecordingRecord
from .portable import LOCAL, portable, portable_lock

WORKFLOW = ("Snakefile", "envs/eegmill.yaml", "workflow/rules/*.smk", "workflow/report/*.rst")
"""The workflow that was used; Snakemake takes it as it lies there."""


def write_code(
    derivative: Path,
    *,
    lock: Lock,
    config: Mapping[str, Any],
    records: Sequence[RecordingRecord],
    environment: Environment,
) -> list[Path]:
    """Write workflow, configuration, decisions by a person, lock, environment and bill of materials."""
    code = derivative / "code"
    written = [_copied(path, code) for path in workflow_files()]
    text = yaml.safe_dump(recorded_configuration(config), sort_keys=True, allow_unicode=True, width=120)
    write_text(code / "config.yaml", text)
    write_json(code / "lock.json", portable_lock(lock).model_dump(mode="json"))
    write_json(code / "environment.json", environment.model_dump(mode="json"))
    write_json(code / "sbom.cdx.json", bill_of_materials())
    written += [code / name for name in ("config.yaml", "lock.json", "environment.json", "sbom.cdx.json")]
    return [*written, *_write_overrides(code, lock.dataset, config, records)]


def write_recipe(derivative: Path, recipe: Recipe, config: Mapping[str, Any]) -> list[Path]:
    """Write the recipe with all its parameters, and again under the name of the file that the configuration names."""
    named = config.get("recipe")
    own = [str(portable(named))] if isinstance(named, str) and named.endswith((".yaml", ".yml")) else []
    paths = [derivative / "code" / name for name in ("recipe.yaml", *own)]
    for path in paths:
        write_text(path, recipe_text(recipe))
    return paths


def recorded_configuration(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration as a derivative carries it: folders of this machine are named beside ``code/``."""
    datasets = config.get("datasets")
    values: dict[str, Any] = portable(config)
    if isinstance(datasets, list | tuple):
        values["datasets"] = [f"./{Path(entry).name}" if is_path(entry) else entry for entry in datasets]
    return values


def commands(lock: Lock, config: Mapping[str, Any]) -> tuple[str, ...]:
    """What to type in a folder that has ``code/``, to do it again.

    The lock is laid where the workflow looks for it, unless its files are those of another machine's folder: then the
    raw dataset is wanted beside ``code/``, and is looked through again.
    """
    values = recorded_configuration(config)
    run = "eegmill run --configfile code/config.yaml"
    if any(file.url.startswith(LOCAL) for entry in portable_lock(lock).recordings for file in entry.files):
        return (run,)
    locks = f"{values.get('output', 'results')}/locks"
    return f"mkdir -p {locks} && cp code/lock.json {locks}/{lock.dataset}.lock.json", run


def workflow_files() -> Iterator[str]:
    """The files of the workflow, relative to its folder."""
    root = workflow_root()
    for pattern in WORKFLOW:
        yield from sorted(path.relative_to(root).as_posix() for path in root.glob(pattern))


def _copied(path: str, code: Path) -> Path:
    write_bytes(code / path, (workflow_root() / path).read_bytes())
    return code / path


def _write_overrides(
    code: Path, dataset: str, config: Mapping[str, Any], records: Sequence[RecordingRecord]
) -> list[Path]:
    """The decisions that were laid over, under the name that the configuration gives them."""
    if not config.get("overrides"):
        return []
    rows = [override_cells(dataset, record.recording, item) for record in records for item in record.overrides]
    path = code / str(portable(config["overrides"]))
    write_text(path, "".join(f"{override_line(row)}\n" for row in (COLUMNS, *rows)))
    return [path]
