"""The page of a dataset: one row a recording, and what the recordings have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..lock import Lock
from ..records import RecordingRecord
from ..signal.types import Floats
from .distributions import Distribution, Value, distribution_of
from .essence import EMPTY, Essence
from .grand import grand_average, grand_spectrum, thumbnail
from .scalp import shares_figure
from .templating import templates
from .verdict import Light, kept_fraction, lights_of, sentence_of

ORDER = ("failed", "refused", "pending", "rejected", "ok")
"""What needs attention comes first."""


@dataclass(frozen=True)
class Row:
    """One recording on the dashboard; ``report`` is the relative address of its page, empty if there is none."""

    record: RecordingRecord
    report: str = ""
    essence: Essence = EMPTY

    @property
    def thumbnail(self) -> str:
        """Its spectra, as small as a word."""
        return thumbnail(self.essence)

    @property
    def stage(self) -> str:
        """Where a failed recording failed."""
        return self.record.stage

    @property
    def removed(self) -> int:
        """Components taken out."""
        return len(self.record.components.removed) if self.record.components else 0

    @property
    def total(self) -> int:
        """Components found."""
        return self.record.components.total if self.record.components else 0

    @property
    def good_percent(self) -> float | None:
        """Share of the time without a BAD segment."""
        value = self.record.metrics.get("good_fraction")
        return 100.0 * value if isinstance(value, int | float) else None

    @property
    def missing_percent(self) -> float | None:
        """Share of the samples that header or sidecar promise and that are not there; None where none is missing."""
        value = self.record.metrics.get("missing_fraction")
        return 100.0 * value if isinstance(value, int | float) and value else None

    @property
    def attention(self) -> tuple[Light, ...]:
        """The figures that are not good."""
        lights = lights_of(self.record) if self.record.status == "ok" else ()
        return tuple(light for light in lights if light.level != "good")

    @property
    def sentence(self) -> str:
        """The recording in words."""
        return sentence_of(self.record) if self.record.status == "ok" else ""


@dataclass(frozen=True)
class Electrodes:
    """The electrodes of a dataset: a position of each in metres, and how many recordings have it."""

    positions_m: Mapping[str, Floats]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class BadShare:
    """How often a channel was bad."""

    name: str
    bad: int
    recordings: int

    @property
    def share(self) -> float:
        """Part of the recordings that have the channel."""
        return self.bad / max(self.recordings, 1)


def dashboard_page(
    lock: Lock,
    rows: Sequence[Row],
    *,
    recipe: str,
    version: str,
    electrodes: Electrodes | None = None,
    methods: str = "",
    versions: Mapping[str, str] | None = None,
) -> str:
    """HTML of a dataset. Holds no time and no path of the machine.

    Parameters
    ----------
    methods
        The paragraph for a paper.
    versions
        Of what the recordings were cleaned with, by name.
    """
    counts = {status: sum(row.record.status == status for row in rows) for status in reversed(ORDER)}
    counts = {status: count for status, count in counts.items() if count or status in {"ok", "rejected", "failed"}}
    listed = sorted(rows, key=lambda row: (ORDER.index(row.record.status), row.record.recording))
    cleaned = [row for row in listed if row.record.status == "ok"]
    shares = bad_shares(cleaned, electrodes)
    essences = {row.record.recording: row.essence for row in cleaned}
    return (
        templates()
        .get_template("dataset.html.j2")
        .render(
            lock=lock,
            rows=listed,
            counts=counts,
            recipe=recipe,
            version=version,
            title=lock.dataset,
            distributions=distributions(cleaned),
            shares=shares,
            head=_head(shares, electrodes),
            classes=removed_classes(cleaned),
            spectrum=grand_spectrum(essences),
            average=grand_average(essences),
            methods=methods,
            versions=versions or {},
        )
    )


def distributions(rows: Sequence[Row]) -> tuple[Distribution, ...]:
    """The figures of all cleaned recordings that differ at all."""
    found = []
    for name, figure in FIGURES.items():
        values = [
            Value(row.record.recording, value, row.report) for row in rows if (value := figure(row.record)) is not None
        ]
        if len({item.value for item in values}) > 1 and (spread := distribution_of(name, values)):
            found.append(spread)
    return tuple(found)


def bad_shares(rows: Sequence[Row], electrodes: Electrodes | None) -> tuple[BadShare, ...]:
    """How often each channel was bad, the worst first; channels that never were are left out."""
    bad = Counter(channel.name for row in rows for channel in row.record.bad_channels)
    counts = electrodes.counts if electrodes else {}
    shares = [BadShare(name, count, max(counts.get(name, len(rows)), count)) for name, count in bad.items()]
    return tuple(sorted(shares, key=lambda share: (-share.share, share.name)))


def removed_classes(rows: Sequence[Row]) -> tuple[tuple[str, int], ...]:
    """Classes of the components that were removed, the most frequent first."""
    labels = [item.label for row in rows if row.record.components for item in row.record.components.removed]
    return tuple(sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0])))


def _head(shares: Sequence[BadShare], electrodes: Electrodes | None) -> str:
    if electrodes is None or not electrodes.positions_m:
        return ""
    by_name = {item.name: item.share for item in shares}
    return shares_figure(electrodes.positions_m, {name: by_name.get(name, 0.0) for name in electrodes.positions_m})


def _metric(name: str, scale: float = 1.0) -> Callable[[RecordingRecord], float | None]:
    def figure(record: RecordingRecord) -> float | None:
        value = record.metrics.get(name)
        return scale * value if isinstance(value, int | float) else None

    return figure


def _kept_percent(record: RecordingRecord) -> float | None:
    kept = kept_fraction(record)
    return None if kept is None else 100.0 * kept


FIGURES: Mapping[str, Callable[[RecordingRecord], float | None]] = {
    "time kept (%)": _kept_percent,
    "bad channels": lambda record: float(len(record.bad_channels)),
    "components removed": lambda record: float(len(record.components.removed)) if record.components else None,
    "duration (s)": _metric("duration_s"),
    "samples missing (%)": _metric("missing_fraction", 100.0),
    "epochs": _metric("n_epochs"),
}
