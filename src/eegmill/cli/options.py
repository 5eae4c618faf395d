"""Options that several commands share, and the plan that they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ConfigurationError
from ..files.paths import as_typed

if TYPE_CHECKING:
    from ..workflow.plan import Plan

ConfigFile = Annotated[
    Path | None, typer.Option("--configfile", help="A configuration such as config/ds.yaml; without it the defaults.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Labels = list[str] | None
OUTPUT = Path("results")
APP_WORK = ".eegmill"
"""Working folder of a BIDS-App below its OUTPUT_DIR, where no other is named."""
YAML = (".yaml", ".yml")
WAYS = (
    "A BIDS folder: eegmill run path/to/my_bids\n"
    "A public dataset: eegmill search, then: eegmill run ds003805\n"
    "A folder of recordings without BIDS names: eegmill init path/to/folder\n"
    "Single files: eegmill clean *.edf\n"
    "The four recordings that ship with eegmill: eegmill run eegmill-sample"
)
"""How to start, said to whoever names nothing."""


def plan_of(configfile: Path | None, changes: Mapping[str, Any] | None = None, *, search_again: bool = False) -> Plan:
    """The plan of a configuration file, with keys that the command line gives instead.

    Datasets that are a query are searched for where their list does not lie beside the results, or if that is wanted.

    Raises
    ------
    ConfigurationError
        If the file is missing, is not YAML or is wrong.
    """
    from ..workflow.plan import Plan

    values = {**read_values(configfile), **(changes or {})} if configfile else dict(changes or {})
    folder = configfile.absolute().parent if configfile else None
    return Plan.from_values(values, folder=folder, search_again=search_again)


def read_values(configfile: Path) -> dict[str, Any]:
    """The keys of a configuration file, unchecked.

    Raises
    ------
    ConfigurationError
        If the file is missing, is a folder, or is no YAML of keys and values.
    """
    import yaml

    try:
        values = yaml.safe_load(configfile.read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = f"Configuration '{configfile}' does not exist; 'eegmill init DATASET' writes one."
        raise ConfigurationError(msg) from None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"Configuration '{configfile}' cannot be read: {getattr(error, 'strerror', '') or 'it is no text'}."
        raise ConfigurationError(msg) from None
    except yaml.YAMLError as error:
        msg = f"Configuration '{configfile.name}' is not YAML: {' '.join(str(error).split())}."
        raise ConfigurationError(msg) from None
    if values is not None and not isinstance(values, dict):
        msg = f"Configuration '{configfile.name}' must hold keys and values, as config/ds.yaml does."
        raise ConfigurationError(msg)
    return values or {}


def datasets_of(words: Iterable[str]) -> list[str]:
    """Datasets as a command line names them: a word that is a folder or table here is its path, else an ID."""
    return [_dataset(word) for word in words]


@dataclass(frozen=True)
class Named:
    """What a word means to commands that look at results: an output folder, or a dataset in one."""

    output: Path
    dataset: str = ""
    """Empty for all."""


def named(word: str, output: Path | None) -> Named:
    """The output folder that a word names, or the dataset (its ID, folder or table) in ``output``, else in 'results'.

    Raises
    ------
    ConfigurationError
        If the word is neither.
    """
    from ..config.datasets import is_derivative, named_sources

    path = Path(word).expanduser()
    if output is None:
        for folder in (path, path / APP_WORK):
            if (folder / "locks").is_dir():
                return Named(folder)
    if is_derivative(path):
        msg = f"'{word}' is a derivative: name the output folder of its run, or its dataset."
        raise ConfigurationError(msg)
    if path.is_dir() and not (path / "dataset_description.json").is_file():
        msg = f"'{word}' is neither the output folder of a run, which holds 'locks', nor a dataset."
        raise ConfigurationError(msg)
    return Named(output or OUTPUT, next(iter(named_sources(datasets_of([word])))))


def configfile_among(words: Sequence[str], configfile: Path | None) -> tuple[list[str], Path | None]:
    """Take a YAML file that stands where a dataset does for the configuration.

    Raises
    ------
    ConfigurationError
        If there is another configuration already.
    """
    files = [word for word in words if word.lower().endswith(YAML)]
    if files and (configfile or len(files) > 1):
        msg = f"'{files[-1]}' is a configuration, and one run has one: give it alone, by --configfile {files[-1]}."
        raise ConfigurationError(msg)
    return [word for word in words if word not in files], Path(files[0]) if files else configfile


def configfile_here(purpose: str) -> Path:
    """The configuration to take where the command line names neither dataset nor configuration, and say so.

    Raises
    ------
    ConfigurationError
        If the working directory holds none, or several; says how to start.
    """
    found = sorted(path for ending in YAML for path in Path().glob(f"*{ending}") if _is_configuration(path))
    if len(found) == 1:
        typer.echo(f"eegmill: takes '{found[0]}', the configuration that lies here.", err=True)
        return found[0]
    names = " or ".join(f"--configfile {path}" for path in found)
    msg = f"There are several configurations here: {names}." if found else f"Nothing to {purpose} is named.\n{WAYS}"
    raise ConfigurationError(msg)


def _is_configuration(path: Path) -> bool:
    from ..config.models import Configuration

    try:
        values = read_values(path)
    except ConfigurationError:
        return False
    return "datasets" in values and values.keys() <= Configuration.model_fields.keys()


def labels_of(words: Labels, prefix: str) -> list[str]:
    """Labels without the prefix of their entity; several may stand in one word, with commas.

    Examples
    --------
    >>> labels_of(["sub-01,02", "03"], "sub")
    ['01', '02', '03']
    """
    labels = [label for word in words or () for label in re.split(r"[,\s]+", word) if label]
    return [label.removeprefix(f"{prefix}-") for label in labels]


def _dataset(word: str) -> str:
    from ..bids.guessed_names import RECORDINGS

    path = Path(word).expanduser()
    if path.suffix.lower() in RECORDINGS:
        msg = (
            f"'{word}' is a recording, and a dataset is a folder or an ID: 'eegmill clean {as_typed(word)}' cleans "
            "single files."
        )
        raise ConfigurationError(msg)
    if path.exists():
        return str(path.absolute())
    if re.fullmatch(r"(sub-)?[0-9]{1,4}", word):
        msg = f"'{word}' is no dataset. If it is a label: several of them are one word, --participant-label 01,{word}."
        raise ConfigurationError(msg)
    return word
