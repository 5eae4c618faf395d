"""What the script of a page draws: the whole recording before and after, with its marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..records import RecordingRecord
from ..signal.timeline import is_event
from .marks import marks_of, samples_were_cut
from .preview import LINEAR_TO_V, MAX_CODE, names_apart, preview_of, steps_of
from .signals import Before, Shown
from .timeline import repaired
from .waves import HIGHEST_HZ, waves_of

if TYPE_CHECKING:
    import mne

MAX_EVENTS = 5000
"""Of a page; what is left out is said."""
KINDS = frozenset({"eeg", "eog", "ecg", "emg"})


def scrubber_data(
    before: Before | None,
    after: mne.io.BaseRaw,
    record: RecordingRecord,
    *,
    renamed: Mapping[str, str],
    reasons: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """The signals, marks and events of a recording, for a JSON script element.

    Parameters
    ----------
    renamed
        New channel names to those in the raw file.
    reasons
        Why channels are bad, by name; by default as the record says.
    """
    told = reasons or {channel.name: "; ".join(channel.reasons) for channel in record.bad_channels}
    kinds = dict(zip(after.ch_names, after.get_channel_types(), strict=True))
    names = [name for name, kind in kinds.items() if kind in KINDS]
    sfreq_hz, n_times = float(after.info["sfreq"]), int(after.n_times)
    compared = [name for name in names if before is not None and renamed.get(name, name) in before.names]
    n_steps = steps_of(n_times, len(names), 2 if compared else 1)
    clean = Shown(after._data, [after.ch_names.index(name) for name in names], sfreq_hz)
    raw = before.of([renamed.get(name, name) for name in compared]) if before else None
    return {
        "recording": record.recording,
        "after_is": "after" if record.status == "ok" else "as recorded",
        "duration_s": n_times / sfreq_hz,
        "n_steps": n_steps,
        "linear_to_v": LINEAR_TO_V,
        "max_code": MAX_CODE,
        "channels": _channels(names, kinds, told, after.info["bads"]),
        "after": preview_of(clean, n_steps).as_json(),
        "before": preview_of(raw, n_steps).as_json() if raw and compared else None,
        "waves": _waves(clean, raw if compared else None, n_steps),
        "compared": [names.index(name) for name in compared],
        "segments": [[mark.onset_s, mark.duration_s, mark.name, list(mark.channels)] for mark in marks_of(after)],
        "repaired": [[span.onset_s, span.duration_s] for spans in repaired(record).values() for span in spans],
        "may_mark": not samples_were_cut(record),
        **_events(after),
    }


def _waves(after: Shown, before: Shown | None, n_steps: int) -> dict[str, object] | None:
    """Single waves of both signals; none where the steps are as short as samples."""
    if n_steps >= after.n_samples or not after.rows:
        return None
    found = {"after": waves_of(after), **({"before": waves_of(before)} if before else {})}
    return {
        **{name: waves.as_json() for name, waves in found.items()},
        "errors_uv": {name: 1e6 * waves.error_v for name, waves in found.items()},
        "share": min(waves.share for waves in found.values()),
        "highest_hz": HIGHEST_HZ,
    }


def _channels(
    names: Sequence[str], kinds: Mapping[str, str], reasons: Mapping[str, str], still_bad: Sequence[str]
) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "kind": kinds[name],
            "bad": reasons.get(name, ""),
            "fate": "" if name not in reasons else "left as it is" if name in still_bad else "interpolated",
        }
        for name in names
    ]


def _events(raw: mne.io.BaseRaw) -> dict[str, object]:
    """The events: onsets in seconds, and the places of their names among all names."""
    found = [mark for mark in raw.annotations if is_event(str(mark["description"]))]
    kept = found[:MAX_EVENTS]
    names, places = names_apart([str(mark["description"]) for mark in kept])
    return {
        "event_onsets_s": [round(float(mark["onset"]), 4) for mark in kept],
        "event_names": list(names),
        "event_places": list(places),
        "events_left_out": len(found) - len(kept),
    }
