"""The table of an index: one row a window, which says where its samples lie (docs/windows.md)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.atomic import staged_file
from ..files.tables import is_missing, read_tsv
from ..models import Frozen
from ..provenance.digests import sha256_file
from ..stream.index import FILES_KEY, METADATA_KEY, SCHEMA_VERSION
from .windows import CleanedFiles, WindowRows, window_rows

if TYPE_CHECKING:
    import pyarrow as pa

RECIPE = Path("code") / "recipe.yaml"
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
"""A cell that is a number; '01' is a label."""
ROW_GROUP = 1 << 16
COLUMNS: Mapping[str, tuple[str, str, str]] = {
    "recording": ("text", "", "Name of the recording"),
    "file": ("text", "", "File of samples, relative to the derivative: float32, little-endian, multiplexed"),
    "offset": ("int64", "byte", "Where the window begins in the file"),
    "n_bytes": ("int64", "byte", "How long it is there: all channels of one sample, then of the next"),
    "crc32": ("uint32", "", "CRC-32 of these bytes"),
    "onset_s": ("float64", "s", "The window's first sample, from the first sample of the recording"),
    "n_times": ("int32", "", "Samples of the window"),
    "n_channels": ("int32", "", "Channels"),
    "sfreq_hz": ("float64", "Hz", "Sampling rate"),
    "good_fraction": ("float64", "", "Part of the window that no segment marked BAD_ of all channels covers"),
    "events": ("texts", "", "Names of the events that begin in the window"),
    "event_samples": ("int32s", "", "The sample of the window at which each begins"),
    "label": ("text", "", "Of an epoch its kind; of a window the event that lasts over all of it"),
    "epoch": ("int32", "", "Index of the epoch's event among all events considered; empty for windows"),
    "tmin_s": ("float64", "s", "Start of the epoch from its event; empty for windows"),
    "subject": ("text", "", "BIDS label"),
    "session": ("text", "", "BIDS label"),
    "task": ("text", "", "BIDS label"),
    "acquisition": ("text", "", "BIDS label"),
    "run": ("text", "", "BIDS index"),
    "licence": ("text", "", "Of the source dataset, which holds for the derivative too"),
    "split": ("text", "", "Part of a split by subjects; empty unless one was asked for"),
}
"""Type, unit and meaning; behind them one column ``participant_…`` for each of ``participants.tsv``."""
PARTICIPANT = "participant_"


class IndexReport(Frozen):
    """What was indexed."""

    windows: dict[str, int]
    """By recording."""
    left_out: dict[str, int] = {}
    """Windows that hold a discontinuity, by recording."""
    kind: str = "windows"

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in sentences."""
        return tuple(
            f"{name}: {count} {'window holds' if count == 1 else 'windows hold'} a discontinuity and "
            f"{'was' if count == 1 else 'were'} left out."
            for name, count in self.left_out.items()
        )


@dataclass(frozen=True)
class Asked:
    """What an index is made by."""

    window_s: float = 2.0
    split: Mapping[str, float] | None = None
    """Shares of the subjects by the name of the part, see `part_of`."""
    seed: int = 0
    """Of the split."""


def write_window_table(path: Path, derivative: Path, recordings: Sequence[str], asked: Asked) -> IndexReport:
    """Write the table of the windows of some recordings; of their epochs, where any of them has some.

    The bytes depend on the files of the derivative, what is asked, and pyarrow alone.

    Raises
    ------
    ConfigurationError
        If a window is shorter than a sample.
    DerivativeError
        If files of a recording do not agree.
    """
    import pyarrow.parquet as pq

    epochs = any(CleanedFiles(derivative, name).has_epochs for name in recordings)
    schema = _schema(participant_kinds(derivative))
    files: dict[str, Any] = {"channels": [], "files": {}}
    with (
        staged_file(path) as staged,
        pq.ParquetWriter(staged, schema, compression="zstd", store_schema=False) as writer,
    ):
        for table in _tables(derivative, recordings, asked, files, schema, epochs=epochs):
            writer.write_table(table)
        about = _about(derivative, asked, epochs=epochs) | {"recordings": sorted(recordings)}
        writer.add_key_value_metadata({METADATA_KEY.decode(): _json(about), FILES_KEY.decode(): _json(files)})
    return _report(files["files"], "epochs" if epochs else "windows")


