"""Sentences of a methods section, each filled from recorded parameters and results."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from ..lock import Lock
from ..records import RecordingRecord, StepRecord
from .environment import Environment

Parameters = Mapping[str, Any]

LINE_NOISE = {
    "notch": "a zero-phase notch filter [@widmann2015]",
    "spectrum_fit": "regression of sinusoids found in the multitaper spectrum [@bigdelyshamlo2015]",
    "zapline": "ZapLine [@decheveigne2020]",
}
BAD_CHANNELS = {
    "clean_rawdata": "the criteria of clean_rawdata (prediction of each channel from others, high-frequency noise)",
    "clean_rawdata_nolocs": "the criteria of clean_rawdata for recordings without electrode positions",
    "prep": "the criteria of the PREP pipeline [@bigdelyshamlo2015]",
}
UNMIXING = {
    "picard": "Picard [@ablin2018]",
    "infomax": "extended Infomax [@lee1999]",
    "fastica": "FastICA [@hyvarinen1999]",
}
REFERENCES_USED = {
    "average": "the average of all good channels",
    "robust": "a robust average of all good channels [@bigdelyshamlo2015]",
    "mastoids": "the mastoids",
    "REST": "infinity by the reference electrode standardization technique [@yao2001]",
}
SENTENCES: dict[str, Callable[[Parameters], str]] = {
    "resample": lambda p: f"Recordings were resampled to {p['sfreq_hz']:g} Hz." if p.get("sfreq_hz") else "",
    "highpass": lambda p: f"A zero-phase FIR high-pass filter{_at(p, 'cutoff_hz')} was applied [@widmann2015].",
    "lowpass": lambda p: f"A zero-phase FIR low-pass filter{_at(p, 'cutoff_hz')} was applied [@widmann2015].",
    "clean_drifts": lambda p: f"Slow drifts were removed by a zero-phase FIR high-pass filter{_band(p)}.",
    "line_noise": lambda p: f"Power line noise was removed by {_chosen(LINE_NOISE, p, 'method')}.",
    "flatline": lambda p: f"Channels flat for more than {p.get('duration_s', 5):g} s{_or_clipped(p)} were marked bad.",
    "bad_channels": lambda p: f"Bad channels were detected by {_chosen(BAD_CHANNELS, p, 'method')}.",
    "asr": lambda p: (
        f"Bursts were {'rejected' if p.get('mode') == 'reject' else 'repaired'} by artifact subspace reconstruction "
        f"with a cutoff of {p.get('cutoff', 20):g} standard deviations [@mullen2015; @chang2020]."
    ),
    "windows": lambda p: (
        "Windows in which too many channels remained abnormal were "
        f"{'cut out' if p.get('action') == 'cut' else 'marked bad'}."
    ),
    "ica": lambda p: f"Independent components were computed by {_unmixing(p)}.",
    "iclabel": lambda _: "Components were classified by ICLabel [@piontonachini2019].",
    "remove_components": lambda _: "Components classified as artefacts were subtracted.",
    "interpolate": lambda _: "Bad channels were interpolated by spherical splines [@perrin1989].",
    "reference": lambda p: (
        f"Recordings were re-referenced to {_chosen(REFERENCES_USED, p, 'to')}." if p.get("to") != "none" else ""
    ),
    "annotate": lambda _: "Segments with artefacts were annotated.",
    "epochs": lambda _: "Epochs were cut from the cleaned recordings.",
    "autoreject": lambda _: "Epochs were repaired or rejected by autoreject [@jas2017].",
}
CITED = re.compile(r"@([a-z]+[0-9]{4})")


def paragraph(
    lock: Lock, *, recipe: str, records: Sequence[RecordingRecord], environment: Environment
) -> tuple[str, list[str]]:
    """The paragraph, and the keys it cites in their order."""
    cleaned = [record for record in records if record.status == "ok"]
    sentences = [
        _source(lock, records, cleaned),
        _software(recipe, environment),
        *_steps(cleaned),
        *_results(cleaned),
    ]
    text = " ".join(sentence for sentence in sentences if sentence)
    return text, list(dict.fromkeys(CITED.findall(text)))


def _source(lock: Lock, records: Sequence[RecordingRecord], cleaned: Sequence[RecordingRecord]) -> str:
    version = f", version {lock.version}" if lock.version else ""
    doi = f", doi:{lock.doi.removeprefix('doi:')}" if lock.doi else ""
    n_bad, n_broken = (sum(record.status == status for record in records) for status in ("rejected", "failed"))
    rest = f"; {n_bad} were rejected as unusable and {n_broken} could not be processed" if n_bad + n_broken else ""
    return (
        f"EEG recordings of the dataset {lock.name or lock.dataset} ({lock.dataset}{version}{doi}), organised as BIDS "
        f"[@pernet2019], were cleaned: {len(cleaned)} of {len(records)}{rest}."
    )


def _software(recipe: str, environment: Environment) -> str:
    versions = environment.packages
    return (
        f"Cleaning was done with eegmill {environment.eegmill} (recipe '{recipe}'), which builds on MNE-Python "
        f"{versions.get('mne', '')} [@gramfort2013] and Snakemake {versions.get('snakemake', '')} [@molder2021], under "
        f"Python {environment.python}."
    )


def _steps(cleaned: Sequence[RecordingRecord]) -> list[str]:
    """A sentence for each step of the recipe and each way in which it was done, with the share that had it done so."""
    told = []
    for place in range(max((len(record.steps) for record in cleaned), default=0)):
        steps = [record.steps[place] for record in cleaned if place < len(record.steps)]
        ways = Counter(_sentence(step) for step in steps if step.changed_something)
        told += [_shared(sentence, count, len(cleaned)) for sentence, count in ways.items() if sentence]
    return told


def _sentence(step: StepRecord) -> str:
    """What to say of a step: by the method that was used, where the one asked for could not be."""
    if step.name not in SENTENCES:
        return ""
    method = {"method": step.decisions["method"]} if step.decisions.get("method") else {}
    return SENTENCES[step.name]({**step.parameters, **method})


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


def _at(parameters: Parameters, key: str) -> str:
    return f" at {parameters[key]:g} Hz" if parameters.get(key) is not None else ""


def _chosen(names: Mapping[str, str], parameters: Parameters, key: str) -> str:
    value = parameters.get(key, next(iter(names)))
    if isinstance(value, str):
        return names.get(value, value)
    return " and ".join(str(item) for item in value)


def _unmixing(parameters: Parameters) -> str:
    if parameters.get("method") == "infomax" and not parameters.get("extended", True):
        return "Infomax [@bell1995]"
    return _chosen(UNMIXING, parameters, "method")


def _or_clipped(parameters: Parameters) -> str:
    limit = parameters.get("max_saturated_fraction")
    return f", or clipped by the amplifier for more than {100 * limit:g} % of the time," if limit is not None else ""


def _band(parameters: Parameters) -> str:
    low, high = parameters.get("transition_hz") or (None, None)
    return f" (transition {low:g} to {high:g} Hz)" if low is not None and high is not None else ""
