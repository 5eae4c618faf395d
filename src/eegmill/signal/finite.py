"""Refusing channels that hold NaN or infinity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import Rejected

if TYPE_CHECKING:
    import mne


def missing_samples(raw: mne.io.BaseRaw, picks: list[int]) -> dict[str, int]:
    """How many samples are NaN or infinite, by name, of the channels ``picks`` that have such."""
    counts = {raw.ch_names[pick]: int((~np.isfinite(raw._data[pick])).sum()) for pick in picks}
    return {name: count for name, count in counts.items() if count}


def require_finite(raw: mne.io.BaseRaw, picks: list[int]) -> None:
    """Raise ``Rejected`` if one of the channels ``picks`` holds NaN or infinity."""
    broken = missing_samples(raw, picks)
    if broken:
        msg = f"NaN or infinity in {', '.join(broken)}: run 'import' and 'bad_channels' first, or mark them bad"
        raise Rejected(msg)
