"""The ``_eeg.json`` of a cleaned recording: hardware as in the source, everything else as it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..lock import LockedRecording
from ..recording import Recording
from ..records import RecordingRecord
from ..signal.timeline import is_break
from .channels import bids_type

if TYPE_CHECKING:
    import mne

COUNTED = {"EEG": "EEG", "EOG": "EOG", "ECG": "ECG", "EMG": "EMG", "TRIG": "Trigger"}
FILTER_STEPS = ("resample", "highpass", "lowpass", "clean_drifts", "line_noise")
NOT_INHERITED = frozenset(
    {"MISCChannelCount", "EpochLength", "SubjectArtefactDescription", "Sources", "RawSources", "Digest"}
)
"""Source keys that processing makes wrong, or that speak of the source file."""
UNKNOWN = (None, "", "n/a", "N/A")
AS_RECORDED = "as recorded"


def eeg_json(
    recording: Recording,
    record: RecordingRecord,
    *,
    entry: LockedRecording,
    source: Mapping[str, Any],
    activity_id: str | None,
) -> dict[str, Any]:
    """All keys of the sidecar, as BIDS 1.11 wants them for raw EEG, and the links of BIDS derivatives and BIDS-Prov."""
    kept = {key: value for key, value in source.items() if key not in NOT_INHERITED and value not in UNKNOWN}
    links = {"GeneratedBy": [activity_id], "SidecarGeneratedBy": [activity_id]} if activity_id else {}
    return {
        **kept,
        **_required(recording, record, entry, source),
        **_counts(recording.raw),
        "RecordingDuration": recording.raw.n_times / float(recording.raw.info["sfreq"]),
        "RecordingType": _recording_type(recording.raw),
        "Description": describe(record),
        "Sources": [f"bids:raw:{file.path}" for file in entry.files if file.role != "dataset"],
        **links,
    }


def _required(
    recording: Recording, record: RecordingRecord, entry: LockedRecording, source: Mapping[str, Any]
) -> dict[str, Any]:
    line_hz = recording.raw.info["line_freq"]
    recorded = str(source.get("EEGReference") or "n/a")
    return {
        "TaskName": source.get("TaskName") or entry.entities.get("task", "n/a"),
        "SamplingFrequency": float(recording.raw.info["sfreq"]),
        "PowerLineFrequency": float(line_hz) if line_hz else "n/a",
        "EEGReference": recorded if recording.reference == AS_RECORDED else recording.reference,
        "SoftwareFilters": software_filters(record, source.get("SoftwareFilters")) or "n/a",
    }


def software_filters(record: RecordingRecord, source: object) -> dict[str, Any]:
    """Filters of the source, then ours in their order, with all parameters; not those that had nothing to do."""
    inherited = {f"source: {key}": value for key, value in source.items()} if isinstance(source, Mapping) else {}
    ours = {
        f"eegmill {step.name}": {key: value for key, value in step.parameters.items() if value is not None}
        for step in record.steps
        if step.name in FILTER_STEPS and step.changed_something
    }
    return {**inherited, **ours}


def _counts(raw: mne.io.BaseRaw) -> dict[str, int]:
    kinds = Counter(bids_type(kind) for kind in raw.get_channel_types())
    counted = {f"{key}ChannelCount": kinds[kind] for kind, key in COUNTED.items()}
    return {**counted, "MiscChannelCount": sum(kinds.values()) - sum(counted.values())}


def _recording_type(raw: mne.io.BaseRaw) -> str:
    broken = any(is_break(str(name)) for name in raw.annotations.description)
    return "discontinuous" if broken else "continuous"


def describe(record: RecordingRecord) -> str:
    """One sentence on what was done."""
    done = ", ".join(step.name.replace("_", " ") for step in record.steps) or "nothing"
    return f"Recording cleaned by eegmill with the recipe '{record.recipe}': {done}."
