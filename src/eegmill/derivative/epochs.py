"""Epochs of a derivative: a table, and the samples where the table alone could not bring them back.

Epochs are stretches of the cleaned signal, so a table of onsets is enough, and no sample is stored twice. Only epochs
that were repaired one by one (autoreject) are stored, end to end, as BrainVision: MNE-BIDS reads them by
``read_epochs_bids``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..records import RecordingRecord
from ..steps import STEPS

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
    """Whether epochs cannot be cut again from the continuous signal."""
    kinds = [STEPS[step.name] for step in record.steps]
    return any(kind.acts_on == "epochs" and not kind.makes_epochs for kind in kinds)


def end_to_end(epochs: mne.BaseEpochs) -> mne.io.BaseRaw:
    """Epochs behind one another as one signal, each with an annotation of its kind at its first sample."""
    import mne
    import numpy as np

    data = np.hstack(list(epochs.get_data()))
    raw = mne.io.RawArray(data, epochs.info, verbose="error")
    names = {code: name for name, code in epochs.event_id.items()}
    length_s = len(epochs.times) / float(epochs.info["sfreq"])
    onsets = [number * length_s for number in range(len(epochs))]
    kinds = [names.get(int(code), str(code)) for code in epochs.events[:, 2]]
    raw.set_annotations(mne.Annotations(onsets, 0.0, kinds), verbose="error")
    return raw


def epoched(sidecar: Mapping[str, Any], epochs: mne.BaseEpochs) -> dict[str, Any]:
    """The keys of ``_eeg.json`` that differ for epochs; ``EpochStart`` is ours: BIDS has no place for ``tmin``."""
    length_s = len(epochs.times) / float(epochs.info["sfreq"])
    told = {"RecordingType": "epoched", "EpochLength": length_s, "EpochStart": round(float(epochs.tmin), 9)}
    return {**sidecar, **told, "Description": f"Epochs, repaired one by one. {sidecar['Description']}"}


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
