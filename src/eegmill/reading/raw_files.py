"""Opening a raw EEG file of any format that BIDS knows, or saying in one sentence why not."""

from __future__ import annotations

import logging
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Any

from ..errors import RecordingError
from ..recording import from_first_sample

if TYPE_CHECKING:
    from pathlib import Path

    import mne

log = logging.getLogger(__name__)

READING_FAULTS = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    AssertionError,
    EOFError,
    SyntaxError,
    ImportError,
    struct.error,
    zlib.error,
)
"""What MNE's readers raise on damaged files: each fails in its own way. Running out of memory is not among them."""

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

POINTERS = (b"annex/objects/", b"version https://git-lfs")


def open_raw(path: Path, **options: Any) -> mne.io.BaseRaw:
    """Read a raw file completely, in float64 and volts, without its date.

    Parameters
    ----------
    path
        The primary file: ``.set``, ``.vhdr``, ``.edf``, ``.bdf``, ``.cnt`` … (whatever ``mne.io.read_raw`` knows).
    options
        Passed on to MNE's reader.

    Raises
    ------
    RecordingError
        If the file is missing, empty, a pointer to data that were not fetched, or not readable; names file and cause.
    """
    refuse_stub(path)
    _refuse_companion(path)
    reader = _reader(path)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            raw = reader(path, preload=True, verbose="warning", **options)
        _note_incomplete(told, path)
        return bare(raw)
    except reading_faults() as error:
        msg = f"'{path.name}' cannot be read: {_cause(error, path)}."
        raise RecordingError(msg) from error


def reading_faults() -> tuple[type[BaseException], ...]:
    """`READING_FAULTS`, and what scipy raises on damaged MATLAB files: imported only when something went wrong."""
    from scipy.io.matlab import MatReadError

    return (*READING_FAULTS, MatReadError)


def refuse_stub(path: Path) -> None:
    """Refuse a file that is not there, holds nothing, or only points to data elsewhere."""
    if path.is_symlink() and not path.exists():
        msg = f"'{path.name}' is a link to data that are not there; fetch the recording again."
        raise RecordingError(msg)
    if not path.exists():
        msg = f"'{path.name}' is missing; fetch the recording again."
        raise RecordingError(msg)
    if path.is_dir():
        return
    with path.open("rb") as stream:
        start = stream.read(256)
    if not start.strip(b"\0"):
        msg = f"'{path.name}' is empty; fetch it again, or ask the dataset's authors."
        raise RecordingError(msg)
    if any(pointer in start for pointer in POINTERS):
        msg = f"'{path.name}' is only a git-annex or LFS pointer; fetch the file's content."
        raise RecordingError(msg)


def _note_incomplete(told: list[warnings.WarningMessage], path: Path) -> None:
    """Log what a reader says of data that are missing; most of what else it says is of no consequence."""
    for text in dict.fromkeys(" ".join(str(warning.message).split()) for warning in told):
        if any(words in text for words in INCOMPLETE):
            log.warning("'%s': %s", path.name, text)


def _refuse_companion(path: Path) -> None:
    why = COMPANIONS.get(path.suffix.lower(), "")
    if path.suffix.lower() == ".eeg" and path.with_suffix(".vhdr").is_file():
        why = f"it holds the samples of a BrainVision recording: name '{path.with_suffix('.vhdr').name}'"
    if why:
        msg = f"'{path.name}' is no recording by itself: {why}."
        raise RecordingError(msg)


def _reader(path: Path) -> Any:
    import mne

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


def _cause(error: BaseException, path: Path) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    if text.startswith("Unsupported file type"):
        return f"'{path.suffix}' is none of the formats that MNE reads (.edf .bdf .vhdr .set .cnt .fif …)"
    if "number of trials" in text:
        return "it holds epochs, and eegmill cleans continuous recordings"
    if isinstance(error, FileNotFoundError) and error.filename and str(error.filename) != str(path):
        return f"its companion '{str(error.filename).rpartition('/')[2]}' is missing"
    text = text.replace(f"{path.parent}/", "").replace(str(path.parent), "its folder")
    return f"{type(error).__name__}: {text}"[:300].rstrip(".")
