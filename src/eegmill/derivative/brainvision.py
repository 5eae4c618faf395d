"""A cleaned signal as BrainVision float32: exact length, any sampling rate, the same bytes each time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DerivativeError
from ..recording import Band
from ..signal.channels import in_volts
from ..signal.timeline import sample_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    import mne
    from numpy.typing import NDArray

BLOCK_SAMPLES = 1 << 14
_LINE_ENDS = re.compile(r"[\s]*[^\S ]+[\s]*")
"""What would end a marker; blanks inside a name stay: the recorder writes 'S  1'."""


def write_brainvision(
    raw: mne.io.BaseRaw, folder: Path, stem: str, *, bands: Mapping[str, Band] | None = None
) -> tuple[Path, ...]:
    """Write ``<stem>.vhdr``, ``.vmrk`` and ``.eeg`` into a folder.

    Voltages are stored in microvolts with a resolution of 1 (relative error of float32: 6e-8), other channels as they
    are. Every annotation becomes a ``Comment`` marker with its text and its length, so that plain readers see it too.

    Parameters
    ----------
    bands
        Cutoffs by channel: written into the header as the set-up of an amplifier, where MNE looks for them.

    Raises
    ------
    DerivativeError
        If a sample is not finite: such a signal must not be published.
    """
    data: NDArray[np.float64] = raw._data  # the public way to the samples copies them
    units = ["µV" if volts else "n/a" for volts in in_volts(raw)]
    scales = np.array([1e6 if unit == "µV" else 1.0 for unit in units])
    refuse_unwritable(data, scales, raw.ch_names)
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(folder / f"{stem}{extension}" for extension in (".eeg", ".vhdr", ".vmrk"))
    with paths[0].open("wb") as stream:
        write_samples(data, scales, stream)
    _write_header(raw, units, *paths)
    if bands is not None:
        _add_filters(paths[1], raw.ch_names, units, bands)
    return paths


def refuse_unwritable(data: NDArray[np.float64], scales: NDArray[np.float64], names: Sequence[str]) -> None:
    """Raise if a sample, scaled, is not finite in float32; ``data`` has the shape (n_channels, n_times)."""
    largest = np.array([max(row.max(initial=0.0), -row.min(initial=0.0)) for row in data])
    broken = [name for name, peak in zip(names, largest * scales, strict=True) if not peak < np.finfo(np.float32).max]
    if broken:
        msg = f"The cleaned signal is not finite in channel '{broken[0]}' ({len(broken)} in all); nothing was written."
        raise DerivativeError(msg)


def write_samples(data: NDArray[np.float64], scales: NDArray[np.float64], stream: BinaryIO) -> None:
    """Multiplexed little-endian float32, block by block: pybv would hold the signal three times.

    Parameters
    ----------
    data : array, shape (n_channels, n_times)
    scales : array, shape (n_channels,)
        What the samples of each channel are multiplied by.
    """
    for start in range(0, data.shape[1], BLOCK_SAMPLES):
        block = data[:, start : start + BLOCK_SAMPLES].T * scales
        stream.write(block.astype("<f4", order="C").data)


def _write_header(raw: mne.io.BaseRaw, units: list[str], eeg: Path, vhdr: Path, vmrk: Path) -> None:
    from pybv import io as pybv

    names = list(raw.ch_names)
    pybv._write_vmrk_file(vmrk, eeg, pybv._chk_events(markers(raw), names, raw.n_times), None)
    pybv._write_vhdr_file(
        vhdr_fname=vhdr,
        vmrk_fname=vmrk,
        eeg_fname=eeg,
        data=raw._data,
        sfreq=float(raw.info["sfreq"]),
        ch_names=names,
        ref_ch_names=[""] * len(names),
        orientation="multiplexed",
        format="binary_float32",
        resolution=np.ones(1),
        units=units,
    )


def _add_filters(vhdr: Path, names: Sequence[str], units: Sequence[str], bands: Mapping[str, Band]) -> None:
    """Cutoffs in Hz as a table of channels, in the form that recorders write: readers know no other place."""
    lines = ["A m p l i f i e r  S e t u p", "=" * 28, "", "Channels", "-" * 8]
    lines.append("#     Name      Phys. Chn.    Resolution / Unit   Low Cutoff [Hz]   High Cutoff [Hz]   Notch [Hz]")
    for number, (name, unit) in enumerate(zip(names, units, strict=True), start=1):
        band = bands.get(name, Band())
        low, high = (f"{value:.9g}" if value else "Off" for value in (band.highpass_hz, band.lowpass_hz))
        lines.append(f"{number}     {name}     {number}     1 {unit}     {low}     {high}     Off")
    with vhdr.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write("\n".join(lines) + "\n")


def markers(raw: mne.io.BaseRaw) -> list[dict[str, Any]]:
    """Annotations as pybv wants them, in whole samples, clipped to the recording."""
    sfreq, n_samples = float(raw.info["sfreq"]), raw.n_times
    found: list[dict[str, Any]] = []
    for annotation in raw.annotations:
        start = sample_of(float(annotation["onset"]), sfreq, n_samples)
        length = min(max(round(float(annotation["duration"]) * sfreq), 1), n_samples - start)
        text = _LINE_ENDS.sub(" ", str(annotation["description"])).strip().replace(",", r"\1")
        found.append({"onset": start, "duration": length, "description": text, "type": "Comment"})
    return found
