"""The real recordings that things are compared on, from the folder that ``EEGMILL_DATA`` names."""

from __future__ import annotations

import csv
import lzma
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import mne


def data_folder() -> Path:
    """The folder of real recordings; without it there is nothing to compare."""
    folder = os.environ.get("EEGMILL_DATA")
    if not folder:
        sys.exit("EEGMILL_DATA names no folder of real recordings.")
    return Path(folder)


def eeglab_path() -> Path:
    """EEGLAB's sample recording: 30 EEG and 2 EOG channels, 128 Hz, 238 s."""
    return data_folder() / "eeglab-sample" / "eeglab_data.set"


def eeglab_sample() -> mne.io.BaseRaw:
    """EEGLAB's sample recording, all 32 channels as EEG."""
    import mne

    return mne.io.read_raw_eeglab(eeglab_path(), preload=True, verbose="error")


def eegmat(subject: str, part: int = 1, folder: Path | None = None) -> mne.io.BaseRaw:
    """The 19 EEG channels of a recording of EEGMAT at rest (part 1) or counting (part 2): 500 Hz, with positions."""
    import mne

    path = (folder or data_folder() / "eegmat") / f"Subject{subject}_{part}.edf"
    raw = mne.io.read_raw_edf(path, preload=True, verbose="error")
    raw.drop_channels([name for name in raw.ch_names if "A2-A1" in name or "ECG" in name])
    raw.rename_channels({name: name.removeprefix("EEG ").strip() for name in raw.ch_names})
    return raw.set_montage("standard_1020", verbose="error")


FACE13 = "sub-s01_task-faceO"


def face13_folder() -> Path:
    """The folder of PyLossless's recording ``face13`` and of what PyLossless made of it."""
    return data_folder() / "pylossless-face13" / "sub-s01" / "eeg"


def face13_table(name: str) -> list[dict[str, str]]:
    """The rows of one of its tables."""
    with (face13_folder() / name).open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def face13() -> mne.io.BaseRaw:
    """PyLossless's recording ``face13`` with its positions, without annotations: 128 EEG channels, 256 Hz, 1119 s.

    C1 and C10 are known to be bad.
    """
    import mne

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "raw.edf"
        path.write_bytes(lzma.decompress((face13_folder() / f"{FACE13}_eeg.edf.xz").read_bytes()))
        raw = mne.io.read_raw_edf(path, preload=True, verbose="error")
        raw = mne.io.RawArray(
            raw.get_data(), raw.info, verbose="error"
        )  # without the annotations, and without the file
    rows = [row for row in face13_table("sub-s01_space-CapTrak_electrodes.tsv") if row["x"] != "n/a"]
    positions = {row["name"]: [float(row[axis]) for axis in "xyz"] for row in rows}
    montage = mne.channels.make_dig_montage(positions, coord_frame="head")
    return raw.set_montage(montage, on_missing="ignore", verbose="error")


def eegbci(folder: Path, run: int) -> mne.io.BaseRaw:
    """A run of subject 1 of PhysioNet's EEGBCI (``S001R01.edf`` to ``S001R14.edf`` in ``folder``): 64 channels, 160 Hz, unfiltered."""
    import mne

    raw = mne.io.read_raw_edf(folder / f"S001R{run:02d}.edf", preload=True, encoding="latin1", verbose="error")
    mne.datasets.eegbci.standardize(raw)
    raw.set_montage("standard_1005", verbose="error")
    return raw.set_annotations(None)


N_SETTLING = 1280
BI2012_CHANNELS = ["F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8", "P7", "P3", "Pz", "P4", "P8", "O1", "O2"]


def bi2012(folder: Path) -> mne.io.BaseRaw:
    """Session 1 of subject 1 of bi2012 (Brain Invaders, Zenodo 2649006): 17 channels, 128 Hz, unfiltered, 366 s, average reference.

    ``bi2012-subject-01.npz`` in ``folder``, as the Julia package Eegle ships it: samples by channels, in microvolts. It begins with the
    filters of the amplifier settling, over some ten seconds, which are left out.
    """
    import mne
    import numpy as np

    microvolts = np.load(folder / "bi2012-subject-01.npz")["data"].T[:, N_SETTLING:].astype(np.float64)
    raw = mne.io.RawArray(1e-6 * microvolts, mne.create_info(BI2012_CHANNELS, 128.0, "eeg"), verbose="error")
    return raw.set_montage("standard_1005", verbose="error")
