"""What is to become of an input, and whether it did: ok, refused, told or wrong, with what was seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from eegmill.signal.channels import positions_m
from eegmill.signal.montage.template import cap_positions, ten_five_positions
from validation.inputs.outcomes import Outcome, outcomes_of

Word = Literal["ok", "refused", "told", "wrong"]
UNEXPLAINED = re.compile(r"Traceback|unexpected error|developers|\b[A-Z]\w+Error\b")
"""Words of libraries that are no explanation."""
MAX_ANGLE_DEG = 25.0
MIN_KNOWN = 4
Check = Callable[[Outcome], str]
"""Looks at a recording that was cleaned; what is wrong with it, empty where nothing is."""


@dataclass(frozen=True)
class Case:
    """An input, and what is right."""

    kind: str
    name: str
    make: Callable[[Path], object]
    """Writes it to a folder."""
    words: tuple[str, ...] = ()
    """Regular expressions of what must be said; without any, nothing may be said."""
    refused: int = 0
    """How many recordings are to be refused or rejected."""
    check: Check = field(default=lambda _: "")
    """About each recording that was cleaned."""


@dataclass(frozen=True)
class Verdict:
    """What became of a case."""

    case: Case
    word: Word
    seen: str


def judged(case: Case, folder: Path) -> Verdict:
    """Make a case, run it, and compare what became of it with what is right."""
    case.make(folder)
    outcomes = outcomes_of(folder)
    said = [text for one in outcomes for text in (*one.notes, one.reason) if text]
    wrong = next(_faults(case, outcomes, said), "")
    if wrong:
        return Verdict(case, "wrong", wrong)
    seen = next((text for words in case.words for text in said if re.search(words, text)), "")
    word: Word = "refused" if case.refused else ("told" if case.words else "ok")
    return Verdict(case, word, seen)


def _faults(case: Case, outcomes: Sequence[Outcome], said: Sequence[str]) -> Iterator[str]:
    lost = [one for one in outcomes if one.status != "ok"]
    if not outcomes:
        yield "there is no recording"
    if len(lost) != case.refused:
        yield f"{len(lost)} of {len(outcomes)} are refused, {case.refused} should be: {lost[:1]}"
    yield from (f"unexplained: {text}" for text in said if UNEXPLAINED.search(text))
    for words in case.words:
        if not any(re.search(words, text) for text in said):
            yield f"nothing says '{words}': {list(said)}"
    if said and not case.words:
        yield f"said of a sound input: {list(said)}"
    for one in outcomes:
        if one.status == "ok":
            yield from filter(None, (well_placed(one), case.check(one)))


def well_placed(outcome: Outcome) -> str:
    """Whether electrodes lie where their names say, as seen from the middle of the head."""
    raw = outcome.imported
    if raw is None:
        return "it was not read"
    names = [name for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"]
    places = {name: np.array(found[0]) for name in names if (found := positions_m(raw, [raw.ch_names.index(name)]))}
    heads = [*cap_positions(list(places)).values()] or [ten_five_positions(list(places))]
    angle = min((_angle_deg(places, head) for head in heads if len(head) >= MIN_KNOWN), default=0.0)
    return f"electrodes lie {angle:.0f} degrees from where they belong" if angle > MAX_ANGLE_DEG else ""


def _angle_deg(places: Mapping[str, np.ndarray], head: Mapping[str, np.ndarray]) -> float:
    """Median angle between electrodes and those of a head, each from its own middle."""
    here, there = (np.array([some[name] for name in head]) for some in (places, head))
    here, there = here - here.mean(axis=0), there - there.mean(axis=0)
    lengths = np.linalg.norm(here, axis=1) * np.linalg.norm(there, axis=1)
    return float(np.median(np.degrees(np.arccos(np.clip(np.sum(here * there, axis=1) / lengths, -1, 1)))))
