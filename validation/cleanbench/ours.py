"""Answers questions of CleanBench with recipes of eegmill.

python -m validation.cleanbench.ours RECIPE QUESTION ... FOLDER
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eegmill.chain import Chain, run_steps
from eegmill.config.models import EpochsChoice
from eegmill.config.recipes import load_recipe
from eegmill.errors import Rejected
from eegmill.recording import Recording
from eegmill.steps.contract import Step
from validation.cleanbench.exchange import CONDITIONS, EPOCH_S, Answer, Question, Samples
from validation.peers.cleaners import answer_all, arguments, raw_of

if TYPE_CHECKING:
    import mne

SEED = 1
LARGEST_SD_V = 1e-3
"""EEG of more is in no unit of voltage: a recipe has scaled it."""


def clean(question: Question, *, recipe: str) -> Answer:
    """What a recipe makes of a recording."""
    steps = load_recipe(recipe).steps
    if any(step.makes_epochs for step in steps):
        low, high = EPOCH_S
        steps = load_recipe(recipe, epochs=EpochsChoice(events=CONDITIONS, tmin=low, tmax=high)).steps
    if question.only_channels:
        steps = up_to_bad_channels(steps)
    chain = run_steps(Chain(Recording(raw_of(question))), steps, seed=SEED)
    if chain.rejected and not question.only_channels:
        raise Rejected(chain.rejected)
    return answer_of(chain, question)


def up_to_bad_channels(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps of a recipe up to the last that judges channels."""
    last = max((i for i, step in enumerate(steps, start=1) if step.decides == "channels"), default=0)
    return tuple(steps[:last])


def answer_of(chain: Chain, question: Question) -> Answer:
    """What the bench wants to know of a finished chain."""
    recording = chain.recording
    source = recording.epochs if recording.epochs is not None else recording.raw
    data = source.get_data(picks="eeg")
    bad = [one for one in recording.raw.annotations if one["description"].upper().startswith("BAD_")]
    return Answer(
        data,
        float(source.info["sfreq"]),
        tuple(source.copy().pick("eeg").ch_names),
        bad_channels=tuple(channel.name for channel in recording.bad_channels),
        n_removed=sum(len(step.read_back().removed_components) for step in chain.steps),
        bad_s=np.array([(one["onset"], one["onset"] + one["duration"]) for one in bad]).reshape(-1, 2),
        kept=np.empty(0, np.int64) if recording.epochs is None else trials_of(recording.epochs, question),
        borderline=tuple(borderline(chain)),
        found=tuple(found(chain)),
        physical=bool(np.median(_in_time(data).std(axis=1)) < LARGEST_SD_V),
    )


def found(chain: Chain) -> Iterator[str]:
    """The faults that a step names; those that are somewhere in time with their moments in seconds."""
    for step in chain.steps:
        for one in step.decisions.get("findings", ()):
            yield from [f"{one['fault']}@{segment['onset_s']:.2f}" for segment in one["segments"]] or [one["fault"]]


def borderline(chain: Chain) -> Iterator[str]:
    """The channels and components that a small change of the input could have decided otherwise, by the steps' own word."""
    for step in chain.steps:
        for margin in getattr(step.read_back(), "margins", ()):
            if margin.borderline:
                yield f"component {margin.name}" if margin.kind == "component" else str(margin.name)


def trials_of(epochs: mne.BaseEpochs, question: Question) -> NDArray[np.int64]:
    """Which stimuli the epochs belong to: the nearest ones."""
    onset_s = epochs.events[:, 0] / epochs.info["sfreq"]
    distance = np.abs(onset_s[:, None] - question.onsets / question.sfreq_hz)
    return np.asarray(distance.argmin(axis=1), np.int64)


def _in_time(data: Samples) -> Samples:
    """Channels by samples, of epochs too."""
    return data if data.ndim == 2 else np.concatenate(list(data), axis=1)


def filters(raw: mne.io.BaseRaw, *, recipe: str) -> mne.io.BaseRaw:
    """What a recipe's filters and its sampling leave of a signal, without what it decides on a copy."""
    steps = tuple(step for step in load_recipe(recipe).steps if is_filter(step))
    return run_steps(Chain(Recording(raw)), steps, seed=SEED).recording.raw


def is_filter(step: Step) -> bool:
    """Whether a step filters or resamples what is written."""
    on_copy = getattr(step, "sets_aside", False) or getattr(step, "puts_back", False)
    tells = type(step).software_filter is not Step.software_filter
    return not on_copy and (tells or step.acts_on == "sampling")


if __name__ == "__main__":
    name, paths = arguments()
    answer_all(partial(clean, recipe=name), partial(filters, recipe=name), paths)
