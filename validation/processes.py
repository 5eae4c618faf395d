"""Other processes: programs for other interpreters, and what a command costs.

A program is a module of ``validation``. It reads questions as ``.npz`` files from a folder and writes each answer beside its
question, or it prints JSON in its last line.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eegmill.machine import LIMITS

ROOT = Path(__file__).parents[1]
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Cost:
    """What a process and its children took."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def with_threads(threads: int = 1) -> dict[str, str]:
    """The environment of a child, whose numerical libraries use so many threads."""
    return {**os.environ, **dict.fromkeys(LIMITS, str(threads))}


def interpreter(variable: str) -> str | None:
    """The Python that an environment variable such as ``EEGPREP_PYTHON`` names; none where it is not set."""
    return os.environ.get(variable) or None


def output_of(
    program: str, *arguments: str, python: str = sys.executable, threads: int = 1, timeout_s: float | None = None
) -> Any:
    """Run a program such as ``benchmarks.one_recipe``; the JSON of the last line that it prints."""
    command = [python, "-m", f"validation.{program}", *arguments]
    result = subprocess.run(
        command, cwd=ROOT, env=with_threads(threads), stdout=subprocess.PIPE, text=True, check=True, timeout=timeout_s
    )
    return json.loads(result.stdout.strip().splitlines()[-1])


def answers_of(variable: str, program: str, questions: Mapping[str, Mapping[str, Any]]) -> dict[str, Arrays]:
    """The answers of a peer to questions (arrays by name), by their keys.

    ``program`` is a module such as ``peers.eegprep_asr``. There are no answers where ``variable`` names no interpreter.
    """
    python = interpreter(variable)
    if python is None:
        return {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, question in questions.items():
            arrays = {part: np.asarray(value) for part, value in question.items()}
            np.savez(folder / f"{key}.npz", allow_pickle=True, **arrays)
        command = [python, "-m", f"validation.{program}", name]
        subprocess.run(command, cwd=ROOT, env=with_threads(), check=True, stdout=sys.stderr)
        return {key: dict(np.load(folder / f"{key}.out.npz")) for key in questions}


def cost_of(
    command: Sequence[str], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Cost:
    """What a command costs that must end well; ``environment`` holds variables that it gets besides."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env={**os.environ, **(environment or {})})
    wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu_s, wall_s, after.ru_maxrss / 1024)
