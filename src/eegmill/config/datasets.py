"""What an entry of ``datasets`` is: an ID of the catalogue, a BIDS folder, or a table of recordings."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigurationError
from ..files.paths import as_typed

TABLE = ".tsv"


def is_path(entry: str) -> bool:
    """Whether an entry is the path of a folder or table, not an ID.

    Examples
    --------
    >>> [is_path(entry) for entry in ("ds003805", "./my_bids", "recordings.tsv", "/data/bids", "~/bids")]
    [False, True, True, True, True]
    """
    return "/" in entry or "\\" in entry or entry.startswith((".", "~")) or entry.lower().endswith(TABLE)


def name_of(path: Path) -> str:
    """The name of a dataset in a folder or table: that of the folder or table, made a dataset ID.

    Examples
    --------
    >>> name_of(Path("/data/My study (2024)")), name_of(Path("raw.tsv"))
    ('My-study-2024', 'raw')
    """
    whole = path.absolute() if path.name not in ("", "..") else path.resolve()
    name = whole.name.removesuffix(TABLE) if whole.suffix.lower() == TABLE else whole.name
    safe = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "dataset"
    return f"dataset-{safe}" if safe.startswith("sub-") else safe


def named_sources(datasets: Sequence[str]) -> dict[str, Path | None]:
    """Each dataset by its name: where it lies on this machine, or None for an ID of the catalogue.

    Raises
    ------
    ConfigurationError
        If two have one name, or a path leads to nothing that is a dataset; says what can be done with it.
    """
    found: dict[str, Path | None] = {}
    entries: dict[str, str] = {}
    for entry in datasets:
        source = Path(entry) if is_path(entry) else None
        name = name_of(source) if source else entry
        if name in entries:
            msg = (
                f"The datasets '{entries[name]}' and '{entry}' are both called '{name}': their results would lie in "
                "one folder. Rename one of them, or run them with different 'output' folders."
            )
            raise ConfigurationError(msg)
        if source:
            _refuse_unusable(source, entry)
        found[name], entries[name] = source, entry
    return found


def made_by_eegmill(folder: Path) -> str:
    """What eegmill made of a folder: its signals are no raw ones. Empty where it made nothing of it."""
    if (folder / "locks").is_dir() and (folder / "work").is_dir():
        return "the output folder of a run"
    return "a derivative that eegmill made" if is_derivative(folder) else ""


def is_derivative(folder: Path) -> bool:
    """Whether eegmill made a folder as a derivative."""
    try:
        content = json.loads((folder / "dataset_description.json").read_bytes())
        makers = content.get("GeneratedBy") or [] if content.get("DatasetType") == "derivative" else []
        return any(maker.get("Name") == "eegmill" for maker in makers)
    except (OSError, ValueError, AttributeError, TypeError):
        return False


def folders_like(path: Path) -> list[str]:
    """Folders and tables beside a path that does not exist, of the nearest names."""
    try:
        beside = [one.name for one in path.parent.iterdir() if one.is_dir() or one.suffix.lower() == TABLE]
    except OSError:
        return []
    near = difflib.get_close_matches(path.name, [name for name in beside if not name.startswith(".")], n=3)
    return [str(path.parent / name) if path.parent != Path() else f"./{name}" for name in near]


def _refuse_unusable(source: Path, entry: str) -> None:
    made = made_by_eegmill(source) if source.is_dir() else ""
    if not source.exists():
        near = folders_like(source)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else "."
        msg = f"Dataset '{entry}' does not exist: a dataset is an ID, a BIDS folder, or a table of recordings{hint}"
    elif made:
        msg = f"'{entry}' is {made}: its signals are clean already. A dataset is the raw one that it was made from."
    elif source.is_dir() and not (source / "dataset_description.json").is_file():
        msg = (
            f"'{source}' is no BIDS dataset: it has no dataset_description.json. 'eegmill init {as_typed(source)}' "
            "proposes a table that gives its recordings BIDS names; 'eegmill clean FILE' cleans single files."
        )
    elif source.is_file() and source.suffix.lower() != TABLE:
        msg = (
            f"'{source}' is a file, and a dataset is a BIDS folder: 'eegmill clean {as_typed(source)}' cleans single "
            "files."
        )
    else:
        return
    raise ConfigurationError(msg)
