"""Sentences of a methods section, each filled from recorded parameters and results."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, stdev

from ..lock import Lock
from ..records import RecordingRecord
from ..steps.contract import CITED, Sentence
from .environment import Environment


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
    rest = f"; {n_bad} were rejected as unusable and {n_broken} could not be processed" if n_bad + n_broken else ""
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
    text = sentences[0].text
    for key in sentences[0].figures:
        text = text.replace(f"{{{key}}}", spread([sentence.figures[key] for sentence in sentences]))
    return text


def sentence_in_words(sentence: Sentence) -> str:
    """The sentence of one step of one recording, with its figures."""
    return _filled([sentence])


def _shared(sentence: str, count: int, total: int) -> str:
    return sentence if count == total else f"In {count} of {total} recordings: {sentence[0].lower()}{sentence[1:]}"


def _results(cleaned: Sequence[RecordingRecord]) -> list[str]:
    if not cleaned:
        return []
    told = [f"On average {spread([len(record.bad_channels) for record in cleaned])} channels were judged bad."]
    counts = [record.components for record in cleaned if record.components]
    if counts:
        removed, total = [len(item.removed) for item in counts], [item.total for item in counts]
        told.append(f"On average {spread(removed)} of {spread(total)} independent components were removed.")
    by_hand = sum(len(record.overrides) for record in cleaned)
    if by_hand:
        told.append(f"{by_hand} of these decisions were made by a person.")
    return told


def spread(values: Sequence[float]) -> str:
    """Mean and standard deviation in words.

    Examples
    --------
    >>> spread([1, 2]), spread([3])
    ('1.5 (SD 0.7)', '3.0')
    """
    return f"{mean(values):.1f}" + (f" (SD {stdev(values):.1f})" if len(values) > 1 else "")
