"""Opening a raw EEG file of any format that BIDS knows, or saying in one sentence why not."""

from __future__ import annotations

import re
import threading
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ..errors import RecordingError
from ..files.holes import MIN_SIZE, bytes_written, mostly_holes
from ..recording import from_first_sample
from . import brainvision, edf, edf_time, eeglab, fif, gdf
from .notes import some

if TYPE_CHECKING:
    import mne

COMPANIONS = {
    ".vmrk": "it holds the markers of a BrainVision recording: name its .vhdr file",
    ".fdt": "it holds the samples of an EEGLAB recording: name its .set file",
    ".mat": "a .mat file may hold anything: save the recording as .set in EEGLAB",
    **dict.fromkeys(
        (".11d", ".21e", ".cmt", ".cn2", ".log", ".pnt"),
        "it belongs to a Nihon Kohden recording: name its .EEG file",
    ),
}
"""Files that lie beside recordings, by suffix: what to name instead."""

INCOMPLETE = ("does not match the file size", "truncated", "not contain all", "incomplete")
"""Words of MNE's readers for files that hold less than their header promises."""
UNTIMED = re.compile(r"(\d+) events have an onset that is NaN")
"""Words of MNE for events of EEGLAB that it drops."""
OUTSIDE = "outside data range"
"""Words of MNE for annotations that it drops."""

KNOWN_SUFFIXES = frozenset(
    {".edf", ".bdf", ".gdf", ".vhdr", ".ahdr", ".eeg", ".set", ".cnt", ".fif", ".gz", ".mff", ".nxe", ".hdr", ".snirf"}
    | {".sqd", ".con", ".ds", ".cdt", ".dap", ".dat", ".nedf", ".lay", ".mefd"}
)
"""Suffixes of recordings: what else a reader of MNE takes is none."""
PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7z"}
"""First bytes of packed files."""

POINTERS = (b"annex/objects/", b"version https://git-lfs")

_ONE_READER = threading.Lock()
"""Warnings are collected for the whole process: two readers at once would get each other's."""

SCALES = {"v": 1.0, "mv": 1e-3, "uv": 1e-6, "µv": 1e-6, "μv": 1e-6, "nv": 1e-9}
"""Volts of a unit, in lower case."""


@dataclass(frozen=True)
class Opened:
    """A signal, and where in time it was recorded if the recorder paused."""

    raw: mne.io.BaseRaw
    clock: edf_time.Clock | None = None
    missing_fraction: float = 0.0
    """Share of the samples that the header promises and the file does not have, or that were never written."""


def open_raw(path: Path, notes: list[str], **options: Any) -> mne.io.BaseRaw:
    """The signal of `open_file`, for those who do not ask for pauses."""
    return open_file(path, notes, **options).raw


def open_file(path: Path, notes: list[str], **options: Any) -> Opened:
    """Read a raw file completely, in float64 and volts, without its date.

    Parameters
    ----------
    path
        The primary file: ``.set``, ``.vhdr``, ``.edf``, ``.bdf``, ``.cnt`` … (whatever ``mne.io.read_raw`` knows).
    notes
        What had to be mended, guessed or left out is added here, a sentence each.
    options
        Passed on to MNE's reader.

    Returns
    -------
    Opened
        Data (n_channels, n_times); first sample 0; annotations in seconds from it.

    Raises
    ------
    RecordingError
        If the file is missing, empty, a pointer to data that were not fetched, or not readable; names file and cause.
    """
    refuse_stub(path)
    _refuse_companion(path)
    missing = _hold_holes(path, notes)
    suffix = path.suffix.lower()
    header = edf.read_header(path) if suffix in edf.EDF_SUFFIXES else None
    if header is not None:
        return _open_edf(header, notes, options, missing)
    with TemporaryDirectory(prefix="eegmill-") as scratch:
        source = path
        if suffix == ".vhdr":
            source = brainvision.readable(path, Path(scratch), notes)
            missing = max(missing, brainvision.missing_fraction(path))
        elif suffix == ".set":
            source = eeglab.readable(path, Path(scratch), notes)
        elif suffix == ".fif" or path.name.lower().endswith(".fif.gz"):
            fif.look_before(path, notes)
        raw, warned = _read(_reader(path), source, path, options)
        _note_warnings(warned, path, notes)
        if suffix == ".gdf":
            _take_units(raw, gdf.units_of(path))
        if any(OUTSIDE in text for text in warned):
            _note_outside(source, raw, notes)
    return Opened(bare(raw), missing_fraction=missing)


