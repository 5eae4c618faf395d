"""EEGLAB: the data file of a ``.set``, whatever it is called there, and its size against what the ``.set`` promises."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..bids.companions import Companion, companion, rivals
from ..errors import RecordingError

UNREADABLE = (ArithmeticError, LookupError, NotImplementedError, OSError, TypeError, ValueError, zlib.error)
"""What SciPy raises, beside its own ``MatReadError``, on a file that is none of MATLAB's."""
HDF5 = b"\x89HDF\r\n"


@dataclass(frozen=True)
class Outside:
    """What a ``.set`` says of samples that lie in a file beside it."""

    pointer: str
    n_channels: int
    n_times: int
    n_trials: int

    @property
    def size(self) -> int:
        """Bytes of the data file: a float32 a sample."""
        return 4 * self.n_channels * self.n_times * self.n_trials


def data_of(path: Path) -> Companion | None:
    """The data file of a ``.set``; None if the samples lie in it, or if it cannot be read."""
    outside = outside_of(path)
    return _companion(path, outside.pointer) if outside else None


def _companion(path: Path, pointer: str) -> Companion:
    return companion(path.name, pointer, lambda name: (path.parent / name).is_file())


def readable(path: Path, scratch: Path, notes: list[str]) -> Path:
    """A ``.set`` that MNE can read: the file itself, or a link to it beside a link to its own data.

    Raises
    ------
    RecordingError
        If it holds several datasets, or its data are not there, of another recording or too short.
    """
    _refuse_several(path)
    outside = outside_of(path)
    if outside is None:
        return path
    used = _companion(path, outside.pointer)
    if used.path is None:
        raise RecordingError(_without_data(path, used))
    data = path.parent / used.path
    _hold_rivals(path, used.path)
    _hold_size(data, path, outside, notes)
    if used.path != outside.pointer or Path(outside.pointer).stem != path.stem:
        notes.append(f"'{path.name}' names '{outside.pointer}': '{used.path}' beside it was read")
    if used.path == outside.pointer and path.suffix == ".set" and data.suffix == ".fdt":
        return path
    # MNE takes the name in the file before the file's own: here both lead to the same samples.
    link = scratch / f"{path.stem}.set"
    link.symlink_to(path.resolve())
    for name in {_name_for_mne(outside.pointer), f"{path.stem}.fdt"} - {""}:
        (scratch / name).symlink_to(data.resolve())
    return link


def _name_for_mne(pointer: str) -> str:
    """The file that MNE looks for beside the ``.set``; nothing if it looks elsewhere."""
    return pointer if Path(pointer).name == pointer else ""


def _without_data(path: Path, used: Companion) -> str:
    if used.foreign:
        return (
            f"'{path.name}' names '{used.pointer}', which are the samples of another recording, and its own "
            f"'{path.stem}.fdt' is missing: fetch it."
        )
    return f"'{path.name}' cannot be read: its samples '{used.pointer}' (or '{path.stem}.fdt') are missing; fetch them."


def _hold_rivals(path: Path, data: str) -> None:
    """Refuse samples of an old name that another ``.set`` names as well: nothing tells whose they are."""
    if Path(data).stem == path.stem:
        return
    beside = [file.name for file in path.parent.iterdir()]
    for other in rivals(path.name, beside):
        outside = outside_of(path.with_name(other))
        if outside is not None and _companion(path.with_name(other), outside.pointer).path == data:
            msg = (
                f"'{path.name}' and '{other}' name the same samples '{data}', and nothing tells whose they are: name "
                "in each its own."
            )
            raise RecordingError(msg)


def _hold_size(data: Path, path: Path, outside: Outside, notes: list[str]) -> None:
    size = data.stat().st_size
    if outside.size > 0 and size < outside.size:
        msg = (
            f"'{data.name}' is cut short: it has {size} bytes, and '{path.name}' promises {outside.size} "
            f"({outside.n_channels} channels x {outside.n_times * outside.n_trials} samples x 4); "
            f"{100 * size / outside.size:.3g} % are there. Fetch it again."
        )
        raise RecordingError(msg)
    if size > outside.size > 0:
        notes.append(f"'{data.name}' has {size} bytes, and '{path.name}' promises {outside.size}: the rest is not read")


def outside_of(path: Path) -> Outside | None:
    """What an EEGLAB file says of a data file beside it; None if it holds the samples, or cannot be read."""
    with path.open("rb") as stream:
        if HDF5 in stream.read(520):  # MATLAB 7.3 puts 512 bytes of its own before HDF5's signature
            return _outside_hdf5(path)
    eeg = _header(path)
    pointer = eeg.get("data")
    if not isinstance(pointer, str):
        return None
    counts = [_count(eeg.get(name)) for name in ("nbchan", "pnts", "trials")]
    return Outside(pointer, counts[0] or 0, counts[1] or 0, counts[2] or 1)


def _header(path: Path) -> dict[str, Any]:
    from scipy.io import loadmat, whosmat
    from scipy.io.matlab import MatReadError

    try:
        kinds = {name: kind for name, _, kind in whosmat(path)}
        if "EEG" not in kinds and kinds.get("data") != "char":
            return {}
        names = ["EEG"] if "EEG" in kinds else ["data", "nbchan", "pnts", "trials"]
        found = loadmat(path, variable_names=names, squeeze_me=True, struct_as_record=False)
    except (MatReadError, *UNREADABLE):
        return {}  # not a file that can be read as EEGLAB's: the reader says so with more to go by
    eeg = found.get("EEG", found)
    return eeg if isinstance(eeg, dict) else vars(eeg) if hasattr(eeg, "__dict__") else {}


def _count(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _outside_hdf5(path: Path) -> Outside | None:
    if not find_spec("h5py"):
        return None
    import h5py  # type: ignore[import-untyped]  # no types are published

    with h5py.File(path) as file:
        eeg = file.get("EEG", file)
        data = eeg.get("data")
        if data is None or data.attrs.get("MATLAB_class") != b"char":
            return None
        pointer = "".join(chr(int(code)) for code in data[()].ravel())
        counts = [_count(eeg[name][()].ravel()[0]) if name in eeg else None for name in ("nbchan", "pnts", "trials")]
        return Outside(pointer, counts[0] or 0, counts[1] or 0, counts[2] or 1)


def _refuse_several(path: Path) -> None:
    from scipy.io import whosmat
    from scipy.io.matlab import MatReadError

    try:
        variables = {name: shape for name, shape, _ in whosmat(path)}
    except (MatReadError, *UNREADABLE):
        return
    if "ALLEEG" in variables and "EEG" not in variables:
        shape = " x ".join(str(length) for length in variables["ALLEEG"])
        msg = f"'{path.name}' holds an array ALLEEG of several datasets ({shape}): save each as a .set of its own."
        raise RecordingError(msg)
