"""Which samples of a recording no ``BAD_`` annotation covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray


def good_samples(raw: mne.io.BaseRaw) -> NDArray[np.bool_]:
    """Mask over the samples of ``raw``: False inside annotations whose description begins with "bad" (MNE's rule)."""
    mask = np.ones(raw.n_times, dtype=bool)
    sfreq = float(raw.info["sfreq"])
    for annotation in raw.annotations:
        if not str(annotation["description"]).lower().startswith("bad"):
            continue
        onset = float(annotation["onset"]) - raw.first_time
        start = max(round(onset * sfreq), 0)
        stop = max(round((onset + float(annotation["duration"])) * sfreq), 0)
        mask[start:stop] = False
    return mask