def part_of(subject: str, split: Mapping[str, float], seed: int) -> str:
    """The part of a split that a subject belongs to, whoever else there is.

    A hash of seed and subject is a number between 0 and 1, and the parts lie side by side there; so a dataset that
    grows keeps the parts of its subjects, and their sizes are the shares only on average.

    Examples
    --------
    >>> [part_of(subject, {"train": 0.8, "test": 0.2}, seed=1) for subject in ("01", "02", "03", "04")]
    ['train', 'train', 'train', 'test']
    """
    number = int.from_bytes(hashlib.sha256(f"{seed}\0{subject}".encode()).digest()[:8], "big") / 2**64
    parts = sorted(split)  # the same, in whatever order they are written
    ends = accumulate(split[part] for part in parts)
    return next((part for part, end in zip(parts, ends, strict=True) if number < end), parts[-1])


def _about(derivative: Path, asked: Asked, *, epochs: bool) -> dict[str, Any]:
    recipe = derivative / RECIPE
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "epochs" if epochs else "windows",
        "asked": asdict(asked),
        "samples": {"dtype": "<f4", "order": "(n_times, n_channels)", "unit": "µV, or as the channels of a file say"},
        "recipe_sha256": sha256_file(recipe) if recipe.is_file() else None,
        "units": {name: unit for name, (_, unit, _) in COLUMNS.items() if unit},
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _schema(participants: Mapping[str, str]) -> pa.Schema:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "int32s": pa.list_(pa.int32()),
        "int32": pa.int32(),
        "uint32": pa.uint32(),
        "int64": pa.int64(),
        "float64": pa.float64(),
    }
    fields = [(name, types[kind]) for name, (kind, _, _) in COLUMNS.items()]
    fields += [(f"{PARTICIPANT}{column}", types[kind]) for column, kind in participants.items()]
    return pa.schema(fields)


def participant_kinds(derivative: Path) -> dict[str, str]:
    """The columns of ``participants.tsv``: ``float64`` where all cells are numbers, else ``text``."""
    rows = _participant_rows(derivative)
    columns = [column for column in (rows[0] if rows else {}) if column != "participant_id"]
    return {column: _kind([row[column] for row in rows]) for column in columns}


def _participants(derivative: Path) -> dict[str, dict[str, Any]]:
    """What is known of each subject, by its label, under the names of our columns."""
    kinds = participant_kinds(derivative)
    return {
        row["participant_id"].removeprefix("sub-"): {
            f"{PARTICIPANT}{column}": _cell(row[column], kind) for column, kind in kinds.items()
        }
        for row in _participant_rows(derivative)
    }


def _participant_rows(derivative: Path) -> list[dict[str, str]]:
    path = derivative / "participants.tsv"
    return read_tsv(path) if path.is_file() else []


def _kind(cells: Sequence[str]) -> str:
    given = [cell for cell in cells if not is_missing(cell)]
    return "float64" if given and all(NUMBER.fullmatch(cell) for cell in given) else "text"


def _cell(cell: str, kind: str) -> str | float | None:
    if is_missing(cell):
        return None
    return float(cell) if kind == "float64" else cell


def _tables(
    derivative: Path,
    recordings: Sequence[str],
    asked: Asked,
    files: dict[str, Any],
    schema: pa.Schema,
    *,
    epochs: bool,
) -> Iterator[pa.Table]:
    """Tables of many rows each, recording by recording; what is known of the files goes into ``files``."""
    import pyarrow as pa

    licence = _licence(derivative)
    participants = _participants(derivative)
    waiting: list[dict[str, Any]] = []
    for name in sorted(recordings):
        found = window_rows(derivative, name, window_s=None if epochs else asked.window_s)
        entities = CleanedFiles(derivative, name).entities
        subject = entities["subject"] or ""
        part = part_of(subject, asked.split, asked.seed) if asked.split else None
        common = {"recording": name, "file": found.file.as_posix(), "licence": licence, "split": part}
        common |= {**entities, **participants.get(subject, {})}
        waiting += [{**row, **common} for row in found.rows]
        _note(files, found)
        if len(waiting) >= ROW_GROUP:
            yield pa.Table.from_pylist(waiting, schema=schema)
            waiting = []
    yield pa.Table.from_pylist(waiting, schema=schema)


def _note(files: dict[str, Any], found: WindowRows) -> None:
    """Note a file; recordings with the same channels share one list of them."""
    lists = files["channels"]
    if found.channels not in lists:
        lists.append(found.channels)
    about = {**found.about, "windows": len(found.rows), "channels": lists.index(found.channels)}
    files["files"][found.file.as_posix()] = about


def _licence(derivative: Path) -> str | None:
    description = json.loads((derivative / "dataset_description.json").read_bytes())
    licence: str | None = description.get("License")
    return licence


def _report(files: Mapping[str, Mapping[str, Any]], kind: str) -> IndexReport:
    return IndexReport(
        windows={file["recording"]: file["windows"] for file in files.values()},
        left_out={file["recording"]: file["left_out"] for file in files.values() if file["left_out"]},
        kind=kind,
    )
