"""Which channels a step works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Rejected

if TYPE_CHECKING:
    import mne

PHYSIOLOGICAL = ("eeg", "eog", "ecg", "emg")


VOLT_TYPES = frozenset({"eeg", "eog", "ecg", "emg", "ecog", "seeg", "dbs", "bio"})


def in_volts(raw: mne.io.BaseRaw) -> list[bool]:
    """Of each channel, whether its samples are volts: its kind is one of voltages, and no step took the unit away."""
    from mne._fiff.constants import FIFF

    kinds = zip(raw.get_channel_types(), raw.info["chs"], strict=True)
    return [kind in VOLT_TYPES and channel["unit"] != FIFF.FIFF_UNIT_NONE for kind, channel in kinds]


def drop_unit(raw: mne.io.BaseRaw, picks: list[int]) -> None:
    """Write down that the samples of these channels have no unit."""
    from mne._fiff.constants import FIFF

    for pick in picks:
        raw.info["chs"][pick]["unit"] = FIFF.FIFF_UNIT_NONE


def good_eeg(raw: mne.io.BaseRaw, *, least: int = 1) -> list[int]:
    """Indices of the EEG channels that are not bad.

    Raises
    ------
    Rejected
        If fewer than ``least`` are left.
    """
    kinds = raw.get_channel_types()
    bads = set(raw.info["bads"])
    picks = [i for i, name in enumerate(raw.ch_names) if kinds[i] == "eeg" and name not in bads]
    if len(picks) < least:
        msg = f"{len(picks)} good EEG channels are left of {kinds.count('eeg')}, and {least} are needed"
        raise Rejected(msg)
    return picks


def physiological(raw: mne.io.BaseRaw) -> list[int]:
    """Indices of all EEG, EOG, ECG and EMG channels, bad ones too: what filters work on."""
    return [i for i, kind in enumerate(raw.get_channel_types()) if kind in PHYSIOLOGICAL]


def located(raw: mne.io.BaseRaw, picks: list[int]) -> list[int]:
    """Those of ``picks`` whose electrode has a position."""
    return [pick for pick in picks if positions_m(raw, [pick]) is not None]


def positions_m(raw: mne.io.BaseRaw, picks: list[int]) -> list[tuple[float, float, float]] | None:
    """Electrode positions in metres (head frame) of ``picks``; None if any is missing."""
    import numpy as np

    places = [raw.info["chs"][i]["loc"][:3] for i in picks]
    if any(not np.all(np.isfinite(place)) or not np.any(place) for place in places):
        return None
    return [(float(x), float(y), float(z)) for x, y, z in places]
