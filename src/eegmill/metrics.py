"""The key figures of a cleaned recording."""

from __future__ import annotations

from .recording import Recording
from .signal.timeline import good_seconds

Metric = float | int | str | None


def metrics_of(recording: Recording, *, n_removed: int, n_borderline: int = 0) -> dict[str, Metric]:
    """Key figures: durations in seconds, rates in Hz, counts.

    ``n_removed`` components were taken out; ``n_borderline`` decisions lie so near to a limit that they can turn.
    ``good_s`` is the time of the good samples (`signal.timeline`).
    """
    raw = recording.raw
    duration_s = int(raw.n_times) / float(raw.info["sfreq"])
    good_s = good_seconds(raw)
    kinds = raw.get_channel_types()
    figures: dict[str, Metric] = {
        "duration_s": round(duration_s, 6),
        "good_s": round(good_s, 6),
        "good_fraction": round(good_s / duration_s, 6),
        "missing_fraction": round(recording.missing_fraction, 6),
        "sampling_rate_hz": float(raw.info["sfreq"]),
        "n_eeg_channels": kinds.count("eeg"),
        "n_bad_channels": len(recording.bad_channels),
        "n_interpolated": len(recording.interpolated),
        "n_components": len(recording.components),
        "n_components_removed": n_removed,
        "n_borderline": n_borderline,
        "rank": recording.rank,
        "reference": recording.reference,
    }
    if recording.epochs is not None:
        figures["n_epochs"] = len(recording.epochs)
    return figures
