"""What recordings take: collects runs, and fits the lines that `eegmill.workflow.resources` asks a cluster by.

    python -m validation.benchmarks.resources [OUTPUT ...]

Each OUTPUT is the output folder of a finished run; its recordings are added to ``resources.tsv`` beside this file, each with
the memory and CPU time of cleaning and page together. Prints the lowest line above all recordings, for recipes with and
without an expensive step, beside the constants in use.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eegmill.files.tables import read_tsv, write_tsv
from eegmill.lock import read_lock
from eegmill.steps import STEPS
from eegmill.workflow.receipts import Receipt, read_receipt
from eegmill.workflow.resources import CHEAP, EXPENSIVE, Line, signal_mb

TABLE = Path(__file__).with_suffix(".tsv")
COLUMNS = ("dataset", "recording", "recipe", "expensive", "signal_mb", "peak_mb", "cpu_s")


def measured(output: Path) -> Iterator[dict[str, str]]:
    """One row for each recording that a run has cleaned."""
    for lock_file in sorted(output.glob("locks/*.lock.json")):
        lock = read_lock(lock_file)
        stages = output / "work" / lock.dataset
        entries = {entry.recording: entry for entry in lock.recordings}
        pages = {(receipt.name, receipt.recipe): receipt for receipt in receipts(stages / "report")}
        for receipt in receipts(stages / "clean"):
            if receipt.activity is None or receipt.name not in entries:
                continue
            page = pages[receipt.name, receipt.recipe]
            values = (
                lock.dataset,
                receipt.name,
                receipt.recipe,
                str(int(any(STEPS[step.name].expensive for step in receipt.activity.steps))),
                f"{signal_mb(entries[receipt.name]):.1f}",
                f"{max(receipt.activity.peak_rss_mb, page.peak_mb):.0f}",
                f"{receipt.cpu_s + page.cpu_s:.1f}",
            )
            yield dict(zip(COLUMNS, values, strict=True))


def receipts(folder: Path) -> Iterator[Receipt]:
    """The receipts of one stage."""
    for path in sorted(folder.glob("*.json")):
        if not path.name.endswith(".failure.json"):
            yield read_receipt(path)


def lowest_line(sizes: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """Offset and slope, both at least 0, of the line above all points that is nearest to them in the mean."""
    import numpy as np
    from scipy.optimize import linprog

    above = -np.column_stack([np.ones(len(sizes)), sizes])
    found = linprog(-above.sum(axis=0), A_ub=above, b_ub=-np.asarray(values), bounds=(0, None))
    offset, slope = found.x
    return float(offset), float(slope)


def fitted(rows: Iterable[dict[str, str]]) -> Line:
    """The line of some recordings."""
    chosen = list(rows)
    sizes = [float(row["signal_mb"]) for row in chosen]
    base_mb, mb_per_mb = lowest_line(sizes, [float(row["peak_mb"]) for row in chosen])
    base_s, s_per_mb = lowest_line(sizes, [float(row["cpu_s"]) for row in chosen])
    return Line(
        base_mb=round(base_mb), mb_per_mb=round(mb_per_mb, 2), base_s=round(base_s, 1), s_per_mb=round(s_per_mb, 3)
    )


def main(outputs: Sequence[str]) -> None:
    """Collect and fit."""
    rows = read_tsv(TABLE) if TABLE.is_file() else []
    kept = {(row["dataset"], row["recording"], row["recipe"]): row for row in rows}
    for output in outputs:
        kept.update({(row["dataset"], row["recording"], row["recipe"]): row for row in measured(Path(output))})
    rows = [kept[key] for key in sorted(kept)]
    write_tsv(TABLE, COLUMNS, rows)
    for name, in_use, flag in (("EXPENSIVE", EXPENSIVE, "1"), ("CHEAP", CHEAP, "0")):
        chosen = [row for row in rows if row["expensive"] == flag]
        print(
            f"{name}: {len(chosen)} recordings\n  fitted {fitted(chosen) if chosen else 'nothing'}\n  in use {in_use}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
