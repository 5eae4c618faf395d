"""Answers the questions of CleanBench with a pipeline, each beside its question: what the programs of all pipelines share.

Needs numpy and MNE alone, so that it runs in the environment of any peer.
"""

from __future__ import annotations

import re
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from validation.cleanbench.exchange import CONDITIONS, Answer, Question, Samples, failed

if TYPE_CHECKING:
    import mne

Clean = Callable[[Question], Answer]
WARM_UP_S = 20.0


def raw_of(question: Question, data: Samples | None = None) -> mne.io.BaseRaw:
    """A question's recording, or other signals of its channels, with the stimuli as annotations."""
    import mne

    info = mne.create_info(list(question.names), question.sfreq_hz, "eeg")
    with info._unlock():
        info["line_freq"] = question.line_hz
    raw = mne.io.RawArray((question.data if data is None else data).copy(), info, verbose="error")
    places = dict(zip(question.names, question.positions, strict=True))
    raw.set_montage(mne.channels.make_dig_montage(places, coord_frame="head"), verbose="error")
    names = [CONDITIONS[int(target)] for target in question.targets]
    return raw.set_annotations(mne.Annotations(question.onsets / question.sfreq_hz, 0.0, names), verbose="error")


def through(question: Question, filters: Callable[[mne.io.BaseRaw], mne.io.BaseRaw]) -> Samples:
    """What filters leave of the signals that the question wants filtered."""
    filtered = [filters(raw_of(question, signal)).get_data("eeg") for signal in question.through]
    return np.array(filtered) if filtered else np.empty((0, 0, 0))


def peak_mb(*, reset: bool = False) -> float:
    """Peak memory of this process since it was reset, in MB; Linux only, else 0."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    if reset:
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


def answered(question: Question, clean: Clean) -> Answer:
    """The answer with what it cost; a pipeline that fails has answered too."""
    peak_mb(reset=True)
    bare = replace(question, through=np.empty((0, 0, 0)))
    started = time.process_time()
    try:
        answer = clean(bare)
    except Exception as error:  # whatever a pipeline raises belongs into the table
        answer = failed(error)
    return replace(answer, cpu_s=time.process_time() - started, peak_mb=peak_mb())


def answer_all(clean: Clean, filters: Callable[[mne.io.BaseRaw], mne.io.BaseRaw], questions: list[Path]) -> None:
    """Answer every question; ``item/a.npz`` is answered in ``item/a.out.npz`` of the folder named last."""
    import mne

    mne.set_log_level("ERROR")
    warnings.simplefilter("ignore")
    *paths, folder = questions
    for number, path in enumerate(paths):
        question = Question.load(path)
        if number == 0:
            _warm_up(question, clean)
        answer = answered(question, clean)
        if len(question.through) and not answer.error:
            answer = replace(answer, through=through(question, filters))
        answer.save(folder / path.parent.name / f"{path.stem}.out.npz")


def _warm_up(question: Question, clean: Clean) -> None:
    """Clean a short piece first, so that imports and caches are charged to no recording."""
    n_times = round(WARM_UP_S * question.sfreq_hz)
    inside = question.onsets < n_times - question.sfreq_hz
    piece = replace(
        question,
        data=question.data[:, :n_times],
        onsets=question.onsets[inside],
        targets=question.targets[inside],
        through=np.empty((0, 0, 0)),
    )
    answered(piece, clean)


def arguments() -> tuple[str, list[Path]]:
    """The name of a pipeline, the paths of questions and the folder for the answers, as they were given."""
    name, *paths = sys.argv[1:]
    return name, [Path(path) for path in paths]
