"""What there is of a dataset becomes a whole, without cleaning anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config.datasets import named_sources
from .asked import last_asked
from .finish import finish_dataset, tell
from .in_use import hold
from .layout import Layout
from .plan import Plan
from .resolving import resolve_now

SETTINGS = ("recipe", "seed", "overrides")


def with_settings_of_participants(values: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration with the recipe, seed and decisions that its participants were last run with, unless it has some.

    Without a run before, it stays as it is.
    """
    (dataset,) = named_sources(values["datasets"])
    last = last_asked(Layout(Path(values["output"]), dataset, "")) or {}
    return {**{key: last[key] for key in SETTINGS if key in last}, **values}


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
