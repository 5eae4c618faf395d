"""CPU seconds and peak memory of each step of a recipe on one recording.

    python -m validation.benchmarks.one_recipe RECORDING STEPS

RECORDING is a ``.set`` file, or a size as ``64x600x500`` (channels, seconds, Hz) for a made one; STEPS are JSON, or the name of a recipe.
A step that occurs twice is told once, with the sum of its times and its higher peak. Prints JSON. Peaks are read from Linux's ``/proc``.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Imported here, so that no step pays for it:
import mne.preprocessing
import onnxruntime  # noqa: F401
import scipy.fft
import scipy.optimize
import scipy.signal
import scipy.special  # noqa: F401

from eegmill.chain import Chain, run_steps
from eegmill.config.recipes import load_recipe
from eegmill.recording import Recording
from validation.synthetic import recording_of_size

if TYPE_CHECKING:
    from eegmill.records import StepRecord

TELLING = ("bad_channels", "changed_fraction", "n_components", "n_samples", "iterations", "converged", "removed")
"""Decisions that the time of a step depends on."""


def recording(source: str) -> mne.io.BaseRaw:
    """A recording from a file, or a made one."""
    if not source.endswith(".set"):
        return recording_of_size(source)
    raw = mne.io.read_raw_eeglab(source, preload=True, verbose="error")
    raw.info["line_freq"] = 60.0
    return raw


def telling(record: StepRecord) -> dict[str, Any]:
    """Of a step's decisions, those that its time depends on; lists by their length."""
    found = {key: record.decisions[key] for key in TELLING if key in record.decisions}
    return {key: len(value) if isinstance(value, list) else value for key, value in found.items()}


def peak_mb() -> float:
    """Peak memory of this process since it was reset, in MB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found
    return int(found[1]) / 1024


def main(source: str, steps: Any) -> None:
    """Run step by step and print."""
    raw = recording(source)
    recipe = load_recipe(steps).steps
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.process_time()
    chain = Chain(Recording(raw))
    peaks: dict[str, float] = {}
    for step in recipe:
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak counts from here
        chain = run_steps(chain, (step,), seed=1)
        peaks[step.name] = max(peak_mb(), peaks.get(step.name, 0))
    result = {
        "total": time.process_time() - started,
        "steps": {
            name: sum(item.cpu_s for item in chain.times if item.name == name)
            for name in dict.fromkeys(item.name for item in chain.times)
        },
        "before_mb": before,
        "peak_mb": max(peaks.values()),
        "peaks": peaks,
        "rejected": chain.rejected,
        "found": {record.name: telling(record) for record in chain.steps},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]) if sys.argv[2].startswith("[") else sys.argv[2])
