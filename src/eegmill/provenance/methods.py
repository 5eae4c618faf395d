"""Sentences of a methods section, each filled from recorded parameters and results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import mean, stdev

from ..lock import Lock
from ..records import RecordingRecord
from ..steps.contract import CITED, Sentence
from .environment import Environment

FIGURE = re.compile(r"\{([^{}]+)\}")


def paragraph(
    lock: Lock, *, recipe: str, records: Sequence[RecordingRecord], environment: Environment
) -> tuple[str, list[str]]:
    """The paragraph, and the keys it cites in their order."""
    cleaned = [record for record in records if record.status == "ok"]
    sentences = [
        _source(lock, records, cleaned),
        _software(recipe, environment),
        _seed(records),
        *_steps(cleaned),
        *_results(cleaned),
    ]
    text = " ".join(sentence for sentence in sentences if sentence)
    return text, list(dict.fromkeys(CITED.findall(text)))


def recording_paragraph(record: RecordingRecord) -> str:
    """The same of one recording, without its source: what was done with it, and what came of it."""
    sentences = [
        f"The recording was cleaned with eegmill (recipe '{record.recipe}').",
        _seed([record]),
        *_steps([record]),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _source(lock: Lock, records: Sequence[RecordingRecord], cleaned: Sequence[RecordingRecord]) -> str:
    version = f", version {lock.version}" if lock.version else ""
    doi = f", doi:{lock.doi.removeprefix('doi:')}" if lock.doi else ""
    n_bad, n_broken = (sum(record.status == status for record in records) for status in ("rejected", "failed"))
    rejected = f"{n_bad} {'was' if n_bad == 1 else 'were'} rejected as unusable"
    rest = f"; {rejected} and {n_broken} could not be processed" if n_bad + n_broken else ""
    return (
        f"EEG recordings of the dataset {lock.title} ({lock.dataset}{version}{doi}), organised as BIDS "
        f"[@pernet2019], were cleaned: {len(cleaned)} of {len(records)}{rest}."
    )


def _software(recipe: str, environment: Environment) -> str:
    versions = environment.packages
    return (
        f"Cleaning was done with eegmill {environment.eegmill} (recipe '{recipe}'), which builds on MNE-Python "
        f"{versions.get('mne', '')} [@gramfort2013] and Snakemake {versions.get('snakemake', '')} [@molder2021], under "
        f"Python {environment.python}."
    )


def _seed(records: Sequence[RecordingRecord]) -> str:
    seeds = ", ".join(str(seed) for seed in sorted({record.seed for record in records}))
    return f"All random numbers come from the seed {seeds}." if seeds else ""


def _steps(cleaned: Sequence[RecordingRecord]) -> list[str]:
    """A sentence for each step of the recipe and each way in which it was done, with the share that had it done so."""
    written = []
    for index in range(max((len(record.steps) for record in cleaned), default=0)):
        steps = [record.steps[index].read_back() for record in cleaned if index < len(record.steps)]
        ways: dict[str, list[Sentence]] = {}
        for step in steps:
            if (sentence := step.sentence) is not None:
                ways.setdefault(sentence.text, []).append(sentence)
        written += [_shared(_filled(told), len(told), len(cleaned)) for told in ways.values()]
    return written


def _filled(sentences: Sequence[Sentence]) -> str:
    """The text that sentences share, with the mean and spread of their figures."""

    def filled(place: re.Match[str]) -> str:
        key, *words = place[1].split("|")
        if key not in sentences[0].figures:
            return place[0]
        values = [sentence.figures[key] for sentence in sentences]
        return counted(values, *words) if words else spread(values)

    return FIGURE.sub(filled, sentences[0].text)


def sentence_in_words(sentence: Sentence) -> str:
    """The sentence of one step of one recording, with its figures."""
    return _filled([sentence])


def _shared(sentence: str, count: int, total: int) -> str:
    return sentence if count == total else f"In {count} of {total} recordings: {sentence[0].lower()}{sentence[1:]}"


def _results(cleaned: Sequence[RecordingRecord]) -> list[str]:
    if not cleaned:
        return []
    bad = counted([len(record.bad_channels) for record in cleaned], "channel was", "channels were")
    told = [f"On average {bad} judged bad."]
    counts = [record.components for record in cleaned if record.components]
    if counts:
        removed, total = [len(item.removed) for item in counts], [item.total for item in counts]
        whole = counted(total, "independent component", "independent components")
        told.append(f"On average {spread(removed)} of {whole} {'was' if mean(removed) == 1 else 'were'} removed.")
    by_hand = sum(len(record.overrides) for record in cleaned)
    if by_hand:
        told.append(f"{by_hand} of these decisions {'was' if by_hand == 1 else 'were'} made by a person.")
    return told


def spread(values: Sequence[float]) -> str:
    """Mean and standard deviation in words.

    Examples
    --------
    >>> spread([1, 2]), spread([3]), spread([4, 4])
    ('1.5 (SD 0.7)', '3', '4 (SD 0)')
    """
    return _number(mean(values)) + (f" (SD {_number(stdev(values))})" if len(values) > 1 else "")


def counted(values: Sequence[float], one: str, several: str) -> str:
    """The same with what is counted.

    Examples
    --------
    >>> counted([1], "channel", "channels"), counted([0], "channel", "channels"), counted([1, 2], "channel", "channels")
    ('1 channel', '0 channels', '1.5 (SD 0.7) channels')
    """
    return f"{spread(values)} {one if mean(values) == 1 else several}"


def _number(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else f"{value:.1f}"
