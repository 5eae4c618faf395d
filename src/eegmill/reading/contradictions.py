"""What the sidecars say of the signal, held against the signal: a contradiction is a note with both values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..files.tables import Row, number

if TYPE_CHECKING:
    import mne

COUNTS = {"EEGChannelCount": "eeg", "EOGChannelCount": "eog", "ECGChannelCount": "ecg", "EMGChannelCount": "emg"}
"""Keys of the JSON sidecar that count channels, and MNE's type of these."""
MAX_DIFFERENCE = 0.01
MAX_DIFFERENCE_S = 1.0
"""Lengths that differ by less than both are rounded, not contradicted."""
MAX_TIMES_TOO_LONG = 100.0
MAX_RATE_DIFFERENCE = 1e-3
LINE_HZ = (45.0, 65.0)


def note_contradictions(
    raw: mne.io.BaseRaw, sidecar: Mapping[str, Any], channels: Sequence[Row], notes: list[str]
) -> None:
    """Note where the JSON sidecar and channels.tsv contradict the rate, length and channels of the signal."""
    sfreq_hz = float(raw.info["sfreq"])
    _note_rate("the JSON sidecar says SamplingFrequency", _value(sidecar, "SamplingFrequency", notes), sfreq_hz, notes)
    rates = {number(row.get("sampling_frequency")) for row in channels} - {None}
    if len(rates) == 1:
        _note_rate("channels.tsv says sampling_frequency", rates.pop(), sfreq_hz, notes)
    _note_length(_value(sidecar, "RecordingDuration", notes), raw.n_times / sfreq_hz, notes)
    kinds = raw.get_channel_types()
    for key, kind in COUNTS.items():
        count = _value(sidecar, key, notes)
        if count is not None and count != kinds.count(kind):
            notes.append(f"the JSON sidecar says {key} {count:g}, and the recording has {kinds.count(kind)}")


def _note_rate(who: str, said_hz: float | None, sfreq_hz: float, notes: list[str]) -> None:
    if said_hz is not None and abs(said_hz - sfreq_hz) > MAX_RATE_DIFFERENCE * sfreq_hz:
        notes.append(f"{who} {said_hz:g} Hz, and the data file {sfreq_hz:g} Hz: that of the file is used")


def missing_fraction(raw: mne.io.BaseRaw, sidecar: Mapping[str, Any]) -> float:
    """Share of ``RecordingDuration`` that the signal does not have; 0 where it is a hundred times too long or more.

    Such a duration is in another unit than the seconds of BIDS, or made up, and says nothing of what is missing.
    """
    said_s = _value(sidecar, "RecordingDuration", [])
    length_s = raw.n_times / float(raw.info["sfreq"])
    if said_s is None or not _differ(said_s, length_s) or not length_s < said_s < MAX_TIMES_TOO_LONG * length_s:
        return 0.0
    return float(1 - length_s / said_s)


def _note_length(said_s: float | None, length_s: float, notes: list[str]) -> None:
    if said_s is None or not _differ(said_s, length_s):
        return
    share = f" ({100 * length_s / said_s:.3g} %)" if said_s > length_s else ""
    notes.append(f"the JSON sidecar says RecordingDuration {said_s:g} s, and the recording has {length_s:g} s{share}")


def _differ(said_s: float, length_s: float) -> bool:
    return abs(said_s - length_s) > max(MAX_DIFFERENCE_S, MAX_DIFFERENCE * length_s)


def line_frequency(raw: mne.io.BaseRaw, sidecar: Mapping[str, Any], notes: list[str]) -> None:
    """Put the power line frequency where MNE has it; a text such as ``50 Hz`` is read, and noted."""
    line_hz = _value(sidecar, "PowerLineFrequency", notes)
    if line_hz is None:
        return
    if not LINE_HZ[0] <= line_hz <= LINE_HZ[1]:
        used = "used all the same" if line_hz > 0 else "not used"
        notes.append(f"the JSON sidecar says PowerLineFrequency {line_hz:g} Hz, which is no mains frequency: {used}")
    if line_hz > 0:
        with raw.info._unlock():
            raw.info["line_freq"] = line_hz


def _value(sidecar: Mapping[str, Any], key: str, notes: list[str]) -> float | None:
    """The number of a key; one with its unit behind it is read, anything else but "n/a" is noted."""
    given = sidecar.get(key)
    if given is None or isinstance(given, bool):
        return None
    value = number(str(given))
    if value is not None or str(given).strip().lower() in {"", "n/a", "na", "nan", "none", "null"}:
        return value
    found = re.fullmatch(r"([+-]?\d+(?:[.,]\d+)?)\s*(?:hz|s|sec|seconds)?\.?", str(given).strip(), re.IGNORECASE)
    value = number(found[1]) if found else None
    used = "not used" if value is None else f"taken as {value:g}"
    notes.append(f"the JSON sidecar says {key} {given!r}, which is no number: {used}")
    return value
