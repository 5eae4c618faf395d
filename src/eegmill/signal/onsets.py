"""The sample that an onset means."""

from __future__ import annotations


def sample_of(onset_s: float, sfreq_hz: float, n_samples: int) -> int:
    """The sample nearest to an onset, counted from the first sample of the recording, and always inside it.

    The last sample stands for half a sample behind it too: an onset there would else name a sample that is not there.

    Examples
    --------
    >>> sample_of(0.994, 100.0, 100), sample_of(0.999, 100.0, 100)
    (99, 99)
    """
    return min(max(round(onset_s * sfreq_hz), 0), n_samples - 1)
