"""One thing that is wrong in a derivative."""

from __future__ import annotations

from ..models import Frozen


class Finding(Frozen):
    """Where, and what."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"
