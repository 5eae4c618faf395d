"""Files without which a raw file cannot be read, as its own header names them."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ..inputs.storage.faults import Missing

if TYPE_CHECKING:
    from ..lock import LockedRecording

_POINTERS = re.compile(r"^(?:DataFile|MarkerFile)\s*=\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)

_CHANNELS = re.compile(r"^Ch\d+=([^,]*),", re.MULTILINE)


def named_in_header(header: str, raw: str) -> tuple[str, ...]:
    r"""Return paths of the data and marker files of a BrainVision header (BrainVision Core Data Format 1.0).

    Examples
    --------
    >>> named_in_header("[Common Infos]\nDataFile=$b.eeg\nMarkerFile=old.vmrk\n", "sub-01/eeg/sub-01_eeg.vhdr")
    ('sub-01/eeg/sub-01_eeg.eeg', 'sub-01/eeg/old.vmrk')
    """
    place = PurePosixPath(raw)
    names = (name.replace("$b", place.stem).replace("\\", "/") for name in _POINTERS.findall(header))
    return tuple(str(place.parent / name) for name in names)


def names_in_header(header: Path) -> list[str]:
    """Names of the channels in a BrainVision header, in its order (BrainVision Core Data Format 1.0)."""
    text = header.read_text(encoding="utf-8", errors="replace")
    return [name.replace("\\1", ",") for name in _CHANNELS.findall(text)]


def require_companions(entry: LockedRecording, root: Path) -> None:
    """Look into a fetched raw file, and raise if it needs a file that its source did not have.

    Raises
    ------
    Missing
        Names the file.
    """
    raw = root / entry.raw
    extension = raw.suffix.lower()
    if extension == ".vhdr":
        header = raw.read_text(encoding="latin-1")
        absent = [path for path in named_in_header(header, entry.raw) if not _is_there(root, path, entry.raw)]
    elif extension == ".set" and not raw.with_suffix(".fdt").is_file() and _data_lie_outside(raw):
        absent = [str(PurePosixPath(entry.raw).with_suffix(".fdt"))]
    else:
        absent = []
    if absent:
        msg = f"'{entry.raw}' needs '{absent[0]}', which its source does not have: the recording is not complete."
        raise Missing(msg)


def _is_there(root: Path, path: str, raw: str) -> bool:
    # Files renamed for BIDS often keep the old names in the header; the reader finds them by the new one.
    renamed = PurePosixPath(raw).with_suffix(PurePosixPath(path).suffix)
    return (root / path).is_file() or (root / renamed).is_file()


def _data_lie_outside(path: Path) -> bool:
    """Whether an EEGLAB file holds the name of a data file instead of the data."""
    with path.open("rb") as stream:
        if b"\x89HDF\r\n" in stream.read(520):  # MATLAB 7.3 puts 512 bytes of its own before HDF5's signature
            return _outside_hdf5(path)
    from scipy.io import loadmat, whosmat
    from scipy.io.matlab import MatReadError

    try:
        kinds = {name: kind for name, _, kind in whosmat(path)}
        if "EEG" not in kinds:
            return bool(kinds.get("data") == "char")
        eeg: Any = loadmat(path, variable_names=["EEG"], squeeze_me=True, struct_as_record=False)["EEG"]
    except (MatReadError, ValueError, TypeError, NotImplementedError, OSError):
        return False  # not a file that can be read as EEGLAB's: the reader says so with more to go by
    return isinstance(getattr(eeg, "data", None), str)


def _outside_hdf5(path: Path) -> bool:
    if not find_spec("h5py"):
        return False
    import h5py  # type: ignore[import-untyped]  # no types are published

    with h5py.File(path) as file:
        data = file.get("EEG/data", file.get("data"))
        return data is not None and data.attrs.get("MATLAB_class") == b"char"
