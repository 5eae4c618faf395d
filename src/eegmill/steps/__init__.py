"""The cleaning steps. Adding one: a module, a test, and a line in ``STEPS``."""

from __future__ import annotations

from .contract import BadChannel, Component, Decisions, Recording, Segment, Step

STEPS: dict[str, type[Step]] = {}

__all__ = ["STEPS", "BadChannel", "Component", "Decisions", "Recording", "Segment", "Step"]
