"""Paths in a configuration: what it reads counts from its own folder, what it writes from the working directory."""

from __future__ import annotations

from pathlib import Path

from ..errors import ConfigurationError
from .datasets import is_path
from .features import is_file_of_features, wanted_features
from .models import Configuration
from .query import DatasetQuery
from .recipes import is_shipped


def located(configuration: Configuration, folder: Path | None = None) -> Configuration:
    """The configuration with paths that hold wherever it is read.

    Overrides, recipe files and dataset folders are looked for in the configuration's folder, then in the working
    directory, and become absolute; what is in neither stays as it was written, for whoever reads it to say so. Files of
    features are looked for alike, and what they list stands in their stead: a derivative tells its features without
    them.

    Parameters
    ----------
    folder
        Where the configuration file lies; None where there is none.

    Raises
    ------
    ConfigurationError
        If ``output`` holds braces, which Snakemake would take for wildcards, or a file of features cannot be read.
    """
    recipe, overrides = configuration.recipe, configuration.overrides
    return configuration.model_copy(
        update={
            "output": _writable_name(configuration.output),
            "datasets": _datasets(configuration.datasets, folder),
            "recipe": _found(recipe, folder) if isinstance(recipe, str) and not is_shipped(recipe) else recipe,
            "features": wanted_features(
                _found(one, folder) if is_file_of_features(one) else one for one in configuration.features
            ),
            "overrides": _found(overrides, folder) if overrides else overrides,
        }
    )


def _datasets(datasets: tuple[str, ...] | DatasetQuery, folder: Path | None) -> tuple[str, ...] | DatasetQuery:
    if isinstance(datasets, DatasetQuery):
        return datasets
    return tuple(_found(entry, folder) if is_path(entry) else entry for entry in datasets)


def _found(text: str, folder: Path | None) -> str:
    path = Path(text).expanduser()
    for base in (folder, Path()):
        if base is not None and (base / path).exists():
            return str((base / path).absolute())
    return str(path) if text.startswith("~") else text


def _writable_name(output: str) -> str:
    if "{" in output or "}" in output:
        msg = f"Configuration key 'output' has the value {output!r}: a folder whose name holds braces cannot be used."
        raise ConfigurationError(msg)
    return str(Path(output).expanduser())
