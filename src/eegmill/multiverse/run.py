"""A whole multiverse: recordings side by side, what stands from before is not done again, then the analysis."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..config.recipes import recipe_text
from ..errors import ConfigurationError, EegmillError
from ..files.atomic import write_json, write_text
from ..files.scratch import save
from ..workflow.fingerprint import PACKAGE, code_digest, steps_fingerprint
from ..workflow.in_use import hold
from ..workflow.libraries import READERS, versions
from ..workflow.loose import LooseLayout, clean_loose
from ..workflow.plan import DIGITS
from ..workflow.receipts import lie_of
from ..workflow.supervision import CRASHES
from ..workflow.task import Task
from .analysis import Analysis, analysed
from .estimates import matching
from .grid import read_grid
from .measures import COUNTED
from .page import page_of
from .sources import Absent, Source, sources_of
from .tables import OF_RECORDINGS, joined, read_table, table_of_rows, write_table
from .universes import Multiverse, grid_text, multiverse_of
from .walk import Errand

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Results:
    """What a multiverse gave."""

    multiverse: Multiverse
    analysis: Analysis
    failed: tuple[Absent, ...]
    """Recordings that are not in the tables."""
    costs: Costs

    @property
    def folder(self) -> Path:
        """Where the tables are."""
        return self.multiverse.folder

    @property
    def page(self) -> Path:
        """The page that shows it all."""
        return self.folder / "index.html"


@dataclass(frozen=True)
class Written:
    """The derivatives of one universe."""

    folder: Path
    failed: tuple[Absent, ...]
    """Recordings that are not among them."""


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
    lock = hold(multiverse.inputs)
    try:
        sources, absent = sources_of(multiverse)
        _check_patterns(multiverse, sources)
        errands = [errand_of(multiverse, source) for source in sources]
        failed = [*absent, *_walk_all(errands, cores, progress)]
        done = [errand for errand in errands if _stands(errand)]
        if not done:
            msg = f"No recording could be walked: {'; '.join(f'{one.name}: {one.reason}' for one in failed)}"
            raise ConfigurationError(msg)
        return _gathered(multiverse, done, failed)
    finally:
        lock.release()


def _check_patterns(multiverse: Multiverse, sources: Sequence[Source]) -> None:
    conclusion = multiverse.grid.conclusion
    names = {source.name: 0.0 for source in sources}
    for pattern in (conclusion.between or ()) if conclusion else ():
        if not matching(names, pattern):
            msg = f"Grid: 'conclusion.between': no recording is '{pattern}'; there are: {', '.join(list(names)[:8])}."
            raise ConfigurationError(msg)


def errand_of(multiverse: Multiverse, source: Source) -> Errand:
    """The walk of one recording; its digest is made of all that its tables depend on."""
    grid = multiverse.grid
    parts = [source.dataset, source.entry.model_dump_json(), source.digest, str(grid.seed)]
    parts += [item.model_dump_json() for item in source.overrides]
    parts += [
        grid.measures.model_dump_json(),
        versions([*READERS, "scikit-learn"]),
        code_digest(PACKAGE / "multiverse" / "walk.py"),
    ]
    parts += [f"{one.number} {steps_fingerprint(one.recipe.steps)}" for one in multiverse.universes]
    return Errand(
        source=source,
        universes=multiverse.universes,
        measures=grid.measures,
        seed=grid.seed,
        stage=f"multiverse/{multiverse.name}",
        digest=hashlib.sha256("\0".join(parts).encode()).hexdigest()[:DIGITS],
    )


def write_universe(multiverse: Multiverse, number: int, *, progress: Progress = print) -> Written:
    """Write the derivatives of all recordings in one universe, each run alone. None stops the others.

    Raises
    ------
    ConfigurationError
        If there is no such universe, or the output folder is in use.
    """
    universe, folder = multiverse.universe(number), multiverse.folder / f"universe-{number}"
    lock = hold(multiverse.inputs)
    try:
        sources, absent = sources_of(multiverse)
        failed = list(absent)
        for source in sources:
            layout = LooseLayout(
                folder, source.dataset, universe.recipe.name, folder / source.dataset, source.layout.raw
            )
            task = Task("", source.entry, universe.recipe, multiverse.grid.seed, source.overrides, layout, {})
            try:
                record = clean_loose(task, lambda *_: None)
            except EegmillError as error:
                failed.append(Absent(source.name, str(error)))
                progress(f"universe {number}, {source.name}: failed: {error}")
                continue
            reason = f": {record.reason}" if record.reason else ""
            progress(f"universe {number}, {source.name}: {record.status}{reason}")
        write_text(folder / "recipe.yaml", recipe_text(universe.recipe))
    finally:
        lock.release()
    return Written(folder, tuple(failed))


def _stands(errand: Errand) -> bool:
    return errand.receipt.is_file() and not lie_of(errand.receipt, errand.source.layout)


def _walk_all(errands: Sequence[Errand], cores: int, progress: Progress) -> list[Absent]:
    """Walk what does not stand, each recording in a process of its own; those that failed."""
    todo = [errand for errand in errands if not _stands(errand)]
    if len(todo) < len(errands):
        progress(f"{len(errands) - len(todo)} of {len(errands)} recordings stand from before")
    failed = []
    pool = ThreadPoolExecutor(cores)
    try:
        walks = {pool.submit(_walk_alone, errand): errand for errand in todo}
        for walk in as_completed(walks):
            name, reason = walks[walk].source.name, walk.result()
            progress(f"{name}: {f'failed: {reason}' if reason else 'done'}")
            failed += [Absent(name, reason)] if reason else []
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C nothing more begins
    return sorted(failed, key=lambda one: one.name)


def _walk_alone(errand: Errand) -> str:
    """Walk a recording in a process of its own; why it failed, or nothing.

    A crash in a library then ends one recording, and memory goes back to the system.
    """
    errand.failure.unlink(missing_ok=True)
    file = errand.receipt.with_suffix(".errand")
    save(errand, file)
    command = [sys.executable, "-m", "eegmill.multiverse", str(file), str(os.getpid())]
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, check=False)
    finally:
        file.unlink(missing_ok=True)
    return _why_failed(done.returncode, errand)


def _why_failed(code: int, errand: Errand) -> str:
    if code == 0:
        return ""
    if errand.failure.is_file():
        return str(json.loads(errand.failure.read_bytes())["reason"])
    crashes = {-int(number): reason for number, reason in CRASHES.items()}
    return crashes.get(code, f"its process ended with exit code {code}: most often the memory ran out")


def _gathered(multiverse: Multiverse, errands: Sequence[Errand], failed: Sequence[Absent]) -> Results:
    """The tables of all recordings, their analysis and the page, written."""
    folder = multiverse.folder
    parts = {name: joined([read_table(errand.part(name)) for errand in errands], name) for name in OF_RECORDINGS}
    tables = {**_of_universes(multiverse), **parts}
    analysis = analysed(multiverse, tables, {one.name: one.reason for one in failed})
    for name, table in {**tables, **analysis.tables}.items():
        write_table(table, folder / f"{name}.parquet")
    write_json(folder / "multiverse.json", analysis.summary.model_dump(mode="json"))
    write_text(folder / "grid.yaml", grid_text(multiverse))
    write_text(folder / "index.html", page_of(multiverse, analysis, _decided(tables["measures"])))
    return Results(multiverse, analysis, tuple(failed), _costs(errands))


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
