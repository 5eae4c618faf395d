"""Epochs of a derivative: a table, and the samples where the table alone could not bring them back.

Epochs are stretches of the cleaned signal, so a table of onsets is enough, and no sample is stored twice. Only epochs
that were repaired one by one (autoreject) are stored, as EEGLAB's ``.set``, which keeps their time zero: MNE-BIDS cuts
epochs out of BrainVision or EDF from each event on, and knows nothing ahead of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..records import RecordingRecord

if TYPE_CHECKING:
    import mne

COLUMNS = ("onset", "duration", "trial_type", "tmin", "tmax", "sample", "epoch")

DESCRIPTIONS: Mapping[str, Mapping[str, object]] = {
    "onset": {"Description": "Time of the epoch's event from the first sample of the recording", "Units": "s"},
    "duration": {"Description": "Length of the epoch", "Units": "s"},
    "trial_type": {"Description": "Kind of event that the epoch is about"},
    "tmin": {"Description": "Start of the epoch from its event", "Units": "s"},
    "tmax": {"Description": "End of the epoch from its event", "Units": "s"},
    "sample": {"Description": "Index of the event's sample in the recording, from 0"},
    "epoch": {"Description": "Index of the event among all events considered; rejected ones are in the _qc.json file"},
}


def must_be_stored(record: RecordingRecord) -> bool:
    """Whether epochs cannot be cut again from the continuous signal: a step changed them, and was not skipped."""
    return bool(_repairs(record))


def _repairs(record: RecordingRecord) -> list[str]:
    """Names of the steps that changed epochs."""
    runs = [(step.name, step.read_back()) for step in record.steps]
    return [name for name, run in runs if run.applied and run.step.acts_on == "epochs" and not run.step.makes_epochs]


def end_to_end(epochs: mne.BaseEpochs) -> mne.io.BaseRaw:
    """Epochs behind one another as one signal, each with an annotation of its kind at its time zero.

    Where time zero lies outside of the epochs, the annotation lies at the end that is nearer to it.
    """
    import mne
    import numpy as np

    data = np.hstack(list(epochs.get_data()))
    raw = mne.io.RawArray(data, epochs.info, verbose="error")
    names = {code: name for name, code in epochs.event_id.items()}
    sfreq, n_times = float(epochs.info["sfreq"]), len(epochs.times)
    zero = min(max(round(-float(epochs.tmin) * sfreq), 0), n_times - 1)
    onsets = [(number * n_times + zero) / sfreq for number in range(len(epochs))]
    kinds = [names.get(int(code), str(code)) for code in epochs.events[:, 2]]
    raw.set_annotations(mne.Annotations(onsets, 0.0, kinds), verbose="error")
    return raw


def epoched(sidecar: Mapping[str, Any], epochs: mne.BaseEpochs, record: RecordingRecord) -> dict[str, Any]:
    """The keys of ``_eeg.json`` that differ for epochs; ``EpochStart`` is ours: BIDS has no key for ``tmin``."""
    length_s = len(epochs.times) / float(epochs.info["sfreq"])
    differing = {
        "RecordingType": "epoched",
        "RecordingDuration": len(epochs) * length_s,
        "EpochLength": length_s,
        "EpochStart": round(float(epochs.tmin), 9),
        "Description": f"Epochs, repaired by {', '.join(_repairs(record))}. {sidecar['Description']}",
    }
    return {**sidecar, **differing}


def epoch_rows(epochs: mne.BaseEpochs, raw: mne.io.BaseRaw) -> list[dict[str, object]]:
    """One row an epoch that was kept."""
    sfreq = float(raw.info["sfreq"])
    names = {code: name for name, code in epochs.event_id.items()}
    return [
        {
            "onset": int(sample) / sfreq,
            "duration": round(float(epochs.tmax - epochs.tmin) + 1 / sfreq, 9),
            "trial_type": names.get(int(code), str(code)),
            "tmin": round(float(epochs.tmin), 9),
            "tmax": round(float(epochs.tmax), 9),
            "sample": int(sample),
            "epoch": int(index),
        }
        for (sample, _, code), index in zip(epochs.events, epochs.selection, strict=True)
    ]
