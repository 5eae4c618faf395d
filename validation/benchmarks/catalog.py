"""Measure the catalogue's stores on 300,000 records and print a section in Markdown.

    python -m validation.benchmarks.catalog [--records N]

SQLite is measured alone, and against MongoDB where EEGMILL_MONGOD names a server: the same question to both in the same
second, in random order, so that what else the machine does hits both alike.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eegmill.catalog.documents.models import Dataset, Record
from eegmill.catalog.filters.language import EVERYTHING, make_filter
from eegmill.catalog.stores.contract import Store
from eegmill.catalog.stores.mongo.store import MongoStore
from eegmill.catalog.stores.sqlite.store import SqliteStore
from tests.support.mongod import mongod_binary, running_mongod
from validation.markdown import table

DB = "eegdash"
DATASETS = 700
TASKS = ("rest", "oddball", "faces", "nback", "sternberg", "motor", "sleep", "gonogo", "meditation", "music")
RATES = (250.0, 500.0, 512.0, 1000.0, 1024.0, 2048.0, 128.0, 256.0)
CHANNELS = (8, 19, 32, 64, 72, 129)
BATCH = 1000
KEY_EVERY = 211


def synthetic_records(count: int, seed: int = 1) -> Iterator[Record]:
    """Records of the documented shape over 700 datasets of log-normal sizes; 2 % have odd rates."""
    rng = random.Random(seed)
    weights = [rng.lognormvariate(0, 1.3) for _ in range(DATASETS)]
    homes = rng.choices(range(DATASETS), weights, k=count)
    designs = [(rng.sample(TASKS, rng.randint(1, 3)), rng.choice(RATES), rng.choice(CHANNELS)) for _ in range(DATASETS)]
    seen = [0] * DATASETS
    for home in sorted(homes):
        tasks, rate, nchans = designs[home]
        odd = rng.random() < 0.02
        yield _record(home, seen[home], rng.choice(tasks), rng.uniform(100, 2000) if odd else rate, nchans)
        seen[home] += 1


def _record(home: int, number: int, task: str, rate: float, nchans: int) -> Record:
    dataset, subject, run = f"ds{home:06d}", f"{number // 4:04d}", f"{number % 4 + 1:02d}"
    stem = f"sub-{subject}_task-{task}_run-{run}"
    path = f"sub-{subject}/eeg/{stem}_eeg.set"
    endings = ("_channels.tsv", "_events.tsv", "_eeg.json", "_eeg.fdt")
    entities = {"subject": subject, "session": None, "task": task, "run": run, "acquisition": None}
    ntimes = int(rate * (120 + number % 600))
    return Record.from_value(
        {
            "dataset": dataset,
            "data_name": f"{dataset}_{stem}_eeg.set",
            "bidspath": f"{dataset}/{path}",
            "bids_relpath": path,
            "datatype": "eeg",
            "suffix": "eeg",
            "extension": ".set",
            "recording_modality": ["meg"] if home % 97 == 0 else ["eeg"],
            "entities": entities,
            "entities_mne": entities,
            "storage": {
                "backend": "s3",
                "base": f"s3://openneuro.org/{dataset}",
                "raw_key": path,
                "dep_keys": [f"sub-{subject}/eeg/{stem}{ending}" for ending in endings],
            },
            "ch_names": [f"E{channel + 1}" for channel in range(nchans)],
            "sampling_frequency": rate,
            "nchans": nchans,
            "ntimes": ntimes,
            "duration_seconds": ntimes / rate,
            "digested_at": "2026-06-05T14:53:18+00:00",
            "participant_tsv": {"age": 18 + number % 60, "sex": "FM"[number % 2]},
            "_has_missing_files": False,
        },
        checked=True,
    )


def synthetic_datasets() -> list[Dataset]:
    """A document for each dataset, with a readme of a few thousand characters."""
    return [
        Dataset.from_value(
            {
                "dataset_id": f"ds{home:06d}",
                "name": f"Study {home}",
                "source": "openneuro" if home % 3 else "nemar",
                "recording_modality": ["meg"] if home % 97 == 0 else ["eeg"],
                "readme": "Words about the study. " * 200,
                "total_files": home * 3,
                "size_bytes": home * 10**8,
                "demographics": {"subjects_count": home % 90 + 1},
            }
        )
        for home in range(DATASETS)
    ]


@dataclass(frozen=True)
class Question:
    """One thing to ask a store, anew for each round."""

    name: str
    ask: Callable[[Store, random.Random], object]
    rounds: int = 60


def _found(store: Store, query: dict[str, object], limit: int, skip: int = 0) -> list[str]:
    return store.find(DB, "records", make_filter(query), limit=limit, skip=skip)


def _home(rng: random.Random) -> str:
    return f"ds{rng.randrange(DATASETS):06d}"


def _narrow(rng: random.Random) -> dict[str, object]:
    return {"dataset": _home(rng), "task": {"$in": rng.sample(TASKS, 4)}, "sampling_frequency": {"$gte": 250}}


def _wide(rng: random.Random) -> dict[str, object]:
    return {"task": rng.choice(TASKS), "sampling_frequency": rng.choice(RATES), "nchans": {"$in": [32, 64]}}


def _key(rng: random.Random) -> dict[str, object]:
    return dict(rng.choice(KEYS))


def _modality(name: str) -> Callable[[Store, random.Random], object]:
    return lambda store, _: _found(store, {"recording_modality": name}, 100)


KEYS: list[tuple[tuple[str, object], ...]] = []
"""Keys of some of the records, as filters; filled by the first load."""
QUESTIONS = (
    Question("point lookup", lambda store, rng: _found(store, _key(rng), 1), 200),
    Question("filtered page of 100 in one dataset", lambda store, rng: _found(store, _narrow(rng), 100), 100),
    Question("page of 1000 in one dataset", lambda store, rng: _found(store, {"dataset": _key(rng)["dataset"]}, 1000)),
    Question("filtered page of 100 across datasets", lambda store, rng: _found(store, _wide(rng), 100)),
    Question("page of 100 of a rare modality", _modality("meg"), 30),
    Question("page of 100 of the common modality", _modality("eeg"), 30),
    Question("page of 1000 after 288,000", lambda store, _: _found(store, {}, 1000, 288_000), 15),
    Question("count in one dataset", lambda store, rng: store.count(DB, "records", make_filter(_narrow(rng))), 100),
    Question("count across datasets", lambda store, rng: store.count(DB, "records", make_filter(_wide(rng)))),
    Question("count of everything", lambda store, _: store.count(DB, "records", EVERYTHING)),
    Question("count without an index", lambda store, rng: store.count(DB, "records", make_filter(_age(rng))), 5),
    Question(
        "count of a range without an index", lambda store, rng: store.count(DB, "records", make_filter(_old(rng))), 5
    ),
    Question("count of a channel name", lambda store, rng: store.count(DB, "records", make_filter(_channel(rng))), 5),
    Question("dataset names", lambda store, _: store.dataset_names(DB)),
    Question("summary: page of 100 with totals", lambda store, _: store.summary(DB, limit=100, modality="eeg")),
    Question("statistics of all records", lambda store, _: store.record_statistics(DB), 10),
    Question(
        "statistics of 20 datasets", lambda store, rng: store.record_statistics(DB, [_home(rng) for _ in range(20)])
    ),
)


def _age(rng: random.Random) -> dict[str, object]:
    return {"participant_tsv.age": rng.randrange(18, 70)}


def _old(rng: random.Random) -> dict[str, object]:
    return {"participant_tsv.age": {"$gte": rng.randrange(18, 70)}}


def _channel(rng: random.Random) -> dict[str, object]:
    return {"ch_names": f"E{rng.choice(CHANNELS)}"}


def measure(stores: dict[str, Store], seed: int = 5) -> dict[str, dict[str, list[float]]]:
    """Milliseconds by question and store; both stores get the same question one after the other, in random order."""
    rng = random.Random(seed)
    times: dict[str, dict[str, list[float]]] = {}
    for question in QUESTIONS:
        taken = times[question.name] = {name: [] for name in stores}
        for turn in range(-2, question.rounds):
            for name in rng.sample(list(stores), len(stores)):
                asked = random.Random(f"{question.name} {turn}")
                start = time.perf_counter()
                question.ask(stores[name], asked)
                if turn >= 0:
                    taken[name].append((time.perf_counter() - start) * 1000)
    return times


def load(store: Store, count: int) -> float:
    """Fill a store; seconds, without the time that making the records takes."""
    taken = 0.0
    batch: list[Record] = []
    for number, record in enumerate(synthetic_records(count)):
        batch.append(record)
        if number == len(KEYS) * KEY_EVERY:
            KEYS.append((("dataset", record.dataset), ("bids_relpath", record.bids_relpath)))
        if len(batch) == BATCH:
            start = time.perf_counter()
            store.insert_records(DB, batch)
            taken += time.perf_counter() - start
            batch = []
    store.insert_records(DB, batch)
    store.upsert_datasets(DB, synthetic_datasets())
    return taken


def report(
    times: dict[str, dict[str, list[float]]], loads: dict[str, float], count: int, file_mb: float
) -> Iterator[str]:
    """The section, line by line."""
    yield f"## Catalogue: {count:,} records\n"
    for name, seconds in loads.items():
        yield f"* {name}: loaded in {seconds:.0f} s ({count / seconds:,.0f} records/s)"
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"* SQLite file {file_mb:.0f} MB; peak memory of this process {peak_mb:.0f} MB"
    rows = []
    for question, taken in times.items():
        medians = [statistics.median(taken[name]) for name in loads]
        ratio = f"{medians[1] / medians[0]:.1f}" if len(medians) > 1 else ""
        rows.append((question, *(_cell(taken[name]) for name in loads), ratio))
    yield from table("question (ms: p10 / p50 / p99) | " + " | ".join(loads) + " | MongoDB ÷ SQLite, p50", rows)


def _cell(values: list[float]) -> str:
    ordered = sorted(values)
    return " / ".join(f"{ordered[min(int(len(ordered) * part), len(ordered) - 1)]:.2f}" for part in (0.1, 0.5, 0.99))


@contextmanager
def _stores(folder: Path) -> Iterator[dict[str, Store]]:
    stores: dict[str, Store] = {"SQLite": SqliteStore(folder / "catalog.sqlite", databases=(DB,), read_timeout_s=60)}
    binary = mongod_binary()
    if binary is None:
        yield stores
        return
    with running_mongod(binary) as url:
        yield {**stores, "MongoDB 6.0.5": MongoStore(url, databases=(DB,), read_timeout_s=60)}


def main() -> None:
    """Load, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--records", type=int, default=300_000)
    count = parser.parse_args().records
    with tempfile.TemporaryDirectory(prefix="eegmill-bench-") as folder, _stores(Path(folder)) as stores:
        loads = {name: load(store, count) for name, store in stores.items()}
        times = measure(stores)
        file_mb = (Path(folder) / "catalog.sqlite").stat().st_size / 1e6
        sys.stdout.write("\n".join(report(times, loads, count, file_mb)) + "\n")
        for store in stores.values():
            store.close()


if __name__ == "__main__":
    main()
