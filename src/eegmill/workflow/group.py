"""What there is of a dataset becomes a whole, without cleaning anything."""

from __future__ import annotations

from pathlib import Path

from .finish import finish_dataset, tell
from .in_use import hold
from .plan import Plan
from .resolving import resolve_now


def gather(plan: Plan) -> int:
    """Make tables, pages, provenance and manifest of all recordings; 1 if one of them is not clean, else 0.

    Raises
    ------
    ConfigurationError
        If a dataset cannot be resolved, or another run holds the output folder.
    """
    held = hold(Path(plan.configuration.output))
    try:
        resolve_now(plan)
        missing = 0
        for name in plan.datasets:
            lines, left = finish_dataset(plan, name)
            tell(lines)
            missing += left
    finally:
        held.release()
    return 1 if missing else 0
