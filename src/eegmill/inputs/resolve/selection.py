"""Which of a dataset's records are taken, and what is said when none is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...config.models import Select

ENTITIES = ("subject", "session", "task", "run")


def choose(
    records: Iterable[Mapping[str, Any]], select: Select, *, dataset: str, url: str = ""
) -> list[Mapping[str, Any]]:
    """Take what the selection names: sorted by path, every path once.

    Parameters
    ----------
    url
        Where the records come from: a metadata API, ``embedded`` or ``folder``.

    Raises
    ------
    ConfigurationError
        If that is nothing; names the values that exist.
    """
    every = [record for record in records if record.get("bids_relpath")]
    chosen = {str(record["bids_relpath"]): record for record in every if _is_chosen(record, select)}
    if not chosen:
        raise ConfigurationError(_nothing(every, select, dataset, url))
    return [chosen[path] for path in sorted(chosen)]


def filter_of(select: Select, *, dataset: str) -> dict[str, Any]:
    """Write the selection as one MongoDB filter, for the lock."""
    parts: dict[str, Any] = {"dataset": dataset, "recording_modality": select.modality}
    for name in ENTITIES:
        values = getattr(select, name)
        if values:
            parts[name] = {"$in": list(values)}
    return {"$and": [parts, select.query]} if select.query else parts


def entity(record: Mapping[str, Any], name: str) -> str | None:
    """Return an entity's value, wherever the record keeps it."""
    nested = record.get("entities") or {}
    value = nested.get(name) if nested.get(name) is not None else record.get(name)
    return str(value) if value not in {None, ""} else None


def modalities(record: Mapping[str, Any]) -> list[str]:
    """Return the record's modalities in lower case; old records hold one as text."""
    value = record.get("recording_modality") or record.get("datatype") or []
    return [str(item).lower() for item in ([value] if isinstance(value, str) else value)]


def _is_chosen(record: Mapping[str, Any], select: Select) -> bool:
    if select.modality and select.modality.lower() not in modalities(record):
        return False
    return all(not getattr(select, name) or entity(record, name) in getattr(select, name) for name in ENTITIES)


def _nothing(records: list[Mapping[str, Any]], select: Select, dataset: str, url: str) -> str:
    if not records:
        return _without_records(dataset, url, with_query=bool(select.query))
    lines = [f"The selection matches none of the {len(records)} recordings of '{dataset}'."]
    for name in ENTITIES:
        wanted = getattr(select, name)
        if wanted:
            there = {value for record in records if (value := entity(record, name))}
            lines.append(f"select.{name}: {', '.join(wanted)}; there are: {_some(there)}.")
    kinds = {kind for record in records for kind in modalities(record)}
    if select.modality.lower() not in kinds:
        lines.append(f"select.modality: {select.modality}; there are: {_some(kinds)}.")
    return " ".join(lines)


def _without_records(dataset: str, url: str, *, with_query: bool) -> str:
    if with_query:
        return f"There are no recordings of '{dataset}' with this 'select.query'."
    if url == "embedded":
        return (
            f"The shipped catalogue describes '{dataset}' and lists none of its recordings: ask an API that does, by "
            "--api or 'api.url', such as https://data.eegdash.org."
        )
    if url == "folder":
        return f"'{dataset}' holds no recording: nothing below 'sub-*' is a raw recording in a format that is read."
    return f"There are no recordings of '{dataset}'."


def _some(values: set[str], *, most: int = 20) -> str:
    ordered = sorted(values)
    return (", ".join(ordered[:most]) or "none") + (f" and {len(ordered) - most} more" if len(ordered) > most else "")
