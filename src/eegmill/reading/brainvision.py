"""BrainVision: the data and markers that belong to a header, whatever it calls them, and text that can be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from ..bids.companions import Companion, base_name, companion, pointers_of
from ..bids.text import decoded
from ..errors import RecordingError

_CODEPAGE = re.compile(r"^[ \t]*Codepage[ \t]*=[ \t]*(\S+)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_COMMON = re.compile(r"^\[Common Infos\][ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_DATED = re.compile(r"^(Mk\d+=New Segment,.*,)(\d{20})[ \t]*\r?$", re.MULTILINE)
_PAIRS = re.compile(r"^[ \t]*(DataPoints|NumberOfChannels|BinaryFormat)[ \t]*=(.*)$", re.MULTILINE | re.IGNORECASE)
SAMPLE_BYTES = {"INT_16": 2, "UINT_16": 2, "INT_32": 4, "IEEE_FLOAT_32": 4, "IEEE_FLOAT_64": 8}
"""Bytes of a sample by BinaryFormat."""
_REFERENCES = re.compile(r"^Ch\d+=[^,\r\n]*,([^,\r\n]*)", re.MULTILINE)
_LINE = r"^[ \t]*{}[ \t]*=.*$"


def data_of(path: Path) -> Companion | None:
    """The file with the samples of a header; None where the header names none and there is none of its name."""
    return _companion(path, pointers_of(_text(path.read_bytes())[0]).data, (".eeg", ".dat"))


def readable(path: Path, scratch: Path, notes: list[str]) -> Path:
    """A header that MNE can read: the file itself, or a copy of its text in ``scratch`` that says what is true.

    Raises
    ------
    RecordingError
        If the samples are not there, or those that the header names belong to another recording.
    """
    text, encoding = _text(path.read_bytes())
    pointers = pointers_of(text)
    data = _companion(path, pointers.data, (".eeg", ".dat"))
    markers = _companion(path, pointers.markers, (".vmrk",))
    if data is None or data.path is None:
        raise RecordingError(_without_data(path, data))
    _note_unnamed(path, {"DataFile": (pointers.data, data), "MarkerFile": (pointers.markers, markers)}, notes)
    _note_renamed(path, data, "DataFile", notes)
    _hold_size(path.parent / data.path, path, text, notes)
    marker_text = _markers(path, markers, notes)
    _note_encoding(path, encoding, notes)
    copy = scratch / f"{path.stem}.vhdr"
    (scratch / "data.eeg").symlink_to((path.parent / data.path).resolve())
    named = {"DataFile": "data.eeg", "MarkerFile": "markers.vmrk" if marker_text is not None else ""}
    copy.write_text(_in_utf8(_naming(text, named)), encoding="utf-8", newline="")
    if marker_text is not None:
        (scratch / "markers.vmrk").write_text(_in_utf8(marker_text), encoding="utf-8", newline="")
    return copy


def _companion(path: Path, pointer: str | None, usual: tuple[str, ...]) -> Companion | None:
    pointers = [pointer] if pointer else [f"$b{ending}" for ending in usual]
    found = [companion(path.name, one, lambda name: (path.parent / name).is_file()) for one in pointers]
    there = [one for one in found if one.path]
    return there[0] if there else (found[0] if pointer else None)


def _without_data(path: Path, data: Companion | None) -> str:
    if data is None:
        return f"'{path.name}' names no DataFile, and '{path.stem}.eeg' is not beside it: its samples are missing."
    name = base_name(data.pointer, path.name)
    if data.foreign:
        return (
            f"'{path.name}' names '{name}', which are the samples of another recording, and its own "
            f"'{path.stem}{Path(name).suffix}' is missing: fetch it, or correct DataFile."
        )
    return f"'{path.name}' cannot be read: its companion '{name}' is missing; fetch it, or correct DataFile."


def references_of(path: Path) -> list[str]:
    """Names of the reference channels in a header, one a channel; empty where a channel has none."""
    text, _ = _text(path.read_bytes())
    return [name.strip().replace("\\1", ",") for name in _REFERENCES.findall(text)]


def missing_fraction(path: Path) -> float:
    """Share of the samples that a header promises and the file of samples does not have; 0 where it promises none."""
    text, _ = _text(path.read_bytes())
    data = data_of(path)
    n_times, frame = _promised(text)
    if data is None or data.path is None or not n_times or not frame:
        return 0.0
    return max(1 - (path.parent / data.path).stat().st_size // frame / n_times, 0.0)


def _promised(text: str) -> tuple[int, int]:
    """Samples that a header promises, and bytes of a sample of all channels; 0 for what it does not say."""
    said = {key.lower(): value.strip() for key, value in _PAIRS.findall(text)}
    sample_bytes = SAMPLE_BYTES.get(said.get("binaryformat", "").upper(), 0)
    n_times, n_channels = (said.get(key, "") for key in ("datapoints", "numberofchannels"))
    return (
        int(n_times) if n_times.isdecimal() else 0,
        sample_bytes * int(n_channels) if n_channels.isdecimal() else 0,
    )


def _hold_size(data: Path, path: Path, text: str, notes: list[str]) -> None:
    """Hold the size of the samples against what the header says of them."""
    n_times, frame = _promised(text)
    size = data.stat().st_size
    if not frame:
        return
    if size < frame:
        msg = f"'{data.name}' has {size} bytes, less than one sample of all channels ({frame}): fetch it again."
        raise RecordingError(msg)
    if size < frame * n_times:
        notes.append(
            f"'{data.name}' is cut short: it holds {size // frame} of the {n_times} samples that '{path.name}' "
            f"promises ({100 * (size // frame) / n_times:.3g} %)"
        )
    elif size % frame:
        notes.append(f"'{data.name}' has {size} bytes, no multiple of the {frame} of a sample of all channels")


def _note_unnamed(path: Path, found: Mapping[str, tuple[str | None, Companion | None]], notes: list[str]) -> None:
    for key, (pointer, used) in found.items():
        if pointer is None and used and used.path:
            notes.append(f"'{path.name}' names no {key}: '{used.path}' beside it was read")


def _note_renamed(path: Path, used: Companion, key: str, notes: list[str]) -> None:
    named = used.pointer.replace("$b", path.stem)
    if used.path != named or Path(named).stem != path.stem:
        notes.append(f"'{path.name}' says {key}={used.pointer}: '{used.path}' beside it was read")


def _markers(path: Path, markers: Companion | None, notes: list[str]) -> str | None:
    """Text of the marker file, its dates such as MNE can read; None without one."""
    if markers is None:
        return None
    if markers.path is None:
        why = "belongs to another recording" if markers.foreign else "is not there"
        notes.append(f"'{path.name}' says MarkerFile={markers.pointer}, which {why}: read without its markers")
        return None
    _note_renamed(path, markers, "MarkerFile", notes)
    file = path.parent / markers.path
    text, encoding = _text(file.read_bytes())
    _note_encoding(file, encoding, notes)
    wrong = [match[2] for match in _DATED.finditer(text) if not _is_date(match[2])]
    if wrong:
        notes.append(f"'{file.name}' has the start '{wrong[0]}', which is no time: not used")
    return _DATED.sub(lambda match: match[1] + (match[2] if _is_date(match[2]) else "0" * 20), text)


def _is_date(digits: str) -> bool:
    try:
        datetime.strptime(digits, "%Y%m%d%H%M%S%f")
    except ValueError:
        return digits == "0" * 20
    return True


def _text(content: bytes) -> tuple[str, str]:
    """Text by its Codepage, and the encoding where that had to be guessed."""
    named = _CODEPAGE.search(content.decode("latin-1"))
    try:
        if named:
            return content.decode("cp1252" if named[1].upper() == "ANSI" else named[1]).removeprefix("\ufeff"), ""
    except (UnicodeDecodeError, LookupError):
        pass
    text, encoding = decoded(content)
    return text, "" if encoding == "UTF-8" else encoding


def _note_encoding(path: Path, encoding: str, notes: list[str]) -> None:
    if encoding:
        notes.append(f"'{path.name}' is not in the encoding that it says or should have: read as {encoding}")


def _naming(text: str, named: dict[str, str]) -> str:
    for key, name in named.items():
        text = re.sub(_LINE.format(key) + r"\n?", "", text, flags=re.MULTILINE | re.IGNORECASE)
        if name:
            text = _below_common(text, f"{key}={name}")
    return text


def _below_common(text: str, line: str) -> str:
    return _COMMON.sub(lambda match: f"{match[0].rstrip()}\n{line}", text, count=1)


def _in_utf8(text: str) -> str:
    without = re.sub(_LINE.format("Codepage") + r"\n?", "", text, flags=re.MULTILINE | re.IGNORECASE)
    return _below_common(without, "Codepage=UTF-8")
