"""Two derivatives of the same recordings side by side: two recipes, or two versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from statistics import median

from ..records import RecordingRecord, StepRecord
from .dashboard import FIGURES
from .distributions import Distribution, Value, distribution_of
from .essence import Essence
from .grand import paired_averages, paired_spectra
from .summary import brief
from .templating import templates
from .wording import plain

Pair = tuple[str, str]
TITLES: Pair = ("A", "B")
Figure = Callable[[RecordingRecord], float | None]


@dataclass(frozen=True)
class Side:
    """One of the two derivatives."""

    name: str
    """Of its folder."""
    records: Mapping[str, RecordingRecord]
    """Of all recordings, those that failed too."""
    pages: Mapping[str, str]
    """Relative addresses of pages, by recording."""
    essences: Mapping[str, Essence]
    versions: Mapping[str, str]

    @property
    def recipe(self) -> str:
        """Its recipe, and the seed."""
        found = {f"{record.recipe}, seed {record.seed}" for record in self.records.values()}
        return "; ".join(sorted(found))


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same; an empty text where one side does not have it."""

    name: str
    values: Pair


@dataclass(frozen=True)
class ComparedRecording:
    """A recording of either side."""

    recording: str
    statuses: Pair
    pages: Pair
    bad_in_both: tuple[str, ...]
    bad_in_one: tuple[tuple[str, ...], tuple[str, ...]]
    removed: Pair
    """Components, by class."""
    kept: Pair
    """Time, in percent."""
    epochs: Pair

    @property
    def differs(self) -> bool:
        """Whether anything that is shown is not the same."""
        pairs = (self.statuses, self.removed, self.kept, self.epochs)
        return any(self.bad_in_one) or any(first != second for first, second in pairs)


@dataclass(frozen=True)
class ChangedFigure:
    """How a figure differs over the recordings that both have."""

    name: str
    medians: tuple[float, float]
    n_more: int
    """Recordings with more in B."""
    n_less: int
    n: int


def comparison_page(first: Side, second: Side, *, version: str) -> str:
    """HTML of both. Holds no time and no path of the machine."""
    both = [name for name in first.records if name in second.records]
    cleaned = [name for name in both if all(side.records[name].status == "ok" for side in (first, second))]
    rows = compared_recordings(first, second)
    template = templates().get_template("comparison.html.j2")
    return template.render(
        sides=dict(zip(TITLES, (first, second), strict=True)),
        rows=sorted(rows, key=lambda row: (not row.differs, row.recording)),
        n_both=len(both),
        n_cleaned=len(cleaned),
        n_differ=sum(row.differs for row in rows),
        steps=step_differences(_steps(first), _steps(second)),
        versions=_differences(first.versions, second.versions),
        figures=changed_figures(first, second, cleaned),
        spreads=_spreads(first, second, cleaned),
        spectrum=paired_spectra(_essences(first, cleaned), _essences(second, cleaned), TITLES),
        average=paired_averages(_essences(first, cleaned), _essences(second, cleaned), TITLES),
        version=version,
        title=f"{first.name} and {second.name}",
    )


def compared_recordings(first: Side, second: Side) -> tuple[ComparedRecording, ...]:
    """Every recording that either side has."""
    return tuple(_compared(name, first, second) for name in sorted({*first.records, *second.records}))


def step_differences(first: Sequence[StepRecord], second: Sequence[StepRecord]) -> tuple[Difference, ...]:
    """Steps that one side alone has, and parameters that are not the same."""
    found = []
    for n, m in _aligned([step.name for step in first], [step.name for step in second]):
        one, other = (first[n] if n is not None else None), (second[m] if m is not None else None)
        if one is None or other is None:
            step = one or other
            assert step is not None
            found.append(Difference(step.name, ("in the recipe" if one else "", "in the recipe" if other else "")))
        else:
            own = _differences(_told(one), _told(other))
            found += [Difference(f"{one.name}: {item.name}", item.values) for item in own]
    return tuple(found)


def changed_figures(first: Side, second: Side, recordings: Sequence[str]) -> tuple[ChangedFigure, ...]:
    """Every figure that differs in any recording."""
    found = (_changed(name, *_values(first, second, recordings, figure)) for name, figure in FIGURES.items())
    return tuple(item for item in found if item is not None and item.n_more + item.n_less)


