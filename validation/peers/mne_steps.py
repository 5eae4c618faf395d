"""Pipelines of MNE's world, for CleanBench.

    python -m validation.peers.mne_steps PIPELINE QUESTION ... FOLDER

``pyprep``: PyPREP's pipeline, then ICA and ICLabel. ``mbp``: the steps of MNE-BIDS-Pipeline 1.10 in its order with its defaults
(0.1 to 40 Hz, ICA on epochs of a copy behind 1 Hz, ICLabel, average reference, autoreject), without its reports and its disk.
``asrpy`` and ``meegkit``: a high-pass at 0.5 Hz and ASR of these libraries at cutoff 20. ``autoreject``: 0.1 to 40 Hz, epochs,
autoreject. ``filter``: 0.1 to 40 Hz alone.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from validation.cleanbench.exchange import CONDITIONS, EPOCH_S, Answer, Question
from validation.peers.cleaners import answer_all, arguments, raw_of

if TYPE_CHECKING:
    import mne

BANDS = {"pyprep": (1.0, None), "asrpy": (0.5, None), "meegkit": (0.5, None)}
USUAL = (0.1, 40.0)
LEAST_PROBABILITY = 0.8
"""Of ICLabel, as MNE-BIDS-Pipeline has it."""
KEPT_LABELS = ("brain", "other")
SEED = 1


def filters(raw: mne.io.BaseRaw, *, name: str) -> mne.io.BaseRaw:
    """The pipeline's filter alone."""
    return raw.filter(*BANDS.get(name, USUAL))


def continuous(raw: mne.io.BaseRaw, **more: Any) -> Answer:
    """The answer of a pipeline that leaves the recording in one piece."""
    return Answer(raw.get_data("eeg"), float(raw.info["sfreq"]), tuple(raw.ch_names), **more)


def epochs_of(raw: mne.io.BaseRaw) -> mne.BaseEpochs:
    """Epochs around the stimuli."""
    import mne

    events, ids = mne.events_from_annotations(raw, {name: i for i, name in enumerate(CONDITIONS, start=1)})
    return mne.Epochs(raw, events, ids, *EPOCH_S, baseline=(None, 0), preload=True)


def cut_up(epochs: mne.BaseEpochs, **more: Any) -> Answer:
    """The answer of a pipeline that leaves epochs."""
    kept = np.asarray(epochs.selection, np.int64)
    return Answer(epochs.get_data("eeg"), float(epochs.info["sfreq"]), tuple(epochs.ch_names), kept=kept, **more)


def artefact_components(ica: mne.preprocessing.ICA, data: Any, least: float) -> list[int]:
    """Components that ICLabel calls neither brain nor other, with a probability of ``least`` at least."""
    from mne_icalabel import label_components

    found = label_components(data, ica, method="iclabel")
    both = zip(found["labels"], found["y_pred_proba"], strict=True)
    return [i for i, (label, chance) in enumerate(both) if label not in KEPT_LABELS and chance >= least]


def fitted(data: Any, n_components: float | int) -> mne.preprocessing.ICA:
    """An extended-infomax ICA by Picard."""
    import mne

    options = {"extended": True, "ortho": False}
    ica = mne.preprocessing.ICA(n_components, method="picard", fit_params=options, random_state=SEED, max_iter=500)
    return ica.fit(data)


def filter_only(question: Question) -> Answer:
    """Nothing but the usual band."""
    return continuous(filters(raw_of(question), name="filter"))


def pyprep(question: Question) -> Answer:
    """PyPREP's pipeline as its example runs it, then ICA on what is left of the rank, ICLabel at 0.8."""
    from pyprep import NoisyChannels, PrepPipeline

    raw = raw_of(question)
    if question.only_channels:
        noisy = NoisyChannels(raw, random_state=SEED)
        noisy.find_all_bads()
        return continuous(raw, bad_channels=tuple(noisy.get_bads()))
    montage = raw.get_montage()
    lines = np.arange(question.line_hz, question.sfreq_hz / 2, question.line_hz)
    parameters = {"ref_chs": "eeg", "reref_chs": "eeg", "line_freqs": lines}
    prep = PrepPipeline(raw, parameters, montage, random_state=SEED)
    prep.fit()
    raw = prep.raw
    raw.filter(1.0, None)
    interpolated = [str(name) for name in prep.interpolated_channels]
    rank = len(raw.ch_names) - len(interpolated) - 1
    ica = fitted(raw.copy().filter(None, 100.0), rank)
    ica.exclude = artefact_components(ica, raw.copy().filter(None, 100.0), LEAST_PROBABILITY)
    bad = (*interpolated, *(str(name) for name in prep.still_noisy_channels))
    return continuous(ica.apply(raw), bad_channels=tuple(dict.fromkeys(bad)), n_removed=len(ica.exclude))


def mbp(question: Question) -> Answer:
    """MNE-BIDS-Pipeline's steps: it looks for no bad EEG channels."""
    from autoreject import AutoReject

    raw = raw_of(question)
    if question.only_channels:
        return continuous(raw)
    narrow = raw.copy().filter(1.0, 100.0).set_eeg_reference("average")
    epochs = epochs_of(narrow)
    ica = fitted(epochs, len(raw.ch_names) - 1)
    ica.exclude = artefact_components(ica, epochs, LEAST_PROBABILITY)
    whole = epochs_of(raw.filter(*USUAL).set_eeg_reference("average"))
    ica.apply(whole).apply_baseline((None, 0))
    cleaned, log = AutoReject(random_state=SEED, verbose=False).fit_transform(whole, return_log=True)
    answer = cut_up(cleaned, n_removed=len(ica.exclude))
    return Answer(**{**vars(answer), "kept": np.flatnonzero(~log.bad_epochs)})


def autoreject(question: Question) -> Answer:
    """Autoreject alone, as its example runs it."""
    from autoreject import AutoReject

    epochs = epochs_of(raw_of(question).filter(*USUAL))
    cleaned, log = AutoReject(random_state=SEED, verbose=False).fit_transform(epochs, return_log=True)
    return Answer(**{**vars(cut_up(cleaned)), "kept": np.flatnonzero(~log.bad_epochs)})


def asrpy(question: Question) -> Answer:
    """A high-pass, then asrpy as its manual runs it."""
    from asrpy import ASR

    raw = raw_of(question).filter(0.5, None)
    asr = ASR(sfreq=question.sfreq_hz, cutoff=20)
    asr.fit(raw)
    return continuous(asr.transform(raw))


def meegkit(question: Question) -> Answer:
    """A high-pass, then meegkit's batch form, calibrated on the recording itself."""
    from meegkit.asr import ASR

    raw = raw_of(question).filter(0.5, None)
    asr = ASR(sfreq=question.sfreq_hz, cutoff=20, method="euclid")
    microvolts = raw.get_data() * 1e6
    asr.fit(microvolts)
    cleaned = np.asarray(asr.transform(microvolts)) * 1e-6
    return Answer(cleaned, question.sfreq_hz, question.names)


PIPELINES = {
    "filter": filter_only,
    "pyprep": pyprep,
    "mbp": mbp,
    "autoreject": autoreject,
    "asrpy": asrpy,
    "meegkit": meegkit,
}

if __name__ == "__main__":
    name, paths = arguments()
    answer_all(PIPELINES[name], partial(filters, name=name), paths)
