"""Faults put into real recordings: which of them a pipeline finds, and what it calls bad that is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from validation.cleanbench.exchange import Answer
from validation.comparisons.faults import FAULTS as OLD_FAULTS
from validation.comparisons.faults import trials
from validation.faults import FAULTS, Fault

if TYPE_CHECKING:
    import mne

NO_FAULT = "none"
ONE_IS_ENOUGH = ("bridged pair", "copy")
"""Faults of two channels of which either may be called bad."""
CALLED = {"rotation": "montage", "mirror": "montage"}
"""How a finding is called where it is not called as the fault."""


@dataclass(frozen=True)
class Faulty:
    """A recording with a fault, made when it is asked for, and what is wrong with it."""

    recording: str
    fault: str
    dose: str
    channels: tuple[str, ...]
    """Faulty channels; none where the fault is one of the whole recording."""
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
    called_bad: list[str]
    findings: list[str]
    error: str = ""


@dataclass(frozen=True)
class Counts:
    """Of one recording with a fault: faulty channels (or the one fault) found of how many, and false alarms."""

    hits: int
    faulty: int
    false: int


def faulty_recordings(sound: dict[str, mne.io.BaseRaw], *, doses: bool = True) -> Iterator[Faulty]:
    """Sound recordings as they are, then with every fault at every dose, or at the middle one."""
    for trial in trials(sound, 1):
        ladder = list(OLD_FAULTS[trial.fault][1]) if trial.fault in OLD_FAULTS else [trial.dose]
        if doses or trial.dose == ladder[len(ladder) // 2]:
            made = partial(_as_it_is, trial.raw)
            yield Faulty(trial.recording, trial.fault, trial.dose, tuple(sorted(trial.faulty)), made)
    for recording, raw in sound.items():
        for fault, item in FAULTS.items():
            for seed, dose in enumerate(item.doses if doses else item.doses[len(item.doses) // 2 :][:1]):
                _, truth = item.inject(raw, seed=seed, dose=dose)
                yield Faulty(recording, fault, f"{dose:g}", truth.channels, partial(_spoiled, item, raw, seed, dose))


def _as_it_is(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    return raw


def _spoiled(fault: Fault, raw: mne.io.BaseRaw, seed: int, dose: float) -> mne.io.BaseRaw:
    """Made again when it is asked for: all at once would fill the memory."""
    return fault.inject(raw, seed=seed, dose=dose)[0]


def score(item: Faulty, answer: Answer) -> FaultScore:
    """What the answer says of it."""
    called = [] if answer.error else sorted(answer.bad_channels)
    found = sorted(set(answer.found))
    return FaultScore(item.recording, item.fault, item.dose, list(item.channels), called, found, answer.error)


def counted(one: FaultScore, before: FaultScore) -> Counts:
    """Compare with what was said of the recording before the fault, which is no false alarm."""
    called, truth = set(one.called_bad), set(one.channels)
    false = len(called - truth - set(before.called_bad))
    if not truth:
        return Counts(int(CALLED.get(one.fault, one.fault) in one.findings), 1, false)
    need = 1 if one.fault in ONE_IS_ENOUGH else len(truth)
    return Counts(min(need, len(called & truth)), need, false)


def kind(fault: str) -> str:
    """The group of faults that a table sums up."""
    if fault in OLD_FAULTS or fault == NO_FAULT:
        return "old"
    return "channel" if fault in ("polarity", "gain", "swap", "copy", "quantisation") else "whole"
