"""Faults put into real recordings: which of them a pipeline finds, and what it calls bad that is not."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from validation.cleanbench.exchange import Answer
from validation.comparisons.faults import FAULTS as OLD_FAULTS
from validation.comparisons.faults import trials
from validation.faults import FAULTS, Fault
from validation.faults.told import CALLED, FOLLOWS, NEAR_S, NEEDS_BLINKS, NEEDS_LINE, blinking, lined

if TYPE_CHECKING:
    import mne

NO_FAULT = "none"
ONE_IS_ENOUGH = ("bridged pair", "copy")
"""Faults of two channels of which either may be called bad."""
HAS_BOTH = ("EEGLAB", "sample 01")
"""Recordings with a line of the mains, and with blinks."""


@dataclass(frozen=True)
class Faulty:
    """A recording with a fault, made when it is asked for, and what is wrong with it."""

    recording: str
    fault: str
    dose: str
    channels: tuple[str, ...]
    """Faulty channels; none where the fault is one of the whole recording."""
    moments_s: tuple[float, ...]
    """Where the fault is in time; none where it is everywhere."""
    raw: Callable[[], mne.io.BaseRaw]

    @property
    def name(self) -> str:
        """As its files are called."""
        return "_".join(f"{self.recording} {self.fault} {self.dose}".replace("%", "").replace("/", "").split())


@dataclass(frozen=True)
class FaultScore:
    """What a pipeline said of one recording."""

    recording: str
    fault: str
    dose: str
    channels: list[str]
    moments_s: list[float]
    called_bad: list[str]
    findings: list[str]
    """Names of faults, those that are somewhere in time as ``cut@12.34``, in seconds."""
    error: str = ""


@dataclass(frozen=True)
class Counts:
    """Of one recording with a fault: faulty channels (or the one fault) found of how many, and false alarms."""

    hits: int
    faulty: int
    false: int


def faulty_recordings(sound: dict[str, mne.io.BaseRaw], *, doses: bool = True) -> Iterator[Faulty]:
    """Sound recordings as they are, then with every fault at every dose, or at the middle one.

    What the mains or blinks tell of is put into recordings that have them, or that they were added to.
    """
    for trial in trials(sound, 1):
        ladder = list(OLD_FAULTS[trial.fault][1]) if trial.fault in OLD_FAULTS else [trial.dose]
        if doses or trial.dose == ladder[len(ladder) // 2]:
            made = partial(_as_it_is, trial.raw)
            yield Faulty(trial.recording, trial.fault, trial.dose, tuple(sorted(trial.faulty)), (), made)
    for recording, raw in sound.items():
        needy = NEEDS_LINE | NEEDS_BLINKS
        yield from _with_faults(recording, raw, FAULTS if recording in HAS_BOTH else FAULTS.keys() - needy, doses=doses)
        if recording in HAS_BOTH:
            continue
        hosts = [(f"{recording} with mains", lined, NEEDS_LINE)]
        if os.environ.get("EEGMILL_DATA"):  # the EOG that blinks are made of
            hosts.append((f"{recording} with blinks", blinking, NEEDS_BLINKS))
        for name, add, faults in hosts:
            host = add(raw)
            yield Faulty(name, NO_FAULT, "", (), (), partial(_as_it_is, host))
            yield from _with_faults(name, host, faults, doses=doses)


def _with_faults(recording: str, raw: mne.io.BaseRaw, faults: Collection[str], *, doses: bool) -> Iterator[Faulty]:
    for fault, item in FAULTS.items():
        if fault not in faults:
            continue
        for seed, dose in enumerate(item.doses if doses else item.doses[len(item.doses) // 2 :][:1]):
            _, truth = item.inject(raw, seed=seed, dose=dose)
            moments_s = tuple(start for start, _ in truth.seconds[1 if fault == "repeat" else 0 :])
            made = partial(_spoiled, item, raw, seed, dose)
            yield Faulty(recording, fault, f"{dose:g}", truth.channels, moments_s, made)


def _as_it_is(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    return raw


def _spoiled(fault: Fault, raw: mne.io.BaseRaw, seed: int, dose: float) -> mne.io.BaseRaw:
    """Made again when it is asked for: all at once would fill the memory."""
    return fault.inject(raw, seed=seed, dose=dose)[0]


def score(item: Faulty, answer: Answer) -> FaultScore:
    """What the answer says of it."""
    called = [] if answer.error else sorted(answer.bad_channels)
    found = sorted(set(answer.found))
    return FaultScore(
        item.recording, item.fault, item.dose, list(item.channels), list(item.moments_s), called, found, answer.error
    )


def counted(one: FaultScore, before: FaultScore) -> Counts:
    """Compare with what was said of the recording before the fault, which is no false alarm, and no hit.

    Of faults of all channels other findings are false alarms, and no channels: names that are shifted make some bad.
    """
    called, truth = set(one.called_bad), set(one.channels)
    if kind(one.fault) != "whole":
        false = len(called - truth - set(before.called_bad))
        need = 1 if one.fault in ONE_IS_ENOUGH else len(truth)
        return Counts(min(need, len(called & truth)), need, false)
    name = CALLED.get(one.fault, one.fault)
    others = _names(one.findings) - _names(before.findings) - {name} - FOLLOWS.get(one.fault, set())
    if one.moments_s:
        at_s = [float(finding.partition("@")[2]) for finding in one.findings if finding.startswith(f"{name}@")]
        told = all(any(abs(at - moment) <= NEAR_S for at in at_s) for moment in one.moments_s)
    else:
        told = name in _names(one.findings) - _names(before.findings)
    return Counts(int(told), 1, len(others))


def _names(findings: Collection[str]) -> set[str]:
    return {finding.partition("@")[0] for finding in findings}


def kind(fault: str) -> str:
    """The group of faults that a table sums up."""
    if fault in OLD_FAULTS or fault == NO_FAULT:
        return "old"
    return "channel" if fault in ("polarity", "gain", "swap", "copy", "quantisation") else "whole"
