"""A cleaned signal as BrainVision float32: exact length, any sampling rate, the same bytes each time."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DerivativeError

if TYPE_CHECKING:
    from pathlib import Path

    import mne
    from numpy.typing import NDArray

VOLT_TYPES = frozenset({"eeg", "eog", "ecg", "emg", "ecog", "seeg", "dbs", "bio"})


def write_brainvision(raw: mne.io.BaseRaw, folder: Path, stem: str) -> tuple[Path, ...]:
    """Write ``<stem>.vhdr``, ``.vmrk`` and ``.eeg`` into a folder.

    Voltages are stored in microvolts with a resolution of 1 (relative error of float32: 6e-8), other channels as they
    are. Every annotation becomes a ``Comment`` marker with its text and its length, so that plain readers see it too.

    Raises
    ------
    DerivativeError
        If a sample is not finite: such a signal must not be published.
    """
    import pybv

    data: NDArray[np.float64] = raw._data  # the public ways to the samples copy them, and pybv copies once more
    _refuse_non_finite(data, raw.ch_names)
    with warnings.catch_warnings():
        # Triggers, temperatures and the like are no voltages, and BrainVision files hold them all the same.
        warnings.filterwarnings("ignore", message="Encountered unsupported non-voltage units")
        pybv.write_brainvision(
            data=data,
            sfreq=float(raw.info["sfreq"]),
            ch_names=list(raw.ch_names),
            fname_base=stem,
            folder_out=str(folder),
            overwrite=True,
            events=markers(raw),
            resolution=1.0,
            unit=["µV" if kind in VOLT_TYPES else "n/a" for kind in raw.get_channel_types()],
            fmt="binary_float32",
            meas_date=None,
        )
    return tuple(folder / f"{stem}{extension}" for extension in (".eeg", ".vhdr", ".vmrk"))


def _refuse_non_finite(data: NDArray[np.float64], names: list[str]) -> None:
    # A sum is finite if all terms are (values here are far from overflow); the exact search runs only where it is not.
    if np.isfinite(data.sum()):
        return
    broken = [name for name, row in zip(names, data, strict=True) if not np.isfinite(row).all()]
    if broken:
        msg = f"The cleaned signal is not finite in channel '{broken[0]}' ({len(broken)} in all); nothing was written."
        raise DerivativeError(msg)


def markers(raw: mne.io.BaseRaw) -> list[dict[str, Any]]:
    """Annotations as pybv wants them, in whole samples, clipped to the recording."""
    sfreq, n_samples = float(raw.info["sfreq"]), raw.n_times
    found: list[dict[str, Any]] = []
    for annotation in raw.annotations:
        start = round((float(annotation["onset"]) - raw.first_time) * sfreq)
        if not 0 <= start < n_samples:
            continue
        length = min(max(round(float(annotation["duration"]) * sfreq), 1), n_samples - start)
        text = " ".join(str(annotation["description"]).split()).replace(",", r"\1")
        found.append({"onset": start, "duration": length, "description": text, "type": "Comment"})
    return found
