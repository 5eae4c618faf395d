"""The charts above the list: what the datasets that match add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..documents.rows import DatasetRow

MAX_BARS = 8
_SUBJECTS = ((1, "1"), (10, "to 10"), (20, "to 20"), (50, "to 50"), (100, "to 100"), (1000, "to 1000"))
_CHANNELS = ((8, "to 8"), (19, "to 19"), (32, "to 32"), (64, "to 64"), (128, "to 128"), (256, "to 256"))
_RATES = ((128, "to 128"), (250, "to 250"), (500, "to 500"), (512, "to 512"), (1000, "to 1000"), (2048, "to 2048"))


@dataclass(frozen=True)
class Bar:
    """One value, how many datasets have it, and its share of the longest bar (0 to 100)."""

    label: str
    count: int
    percent: float


@dataclass(frozen=True)
class Chart:
    """Bars with a title, and of how many datasets the value is unknown."""

    title: str
    bars: tuple[Bar, ...]
    unknown: int


def charts_of(rows: Sequence[DatasetRow]) -> tuple[Chart, ...]:
    """Modality, clinical groups, subjects, channels, rates and years; without charts that would be empty.

    Examples
    --------
    >>> charts_of([])
    ()
    """
    charts = (
        _most_common("Modality", [row.modalities for row in rows]),
        _most_common("Clinical group", [row.cohort for row in rows]),
        _in_steps("Subjects", [row.subjects for row in rows], _SUBJECTS),
        _in_steps("Most channels", [max(row.channels, default=None) for row in rows], _CHANNELS),
        _in_steps("Highest rate, Hz", [max(row.sfreqs_hz, default=None) for row in rows], _RATES),
        _over_years([row.year for row in rows]),
    )
    return tuple(chart for chart in charts if any(bar.count for bar in chart.bars))


def _most_common(title: str, values: Iterable[tuple[str, ...]]) -> Chart:
    listed = list(values)
    counts = Counter(value for several in listed for value in set(several))
    shown = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:MAX_BARS]
    return _chart(title, shown, sum(not several for several in listed))


def _in_steps(title: str, values: Iterable[float | None], steps: Sequence[tuple[float, str]]) -> Chart:
    listed = list(values)
    labels = [*(label for _, label in steps), f"over {steps[-1][0]:g}"]
    counts = Counter(sum(value > bound for bound, _ in steps) for value in listed if value is not None)
    return _chart(title, [(label, counts[at]) for at, label in enumerate(labels)], listed.count(None))


def _over_years(years: Iterable[int | None]) -> Chart:
    """Datasets up to each of the last years: how the catalogue grew."""
    listed = list(years)
    known = sorted(year for year in listed if year is not None)
    span = range(max(known[0], known[-1] - MAX_BARS + 1), known[-1] + 1) if known else range(0)
    grown = [(str(year), sum(each <= year for each in known)) for year in span]
    return _chart("Growth, datasets by year", grown, listed.count(None))


def _chart(title: str, counts: Sequence[tuple[str, int]], unknown: int) -> Chart:
    longest = max((count for _, count in counts), default=0) or 1
    return Chart(title, tuple(Bar(label, count, round(100 * count / longest, 1)) for label, count in counts), unknown)
