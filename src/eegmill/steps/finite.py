"""Refusing channels that hold NaN or infinity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import Rejected

if TYPE_CHECKING:
    import mne


def require_finite(raw: mne.io.BaseRaw, picks: list[int]) -> None:
    """Raise ``Rejected`` if one of the channels ``picks`` holds NaN or infinity."""
    broken = [raw.ch_names[pick] for pick in picks if not np.isfinite(raw._data[pick]).all()]
    if broken:
        msg = f"NaN or infinity in {', '.join(broken)}: run 'import' and 'bad_channels' first, or mark them bad"
        raise Rejected(msg)