def _changed(name: str, before: Mapping[str, float], after: Mapping[str, float]) -> ChangedFigure | None:
    if not before:
        return None
    steps = [after[key] - before[key] for key in before]
    return ChangedFigure(
        name=name,
        medians=(median(before.values()), median(after.values())),
        n_more=sum(step > 0 for step in steps),
        n_less=sum(step < 0 for step in steps),
        n=len(steps),
    )


def _spreads(first: Side, second: Side, recordings: Sequence[str]) -> tuple[Distribution, ...]:
    """How differences of figures are spread, with the recordings that lie far out."""
    found = []
    for name, figure in FIGURES.items():
        before, after = _values(first, second, recordings, figure)
        steps = [Value(key, after[key] - before[key], second.pages.get(key, "")) for key in before]
        spread = distribution_of(f"{name}, B less A", steps) if len({item.value for item in steps}) > 1 else None
        found += [spread] if spread else []
    return tuple(found)


def _values(
    first: Side, second: Side, recordings: Sequence[str], figure: Figure
) -> tuple[dict[str, float], dict[str, float]]:
    """A figure of the recordings for which both sides have it."""
    before, after = ({name: figure(side.records[name]) for name in recordings} for side in (first, second))
    both = [name for name in recordings if before[name] is not None and after[name] is not None]
    return (
        {name: value for name in both if (value := before[name]) is not None},
        {name: value for name in both if (value := after[name]) is not None},
    )


def _compared(name: str, first: Side, second: Side) -> ComparedRecording:
    records = first.records.get(name), second.records.get(name)
    bad = [{channel.name for channel in record.bad_channels} if record else set() for record in records]
    return ComparedRecording(
        recording=name,
        statuses=_pair(records, lambda record: record.status),
        pages=(first.pages.get(name, ""), second.pages.get(name, "")),
        bad_in_both=tuple(sorted(bad[0] & bad[1])),
        bad_in_one=(tuple(sorted(bad[0] - bad[1])), tuple(sorted(bad[1] - bad[0]))),
        removed=_pair(records, _removed),
        kept=_pair(records, lambda record: _figure(record, "time kept (%)", " %")),
        epochs=_pair(records, lambda record: _figure(record, "epochs")),
    )


def _pair(records: Sequence[RecordingRecord | None], words: Callable[[RecordingRecord], str]) -> Pair:
    first, second = (words(record) if record else "–" for record in records)
    return first, second


def _figure(record: RecordingRecord, name: str, unit: str = "") -> str:
    value = FIGURES[name](record) if record.status == "ok" else None
    return "–" if value is None else f"{value:.4g}{unit}"


def _removed(record: RecordingRecord) -> str:
    if record.components is None:
        return "–"
    classes = Counter(component.label for component in record.components.removed)
    told = ", ".join(f"{count} {label}" for label, count in sorted(classes.items()))
    return f"{len(record.components.removed)} of {record.components.total}" + (f" ({told})" if told else "")


def _steps(side: Side) -> tuple[StepRecord, ...]:
    """Those of a recording that went all the way."""
    cleaned = (record for record in side.records.values() if record.status == "ok")
    return next((record.steps for record in cleaned), ())


def _told(step: StepRecord) -> dict[str, str]:
    return {"version": step.version, **{plain(key): brief(value) for key, value in step.parameters.items()}}


def _differences(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[Difference, ...]:
    names = dict.fromkeys((*first, *second))
    pairs = {name: (first.get(name, ""), second.get(name, "")) for name in names}
    return tuple(Difference(name, values) for name, values in pairs.items() if values[0] != values[1])


def _aligned(first: Sequence[str], second: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Places of equal names beside each other, and those that one side alone has."""
    found: list[tuple[int | None, int | None]] = []
    for tag, start, stop, other_start, other_stop in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag == "equal":
            found += zip(range(start, stop), range(other_start, other_stop), strict=True)
        else:
            found += [(place, None) for place in range(start, stop)]
            found += [(None, place) for place in range(other_start, other_stop)]
    return found


def _essences(side: Side, recordings: Sequence[str]) -> dict[str, Essence]:
    return {name: side.essences[name] for name in recordings if name in side.essences}
