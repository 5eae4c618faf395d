"""From measured runs to all EEG recordings of the public catalogue: writes ``docs/scale.md``.

    python -m validation.benchmarks.scale

Reads ``scale.tsv`` (figures of runs, each with where it was measured), ``scale_recordings.tsv`` (recordings cleaned by the
recipe eegprep) and the catalogue that ships with eegmill. Every number of the page is computed from these.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined

from eegmill.catalog.ingest.shipped import shipped_documents
from eegmill.files.tables import read_tsv
from eegmill.workflow.resources import BESIDE_MB, EXPENSIVE, MARGIN
from eegmill.workflow.shards import MAX_RECORDINGS

FOLDER = Path(__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
CORES = 1000
RECORDS_A_REQUEST = 1000
FILES_A_RECORDING = 6
FILES_A_LISTING = 1000
GROUP = 10
"""Recordings in a job of a batch system, to show what grouping saves."""
NODES_MB = (4_000, 16_000, 64_000, 256_000)


@dataclass(frozen=True)
class Model:
    """CPU seconds of the steps on a recording: those of a signal of no length, and those of each megabyte."""

    base_s: float
    s_per_mb: float
    s_per_mb_channel: float

    @classmethod
    def fitted(cls, rows: Iterable[Mapping[str, str]]) -> Model:
        """The non-negative least squares of relative errors: an ICA takes the longer, the more channels it has."""
        from scipy.optimize import nnls

        table = [(float(row["signal_mb"]), float(row["channels"]), float(row["cpu_s"])) for row in rows]
        terms = np.array([(1.0, mb, mb * channels) for mb, channels, _ in table])
        cpu_s = np.array([row[2] for row in table])
        found, _ = nnls(terms / cpu_s[:, None], np.ones(len(table)))
        return cls(*map(float, found))

    def cpu_s(self, signal_mb: float, channels: float) -> float:
        """Of one recording."""
        return self.base_s + signal_mb * (self.s_per_mb + self.s_per_mb_channel * channels)


@dataclass(frozen=True)
class Dataset:
    """What the catalogue knows of a dataset, and what follows from it."""

    name: str
    recordings: int
    size_bytes: int
    hours: float | None
    channels: float | None
    sfreq_hz: float | None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Dataset:
        """Read a document."""
        seconds = document.get("total_duration_s")
        return cls(
            name=str(document["dataset_id"]),
            recordings=int(document.get("n_records") or 0),
            size_bytes=int(document.get("size_bytes") or 0),
            hours=float(seconds) / 3600 if seconds else None,
            channels=weighted_mean(document.get("nchans_counts")),
            sfreq_hz=weighted_mean(document.get("sfreq_counts")),
        )

    @property
    def known_mb(self) -> float | None:
        """Size of its signals in float64, in 10⁶ bytes; None where the catalogue does not know enough."""
        if self.hours is None or self.channels is None or self.sfreq_hz is None:
            return None
        return self.hours * 3600 * self.channels * self.sfreq_hz * 8 / 1e6


def weighted_mean(counts: Any) -> float | None:
    """Of values with counts, as the catalogue writes them."""
    pairs = [(float(one["val"]), int(one["count"])) for one in counts or () if one.get("val")]
    total = sum(count for _, count in pairs)
    return sum(value * count for value, count in pairs) / total if total else None


def figures() -> dict[str, Any]:
    """All numbers of the page."""
    measured = {row["quantity"]: float(row["value"]) for row in read_tsv(FOLDER / "scale.tsv")}
    model = Model.fitted(read_tsv(FOLDER / "scale_recordings.tsv"))
    documents = [one for one in shipped_documents() if "eeg" in (one.get("recording_modality") or ())]
    datasets = [one for one in map(Dataset.of, documents) if one.recordings]
    known = [one for one in datasets if one.known_mb and one.size_bytes]
    ratio = sum(one.known_mb or 0 for one in known) / sum(one.size_bytes / 1e6 for one in known)
    channels = weighted_mean([{"val": one.channels or 0, "count": one.recordings} for one in known]) or 0.0
    sized = [(one, one.known_mb or one.size_bytes / 1e6 * ratio) for one in datasets]
    recordings = sum(one.recordings for one in datasets)
    steps_s = [one.recordings * model.cpu_s(mb / one.recordings, one.channels or channels) for one, mb in sized]
    return {
        "model": model,
        "measured": measured,
        "rows": read_tsv(FOLDER / "scale.tsv"),
        "datasets": len(datasets),
        "guessed": len(datasets) - len([one for one in datasets if one.known_mb]),
        "recordings": recordings,
        "hours": sum(one.hours or 0 for one in datasets),
        "raw_tb": sum(one.size_bytes for one in datasets) / 1e12,
        "signal_tb": sum(mb for _, mb in sized) / 1e6,
        "steps_h": sum(steps_s) / 3600,
        **work(datasets, recordings, measured),
        **output(sized, recordings, measured),
        **requests(datasets),
        **memory(sized),
        **longest(sized, steps_s),
        "cores": CORES,
        "group": GROUP,
        "part": MAX_RECORDINGS,
    }


def work(datasets: list[Dataset], recordings: int, measured: Mapping[str, float]) -> dict[str, float]:
    """Core-hours beside the steps."""
    return {
        "overhead_h": recordings * measured["overhead_s"] / 3600,
        "fetch_h": sum(one.size_bytes for one in datasets) / 1e9 * measured["fetch_s_per_gb"] / 3600,
        "plan_h": recordings / 1000 * measured["plan_s_per_1000"] / 3600,
        "dataset_h": len(datasets) * measured["dataset_s"] / 3600,
        "slurm_h": recordings * measured["slurm_s"] / 3600,
        "grouped_h": recordings * measured["slurm_s"] / GROUP / 3600,
        "parts": math.ceil(recordings / MAX_RECORDINGS),
    }


def output(sized: list[tuple[Dataset, float]], recordings: int, measured: Mapping[str, float]) -> dict[str, float]:
    """Bytes and files that are written."""
    signal_tb = sum(mb for _, mb in sized) * measured["signal_share"] / 1e6
    pages_tb = recordings * measured["page_mb"] / 1e6
    return {"clean_tb": signal_tb, "pages_tb": pages_tb, "files_million": recordings * measured["receipts"] / 1e6}


def requests(datasets: list[Dataset]) -> dict[str, int]:
    """To the metadata API and to the stores."""
    pages = sum(1 + math.ceil(one.recordings / RECORDS_A_REQUEST) for one in datasets)
    files = sum(one.recordings for one in datasets) * FILES_A_RECORDING
    listings = sum(math.ceil(one.recordings * FILES_A_RECORDING / FILES_A_LISTING) for one in datasets)
    return {"api_requests": 1 + pages, "listings": listings, "downloads": files}


def memory(sized: list[tuple[Dataset, float]]) -> dict[str, Any]:
    """How many recordings ask for more than nodes have, at their first attempt and by the mean length in their dataset."""
    per_recording = ((mb / one.recordings, one) for one, mb in sized)
    asked = [(BESIDE_MB + MARGIN * (EXPENSIVE.base_mb + EXPENSIVE.mb_per_mb * mb), one) for mb, one in per_recording]
    over = {limit: sum(one.recordings for mb, one in asked if mb > limit) for limit in NODES_MB}
    largest = sorted(asked, key=lambda pair: -pair[0])[:5]
    return {"over": over, "largest": [(one.name, one.recordings, mb / 1000) for mb, one in largest]}


def longest(sized: list[tuple[Dataset, float]], steps_s: list[float]) -> dict[str, Any]:
    """The job that everything would wait for."""
    one, seconds = max(
        ((one, seconds / one.recordings) for (one, _), seconds in zip(sized, steps_s, strict=True)),
        key=lambda pair: pair[1],
    )
    return {"longest_h": seconds / 3600, "longest_name": one.name}


def page() -> str:
    """The page in Markdown."""
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    environment.filters["n"] = lambda value, digits=0: f"{value:,.{digits}f}"
    template = environment.from_string((FOLDER / "scale.md.j2").read_text(encoding="utf-8"))
    return template.render(figures()).rstrip() + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
