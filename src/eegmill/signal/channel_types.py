"""What a channel measures, by its name or by what its signal looks like."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np

from .robust import median, median_deviation

if TYPE_CHECKING:
    from .types import Floats

NAMES: tuple[tuple[str, str, str], ...] = (
    ("stim", "BioSemi, EGI, ANT, DSI", r"^(status|trig(ger)?s?|trg|stim?( ?\d+)?|din\d*|markers?|mkr|events?|evt)\b"),
    ("stim", "OpenBCI, Brain Products", r"^digi(tal)?( ?in)?\d*\b"),
    (
        "stim",
        "Emotiv, Nihon Kohden",
        r"^(marker(_?hardware|index|type|value ?int)|sync|user_?marker|patient event|photic)\b",
    ),
    (
        "misc",
        "Emotiv",
        r"^(cq|eq|hsi|mot|pm|pow|fac|fe|mc)[._ ]|^(raw_?cq|interpolated|elements|mellow|concentration)\b",
    ),
    ("misc", "Muse", r"^(delta|theta|alpha|beta|gamma|spectral)[._ ]"),
    (
        "eog",
        "sleep",
        r"eog|^([lr]eye|io[12]?|so[12]?|loc|roc|lio|rio|lso|rso)$|^(e[12]|loc|roc)[-:/ ]+([am][12]|loc|roc|e[12])$",
    ),
    ("eog", "Neuroscan", r"^(ve|he)o([lrud]|[ _-]?[+-])?$|^[vh]?eye(s|[ _-]?(left|right|[lr]))?$"),
    ("eog", "BESA (its 10-5 cap in EEGLAB)", r"^lo[12]$"),
    ("eog", "many", r"^(left|right)[ _-]?eyes?$|^(eye)?[ _-]?(blinks?|lids?)$|^eye[ _-]?\d$"),
    ("ecg", "", r"ecg|ekg|^(heart|cardio)"),
    ("emg", "", r"emg|^([lrc]?chin|l?r?leg|masseter|trap(ezius)?|sub-?ment(al)?)[ _]?\d?\b"),
    ("emg", "sleep", r"^(left|right|[lr])[ _-]?(leg|tib|chin)|^([lr]at|plm[lr]?|tib(ialis)?|[lr]arm)\d?\b"),
    ("resp", "BioSemi, EGI", r"^(resp|thor|abdo?\b|abdomin|abdomen|chest|airflow|nasal|flow|breath)"),
    (
        "resp",
        "CFS, SHHS",
        r"^(new ?air|air$|[cx]flow|cannula|ptaf|cpap|therm(ist|o)|v?thorax|vabdo|vth\b|vab\b|belt|sum$)",
    ),
    (
        "resp",
        "sleep",
        r"^(rip\b|effort|epms|rmi$|oro-?nasal|oral|mouth|(mask|nasal)?[ _]?press(ure)?$|leak|tidal|snoring$)",
    ),
    ("resp", "sleep", r"^[a-z][ _-]?(flow|press(ure)?)$"),
    ("misc", "CHB-MIT", r"^(vns|-+|\.+)$"),
    ("bio", "Micromed", r"^(puls|beat|hr)[+-]$"),
    ("resp", "sleep, German labs", r"^(tho|rib ?cage|atmung|pressure[ _-]?snore)$"),
    ("emg", "many", r"^(biceps|triceps|fdi|apb|adm|ecr|fcr|myo)\d?$"),
    ("bio", "Empatica, German labs", r"^(bvp|puls)$"),
    ("stim", "many", r"^(button|ttl|dio)\d*$|^ch(an)?[ _]trig(ger)?$"),
    ("gsr", "BioSemi", r"^(gsr|eda|scr?)\d?$|^(gsr|eda)[ _]|^skin ?cond"),
    ("temperature", "BioSemi, Zmax, Sleep-EDF", r"^(body[ _]?)?temp(erature)?([ _-]?(\d|rectal|body|skin))?\b"),
    ("bio", "SHHS, MASS", r"^(s[ap]o2|plet|ppg|pulse|hr|bp)|^(h\.?r\.?|d?hr|hrate|pr|ptt)$"),
    ("bio", "CFS, Zmax", r"^(ox(y|im)?[ ._-]?(stat|status|ir|r|red)|oxy?stat)"),
    ("bio", "Nihon Kohden (as MNE reads it), DSI", r"^x\d{1,2}$"),
    ("bio", "sleep, TUH, Muse", r"^((et|tc)?[ ._-]?co2|cap(no(graphy)?)?$|ibi$|optics? ?\d*$)"),
    ("misc", "many", r"^(acc|accel|gyro?|mag|quat|imu)[a-z_ ]*[-_ ]?[xyz0-9]*$|^(acceler|gyrosc|magnetom|quatern)"),
    ("misc", "Brain Products, Zmax", r"^[xyz][ _]?dir(ection)?$|^[xyz][-_ ]?(acc|axis)$|^(?-i:d[XYZ])$"),
    ("misc", "Emotiv", r"^(acc|gyro|mot)[._-]?[xyzq]\d?$|^q[0-3]$|^interpolatedmems$|^samplerate ?quality$|^overall$"),
    (
        "misc",
        "BioSemi, Nihon Kohden",
        r"^(photo|audio|sound|mic|aux|erg|exg|exp|bip|dc|misc|counter|battery|packet)[ _-]?\d*$",
    ),
    (
        "misc",
        "OpenBCI",
        r"^(package|packet|sample|sequence|frame)([ _]?(num(ber)?|index|count(er)?|id|nr|no))?([ _]?channel)?$",
    ),
    ("misc", "ANT, g.tec, Emotiv", r"^counters?\b|^countermems$|^cnt$|^seq$|^validation\b"),
    (
        "misc",
        "OpenBCI, Emotiv, LSL",
        r"^(\w+_)?time[ _-]?stamps?(\b|_m?s$)|^(time|unix ?time|clock|lsl_?(time|clock))$",
    ),
    ("misc", "BrainFlow", r"^(accel|analog|battery|resistance|temperature|gyro|other|ppg|eda)[ _]channel\b"),
    (
        "misc",
        "OpenBCI, Muse",
        r"^other(\.\d+)?$|^not ?used|^(right|left)[ _]?aux\b|^aux[_ ]?(right|left|[lr])\b|^head ?band ?on\b",
    ),
    ("misc", "g.tec, Zmax", r"^bat(t|tery)?([ _]?(level|percent|voltage))?$|^rssi$|^noise$"),
    (
        "misc",
        "many",
        r"^(photo ?diode|light ?sensor|timer|rtc|m?sec|bat\d|adc\d*|analog\d*|aux[ _-]?in\d*|extern(al)?\d*)$",
    ),
    ("misc", "eye trackers, head trackers", r"^(gaze|pupil)[ _-]?(x|y|size)$|^(pitch|roll|yaw|g[xyz])$|^(imp|.+ imp)$"),
    ("misc", "CFS, SHHS", r"^(light|lux|position|pos|posture|body ?pos(ition)?|body)$"),
    ("misc", "TUH, Neuroscan", r"^(burst|suppr|rate|gfp|photocell|handgrip|eyetrack|pupil|gaze)s?\b"),
    ("misc", "", r"^(impedance|imp|quality|contact)[ _.]|^(ergo|snore?|mark|sensor)\b"),
    ("misc", "DSI, Nihon Kohden", r"^(gnd|ground|e|cm|dr?l|cms|osat|ref\d?|pg\d|mark\d|\$[a-z]\d)$"),
)
"""What names mean: type (MNE's), whose names they are, pattern. In this order; ``sleep``: polysomnography (AASM)."""
PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, _, pattern in NAMES)
EYES = ("E1", "E2")
"""Electrodes beside the eyes after the AASM, where the names do not go on with E3, as a numbered cap's do."""
AXES = frozenset("XYZ")
"""What recorders with an accelerometer call its axes (Enobio, ANT): all three of them, and none is an electrode."""
NUMBERED_CAP = re.compile(r"^E\d+$", re.IGNORECASE)
EARS = frozenset({"A1", "A2", "M1", "M2"})

