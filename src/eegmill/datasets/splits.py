"""Parts of a dataset that share no subject, session or site: by a seed, or as a column says.

A model that was trained on one recording of a person knows that person: tested on another recording of the same one, it
scores better than it ever will on somebody new. So parts are made of whole groups, and parts that share what they must
not are refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..catalog.documents.fields import twin_id
from ..errors import ConfigurationError, LeakingSplit
from .conditions import check_fields

if TYPE_CHECKING:
    from .recording import DatasetRecording

PARTS = {"train": 0.7, "validation": 0.15, "test": 0.15}
WITHIN = {
    "recording": "recordings of one person, often of one hour, with the same cap and impedances",
    "run": "runs of one session, with the same cap and impedances",
    "task": "recordings of the same people",
    "window": "windows of one recording, which overlap or lie side by side",
}
"""What would lie on both sides, by the kind of parts that leak in any dataset."""
MAX_NAMED = 5
"""Groups that a message lists."""

Group = tuple[Hashable, ...]


def split(
    recordings: Sequence[DatasetRecording],
    *,
    by: str = "subject",
    parts: Mapping[str, float] | None = None,
    seed: int = 0,
    column: str | None = None,
    stratify: str | None = None,
) -> dict[str, list[DatasetRecording]]:
    """Part recordings by whole groups.

    Parameters
    ----------
    by
        What no two parts may share: ``subject``, ``session`` (the same people in other sessions, to be said
        expressly), ``site`` or any other column of which each subject has one value.
    parts
        Names of parts with their shares of the groups, by default 70, 15 and 15 %.
    seed
        Which of all such partings. The order of groups is that of SHA-256 over seed and group: another machine, or a
        group more, changes nothing else than it must.
    column
        A column that names the part of each recording, instead of shares and seed; it is only checked.
    stratify
        A column of whose values each part gets its share.

    Returns
    -------
    dict
        Recordings of each part, in their order.

    Raises
    ------
    LeakingSplit
        If parts share what they must not.
    ConfigurationError
        If there are fewer groups than parts, a share is none, or a recording has no value.

    Examples
    --------
    >>> from eegmill import Dataset
    >>> [len(part) for part in split(Dataset("eegmill-sample"), parts={"train": 0.75, "test": 0.25}).values()]
    [3, 1]
    """
    if by in WITHIN:
        msg = (
            f"A split by {by} leaks: {WITHIN[by]} would lie on both sides, and a score would tell of recognised "
            "people, not of what is to be decoded. Split by subject, by session, or by site."
        )
        raise LeakingSplit(msg)
    _require(recordings, by, *filter(None, (column, stratify)))
    if column:
        named = _named(recordings, column)
    else:
        named = _drawn(recordings, by=by, parts=_checked(parts or PARTS), seed=seed, stratify=stratify)
    refuse_leaks(named, by=by)
    return named


def refuse_leaks(parts: Mapping[str, Sequence[DatasetRecording]], *, by: str = "subject") -> None:
    """Raise if parts share what they must not, however they were made.

    A dataset and its twin on NEMAR (``ds…``, ``on…``) have the same subjects. By session a subject may be in several
    parts, a session of it in one alone.

    Raises
    ------
    LeakingSplit
        Names what is shared, and by which parts.
    """
    level = "session" if by == "session" else "subject"
    _refuse(parts, level)
    if by not in ("session", "subject"):
        _refuse(parts, by)


def _refuse(parts: Mapping[str, Sequence[DatasetRecording]], level: str) -> None:
    seen: dict[Group, str] = {}
    shared: dict[Group, tuple[str, str]] = {}
    for name, recordings in parts.items():
        for group in dict.fromkeys(_group(one, level) for one in recordings):
            if seen.setdefault(group, name) != name:
                shared[group] = (seen[group], name)
    if shared:
        first, (one, other) = next(iter(shared.items()))
        listed = ", ".join(_text(group) for group in list(shared)[:MAX_NAMED])
        more = f" and {len(shared) - MAX_NAMED} more" if len(shared) > MAX_NAMED else ""
        msg = (
            f"This split leaks: {level} {_text(first)} is in '{one}' and in '{other}', so a model is tested on what it "
            f"was trained on. Shared by parts: {listed}{more}."
        )
        raise LeakingSplit(msg)


def _group(recording: DatasetRecording, by: str) -> Group:
    """What a recording belongs to; people of different datasets are different people."""
    if by not in ("subject", "session"):
        return (by, recording.description.get(by))
    dataset = min(recording.dataset, twin_id(recording.dataset) or recording.dataset)
    return (dataset, recording.subject, *((recording.session,) if by == "session" else ()))


def _text(group: Group) -> str:
    return f"'{'/'.join(str(part) for part in group[1:] if part is not None)}'"


def _require(recordings: Sequence[DatasetRecording], *fields: str) -> None:
    """Raise if a recording has no value of what parts are made by."""
    known = tuple(dict.fromkeys(name for one in recordings for name in one.description))
    check_fields(known, fields)
    for field in fields:
        without = [one.name for one in recordings if one.description.get(field) is None]
        if without:
            msg = (
                f"{len(without)} of {len(recordings)} recordings have no '{field}', such as '{without[0]}': leave them "
                f"out by .filter(known='{field}')."
            )
            raise ConfigurationError(msg)


def _checked(parts: Mapping[str, float]) -> dict[str, float]:
    wrong = {name: share for name, share in parts.items() if not 0 < share <= 1}
    total = sum(parts.values())
    if wrong or not 0 < total <= 1 + 1e-9:
        shares = ", ".join(f"{name}: {share:g}" for name, share in (wrong or parts).items())
        msg = f"Shares of parts lie between 0 and 1 and add up to 1 at most: {shares}."
        raise ConfigurationError(msg)
    return dict(parts)


def _named(recordings: Sequence[DatasetRecording], column: str) -> dict[str, list[DatasetRecording]]:
    named: dict[str, list[DatasetRecording]] = {}
    for one in recordings:
        named.setdefault(str(one.description[column]), []).append(one)
    return named


def _drawn(
    recordings: Sequence[DatasetRecording], *, by: str, parts: Mapping[str, float], seed: int, stratify: str | None
) -> dict[str, list[DatasetRecording]]:
    groups: dict[Group, list[DatasetRecording]] = {}
    for one in recordings:
        groups.setdefault(_group(one, by), []).append(one)
    if len(groups) < len(parts):
        count = f"{len(groups)} {'group' if len(groups) == 1 else 'groups'}"
        msg = f"{count} by {by} cannot be parted into {len(parts)}: {', '.join(parts)}."
        raise ConfigurationError(msg)
    strata: dict[str, list[Group]] = {}
    for group in sorted(groups, key=lambda group: _order(seed, group)):
        strata.setdefault(_stratum(groups[group], stratify), []).append(group)
    dealt = [group for name in sorted(strata) for group in strata[name]]
    part_of = dict(zip(_interleaved(dealt, strata), _ends(len(groups), parts), strict=False))
    return {name: [one for one in recordings if part_of.get(_group(one, by)) == name] for name in parts}


def _interleaved(groups: Sequence[Group], strata: Mapping[str, Sequence[Group]]) -> list[Group]:
    """Groups in an order in which each stretch has its share of every stratum."""
    position = {
        group: (index + 0.5) / len(members) for members in strata.values() for index, group in enumerate(members)
    }
    return sorted(groups, key=lambda group: position[group])


def _ends(n_groups: int, parts: Mapping[str, float]) -> list[str]:
    """The part of each group, one after another: each part gets its share, and one group at least."""
    used = n_groups if sum(parts.values()) > 1 - 1e-9 else round(n_groups * sum(parts.values()))
    counts = {name: max(1, int(n_groups * share)) for name, share in parts.items()}

    def excess(name: str) -> float:
        return counts[name] - n_groups * parts[name]

    while sum(counts.values()) > max(used, len(parts)):
        counts[max((name for name, count in counts.items() if count > 1), key=excess)] -= 1
    while sum(counts.values()) < used:
        counts[min(counts, key=excess)] += 1
    return [name for name, count in counts.items() for _ in range(count)]


def _stratum(recordings: Sequence[DatasetRecording], stratify: str | None) -> str:
    if stratify is None:
        return ""
    values = {str(one.description[stratify]) for one in recordings}
    if len(values) > 1:
        msg = (
            f"'{stratify}' has several values in one group ({', '.join(sorted(values))}): it cannot part groups evenly."
        )
        raise ConfigurationError(msg)
    return values.pop()


def _order(seed: int, group: Group) -> str:
    return hashlib.sha256(f"{seed}/{'/'.join(map(str, group))}".encode()).hexdigest()
