"""Peak memory of a whole job, from the raw file to the page, stage by stage, beside the signal in float64.

    python -m validation.benchmarks.memory [SIZE] [ITERATIONS] [RECIPE]

SIZE is that of a made recording, ``128x600x1000`` (channels, seconds, Hz) by default; Picard stops after so many ITERATIONS, 5 by
default: its memory does not depend on them. RECIPE is ``eegprep`` by default. Everything runs in one process, as in a job. Peaks are
read from Linux's ``/proc``.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from eegmill.chain import Chain, record_of, run_steps
from eegmill.config.recipes import load_recipe
from eegmill.files.scratch import save
from eegmill.machine import fix_environment
from eegmill.reading.recording import read_recording
from eegmill.workflow.jobs.derive import derive
from eegmill.workflow.jobs.page import write_page
from eegmill.workflow.loose import loose_file
from validation.markdown import print_table

Result = TypeVar("Result")
Row = tuple[str, str, str, str]


def memory_mb(field: str) -> float:
    """A field of the memory of this process, such as ``VmHWM``, in MB."""
    found = re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found
    return int(found[1]) * 1024 / 1e6


def shorter_recipe(recipe: str, iterations: int) -> list[dict[str, Any]]:
    """A recipe with an ICA that stops early."""
    steps = [{step.name: step.model_dump(mode="json")} for step in load_recipe(recipe).steps]
    return [
        {name: {**values, "max_iterations": iterations} if name == "ica" else values}
        for step in steps
        for name, values in step.items()
    ]


def write_raw(size: str, file: Path) -> None:
    """Make a recording in a process of its own, whose memory is nobody's concern."""
    child = os.fork()
    if child == 0:
        import mne

        from validation.synthetic import recording_of_size

        mne.export.export_raw(file, recording_of_size(size), fmt="brainvision", verbose="error")
        os._exit(0)
    os.waitpid(child, 0)


def stages(file: Path, output: Path, steps: list[dict[str, Any]]) -> Iterator[Row]:
    """Run everything, and tell of each stage what it took."""
    recipe = load_recipe(steps)
    task = loose_file(file).task(recipe, output, seed=1, overrides=())
    rows: list[Row] = []

    def stage(name: str, work: Callable[[], Result]) -> Result:
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak counts from here
        began_s = time.process_time()
        result = work()
        rows.append(
            (name, f"{time.process_time() - began_s:.2f}", f"{memory_mb('VmHWM'):.0f}", f"{memory_mb('VmRSS'):.0f}")
        )
        return result

    chain = stage("read", lambda: Chain(read_recording(task.layout.raw, task.entry)))
    for step in recipe.steps:
        chain = stage(step.name, lambda chain=chain, step=step: run_steps(chain, [step], seed=1))  # type: ignore[misc]
        if step.expensive:
            stage("keep the state", lambda chain=chain: save(chain, output / "state.pkl"))  # type: ignore[misc]
    record = record_of(chain, task.recording, recipe=recipe, seed=1)
    stage("write", lambda chain=chain: derive(task, chain, record, activity_id=""))  # type: ignore[misc]
    chain = None  # type: ignore[assignment]  # the page reads both recordings, one after the other
    stage("page", lambda: write_page(task.layout, task.recording, task.entry))
    yield from rows


def main(size: str = "128x600x1000", iterations: str = "5", recipe: str = "eegprep") -> None:
    """Measure and print."""
    channels, duration_s, rate_hz = map(int, size.split("x"))
    signal_mb = channels * duration_s * rate_hz * 8 / 1e6
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "sub-01_task-rest_eeg.vhdr"
        write_raw(size, file)
        before_mb = memory_mb("VmRSS")
        rows = list(stages(file, Path(name) / "out", shorter_recipe(recipe, int(iterations))))
    print(f"## Memory of a job, recipe {recipe}, {size.replace('x', ' × ')} (made; float64: {signal_mb:.0f} MB)")
    print_table("stage | CPU s | peak MB | left MB", rows)
    peak_mb = max(float(row[2]) for row in rows)
    print(
        f"Peak {peak_mb:.0f} MB, {peak_mb / signal_mb:.2f} × float64 (aim: 1.6), of it {before_mb:.0f} MB libraries at the start."
    )


if __name__ == "__main__":
    if "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        fix_environment()  # a process reads it as it starts
        os.execv(sys.executable, [sys.executable, "-m", "validation.benchmarks.memory", *sys.argv[1:]])
    main(*sys.argv[1:])
