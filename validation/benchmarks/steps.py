"""CPU seconds and peak memory of the recipe ``eegprep``, beside others that do the same on the same recording.

    python -m validation.benchmarks.steps [eegprep] [recipe] [hours]

``EEGPREP_PYTHON`` names a Python 3.12 with EEGPrep 0.4.0, ``MEEGKIT_PYTHON`` a Python with meegkit 0.2.0; what needs one that is not named is
left out. Without arguments all three parts are measured. Each measurement is a process of its own on one thread; imports are not counted.
EEGPrep's ICLabel needs torch: it is left out of both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eegmill.config.recipes import load_recipe
from validation.markdown import table
from validation.processes import interpreter, output_of
from validation.recordings import eeglab_path

LONGEST_S = 600
"""Of wall time, for one measurement."""

SAME_STEPS: list[dict[str, Any]] = [
    {"import": {}},
    {"flatline": {}},
    {"clean_drifts": {}},
    {"bad_channels": {"bridges": False}},
    {"asr": {"cutoff": 20}},
    {"windows": {}},
    {"ica": {"method": "picard", "extended": False, "tolerance": 1e-7, "max_iterations": 512}},
    {"reference": {}},
]


@dataclass(frozen=True)
class Made:
    """What one process took."""

    total: float
    steps: dict[str, float]
    before_mb: float = 0.0
    peak_mb: float = 0.0
    peaks: dict[str, float] = field(default_factory=dict)
    rejected: str | None = None
    found: dict[str, dict[str, float]] = field(default_factory=dict)


def one_recipe(recording: str, steps: list[dict[str, Any]]) -> Made:
    """What our recipe took, in a process of its own."""
    return Made(**output_of("benchmarks.one_recipe", recording, json.dumps(steps), timeout_s=LONGEST_S))


def beside_eegprep(recording: Path, python: str) -> list[str]:
    """The same steps by both, on EEGLAB's sample."""
    ours = one_recipe(str(recording), SAME_STEPS)
    theirs = Made(**output_of("peers.eegprep_steps", str(recording), python=python, timeout_s=LONGEST_S))
    pairs = [(name, ours.steps[name], cpu_s) for name, cpu_s in theirs.steps.items()]
    pairs.append(("all", ours.total, theirs.total))
    rows = [(name, f"{mine:.2f}", f"{cpu_s:.2f}", f"{mine / max(cpu_s, 1e-3):.2f}") for name, mine, cpu_s in pairs]
    title = "### 32 channels × 238 s × 128 Hz, beside EEGPrep 0.4.0"
    return [title, *table("step | eegmill CPU s | EEGPrep CPU s | ratio", rows), ""]


ITERATIONS = 20
"""Of Picard, ours and its authors', on the same whitened samples."""
PROTOTYPES = (
    5.2,
    "float32 prototypes on a quiet machine: statistics 1.5, RANSAC on every 4th sample 3.7; not run beside",
)
"""For ``bad_channels``, faster than any program that can be run beside."""


@dataclass(frozen=True)
class Peer:
    """Who else does a step, and in how many CPU seconds."""

    step: str
    by: str
    cpu_s: float


def peers(kind: str) -> list[Peer]:
    """Run the others on the made recording, and our Picard beside its authors'."""
    with tempfile.TemporaryDirectory() as folder:
        target = str(Path(folder) / "filtered.npy")
        rows = output_of("benchmarks.steps_by_others", kind, target, str(ITERATIONS), timeout_s=LONGEST_S)
        if python := interpreter("MEEGKIT_PYTHON"):
            rows += output_of("peers.meegkit_asr", target, kind.split("x")[2], python=python, timeout_s=LONGEST_S)
    return [Peer(*row) for row in rows]


