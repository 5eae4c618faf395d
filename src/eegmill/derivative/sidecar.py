"""The ``_eeg.json`` of a cleaned recording: hardware as in the source, everything else as it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..lock import LockedRecording
from ..recording import AS_RECORDED, Recording
from ..records import RecordingRecord
from ..signal.missing import GAP
from ..signal.timeline import covered, is_break
from .channels import bids_type

if TYPE_CHECKING:
    import mne

COUNTED = {"EEG": "EEG", "EOG": "EOG", "ECG": "ECG", "EMG": "EMG", "TRIG": "Trigger"}
NOT_INHERITED = frozenset(
    {"MISCChannelCount", "EpochLength", "SubjectArtefactDescription", "Sources", "RawSources", "Digest"}
)
"""Source keys that processing makes wrong, or that speak of the source file."""
UNKNOWN = (None, "", "n/a", "N/A")


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
    """Filters of the source, then ours in their order: their parameters, and what was made of them.

    Filters that had nothing to do are left out; a step that filters again is numbered.
    """
    found = {f"source: {key}": value for key, value in source.items()} if isinstance(source, Mapping) else {}
    for step in record.steps:
        made = step.read_back().software_filter
        if made is not None:
            again = sum(key.startswith(f"eegmill {step.name}") for key in found)
            key = f"eegmill {step.name} {again + 1}" if again else f"eegmill {step.name}"
            facts = {**step.parameters, **made.model_dump(mode="json")}
            found[key] = {name: value for name, value in facts.items() if value not in (None, [])}
    return found


def _counts(raw: mne.io.BaseRaw) -> dict[str, int]:
    kinds = Counter(bids_type(kind) for kind in raw.get_channel_types())
    counted = {f"{key}ChannelCount": kinds[kind] for kind, key in COUNTED.items()}
    return {**counted, "MiscChannelCount": sum(kinds.values()) - sum(counted.values())}


def _recording_type(raw: mne.io.BaseRaw) -> str:
    """What was not recorded at an end, such as what fills a file up, breaks nothing apart."""
    broken = any(
        is_break(str(mark["description"])) and not (mark["description"] == GAP and _is_at_an_end(mark, raw))
        for mark in raw.annotations
    )
    return "discontinuous" if broken else "continuous"


def _is_at_an_end(mark: Mapping[str, Any], raw: mne.io.BaseRaw) -> bool:
    start, stop = covered(mark, raw)
    return start == 0 or stop == raw.n_times


def describe(record: RecordingRecord) -> str:
    """One sentence on what was done; steps that were skipped or found nothing to do are in the record alone."""
    done = ", ".join(step.name.replace("_", " ") for step in record.steps if step.read_back().applied) or "nothing"
    return f"Recording cleaned by eegmill with the recipe '{record.recipe}': {done}."
