"""Baselines: what simple models tell from cleaned recordings, on people whom they never saw, and how sure that is."""

from __future__ import annotations

from .scoring import Scores, score
from .splits import Leak, Split

__all__ = ["Leak", "Scores", "Split", "score"]
