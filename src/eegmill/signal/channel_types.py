"""What a channel measures, by its name or by what its signal looks like."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .types import Floats

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("stim", r"^(status|trig(ger)?s?|stim?( ?\d+)?|din\d*|markers?|mkr|events?|evt|digi(tal)?( ?in)?\d*)\b"),
        ("eog", r"eog|^(loc|roc|lio|rio|lso|rso|[lr]eye|io[12]?|so[12]?)$|^e[12]-[am][12]$"),
        ("ecg", r"ecg|ekg|^(heart|cardio)"),
        ("emg", r"emg|^(chin|l?r?leg|masseter|trap(ezius)?)\d?\b"),
        ("resp", r"^(resp|thor|abdo|airflow|nasal|flow|breath)"),
        ("gsr", r"^(gsr|eda|scr?)\d?$"),
        ("temperature", r"^temp(erature)?\d?$"),
        ("bio", r"^(s[ap]o2|plet|ppg|pulse|hr|bp)"),
        ("misc", r"^(acc|accel|gyro?|mag|quat|imu)[a-z_ ]*[-_ ]?[xyz0-9]*$"),
        ("misc", r"^[xyz][ _]?dir(ection)?$|^[xyz][-_ ]?(acc|axis)$"),
        ("misc", r"^(photo|audio|sound|mic|aux|erg|exg|exp|bip|dc|misc|counter|battery|packet)[ _-]?\d*$"),
        ("misc", r"^(ergo|snore?|mark|sensor)\b|^(gnd|ground|e|cm|drl|osat|ref\d?|pg\d|mark\d|\$[a-z]\d)$"),
    )
)
"""Tried in this order. The types are MNE's."""
EARS = frozenset({"A1", "A2", "M1", "M2"})

FEW_LEVELS = 64
MOSTLY_STILL = 0.98
FAR_FROM_EEG = 100.0


def kind_by_name(name: str) -> str | None:
    """The type that a (clean) channel name tells, None where it tells nothing against EEG.

    A bipolar ear channel such as ``A2-A1`` shows no scalp position and is ``misc``; other bipolar channels are EEG.
    """
    if "-" in name and EARS.issuperset(name.split("-")):
        return "misc"
    return next((kind for kind, pattern in PATTERNS if pattern.search(name)), None)


def kind_by_signal(x: Floats, typical_v: float | None) -> str | None:
    """The type that the signal of a channel of unknown name tells, None where it may be EEG.

    Parameters
    ----------
    x : array, shape (n_times,)
        In volts.
    typical_v : float or None
        Median absolute deviation of this recording's EEG; None where too few channels are known to be EEG.

    Returns
    -------
    str or None
        ``stim`` for 2 to 64 levels that stay in 98 % of the steps; ``misc`` for more than 100 times the typical
        amplitude. A constant channel tells nothing.
    """
    finite = x[np.isfinite(x)]
    if finite.size < 2 or np.ptp(finite) == 0:
        return None
    if np.mean(np.diff(finite) == 0) >= MOSTLY_STILL and np.unique(finite).size <= FEW_LEVELS:
        return "stim"
    if typical_v and deviation(finite) > FAR_FROM_EEG * typical_v:
        return "misc"
    return None


def deviation(x: Floats) -> float:
    """Median absolute deviation of a channel from its median; samples that are not finite do not count.

    ``x`` (n_times,); the result in its unit.
    """
    finite = x[np.isfinite(x)]
    return float(np.median(np.abs(finite - np.median(finite)))) if finite.size else 0.0


def other_kinds(names: Iterable[str], located: Collection[str]) -> dict[str, str]:
    """EEG channels whose name tells another type.

    A channel with a position (``located``) changes only to EOG, ECG or EMG: a name such as ``X1`` proves little then.
    """
    found = {name: kind_by_name(name) for name in names}
    return {
        name: kind
        for name, kind in found.items()
        if kind is not None and (name not in located or kind in ("eog", "ecg", "emg"))
    }
