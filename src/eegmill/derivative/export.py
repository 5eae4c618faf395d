"""Cleaned recordings and epochs in the formats of other tools: of MNE, EEGLAB, EDF, NEMAR's viewer and braindecode."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..bids.paths import EPOCHS, PREPROC, DerivativePaths
from ..errors import DerivativeError
from ..provenance.origin import refuse_other_version
from .edf import write_edf
from .eeglab import write_epochs_set, write_raw_set
from .read import read_cleaned, read_epochs

if TYPE_CHECKING:
    import mne

    from ..recording import Recording

Format = Literal["fif", "set", "edf"]
DatasetFormat = Literal["zarr", "braindecode-hub"]

HELD: Mapping[str, str] = {
    "fif": "one band for all channels (the weakest of EEG) and the reference as a text; not why a channel is bad",
    "set": "types, positions, events and reference; not which channels are bad, filters, the line frequency",
    "edf": (
        "types (in the labels), filters by channel, annotations, and 16 bits a sample; not which channels are bad, "
        "positions, the line frequency; the reference in one field of the header"
    ),
    "zarr": (
        "16 bits a sample and 250 Hz at most, types, positions, events, the line frequency, which channels not to "
        "learn from; not filters, nor why a channel is bad"
    ),
    "braindecode-hub": "the whole signal (float32, volts), MNE's description of it, the windows of the index",
}
"""What each format holds of a cleaned recording, and what it does not."""


def export_recording(derivative: Path, recording: str, folder: Path, *, to: Format, epochs: bool = False) -> Path:
    """Write one recording into a folder outside of the derivative; returns the file, or of two the header.

    Parameters
    ----------
    folder
        Where to write; it must not lie in the derivative, whose manifest would no longer be true.
    to
        ``fif`` keeps everything for MNE, but holds the time of writing and an identifier of this machine; ``set`` is
        for EEGLAB (samples in a ``.fdt`` beside it); ``edf`` has 16 bits a sample and whole seconds only.
    epochs
        The epochs instead of the continuous signal; not for ``edf``.

    Raises
    ------
    DerivativeError
        If there is no such recording, the format cannot hold it, or another version of eegmill made the derivative.
    """
    refuse_inside(derivative, folder)
    if epochs and to == "edf":
        msg = "EDF holds no epochs: export them as 'set' or 'fif'."
        raise DerivativeError(msg)
    refuse_other_version(derivative)
    cleaned, reference = read_cleaned(derivative, recording), reference_of(derivative, recording)
    suffix = "epo" if epochs and to == "fif" else "eeg"
    name = f"{recording}_{EPOCHS if epochs else PREPROC}_{suffix}.{to}"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial:
        target = Path(partial) / name
        if epochs:
            _write_epochs(read_epochs(derivative, recording), target, to, reference)
        else:
            _write_raw(cleaned, target, to, reference)
        for written in sorted(Path(partial).iterdir()):
            written.replace(folder / written.name)
    return folder / name


def export_dataset(derivative: Path, recordings: Sequence[str], folder: Path, *, to: DatasetFormat) -> list[Path]:
    """Write recordings together into a folder outside of the derivative: ``zarr`` as NEMAR serves raw ones.

    ``braindecode-hub`` is what braindecode reads from the Hugging Face Hub.

    Raises
    ------
    DerivativeError
        If zarr is not installed, the layout cannot hold the recordings, or another version made the derivative.
    """
    from .braindecode_hub import write_hub
    from .nemar_zarr import write_stores

    refuse_inside(derivative, folder)
    refuse_other_version(derivative)
    folder.mkdir(parents=True, exist_ok=True)
    return (write_stores if to == "zarr" else write_hub)(derivative, recordings, folder)


def refuse_inside(derivative: Path, folder: Path) -> None:
    """Refuse to write into a derivative."""
    if folder.resolve().is_relative_to(derivative.resolve()):
        msg = f"'{folder}' lies in the derivative, whose manifest would no longer be true: choose a folder outside."
        raise DerivativeError(msg)


def reference_of(derivative: Path, recording: str) -> str:
    """The reference of a cleaned recording, as its sidecar has it."""
    sidecar = derivative / DerivativePaths(recording).signal.with_suffix(".json")
    return str(json.loads(sidecar.read_text(encoding="utf-8")).get("EEGReference", ""))


def _write_raw(cleaned: Recording, path: Path, to: Format, reference: str) -> None:
    if to == "set":
        write_raw_set(cleaned.raw, path, reference=reference)
    elif to == "fif":
        _with_reference(cleaned.raw.info, reference)
        cleaned.raw.save(path, verbose="error")
    else:
        try:
            write_edf(cleaned.raw, path, bands=cleaned.bands, reference=reference)
        except ImportError as error:
            msg = "Writing '.edf' needs more software: pip install 'eegmill[formats]'."
            raise DerivativeError(msg) from error


def _write_epochs(epochs: mne.BaseEpochs, path: Path, to: Format, reference: str) -> None:
    if to == "set":
        write_epochs_set(epochs, path, reference=reference)
    else:
        _with_reference(epochs.info, reference)
        epochs.save(path, verbose="error")


def _with_reference(info: mne.Info, reference: str) -> None:
    """FIF holds the reference as a text, and a flag that keeps MNE from setting its own."""
    from mne._fiff.constants import FIFF

    info["description"] = f"Reference: {reference}"
    with info._unlock():
        info["custom_ref_applied"] = FIFF.FIFFV_MNE_CUSTOM_REF_ON
