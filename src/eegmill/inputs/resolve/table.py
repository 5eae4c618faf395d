"""A table of recordings without BIDS names: which file is which subject, session, task and run.

The files stay where they are, under their own names. The raw dataset of a run holds links to them under BIDS names, and
what had to be made for it: ``dataset_description.json``, and headers of BrainVision that name the linked files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ...bids.companions import COMPANIONS, companion, pointers_of
from ...bids.text import decoded
from ...errors import ConfigurationError, RecordingError
from ...files.atomic import write_bytes, write_json
from ...files.tables import format_tsv, is_missing, read_tsv
from ...lock import Lock, LockedFile, LockedRecording, RefusedRecording
from ..storage.local import why_not
from .selection import choose

if TYPE_CHECKING:
    from ...bids.guessed_names import GuessedName
    from ...config.models import Select

COLUMNS = ("file", "subject", "session", "task", "run")
LABELS = {"subject": "sub", "session": "ses", "task": "task", "run": "run"}
NEEDED = ("subject", "task")
DESCRIPTION = "dataset_description.json"
BIDS_VERSION = "1.11.1"
MARKERS = ".vmrk"
BRAINVISION = {"datafile": ".eeg", "markerfile": ".vmrk"}
"""Extensions in BIDS of what a header of BrainVision names, by its key."""


_POINTERS = re.compile(rb"(?mi)^(?P<before>(?P<key>DataFile|MarkerFile)[ \t]*=[ \t]*)[^\r\n]*?(?=[ \t]*\r?$)")
"""Lines of a BrainVision header, or of its markers, that name another file."""


@dataclass(frozen=True)
class TableRow:
    """One recording of a table."""

    line: int
    file: Path
    """Absolute."""
    entities: Mapping[str, str]
    """By BIDS key: ``{"sub": "01", "task": "rest"}``."""

    @property
    def recording(self) -> str:
        """The BIDS name without suffix and extension."""
        return "_".join(f"{key}-{value}" for key, value in self.entities.items())

    @property
    def folder(self) -> str:
        """The folder of the recording in the raw dataset."""
        return "/".join(f"{key}-{self.entities[key]}" for key in ("sub", "ses") if key in self.entities)


def table_text(guesses: Mapping[Path, GuessedName], beside: Path) -> str:
    """A table of recordings as text; files below the folder ``beside`` of the table are named from there."""
    rows = [
        {"file": _relative(file, beside), **{column: getattr(guess, column) or "n/a" for column in COLUMNS[1:]}}
        for file, guess in guesses.items()
    ]
    return format_tsv(COLUMNS, rows)


def read_table(path: Path) -> tuple[TableRow, ...]:
    """Read and check a table of recordings.

    Raises
    ------
    ConfigurationError
        Names the line, the column and the value that is wrong, or two lines that name one recording.
    """
    try:
        rows = read_tsv(path)
    except RecordingError as error:
        raise ConfigurationError(str(error)) from None
    missing = [column for column in COLUMNS if column not in (rows[0] if rows else ())]
    if missing:
        msg = f"Table '{path.name}' has no column '{missing[0]}' or no rows; its columns are: {' '.join(COLUMNS)}."
        raise ConfigurationError(msg)
    found = tuple(_row(row, line, path) for line, row in enumerate(rows, start=2))
    lines: dict[str, int] = {}
    for row in found:
        if row.recording in lines:
            msg = (
                f"Table '{path.name}': lines {lines[row.recording]} and {row.line} are both '{row.recording}': "
                "give them different runs."
            )
            raise ConfigurationError(msg)
        lines[row.recording] = row.line
    return found


def files_of(path: Path) -> Iterator[Path]:
    """All files that the recordings of a table consist of."""
    for row in read_table(path):
        yield row.file
        yield from companions_of(row.file).values()


def lock_of_table(path: Path, name: str, *, select: Select, made: Path) -> Lock:
    """Pin the recordings of a table.

    Parameters
    ----------
    made
        Folder for the files that the raw dataset needs and the source does not have.

    Raises
    ------
    ConfigurationError
        If the table is wrong, or the selection matches nothing.
    """
    rows = _by_raw_path(path)
    chosen = choose(_records(rows), select, dataset=name)
    paths = [str(record["bids_relpath"]) for record in chosen]
    description = made / DESCRIPTION
    write_json(description, _description(name))
    shared = LockedFile(
        path=DESCRIPTION, url=description.absolute().as_uri(), role="dataset", size=description.stat().st_size
    )
    found = [_recording(path, rows[path], shared, made) for path in paths]
    return Lock(
        dataset=name,
        api="table",
        database="",
        filter={"recording_modality": select.modality},
        resolved_at=datetime.now(UTC).isoformat(timespec="seconds"),
        name=name,
        document={"dataset_id": name, "name": name},
        recordings=tuple(one for one in found if isinstance(one, LockedRecording)),
        refused=tuple(one for one in found if isinstance(one, RefusedRecording)),
    )


def records_of_table(path: Path) -> list[dict[str, object]]:
    """What a table says of its recordings, as a catalogue would.

    Raises
    ------
    ConfigurationError
        If the table is wrong.
    """
    return _records(_by_raw_path(path))


def companions_of(file: Path) -> dict[str, Path]:
    """Files that hold the rest of a recording, by the extension that they get; BrainVision's by its header."""
    if file.suffix.lower() == ".vhdr" and file.is_file() and os.access(file, os.R_OK):
        pointers = pointers_of(decoded(file.read_bytes())[0])
        named = {".eeg": pointers.data, ".vmrk": pointers.markers}
        return {ending: _meant(file, pointer) for ending, pointer in named.items() if pointer}
    endings = COMPANIONS.get(file.suffix.lower(), ())
    there = {ending: _any_case(file.with_suffix(ending)) for ending in endings}
    return {ending: path for ending, path in there.items() if _lies(path)}


