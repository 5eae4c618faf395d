"""Baselines: what simple models tell from cleaned recordings, on people whom they never saw, and how sure that is."""

from __future__ import annotations

from .configuration import Benchmark, load_benchmark
from .running import BenchmarkReport, run
from .scoring import Scores, score
from .splits import Leak, Split

__all__ = ["Benchmark", "BenchmarkReport", "Leak", "Scores", "Split", "load_benchmark", "run", "score"]
