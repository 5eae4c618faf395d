"""Items of the recordings of a cohort put together, each with its label, and scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError, EegmillError
from ..files.tables import is_missing, number
from ..machine import single_threaded
from ..models import Frozen
from ..signal.types import Floats
from .cohorts import Member
from .configuration import Target
from .cutting import Cut
from .models import Model
from .scoring import Scores, score


class Item(Frozen):
    """One item that was scored: whose it is, and where it lies."""

    recording: str
    subject: str
    onset_s: float
    label: str | float


class ScoringResult(Frozen):
    """What came of scoring a model; ``refused`` says why nothing did."""

    scores: Scores | None = None
    items: tuple[Item, ...] = ()
    columns: tuple[str, ...] = ()
    """Features, or channels, that all recordings have."""
    notes: tuple[str, ...] = ()
    """What was left out, and why."""
    refused: str = ""


@dataclass(frozen=True)
class Labelled:
    """The items of a cohort."""

    x: Floats
    items: tuple[Item, ...]
    duration_s: float
    columns: tuple[str, ...]
    notes: tuple[str, ...]

    def column(self, name: str) -> NDArray[Any]:
        """One field of all items, (n_items,)."""
        return np.array([getattr(item, name) for item in self.items])


def scored(
    cuts: Sequence[tuple[Member, Cut | str]],
    target: Target,
    model: Model,
    *,
    seed: int,
    n_bootstrap: int,
    n_permutations: int,
) -> ScoringResult:
    """Score a model on the recordings of a cohort.

    Parameters
    ----------
    cuts
        Recordings with their items, or with the reason why they have none.
    """
    try:
        found = labelled(cuts, target)
    except EegmillError as error:
        return ScoringResult(refused=str(error))
    known: dict[str, Any] = {"items": found.items, "columns": found.columns, "notes": found.notes}
    blocks = target.splits.by == "blocks"
    try:
        with single_threaded():
            scores = score(
                found.x,
                found.column("label"),
                found.column("recording" if blocks else "subject"),
                model=model,
                seed=seed,
                kind=target.kind,
                split=target.splits,
                units=None if target.of == "events" else found.column("recording"),
                onsets_s=found.column("onset_s"),
                duration_s=found.duration_s,
                n_bootstrap=n_bootstrap,
                n_permutations=n_permutations,
            )
    except EegmillError as error:
        return ScoringResult(refused=str(error), **known)
    return ScoringResult(scores=scores, **known)


def labelled(cuts: Sequence[tuple[Member, Cut | str]], target: Target) -> Labelled:
    """Put the items of recordings together; what has no label is left out, with a note.

    Raises
    ------
    ConfigurationError
        If no recording has a label, or they have nothing in common.
    """
    notes, kept = [], []
    for member, found in cuts:
        why = found if isinstance(found, str) else _why_not(member, target)
        if why or isinstance(found, str):
            notes.append(f"{member.name} was left out: {why}")
        else:
            kept.append((member, found))
            notes += [f"{member.name}: {note}" for note in found.notes]
    if not kept:
        others = f" So it is with {len(notes) - 1} more." if len(notes) > 1 else ""
        msg = f"No recording can be used: {notes[0]}{others}"
        raise ConfigurationError(msg)
    columns, more = _common(kept)
    parts = [found.x[:, [found.columns.index(name) for name in columns]] for _, found in kept]
    return Labelled(
        x=np.concatenate(_same_length(kept, parts)),
        items=tuple(item for member, found in kept for item in _items(member, found, target)),
        duration_s=max(found.duration_s for _, found in kept),
        columns=columns,
        notes=(*notes, *more),
    )


def _items(member: Member, found: Cut, target: Target) -> list[Item]:
    labels = found.events if target.of == "events" else [_label(member, target)] * len(found.x)
    return [
        Item(recording=member.name, subject=member.subject, onset_s=float(onset_s), label=label)
        for onset_s, label in zip(found.onsets_s, labels, strict=True)
    ]


def _why_not(member: Member, target: Target) -> str:
    """Why a recording has no label; empty if it has one, or if its events have."""
    if target.of == "events" or _label(member, target) not in ("", None):
        return ""
    if target.of == "task":
        return f"its task '{member.entities.get('task', 'n/a')}' is not sought."
    cell = member.person.get(str(target.column))
    if cell is None:
        known = ", ".join(member.person) or "none"
        return f"the table of participants has no '{target.column}' of this person; columns are: {known}."
    return f"'{target.column}' is '{cell}'."


def _label(member: Member, target: Target) -> str | float | None:
    value = member.entities.get("task") if target.of == "task" else member.person.get(str(target.column))
    if target.kind == "regression":
        return number(value)
    if value is None or is_missing(value):
        return None
    if not target.classes:
        return value
    return next((label for label, values in target.classes.items() if value in values), None)


def _common(kept: Sequence[tuple[Member, Cut]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that all recordings have, and a note on the others."""
    counts = Counter(name for _, found in kept for name in found.columns)
    common = tuple(name for name in kept[0][1].columns if counts[name] == len(kept))
    others = [name for name, count in counts.items() if count < len(kept)]
    if not common:
        msg = f"The {len(kept)} recordings have no channel in common: interpolate bad channels in the recipe."
        raise ConfigurationError(msg)
    if not others:
        return common, ()
    listed = ", ".join(others[:8]) + (f" and {len(others) - 8} more" if len(others) > 8 else "")
    return common, (f"{len(others)} of {len(counts)} columns are not in all recordings and were left out: {listed}.",)


def _same_length(kept: Sequence[tuple[Member, Cut]], parts: list[Floats]) -> list[Floats]:
    """The items as they are, if all are as long.

    Raises
    ------
    ConfigurationError
        If signals have different lengths.
    """
    lengths = {part.shape[2:]: member.name for (member, _), part in zip(kept, parts, strict=True)}
    if len(lengths) > 1:
        listed = ", ".join(f"{length[0]} in {name}" for length, name in lengths.items())
        msg = f"Items have different numbers of samples ({listed}): resample in the recipe."
        raise ConfigurationError(msg)
    return parts