def _open_edf(header: edf.EdfHeader, notes: list[str], options: dict[str, Any], unwritten: float) -> Opened:
    """EDF and BDF by a header that MNE can read; annotations and pauses by ours."""
    import mne

    content = edf.mended(header, notes)
    edf.note_rates(header, notes)
    found, starts_s = edf_time.annotations_of(header, notes)
    clock = edf_time.clock_of(header, starts_s, notes)
    reader = mne.io.read_raw_bdf if header.sample_bytes == 3 else mne.io.read_raw_edf
    options = {"encoding": "latin1", **options}
    size = len(content) + header.n_records * header.record_bytes
    as_it_is = content == header.content and size == header.size
    if as_it_is and header.has_its_suffix and header.path.suffix.islower():
        raw, _ = _read(reader, header.path, header.path, options)
    else:
        with closing(edf.MendedFile(header.path, content, size)) as source:
            raw, _ = _read(reader, source, header.path, options)
    _doubt_unscaled(raw)
    raw.set_meas_date(None)
    if header.annotation_bytes:
        length_s = raw.n_times / float(raw.info["sfreq"])
        placed = edf_time.annotations_in_signal(found, clock, length_s, notes)
        raw.set_annotations(edf_time.as_annotations(placed, raw.ch_names), verbose="error")
    return Opened(bare(raw), clock, max(header.missing_fraction, unwritten))


def _doubt_unscaled(raw: mne.io.BaseRaw) -> None:
    """Withdraw units that MNE did not scale by: it reads ``MV`` of EDF and ``mV`` of GDF 1 as volts."""
    extras = raw._raw_extras[0]
    scales = dict(zip(extras["ch_names"], extras["units"], strict=False))
    for name, unit in dict(raw._orig_units).items():
        expected = SCALES.get(unit.strip().lower())
        if expected is not None and name in scales and abs(scales[name] / expected - 1) > 1e-6:
            raw._orig_units[name] = f"{unit}, in a spelling that is read as {scales[name]:g} V"


def _take_units(raw: mne.io.BaseRaw, units: list[str]) -> None:
    """Say what the header calls the units, where MNE does not, and doubt those that it did not scale by."""
    if len(units) == len(raw.ch_names):
        raw._orig_units = dict(zip(raw.ch_names, units, strict=True))
        _doubt_unscaled(raw)


def _read(reader: Any, source: Any, path: Path, options: dict[str, Any]) -> tuple[mne.io.BaseRaw, list[str]]:
    """Call MNE's reader; also what it warned of."""
    with _ONE_READER, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            raw = reader(source, preload=True, verbose="warning", **options)
        except MemoryError:
            raise
        except Exception as error:
            msg = f"'{path.name}' cannot be read: {_cause(error, path, source)}."
            raise RecordingError(msg) from error
    return raw, list(dict.fromkeys(" ".join(str(warning.message).split()) for warning in caught))


def refuse_stub(path: Path) -> None:
    """Refuse a file that is not there, holds nothing, is no file, or only points to data elsewhere."""
    if path.is_symlink() and not path.exists():
        msg = f"'{path.name}' is a link to data that are not there; fetch the recording again."
        raise RecordingError(msg)
    if not path.exists():
        msg = f"'{path.name}' is missing; fetch the recording again."
        raise RecordingError(msg)
    if path.is_dir():
        _refuse_folder(path)
        return
    if not path.is_file():
        msg = f"'{path.name}' is a pipe or a device, not a file; put the recording in its place."
        raise RecordingError(msg)
    try:
        with path.open("rb") as stream:
            start = stream.read(256)
    except PermissionError:
        msg = f"'{path.name}' may not be read by this user; change its permissions."
        raise RecordingError(msg) from None
    if not start.strip(b"\0"):
        msg = f"'{path.name}' is empty; fetch it again, or ask the dataset's authors."
        raise RecordingError(msg)
    if any(pointer in start for pointer in POINTERS):
        msg = f"'{path.name}' is only a git-annex or LFS pointer; fetch the file's content."
        raise RecordingError(msg)


FOLDERS = (".mff", ".ds", ".mefd", ".nirs")
"""Formats whose recordings are folders."""


def _refuse_folder(path: Path) -> None:
    if path.suffix.lower() not in FOLDERS:
        msg = f"'{path.name}' is a folder, not a file; put the recording in its place."
        raise RecordingError(msg)


def _hold_holes(path: Path, notes: list[str]) -> float:
    """Share of a file that was never written: it would be read as zeros, of any length. More than half is refused."""
    missing = 0.0
    beside = [path.with_suffix(suffix) for suffix in (".eeg", ".fdt", ".dat")] if path.suffix else []
    for file in [path, *beside]:
        if not file.is_file() or file.stat().st_size < MIN_SIZE:
            continue
        reason = mostly_holes(file)
        if reason:
            msg = f"'{file.name}' {reason}"
            raise RecordingError(msg)
        size, written = file.stat().st_size, bytes_written(file)
        if written < size:
            missing = max(missing, 1 - written / size)
            notes.append(f"'{file.name}': {size - written} of its {size} bytes were never written: read as zeros")
    return missing


def _note_warnings(warned: list[str], path: Path, notes: list[str]) -> None:
    """Note what a reader says of data that are missing; most of what else it says is of no consequence."""
    notes += [f"'{path.name}': {text}" for text in warned if any(words in text for words in INCOMPLETE)]
    untimed = next((found for text in warned if (found := UNTIMED.search(text))), None)
    if untimed:
        notes.append(f"'{path.name}': {untimed[1]} events have no time (NaN) and are left out")