FEW_LEVELS = 64
MOSTLY_STILL = 0.98
FAR_FROM_EEG = 100.0
COUNTS_UP = 0.85
"""Share of all steps that are one and the same step, from which a channel is a counter."""
CLOCKWISE = 0.98
"""Share of all steps but zero that go one way, from which a channel is a clock."""
MIN_STEPS = 20
MAX_LAG_S = 1.0
EVEN = 0.25
"""How far from their median changes over a lag may be to be equal: what noise and filters leave of a counter's."""
MIN_EVEN = 0.75
"""Share of all changes over some lag that are equal, or equal but for their sign, from which a signal is no EEG.

Of the channels of 20 recordings at most 0.15 are; but for their sign, of a pure sine 0.33.
"""
MIN_EVEN_IN_TURNS = 0.45
"""The same for a signal that goes through its range several times, as a drift does not."""
MIN_TURNS = 3
MAX_CHANGES = 10_000
"""Changes over a lag that are looked at, from the whole signal."""
MIN_SIZE = 4
"""Changes that may go both ways count from so many steps of the converter: of few steps, many are alike."""
MAX_LEVELS = 16


def kind_by_name(name: str) -> str | None:
    """The type that a (clean) channel name tells, None where it tells nothing against EEG.

    A bipolar ear channel such as ``A2-A1`` shows no scalp position and is ``misc``; other bipolar channels are EEG.
    """
    if "-" in name and EARS.issuperset(name.split("-")):
        return "misc"
    return next((kind for kind, pattern in PATTERNS if pattern.search(name)), None)


