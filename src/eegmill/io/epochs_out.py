"""The epoch table: which stretches of the cleaned signal are epochs, kept or rejected, and why.

With it epochs are two lines of code away from the continuous signal, and no sample is stored twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

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


def epoch_rows(epochs: mne.BaseEpochs, raw: mne.io.BaseRaw) -> list[dict[str, object]]:
    """One row an epoch that was kept."""
    sfreq = float(raw.info["sfreq"])
    names = {code: name for name, code in epochs.event_id.items()}
    return [
        {
            "onset": (int(sample) - raw.first_samp) / sfreq,
            "duration": round(float(epochs.tmax - epochs.tmin) + 1 / sfreq, 9),
            "trial_type": names.get(int(code), str(code)),
            "tmin": round(float(epochs.tmin), 9),
            "tmax": round(float(epochs.tmax), 9),
            "sample": int(sample) - raw.first_samp,
            "epoch": int(index),
        }
        for (sample, _, code), index in zip(epochs.events, epochs.selection, strict=True)
    ]
