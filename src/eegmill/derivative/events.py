"""``events.tsv`` of a derivative: events of the source and marked segments, on the time axis of the cleaned signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..reading.events import RESERVED
from ..signal.timeline import sample_of

if TYPE_CHECKING:
    import mne

FIRST_COLUMNS = ("onset", "duration", "trial_type", "sample", "channel")
FROM_EXTRAS = {there: column for column, there in RESERVED.items()}

DESCRIPTIONS: Mapping[str, Mapping[str, object]] = {
    "onset": {"Description": "Onset from the first sample of this recording", "Units": "s"},
    "duration": {"Description": "Duration; 0 for a moment", "Units": "s"},
    "trial_type": {"Description": "Kind of event; names that start with BAD_ mark segments not to be analysed"},
    "sample": {"Description": "Index of the onset's sample in this recording, from 0"},
    "channel": {"Description": "Channels that a marked segment is about; n/a means all"},
}


def event_rows(raw: mne.io.BaseRaw) -> list[dict[str, object]]:
    """One row an annotation, by onset."""
    sfreq = float(raw.info["sfreq"])
    rows = [_row(annotation, sfreq, int(raw.n_times)) for annotation in raw.annotations]
    return sorted(rows, key=lambda row: (row["onset"], row["trial_type"], row["duration"], row["channel"] or ""))


def _row(annotation: Mapping[str, Any], sfreq: float, n_samples: int) -> dict[str, Any]:
    onset = round(float(annotation["onset"]), 9)  # float dust must not reach the table
    source = {FROM_EXTRAS.get(key, key): value for key, value in (annotation.get("extras") or {}).items()}
    return {
        **source,
        "onset": onset,
        "duration": float(annotation["duration"]),
        "trial_type": str(annotation["description"]),
        "sample": sample_of(onset, sfreq, n_samples),
        "channel": ",".join(annotation.get("ch_names") or ()) or None,
    }


def event_columns(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Columns of the table: ours first, then those of the source by name."""
    source = {column for row in rows for column in row} - set(FIRST_COLUMNS)
    ours = [column for column in FIRST_COLUMNS if column != "channel" or any(row["channel"] for row in rows)]
    return [*ours, *sorted(source)]


def event_descriptions(columns: Sequence[str], source: Mapping[str, Any]) -> dict[str, object]:
    """What each column means: in the words of the source dataset for the columns that come from there."""
    described = {column: DESCRIPTIONS.get(column) or _described(column, source.get(column)) for column in columns}
    return {"Description": "Events of the source, and segments marked by eegmill", **described}


def _described(column: str, source: object) -> object:
    plain = {"Description": f"Column '{column}' of the source's events.tsv"}
    return {**plain, **source} if isinstance(source, Mapping) else plain
