"""A whole multiverse: recordings side by side, what stands from before is not done again, then the analysis."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING

from ..config.recipes import recipe_text
from ..errors import ConfigurationError, EegmillError
from ..files.atomic import write_json, write_text
from ..workflow.fingerprint import PACKAGE, code_digest, steps_fingerprint
from ..workflow.in_use import hold
from ..workflow.libraries import READERS, versions
from ..workflow.loose import LooseLayout, clean_loose
from ..workflow.plan import DIGITS
from ..workflow.receipts import lie_of
from ..workflow.supervision import CRASHES
from ..workflow.task import Task
from . import walk
from .analysis import Analysis, analysed
from .grid import read_grid
from .measures import COUNTED
from .page import page_of
from .sources import Absent, Source, sources_of
from .tables import OF_RECORDINGS, joined, read_table, table_of_rows, write_table
from .universes import Multiverse, multiverse_of
from .walk import Errand

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "multiverse"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Results:
    """What a multiverse gave."""

    multiverse: Multiverse
    folder: Path
    analysis: Analysis
    failed: tuple[Absent, ...]
    """Recordings that are not in the tables."""
    costs: Costs

    @property
    def page(self) -> Path:
        """The page that shows it all."""
        return self.folder / "index.html"


@dataclass(frozen=True)
class Costs:
    """CPU seconds of the walks, of all recordings."""

    total_cpu_s: float
    measuring_cpu_s: float
    single_cpu_s: dict[int, float]
    """What the steps of each universe would take alone."""


def read_multiverse(path: Path) -> Multiverse:
    """The multiverse that the file of a grid describes, checked."""
    return multiverse_of(path.stem, read_grid(path))


def run(multiverse: Multiverse, *, cores: int = 1, progress: Progress = print) -> Results:
    """Walk all recordings through all universes, ``cores`` at once, and write the tables.

    Raises
    ------
    ConfigurationError
        If the output folder is in use, or no recording can be had or walked.
    """
    output = Path(multiverse.grid.output)
    held = hold(output)
    try:
        sources, absent = sources_of(multiverse)
        errands = [errand_of(multiverse, source) for source in sources]
        failed = [*absent, *_walk_all(errands, cores, progress)]
        done = [errand for errand in errands if _stands(errand)]
        if not done:
            msg = f"No recording could be walked: {'; '.join(f'{one.name}: {one.reason}' for one in failed)}"
            raise ConfigurationError(msg)
        return _gathered(multiverse, output / FOLDER / multiverse.name, done, failed)
    finally:
        held.release()


def errand_of(multiverse: Multiverse, source: Source) -> Errand:
    """The walk of one recording; its digest is made of all that its tables depend on."""
    grid = multiverse.grid
    parts = [source.dataset, source.entry.model_dump_json(), source.digest, str(grid.seed)]
    parts += [item.model_dump_json() for item in source.overrides]
    parts += [grid.measures.model_dump_json(), versions(READERS), code_digest(PACKAGE / "multiverse" / "walk.py")]
    parts += [f"{one.number} {steps_fingerprint(one.recipe.steps)}" for one in multiverse.universes]
    return Errand(
        source=source,
        universes=multiverse.universes,
        measures=grid.measures,
        seed=grid.seed,
        stage=f"{FOLDER}/{multiverse.name}",
        digest=hashlib.sha256("\0".join(parts).encode()).hexdigest()[:DIGITS],
    )


def write_universe(multiverse: Multiverse, number: int, *, progress: Progress = print) -> Path:
    """Write the derivatives of all recordings in one universe, each run alone; the folder.

    Raises
    ------
    EegmillError
        If there is no such universe, or a recording cannot be cleaned.
    """
    universe = multiverse.universe(number)
    folder = Path(multiverse.grid.output) / FOLDER / multiverse.name / f"universe-{number}"
    sources, _ = sources_of(multiverse)
    for source in sources:
        layout = LooseLayout(folder, source.dataset, universe.recipe.name, folder / source.dataset, source.layout.raw)
        task = Task("", source.entry, universe.recipe, multiverse.grid.seed, source.overrides, layout, {})
        record = clean_loose(task, lambda *_: None)
        progress(f"universe {number}, {source.name}: {record.status}{f': {record.reason}' if record.reason else ''}")
    write_text(folder / "recipe.yaml", recipe_text(universe.recipe))
    return folder


def _stands(errand: Errand) -> bool:
    return errand.receipt.is_file() and not lie_of(errand.receipt, errand.source.layout)


def _walk_all(errands: Sequence[Errand], cores: int, progress: Progress) -> list[Absent]:
    """Walk what does not stand, each recording in a process of its own; those that failed."""
    todo = [errand for errand in errands if not _stands(errand)]
    if len(todo) < len(errands):
        progress(f"{len(errands) - len(todo)} of {len(errands)} recordings stand from before")
    running: dict[SpawnProcess, Errand] = {}
    failed = []
    try:
        while todo or running:
            while todo and len(running) < cores:
                errand = todo.pop(0)
                running[_started(errand)] = errand
            for process in _ended(running):
                errand = running.pop(process)
                process.join()
                reason = _why_failed(process, errand)
                process.close()
                progress(f"{errand.source.name}: {f'failed: {reason}' if reason else 'done'}")
                failed += [Absent(errand.source.name, reason)] if reason else []
    finally:
        for process in running:
            process.kill()
    return failed


def _started(errand: Errand) -> SpawnProcess:
    errand.failure.parent.mkdir(parents=True, exist_ok=True)
    errand.failure.unlink(missing_ok=True)
    process = multiprocessing.get_context("spawn").Process(target=walk_alone, args=(errand, os.getpid()))
    process.start()
    return process


def _ended(running: Iterable[SpawnProcess]) -> list[SpawnProcess]:
    sentinels = {process.sentinel: process for process in running}
    return [sentinels[ready] for ready in wait(list(sentinels)) if isinstance(ready, int)]


def walk_alone(errand: Errand, parent: int) -> None:
    """Walk a recording in a process of its own, which ends with its parent; a failure leaves its reason behind."""
    _end_with(parent)
    try:
        walk.run(errand)
    except Exception as error:  # the edge: whatever it was ends this recording alone, and is told
        told = isinstance(error, EegmillError)
        reason = str(error) if told else f"unexpected error, please report it: {type(error).__name__}: {error}"
        write_json(errand.failure, {"reason": reason})
        raise SystemExit(1) from None


def _end_with(parent: int) -> None:
    """End this process when its parent is gone: a walk that nobody waits for would hold memory for an hour."""
    import threading
    import time

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _why_failed(process: SpawnProcess, errand: Errand) -> str:
    if process.exitcode == 0:
        return ""
    if errand.failure.is_file():
        return str(json.loads(errand.failure.read_bytes())["reason"])
    code = process.exitcode or 0
    crashes = {-int(number): reason for number, reason in CRASHES.items()}
    return crashes.get(code, f"its process ended with exit code {code}: most often the memory ran out")


def _gathered(multiverse: Multiverse, folder: Path, errands: Sequence[Errand], failed: Sequence[Absent]) -> Results:
    """The tables of all recordings, their analysis and the page, written."""
    parts = {name: joined([read_table(errand.part(name)) for errand in errands], name) for name in OF_RECORDINGS}
    tables = {**_of_universes(multiverse), **parts}
    analysis = analysed(multiverse, tables, {one.name: one.reason for one in failed})
    for name, table in {**tables, **analysis.tables}.items():
        write_table(table, folder / f"{name}.parquet")
    write_json(folder / "multiverse.json", analysis.summary.model_dump(mode="json"))
    write_text(folder / "index.html", page_of(multiverse, analysis, _decided(tables["measures"])))
    return Results(multiverse, folder, analysis, tuple(failed), _costs(errands))


def _decided(measures: pa.Table) -> dict[str, dict[int, float]]:
    """Mean over recordings of what steps decided, by measure and universe."""
    frame = measures.to_pandas()
    return {
        name: {int(number): float(value) for number, value in own.groupby("universe")["value"].mean().items()}
        for name, own in frame[frame["measure"].isin(COUNTED)].groupby("measure", sort=True)
    }


def _of_universes(multiverse: Multiverse) -> dict[str, pa.Table]:
    from ..chain import recipe_digest

    choices = list(multiverse.choices)
    universes = [
        (universe.number, choice, way, recipe_digest(universe.recipe))
        for universe in multiverse.universes
        for choice, way in zip(choices, universe.ways, strict=True)
    ]
    dropped = [
        (one.number, choice, way, one.reason)
        for one in multiverse.dropped
        for choice, way in zip(choices, one.ways, strict=True)
    ]
    return {"universes": table_of_rows("universes", universes), "dropped": table_of_rows("dropped", dropped)}


def _costs(errands: Sequence[Errand]) -> Costs:
    read = [json.loads(errand.costs.read_bytes()) for errand in errands]
    single: dict[int, float] = {}
    for costs in read:
        for number, cpu_s in costs["single_cpu_s"].items():
            single[int(number)] = single.get(int(number), 0.0) + cpu_s
    return Costs(
        total_cpu_s=sum(costs["total_cpu_s"] for costs in read),
        measuring_cpu_s=sum(costs["measuring_cpu_s"] for costs in read),
        single_cpu_s=single,
    )
