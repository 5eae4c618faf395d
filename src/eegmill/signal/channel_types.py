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
        ("stim", r"^(status|trig(ger)?s?|trg|stim?( ?\d+)?|din\d*|markers?|mkr|events?|evt|digi(tal)?( ?in)?\d*)\b"),
        ("stim", r"^(marker(_?hardware|index|type|value ?int)|sync|user_?marker|patient event|photic)\b"),
        ("misc", r"^(cq|eq|hsi|mot|pm|pow|fac|fe|mc)[._ ]|^(raw_?cq|interpolated|elements|mellow|concentration)\b"),
        ("misc", r"^(delta|theta|alpha|beta|gamma|spectral)[._ ]"),
        ("eog", r"eog|^([lr]eye|io[12]?|so[12]?|loc|roc|lio|rio|lso|rso)$|^e[12][-:/ ]+[am][12]$"),
        ("eog", r"^(ve|he)o([lrud]|[ _-]?[+-])?$|^[vh]?eye(s|[ _-]?(left|right|[lr]))?$|^(loc|roc)[-:/ ]+[am][12]$"),
        ("ecg", r"ecg|ekg|^(heart|cardio)"),
        ("emg", r"emg|^([lrc]?chin|l?r?leg|masseter|trap(ezius)?|submental)[ _]?\d?\b|^(left|right|[lr])[ _-]?(leg|tib|chin)"),
        ("emg", r"^([lr]at|plm[lr]?|tib(ialis)?|[lr]arm)\d?\b|^sub-?ment"),
        ("resp", r"^(resp|thor|abdo?\b|abdomin|abdomen|chest|airflow|nasal|flow|breath|new ?air|air$|[cx]flow|cannula)"),
        ("resp", r"^(ptaf|cpap|therm(ist|o)|rip\b|rip[ _-]?(sum|thor|abd|ecg)|(vth|vab)\b|vthorax|vabdo|effort|epms|rmi$|belt|sum$)"),
        ("resp", r"^(oro-?nasal|oral|mouth|(mask|nasal)?[ _]?press(ure)?$|leak|tidal|snoring$)"),
        ("gsr", r"^(gsr|eda|scr?)\d?$|^(gsr|eda)[ _]|^skin ?cond"),
        ("temperature", r"^(body[ _]?)?temp(erature)?([ _-]?(\d|rectal|body|skin))?\b"),
        ("bio", r"^(s[ap]o2|plet|ppg|pulse|hr|bp)|^(h\.?r\.?|d?hr|hrate|pr|ptt)$|^(ox(y|im)?[ ._-]?(stat|status|ir|r|red)|oxy?stat)"),
        ("bio", r"^((et|tc)?[ ._-]?co2|cap(no(graphy)?)?$|ibi$|optics? ?\d*$)"),
        ("misc", r"^(acc|accel|gyro?|mag|quat|imu)[a-z_ ]*[-_ ]?[xyz0-9]*$|^(acceler|gyrosc|magnetom|quatern)"),
        ("misc", r"^[xyz][ _]?dir(ection)?$|^[xyz][-_ ]?(acc|axis)$|^(?-i:d[XYZ])$|^(acc|gyro|mot)[._-]?[xyzq]\d?$|^q[0-3]$"),
        ("misc", r"^(photo|audio|sound|mic|aux|erg|exg|exp|bip|dc|misc|counter|battery|packet)[ _-]?\d*$"),
        ("misc", r"^(((package|packet|sample|sequence|frame)[ _]?(num(ber)?|index|count(er)?|id|nr|no)?)|seq)([ _]?channel)?$"),
        ("misc", r"^counters?\b|^counter(mems)?$|^interpolatedmems$|^samplerate ?quality$|^overall$|^cnt$"),
        ("misc", r"^(\w+_)?time[ _-]?stamps?\b|^(\w+_)?time_?stamp_(s|ms)$|^(time|unix ?time|clock|lsl_?(time|clock))$"),
        ("misc", r"^(accel|analog|digital|battery|resistance|temperature|gyro|other|marker|ppg|eda)[ _]channel\b"),
        ("misc", r"^other(\.\d+)?$|^not ?used|^(right|left)[ _]?aux\b|^aux[_ ]?(right|left|[lr])\b|^(head ?band ?on|validation)\b"),
        ("misc", r"^bat(t|tery)?([ _]?(level|percent|voltage))?$|^rssi$|^(light|lux|noise|position|pos|posture|body ?pos(ition)?|body)$"),
        ("misc", r"^(burst|suppr|rate|gfp|photocell|handgrip|eyetrack|pupil|gaze)s?\b|^(impedance|imp|quality|contact)[ _.]"),
        ("misc", r"^(ergo|snore?|mark|sensor)\b|^(gnd|ground|e|cm|dr?l|cms|osat|ref\d?|pg\d|mark\d|\$[a-z]\d)$"),
    )
)
"""Tried in this order. The types are MNE's.

Where the names come from: BioSemi (Status, EXG, Erg, Resp, Plet, Temp, GSR), Neuroscan (VEO, HEO, EKG, GFP), ANT (BIP,
Counter), EGI (DIN, Resp. Effort), Brain Products (x_dir, ACC_X, Photo), Emotiv (COUNTER, INTERPOLATED, CQ_AF3, MOT.AccX,
TIME_STAMP_s, MARKER_HARDWARE), OpenBCI and BrainFlow (Package Num, Sample Index, Accel Channel 0, Timestamp, Other),
Muse (HSI_TP9, Alpha_AF7, Right AUX, HeadBandOn), Wearable Sensing DSI (TRG, CM), g.tec (Counter, Validation Indicator,
Battery Level), Zmax (dX, BATT, OXY_IR_AC, BODY TEMP), Nihon Kohden and TUH (DC01, $A1, PHOTIC, IBI, BURSTS, SUPPR), and
polysomnography after the AASM, SHHS, CFS, MASS and Sleep-EDF (E1, LOC, Chin1, LAT, NEW AIR, OX stat, H.R., LIGHT, POSITION).
"""
EYES = ("E1", "E2")
"""Electrodes beside the eyes after the AASM, where the names do not go on with E3, as a numbered cap's do."""
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
        ``stim`` for 2 to 64 levels that stay in 98 % of the steps; ``misc`` for a counter or clock, and for more than
        100 times the typical amplitude. A constant channel tells nothing.
    """
    finite = x[np.isfinite(x)]
    if finite.size < 2 or np.ptp(finite) == 0:
        return None
    if np.mean(np.diff(finite) == 0) >= MOSTLY_STILL and np.unique(finite).size <= FEW_LEVELS:
        return "stim"
    if counts(finite):
        return "misc"
    if typical_v and deviation(finite) > FAR_FROM_EEG * typical_v:
        return "misc"
    return None


def counts(x: Floats) -> bool:
    """Whether a signal counts samples or time: equal steps with a jump back now and then, or steps of one direction.

    The potential of a brain goes down as often as up. ``x`` (n_times,), finite.
    """
    steps = np.diff(x)
    moving = steps[steps != 0]
    if moving.size < MIN_STEPS:
        return False
    usual = float(np.median(moving))
    equal = float(np.mean(np.abs(steps - usual) <= 0.05 * abs(usual)))
    up = float(np.mean(moving > 0))
    return equal >= COUNTS_UP or max(up, 1 - up) >= CLOCKWISE


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
    names = list(names)
    found = {name: kind_by_name(name) for name in names}
    if sum(bool(NUMBERED_CAP.match(name)) for name in names) <= len(EYES):
        found |= {name: "eog" for name in names if name.upper() in EYES}
    return {
        name: kind
        for name, kind in found.items()
        if kind is not None and (name not in located or kind in ("eog", "ecg", "emg"))
    }
