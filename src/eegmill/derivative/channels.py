"""``channels.tsv`` of a derivative: what each channel of the cleaned signal is, and what was decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..recording import Band, Recording
from ..signal.channels import in_volts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recording import BadChannel

BIDS_TYPES = {"stim": "TRIG", "temperature": "TEMP", "bio": "MISC", "chpi": "MISC"}
KNOWN_TYPES = frozenset({"eeg", "eog", "ecg", "emg", "misc", "resp", "gsr", "ecog", "seeg", "dbs", "eyegaze", "pupil"})

COLUMNS = (
    "name",
    "type",
    "units",
    "low_cutoff",
    "high_cutoff",
    "sampling_frequency",
    "reference",
    "status",
    "status_description",
    "source_status",
    "bad_reasons",
    "action",
)

DESCRIPTIONS: Mapping[str, object] = {
    "Description": "Channels of the cleaned signal, and what was decided about each",
    "low_cutoff": {
        "Description": "High-pass cutoff of the channel, the source's included; n/a: none known",
        "Units": "Hz",
    },
    "high_cutoff": {
        "Description": "Low-pass cutoff of the channel, the source's included; n/a: none known",
        "Units": "Hz",
    },
    "sampling_frequency": {"Description": "Sampling rate of the cleaned signal", "Units": "Hz"},
    "reference": {"Description": "Reference of the cleaned signal"},
    "status": {
        "Description": "Quality of the channel in the cleaned signal",
        "Levels": {"good": "fit for analysis: as it is, or rebuilt (see 'action')", "bad": "not fit for analysis"},
    },
    "status_description": {"Description": "Why the channel is bad, or how it was repaired"},
    "source_status": {
        "Description": "Quality of the channel in the raw recording, as its authors marked it",
        "Levels": {"good": "not marked bad", "bad": "marked bad"},
    },
    "bad_reasons": {"Description": "Everything that spoke against the channel; scores are in the _qc.json file"},
    "action": {
        "Description": "What was done with the channel",
        "Levels": {"kept": "used as it is", "interpolated": "replaced from its neighbours", "excluded": "left bad"},
    },
}


def channel_rows(recording: Recording) -> list[dict[str, object]]:
    """One row a channel, in the order of the data."""
    raw, judged = recording.raw, {channel.name: channel for channel in recording.bad_channels}
    return [
        {
            "name": name,
            "type": bids_type(kind),
            "units": "µV" if volts else "n/a",
            "low_cutoff": recording.bands.get(name, Band()).highpass_hz,
            "high_cutoff": recording.bands.get(name, Band()).lowpass_hz,
            "sampling_frequency": float(raw.info["sfreq"]),
            "reference": recording.reference if kind == "eeg" else None,
            **_judgement(name, recording, judged.get(name)),
        }
        for name, kind, volts in zip(raw.ch_names, raw.get_channel_types(), in_volts(raw), strict=True)
    ]


def bids_type(kind: str) -> str:
    """BIDS channel type of an MNE channel type.

    Examples
    --------
    >>> bids_type("eeg"), bids_type("stim"), bids_type("ias")
    ('EEG', 'TRIG', 'MISC')
    """
    return BIDS_TYPES.get(kind, kind.upper() if kind in KNOWN_TYPES else "MISC")


def _judgement(name: str, recording: Recording, judged: BadChannel | None) -> dict[str, object]:
    reasons = "; ".join(judged.reasons) if judged else ""
    bad_now = name in recording.raw.info["bads"]
    interpolated = name in recording.interpolated
    repaired = f"interpolated from neighbours: {reasons}" if interpolated and not bad_now else ""
    return {
        "status": "bad" if bad_now else "good",
        "status_description": (reasons if bad_now else repaired) or None,
        "source_status": "bad" if name in recording.source_bads else "good",
        "bad_reasons": reasons or None,
        "action": "excluded" if bad_now else "interpolated" if interpolated else "kept",
    }
