"""CleanBench: every recipe of eegmill and every peer that is installed, on the same truth, as a Markdown section.

    python -m validation.cleanbench [--quick] [--only NAME] [--task TASK] [--peers FOLDER] [--work FOLDER] [--seeds N] [--other-seeds N]
        [--processes N]

Three tasks. ``effects``: simulated recordings whose P3, N170, brain and artefacts are known, of 32 and 64 electrodes, 20 seeds each
for the default recipe and 3 for all others.
``stability``: recordings with a little noise on them, or without their first second. ``faults``: faults put into real recordings (those
of ``EEGMILL_DATA``, or the shipped ones). Nothing is fetched. Each result is kept in the folder of work, so that a bench that is broken
off goes on; results of changed code are made anew. Peers live in virtual environments below a folder (by default the one that
``CLEANBENCH_PEERS`` names); those that are not there are named with the command that makes them.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from validation.cleanbench import tables
from validation.cleanbench.channels import FaultScore
from validation.cleanbench.contestants import Contestant, absent, contestants
from validation.cleanbench.erp import ErpScore
from validation.cleanbench.recordings import STABLE
from validation.cleanbench.run import Work, run
from validation.cleanbench.stability import StabilityScore
from validation.cleanbench.tasks import Effects, Faults, Stability, Task, load_score
from validation.processes import ROOT

SEEDS, OTHER_SEEDS, QUICK_SEEDS, QUICK_STABLE = 20, 3, 2, 2
SCORES = {"effects": ErpScore, "stability": StabilityScore, "faults": FaultScore}
Found = Mapping[str, Sequence[tuple[str, Any]]]
EFFECTS = """
Each recording holds 300 s of 250 Hz: brain (1/f, alpha), a P1, N170 and P3 for two kinds of stimuli, and on top of it blinks, saccades,
muscle, drift, hum, jumps, pops, one movement and four bad channels of four kinds. Noise-free: the responses alone behind the pipeline's
filters, over the true difference. P3 and N170 over truth: what the cleaned trials have more or less than the same trials of the brain
alone, over the truth (so that chance in the brain cancels); "as measured": the cleaned difference itself over the truth. "vs brain":
RMSE to the brain's mean responses behind the same filters in the same trials. 95 % intervals over recordings."""
USES = """
Significant channels: Delorme's (2023) share, of 50 trials a condition. Decoding: single trials, linear discriminant, folds that are
stretches of time. CPU and memory: of the pipeline alone, medians."""
STABILITY = """
White noise of 1 % (twice), or the first second dropped: decisions (bad channels, and components by their number) that differ from those
on the recording as it is, per perturbation, and the RMS of the change of the cleaned signal over its RMS."""
FAULTS = """
Old faults: flat, noisy, dead, loose, saturated, bridged, swapped. Channel faults: polarity, gain, swap, copy, quantisation. Other faults:
of the whole file, the montage, the time axis, the clock: told by name, and at their moments. What a pipeline says of the recording before is
no false alarm, and no hit; what it finds in sound recordings is in the last column. Rate and clock are asked for where the mains are, or were
added (2 µV); rotation, mirror and inversion where blinks are, or the real EOG of EEGLAB's recording was added (200 µV): EEGMAT was cleaned of both.
Pipelines that look for no bad channels are not asked, and of other faults only the default recipe is: our recipes share the step that tells them."""


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two seeds, two recordings, middle doses")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="pipelines whose name holds this")
    parser.add_argument("--task", action="append", choices=list(SCORES), help="by default all")
    parser.add_argument(
        "--peers", type=Path, default=_of_environment(), metavar="FOLDER", help="with an environment a peer"
    )
    parser.add_argument("--work", type=Path, default=ROOT / "results" / "cleanbench", metavar="FOLDER")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help="simulated recordings a cap")
    parser.add_argument(
        "--other-seeds",
        type=int,
        default=OTHER_SEEDS,
        metavar="N",
        help="of them, those for all but the default recipe",
    )
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="at a time, each on one thread")
    parser.add_argument("--tables-only", action="store_true", help="run nothing, print what there is")
    return parser.parse_args()


def _of_environment() -> Path | None:
    """The folder of peers that ``CLEANBENCH_PEERS`` names."""
    folder = os.environ.get("CLEANBENCH_PEERS")
    return Path(folder) if folder else None


def tasks(wanted: argparse.Namespace) -> list[Task]:
    """The tasks as they are wanted."""
    quick = wanted.quick
    every: list[Task] = [
        Effects(QUICK_SEEDS if quick else wanted.seeds, QUICK_SEEDS if quick else wanted.other_seeds),
        Stability(QUICK_STABLE if quick else len(STABLE)),
        Faults(doses=not quick),
    ]
    return [task for task in every if not wanted.task or task.name in wanted.task]


def collected(task: Task, pipelines: Sequence[Contestant], work: Work) -> Found:
    """The results that there are, by pipeline and item."""
    found = {}
    for one in pipelines:
        paths = {item: work.result(one, task, item) for item in task.items()}
        scores = [(item, load_score(SCORES[task.name], path)) for item, path in paths.items() if path.is_file()]
        if scores:
            found[one.name] = scores
    return found


def section(task: Task, found: Found) -> list[str]:
    """The tables of a task."""
    if task.name == "effects":
        lines = ["", "### Effects", EFFECTS, *tables.effects(found), "", "### Use and cost", USES, *tables.uses(found)]
    elif task.name == "stability":
        lines = ["", "### Stability", STABILITY, *tables.stability(found)]
    else:
        lines = ["", "### Faults", FAULTS, *tables.faults(found), "", "Recall by dose:", *tables.by_dose(found)]
    return [*lines, *tables.errors(found)]


def main() -> None:
    """Run what is lacking, and print the section."""
    wanted = options()
    taking_part = list(contestants(wanted.peers))
    pipelines = [one for one in taking_part if not wanted.only or any(text in one.name for text in wanted.only)]
    work = Work(wanted.work.resolve(), wanted.processes)
    print("## CleanBench")
    for task in tasks(wanted):
        if not wanted.tables_only:
            run(task, pipelines, work)
        print("\n".join(section(task, collected(task, pipelines, work))), flush=True)
    if missing := absent(wanted.peers):
        print("\nNot there: " + "; ".join(missing) + ".")


if __name__ == "__main__":
    main()