def best_known(step: str, made: Made, others: list[Peer]) -> tuple[float, str] | None:
    """The fastest known time of a step, and whose it is; none where nobody else does it."""
    found = [(peer.cpu_s, peer.by) for peer in others if peer.step == step and peer.by != "ours"]
    if step == "ica":
        # Later iterations try fewer steps than the first: theirs are taken to cost as much more than ours as the first do.
        (cpu_s, by), ours_s = found[0], next(peer.cpu_s for peer in others if (peer.step, peer.by) == ("ica", "ours"))
        ratio = cpu_s / ours_s
        return ratio * made.steps["ica"], f"{by}: {ratio:.2f} × ours in {ITERATIONS} iterations on the same samples"
    return min([*found, *([PROTOTYPES] if step == "bad_channels" else [])], default=None)


def beside_best_known(made: Made, others: list[Peer]) -> list[str]:
    """Our time of each step beside the fastest known, and the sums of those that have one."""
    known = {name: best for name in made.steps if (best := best_known(name, made, others))}
    rows = []
    for name, cpu_s in made.steps.items():
        best_s, by = (f"{known[name][0]:.2f}", known[name][1]) if name in known else ("", "none known")
        rows.append((name, f"{cpu_s:.2f}", best_s, by))
    lines = [*table("step | eegmill CPU s | best known CPU s | which", rows), ""]
    sums = {"all steps that have one": set(), "without ICA": {"ica"}, "without ICA and ASR": {"ica", "asr"}}
    for title, left_out in sums.items():
        names = known.keys() - left_out
        mine, theirs = sum(made.steps[name] for name in names), sum(known[name][0] for name in names)
        lines.append(f"- {title}: {mine:.1f} s beside {theirs:.1f} s, × {mine / theirs:.2f}")
    ran = "; ".join(f"{peer.step}, {peer.by} {peer.cpu_s:.2f}" for peer in others)
    return [*lines, "", f"All that ran beside, CPU seconds: {ran}.", ""]


def alone(title: str, kind: str, *, compare: bool = False) -> list[str]:
    """The whole recipe on a made recording: channels, seconds and rate as ``64x600x500``."""
    channels, duration_s, rate_hz = map(int, kind.split("x"))
    steps = [{step.name: step.model_dump(mode="json")} for step in load_recipe("eegprep").steps]
    lines = [f"### {title}", ""]
    try:
        made = one_recipe(kind, steps)
    except subprocess.TimeoutExpired:
        return [*lines, f"Not done after {LONGEST_S} s of wall time: stopped.", ""]
    if compare:
        lines += beside_best_known(made, peers(kind))
    double_mb = channels * duration_s * rate_hz * 8 / 2**20
    rows = [(name, f"{cpu_s:.2f}", f"{made.peaks[name]:.0f}") for name, cpu_s in made.steps.items()]
    rows.append(("all", f"{made.total:.2f}", f"{made.peak_mb:.0f}"))
    lines += [*table("step | CPU s | peak MB", rows), ""]
    bound, mb = ("3 × float64 + 300 MB", 3 * double_mb + 300) if compare else ("4 × float32", 2 * double_mb)
    lines.append(
        f"Peak of the process, libraries included: {made.peak_mb:.0f} MB; wanted: at most {bound} = {mb:.0f} MB."
    )
    if found := made.found.get("ica"):
        lines.append(f"ICA: {', '.join(f'{key} {value}' for key, value in found.items())}.")
    return [*lines, *([f"Rejected: {made.rejected}"] if made.rejected else []), ""]


MADE = """\
The made recordings hold as many sources as channels, each spread over the head, so that the median correlation of nearest neighbours is
0.93; with hum of 50 Hz, one noisy channel, a blink every 5 s and a burst of muscle every 30 s.
"""


def main() -> None:
    """Measure and print."""
    wanted = sys.argv[1:] or ["eegprep", "recipe", "hours"]
    lines: list[str] = ["## Speed and memory of steps", ""]
    python = interpreter("EEGPREP_PYTHON")
    if "eegprep" in wanted and python:
        lines += beside_eegprep(eeglab_path(), python)
    if "recipe" in wanted:
        lines.append(MADE)
        lines += alone("64 channels × 10 min × 500 Hz (made)", "64x600x500", compare=True)
    if "hours" in wanted:
        lines += alone("32 channels × 4 h × 250 Hz (made)", "32x14400x250")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
