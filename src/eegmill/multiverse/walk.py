"""One recording through all universes, in one process: its tables, and a receipt that says they are whole."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..chain import Chain, nothing_left
from ..errors import EegmillError
from ..files.atomic import write_json
from ..machine import single_threaded
from ..provenance.activity import file_digests
from ..reading.recording import read_recording
from ..recipe_tree import Ended, run_tree
from ..workflow.receipts import Receipt, former, write_receipt
from .grid import Measures
from .measures import Measured, SourceTrials, measured, source_trials
from .sources import Source
from .tables import OF_RECORDINGS, joined, table_of_rows, write_table
from .universes import Universe

if TYPE_CHECKING:
    import pyarrow as pa

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Errand:
    """All that a process needs to know to walk one recording through all universes."""

    source: Source
    universes: tuple[Universe, ...]
    measures: Measures
    seed: int
    stage: str
    """What its receipts lie under."""
    digest: str
    """Of all that its tables depend on."""

    @property
    def receipt(self) -> Path:
        """Where its receipt is, or will be."""
        return self.source.layout.receipt(self.stage, self.source.entry.recording, self.digest)

    @property
    def failure(self) -> Path:
        """Where the reason is, if it failed."""
        return self.source.layout.failure(self.stage, self.source.entry.recording, self.digest)

    def part(self, table: str) -> Path:
        """Where its part of a table is."""
        return self.receipt.with_suffix(f".{table}.parquet")

    @property
    def costs(self) -> Path:
        """Where the CPU seconds are: apart, since they are never the same twice."""
        return self.receipt.with_suffix(".costs.json")


@dataclass
class Walked:
    """What all universes gave on one recording."""

    parts: dict[str, dict[int, pa.Table]] = field(default_factory=lambda: {name: {} for name in OF_RECORDINGS})
    """By table and universe."""
    single_cpu_s: dict[int, float] = field(default_factory=dict)
    """Seconds that the steps of each universe took, those that it shares included: what it would take alone."""
    measuring_cpu_s: float = 0.0
    total_cpu_s: float = 0.0

    def tables(self) -> Iterator[tuple[str, pa.Table]]:
        """The tables, in the order of the universes."""
        for name, parts in self.parts.items():
            yield name, joined([parts[number] for number in sorted(parts)], name)

    def add(self, name: str, number: int, rows: Iterable[Row]) -> None:
        """Add the rows of a universe to a table."""
        self.parts[name][number] = table_of_rows(name, rows)


def run(errand: Errand) -> None:
    """Walk a recording through all universes and write its tables; the receipt comes last."""
    source = errand.source
    walked = walk(errand)
    layout, recording = source.layout, source.entry.recording
    for old in former(layout, errand.stage, recording):
        old.unlink()
    _remove_parts(errand)
    for name, table in walked.tables():
        write_table(table, errand.part(name))
    write_json(errand.costs, _costs(walked))
    files = [*(errand.part(name) for name in OF_RECORDINGS), errand.costs]
    receipt = Receipt(
        stage=errand.stage,
        dataset=source.dataset,
        name=recording,
        digest=errand.digest,
        cpu_s=round(walked.total_cpu_s, 4),
        files=file_digests(files, root=layout.work, place="scratch"),
    )
    write_receipt(layout, receipt)


def walk(errand: Errand) -> Walked:
    """Walk a recording through all universes."""
    started_cpu_s, walked = time.process_time(), Walked()
    recording = read_recording(errand.source.layout.raw, errand.source.entry)
    trials = source_trials(recording, errand.measures.trials)
    start, steps = Chain(recording), [universe.recipe.steps for universe in errand.universes]
    del recording
    for end in run_tree(start, steps, seed=errand.seed, overrides=errand.source.overrides):
        for index in end.recipes:
            _note(walked, errand, errand.universes[index].number, end, trials)
    walked.total_cpu_s = time.process_time() - started_cpu_s
    return walked


def _note(walked: Walked, errand: Errand, number: int, end: Ended, trials: SourceTrials) -> None:
    """Write down how a universe ended, and measure it where it ended well."""
    source, chain = errand.source, end.chain
    key = (source.dataset, source.entry.recording, number)
    walked.single_cpu_s[number] = sum(step.cpu_s for step in chain.times)
    reason = _reason(end.error) if end.error else chain.rejected or nothing_left(chain.recording)
    if reason:
        walked.add("outcomes", number, [(*key, "failed" if end.error else "rejected", reason)])
        return
    started_cpu_s = time.process_time()
    try:
        with single_threaded():
            found = measured(chain, errand.measures, trials)
    except MemoryError:
        raise
    except Exception as error:  # what cannot be measured in one universe can be in others
        walked.add("outcomes", number, [(*key, "failed", f"measuring: {_reason(error)}")])
        return
    walked.measuring_cpu_s += time.process_time() - started_cpu_s
    walked.add("outcomes", number, [(*key, "ok", "; ".join(found.notes))])
    walked.add("measures", number, [(*key, value.measure, value.value, value.unit) for value in found.values])
    walked.add("trials", number, _trial_rows(key, found, trials))


def _reason(error: Exception) -> str:
    ours = isinstance(error, EegmillError)
    return str(error) if ours else f"{type(error).__name__}: {' '.join(str(error).split())}"


def _trial_rows(key: Row, found: Measured, source: SourceTrials) -> Iterator[Row]:
    for trial, amplitude, decision in zip(
        found.trials.tolist(), found.amplitudes_uv.tolist(), found.decisions.tolist(), strict=True
    ):
        about = source.events[trial], float(source.onsets_s[trial]), int(source.conditions[trial])
        yield *key, trial, *about, amplitude, decision


def _costs(walked: Walked) -> dict[str, Any]:
    return {
        "total_cpu_s": round(walked.total_cpu_s, 4),
        "measuring_cpu_s": round(walked.measuring_cpu_s, 4),
        "single_cpu_s": {str(number): round(cpu_s, 4) for number, cpu_s in sorted(walked.single_cpu_s.items())},
    }


def _remove_parts(errand: Errand) -> None:
    """Remove the tables that former receipts spoke of."""
    name = errand.source.entry.recording
    for ending in (*(f"{table}.parquet" for table in OF_RECORDINGS), "costs.json"):
        for old in errand.receipt.parent.glob(f"{name}.{'?' * 16}.{ending}"):
            old.unlink()