def _note_outside(source: Path, raw: mne.io.BaseRaw, notes: list[str]) -> None:
    """Name the annotations that MNE dropped because they lie outside the signal."""
    import mne

    length_s = raw.n_times / float(raw.info["sfreq"])
    path = source.with_name("markers.vmrk") if source.suffix == ".vhdr" else source
    options: dict[str, Any] = {"sfreq": float(raw.info["sfreq"])} if source.suffix == ".vhdr" else {}
    every = mne.read_annotations(path, **options)
    outside = [
        f"'{name}' at {onset:g} s"
        for onset, name in zip(every.onset, every.description, strict=True)
        if not 0 <= onset < length_s
    ]
    notes.append(
        f"{len(outside)} annotations lie outside the {length_s:g} s of the signal and are left out: {some(outside)}"
    )


def _refuse_companion(path: Path) -> None:
    why = COMPANIONS.get(path.suffix.lower(), "")
    if path.suffix.lower() == ".eeg" and path.with_suffix(".vhdr").is_file():
        why = f"it holds the samples of a BrainVision recording: name '{path.with_suffix('.vhdr').name}'"
    if why:
        msg = f"'{path.name}' is no recording by itself: {why}."
        raise RecordingError(msg)


def _reader(path: Path) -> Any:
    import mne

    if path.suffix.lower() == ".set":
        return mne.io.read_raw_eeglab
    if path.suffix.lower() != ".cnt":
        return mne.io.read_raw
    # MNE tries one reader after the other, and ANT's crashes the interpreter on Neuroscan files: look before reading.
    with path.open("rb") as stream:
        magic = stream.read(4)
    return mne.io.read_raw_ant if magic in (b"RIFF", b"RF64") else mne.io.read_raw_cnt


def bare(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """The same signal without file names, dates and reader's state: first sample 0, annotations from its start."""
    stripped = from_first_sample(raw).set_meas_date(None)
    stripped._orig_units = dict(raw._orig_units or {})  # what the header said: needed to mend files without units
    return stripped


_TO_DEVELOPERS = re.compile(r"[^.,;(]*\b(?:developers?|report this|contact)\b[^.]*\.?", re.IGNORECASE)


def _cause(error: BaseException, path: Path, source: Any) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    if text.startswith("Unsupported file type"):
        return f"'{path.suffix}' is none of the formats that MNE reads (.edf .bdf .vhdr .set .cnt .fif …)"
    if "number of trials" in text:
        trials = re.search(r"trials must be 1.*?(\d+)|Found (\d+)|got (\d+)", text)
        count = f"{next(filter(None, trials.groups()))} " if trials and any(trials.groups()) else ""
        return f"it holds {count}epochs, and eegmill cleans continuous recordings: export the continuous data"
    if "next file" in text and "does not exist" in text:
        found = re.search(r"next file (.+?) does not exist", text)
        name = Path(found[1]).name if found else "its next part"
        return f"it is the first part of a split recording, and '{name}' is not beside it; fetch all parts"
    if isinstance(error, FileNotFoundError) and error.filename and str(error.filename) != str(path):
        return f"its companion '{str(error.filename).rpartition('/')[2]}' is missing; fetch it"
    wanted = re.search(r"the module (\w+) is needed|No module named '(\w+)'", text)
    if wanted:
        return f"this format is read by the package '{wanted[1] or wanted[2]}', which is not installed; install it"
    if path.suffix.lower() not in {*KNOWN_SUFFIXES, *FOLDERS}:
        return f"'{path.suffix}' is none of the formats that are read (.edf .bdf .vhdr .set .cnt .fif …)"
    disguise = _disguise(path)
    if disguise:
        return disguise
    kind = path.suffix.lstrip(".").upper()
    said = _plain(text, [path.parent, *([source.parent] if isinstance(source, Path) else [])])
    way_out = "fetch it again, or ask the dataset's authors"
    return f"it is damaged or no {kind} file ({said}); {way_out}"


def _disguise(path: Path) -> str:
    """What a file is instead of a recording, by its first bytes; empty where they say nothing."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        start = stream.read(512).lstrip()
    packed = next((kind for magic, kind in PACKED.items() if start.startswith(magic)), "")
    if packed:
        return f"it is packed ({packed}): unpack it"
    if start[:1] == b"<" and re.match(rb"<(!doctype|html|\?xml)", start, re.IGNORECASE):
        return "it is a web page, such as a server sends instead of a file; fetch it again"
    return ""


def _plain(text: str, folders: list[Path]) -> str:
    """A message of MNE without folders and without the advice to write to its developers."""
    spellings = {str(one) for folder in folders for one in (folder, folder.absolute(), folder.resolve())}
    for folder in sorted(spellings, key=len, reverse=True):
        if folder not in {".", "/"}:
            text = re.sub(rf"(?<![\w./-]){re.escape(folder)}/", "", text)
    return _TO_DEVELOPERS.sub("", text).strip(" .,;")[:300] or "no reason given"
