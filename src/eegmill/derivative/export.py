"""Cleaned recordings and epochs in the formats of other tools: FIF, EEGLAB ``.set``, EDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import DerivativeError
from .read import read_cleaned, read_epochs

if TYPE_CHECKING:
    import mne

Format = Literal["fif", "set", "edf"]
OPTIONS = {"set": {"fmt": "eeglab"}, "edf": {"fmt": "edf", "physical_range": "channelwise"}}
"""Arguments of MNE's export; with one range for all channels a drifting one would coarsen the others in EDF."""


def export_recording(derivative: Path, recording: str, folder: Path, *, to: Format, epochs: bool = False) -> Path:
    """Write one recording into a folder outside of the derivative.

    Parameters
    ----------
    folder
        Where to write; it must not lie in the derivative, whose manifest would no longer be true.
    to
        ``fif`` keeps everything for MNE, but holds the time of writing and an identifier of this machine; ``set`` is
        for EEGLAB; ``edf`` has 16 bits a sample and whole seconds only.
    epochs
        The epochs instead of the continuous signal; not for ``edf``.

    Raises
    ------
    DerivativeError
        If there is no such recording, the format cannot hold it, or the software for the format is not installed.
    """
    if folder.resolve().is_relative_to(derivative.resolve()):
        msg = f"'{folder}' lies in the derivative, whose manifest would no longer be true: choose a folder outside."
        raise DerivativeError(msg)
    if epochs and to == "edf":
        msg = "EDF holds no epochs: export them as 'set' or 'fif'."
        raise DerivativeError(msg)
    what = read_epochs(derivative, recording) if epochs else read_cleaned(derivative, recording).raw
    folder.mkdir(parents=True, exist_ok=True)
    suffix = "epo" if epochs else "eeg"
    target = folder / f"{recording}_desc-{'epochs' if epochs else 'preproc'}_{suffix}.{to}"
    partial = target.with_name(f"partial-{target.name}")
    try:
        _write(what, partial, to)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _write(what: mne.io.BaseRaw | mne.BaseEpochs, path: Path, to: Format) -> None:
    if to == "fif":
        what.save(path, overwrite=True, verbose="error")
        return
    if hasattr(what, "drop_log"):
        what.set_annotations(None)  # EEGLAB would take annotations inside of epochs for parts of the event's name
    try:
        what.export(path, overwrite=True, verbose="error", **OPTIONS[to])
    except ImportError as error:
        msg = f"Writing '.{to}' needs more software: pip install 'eegmill[formats]'."
        raise DerivativeError(msg) from error
    except ValueError as error:
        msg = f"'.{to}' cannot hold this recording ({error}); 'set' and 'fif' can."
        raise DerivativeError(msg) from error