def kind_by_signal(x: Floats, typical_v: float | None, sfreq_hz: float = 250.0) -> str | None:
    """The type that the signal of a channel of unknown name tells, None where it may be EEG.

    Parameters
    ----------
    x : array, shape (n_times,)
        In volts.
    typical_v : float or None
        Median absolute deviation of this recording's EEG; None where too few channels are known to be EEG.
    sfreq_hz
        Sampling rate.

    Returns
    -------
    str or None
        ``stim`` for 2 to 64 levels that stay in 98 % of the steps; ``misc`` for a counter or clock, for 2 to 16 levels
        at equal distances, and for more than 100 times the typical amplitude. A constant channel tells nothing.
    """
    finite = x[np.isfinite(x)]
    if finite.size < 2 or np.ptp(finite) == 0:
        return None
    if np.mean(np.diff(finite) == 0) >= MOSTLY_STILL and np.unique(finite).size <= FEW_LEVELS:
        return "stim"
    if counts(finite, sfreq_hz) or _has_few_levels(finite):
        return "misc"
    if typical_v and deviation(finite) > FAR_FROM_EEG * typical_v:
        return "misc"
    return None


def counts(x: Floats, sfreq_hz: float = 250.0) -> bool:
    """Whether a signal counts samples or time: equal steps with a jump back now and then, or steps of one direction.

    The potential of a brain goes down as often as up. A counter that is noisy or smoothed changes evenly over a longer
    lag. ``x`` (n_times,), finite.
    """
    steps = np.diff(x)
    moving = steps[steps != 0]
    if moving.size < MIN_STEPS:
        return False
    usual = median(moving)
    equal = float(np.mean(np.abs(steps - usual) <= 0.05 * abs(usual))) if usual else 0.0
    up = float(np.mean(moving > 0))
    return equal >= COUNTS_UP or max(up, 1 - up) >= CLOCKWISE or _changes_evenly(x, sfreq_hz)


def _changes_evenly(x: Floats, sfreq_hz: float) -> bool:
    """Whether changes over some lag of up to a second are nearly all the same, or the same up and down.

    A counter, a sawtooth and a triangle, with noise or behind a low-pass. ``x`` (n_times,).
    """
    span, moved = float(np.ptp(x)), np.abs(np.diff(x))
    stride = max(x.size // MAX_CHANGES, 1)
    resolution = float(np.min(moved[moved > 1e-6 * span], initial=span))
    for lag in (2**power for power in range(1, 16)):
        if lag > MAX_LAG_S * sfreq_hz or lag > x.size // MIN_STEPS:
            return False
        changes = x[lag::stride] - x[:-lag:stride]
        one_way, both_ways = _even_share(changes), _even_share(np.abs(changes), above=MIN_SIZE * resolution)
        turns = abs(median(changes)) * x.size / lag / span
        if both_ways >= MIN_EVEN or one_way >= (MIN_EVEN_IN_TURNS if turns >= MIN_TURNS else MIN_EVEN):
            return True
    return False


def _even_share(changes: Floats, *, above: float = 0.0) -> float:
    """Share of values that are near their median; 0 where that is not ``above`` this value on either side of 0."""
    usual = median(changes)
    return float(np.mean(np.abs(changes - usual) <= EVEN * abs(usual))) if abs(usual) > above else 0.0


def _has_few_levels(x: Floats) -> bool:
    """Whether a signal has no more than 16 values, whole multiples of one step: codes, not a potential."""
    levels = np.unique(x[: 1000 * MAX_LEVELS])
    if levels.size > MAX_LEVELS or np.unique(x).size > MAX_LEVELS:
        return False
    steps = np.diff(levels)
    ratios = steps / steps.min() if steps.size else steps
    return bool(np.all(np.abs(ratios - np.round(ratios)) < 0.1))


def deviation(x: Floats) -> float:
    """Median absolute deviation of a channel from its median; samples that are not finite do not count.

    ``x`` (n_times,); the result in its unit.
    """
    finite = x[np.isfinite(x)]
    return median_deviation(finite) if finite.size else 0.0


def other_kinds(names: Iterable[str], located: Collection[str]) -> dict[str, str]:
    """EEG channels whose name tells another type.

    A channel with a position (``located``) changes only to EOG, ECG or EMG: a name such as ``X1`` proves little then.
    """
    names = list(names)
    found = {name: kind_by_name(name) for name in names}
    if {name.upper() for name in names} >= AXES:
        found |= {name: "misc" for name in names if name.upper() in AXES}
    if sum(bool(NUMBERED_CAP.match(name)) for name in names) <= len(EYES):
        found |= {name: "eog" for name in names if name.upper() in EYES}
    return {
        name: kind
        for name, kind in found.items()
        if kind is not None and (name not in located or kind in ("eog", "ecg", "emg"))
    }