def _meant(header: Path, pointer: str) -> Path:
    """The file that a header means: never that of another recording."""
    found = companion(header.name, pointer, lambda path: (header.parent / path).is_file())
    return header.parent / (found.path or f"{header.stem}.missing")


def _any_case(path: Path) -> Path:
    return path if _lies(path) else path.with_suffix(path.suffix.upper())


def _lies(path: Path) -> bool:
    """Whether anything lies at a path, be it a link to nothing."""
    return path.exists() or path.is_symlink()


def _recording(raw: str, row: TableRow, shared: LockedFile, made: Path) -> LockedRecording | RefusedRecording:
    needed = [row.file, *(path for ending, path in companions_of(row.file).items() if ending != MARKERS)]
    reason = next(filter(None, (why_not(path, path.name) for path in needed)), None)
    if reason:
        return RefusedRecording(recording=row.recording, reason=reason)
    paths = {raw: row.file} if row.file.is_file() else {}
    paths |= {str(Path(raw).with_suffix(ending)): path for ending, path in companions_of(row.file).items()}
    there = {path: _mended(file, made / path) for path, file in paths.items() if file.is_file()}
    files = [
        LockedFile(path=path, url=file.as_uri(), role="raw" if path == raw else "companion", size=file.stat().st_size)
        for path, file in there.items()
    ]
    missing = [] if raw in there else [raw]
    return LockedRecording(
        recording=row.recording,
        folder=row.folder,
        datatype="eeg",
        raw=raw,
        entities=dict(row.entities),
        files=tuple(sorted([*files, shared], key=lambda file: file.path)),
        missing=tuple(sorted([*missing, *(paths.keys() - there.keys())])),
    )


def _mended(file: Path, target: Path) -> Path:
    """The file itself, or a copy that names the linked files where it is a header of BrainVision (its markers too)."""
    if file.suffix.lower() not in (".vhdr", ".vmrk"):
        return file

    def renamed(match: re.Match[bytes]) -> bytes:
        name = target.with_suffix(BRAINVISION[match["key"].decode().lower()]).name
        return match["before"] + name.encode()

    write_bytes(target, _POINTERS.sub(renamed, file.read_bytes()))
    return target.absolute()


def _row(row: Mapping[str, str], line: int, path: Path) -> TableRow:
    where = f"Table '{path.name}', line {line}"
    if is_missing(row["file"]):
        msg = f"{where}, column 'file': no file is named."
        raise ConfigurationError(msg)
    entities = {}
    for column, key in LABELS.items():
        label = row[column].removeprefix(f"{key}-")
        if is_missing(label) and column not in NEEDED:
            continue
        if is_missing(label):
            msg = f"{where}, column '{column}': '{row[column]}' stands for no value: write a label, such as '01'."
            raise ConfigurationError(msg)
        if not re.fullmatch("[A-Za-z0-9+]+", label):
            msg = f"{where}, column '{column}': '{row[column]}' is no BIDS label: letters and digits only."
            raise ConfigurationError(msg)
        entities[key] = label
    file = Path(row["file"]).expanduser()
    return TableRow(line, Path(os.path.abspath(path.absolute().parent / file)), entities)  # noqa: PTH100 - follows no link


def _by_raw_path(path: Path) -> dict[str, TableRow]:
    return {f"{row.folder}/eeg/{row.recording}_eeg{row.file.suffix.lower()}": row for row in read_table(path)}


def _records(rows: Mapping[str, TableRow]) -> list[dict[str, object]]:
    return [_record(raw, row) for raw, row in rows.items()]


def _record(raw: str, row: TableRow) -> dict[str, object]:
    entities = {column: row.entities.get(key) for column, key in LABELS.items()}
    return {"bids_relpath": raw, "datatype": "eeg", "entities": entities}


def _description(name: str) -> dict[str, object]:
    made_by = {"Name": "eegmill", "Description": "BIDS names for recordings that have none, by a table of recordings"}
    return {"Name": name, "BIDSVersion": BIDS_VERSION, "DatasetType": "raw", "GeneratedBy": [made_by]}


def _relative(file: Path, folder: Path) -> str:
    file, folder = file.absolute(), folder.absolute()
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)
