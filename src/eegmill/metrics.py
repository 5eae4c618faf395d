"""The key figures of a cleaned recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .recording import Recording

if TYPE_CHECKING:
    import mne

Metric = float | int | str | None


def metrics_of(recording: Recording, *, n_removed: int) -> dict[str, Metric]:
    """Key figures: durations in seconds, rates in Hz, counts.

    ``n_removed`` components were taken out. ``good_s`` is the time not covered by any ``BAD`` annotation.
    """
    raw = recording.raw
    duration_s = int(raw.n_times) / float(raw.info["sfreq"])
    good_s = duration_s - bad_seconds(raw)
    kinds = raw.get_channel_types()
    figures: dict[str, Metric] = {
        "duration_s": round(duration_s, 6),
        "good_s": round(good_s, 6),
        "good_fraction": round(good_s / duration_s, 6),
        "sampling_rate_hz": float(raw.info["sfreq"]),
        "n_eeg_channels": kinds.count("eeg"),
        "n_bad_channels": len(recording.bad_channels),
        "n_interpolated": len(recording.interpolated),
        "n_components": len(recording.components),
        "n_components_removed": n_removed,
        "rank": recording.rank,
        "reference": recording.reference,
    }
    if recording.epochs is not None:
        figures["n_epochs"] = len(recording.epochs)
    return figures


def bad_seconds(raw: mne.io.BaseRaw) -> float:
    """Seconds covered by at least one annotation whose name begins with BAD, in any case."""
    import numpy as np

    rate_hz = float(raw.info["sfreq"])
    offset = raw.first_time if raw.annotations.orig_time is not None else 0.0
    bad = np.zeros(raw.n_times, dtype=bool)
    for item in raw.annotations:
        if str(item["description"]).upper().startswith("BAD"):
            start = max(round((item["onset"] - offset) * rate_hz), 0)
            bad[start : start + round(item["duration"] * rate_hz)] = True
    return float(bad.sum()) / rate_hz
