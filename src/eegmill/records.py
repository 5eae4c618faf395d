"""The record of one recording: what goes into ``_qc.json``."""

from __future__ import annotations

from typing import Any, Literal

from .models import Frozen
from .recording import BadChannel, Component

Status = Literal["ok", "rejected", "failed", "refused", "pending"]


class StepRecord(Frozen):
    """One step as it was run: parameters after defaults, and its decisions."""

    name: str
    version: str
    seed: int
    parameters: dict[str, Any]
    decisions: dict[str, Any]

    @property
    def changed_something(self) -> bool:
        """Whether the step did its work: some find nothing to do, or cannot, and their decisions say so."""
        told = self.decisions
        if self.name == "resample":
            return not told.get("reason")
        if self.name in ("remove_components", "interpolate"):
            return bool(told.get("removed" if self.name == "remove_components" else "interpolated", True))
        done = told.get("status", "done") in ("done", "fitted", "labelled")
        return bool(done and told.get("applied", True) and not told.get("skipped"))


class StepTime(Frozen):
    """How long one step took."""

    name: str
    wall_s: float
    cpu_s: float


class ComponentsRecord(Frozen):
    """How many components there were, and those taken out."""

    total: int
    removed: tuple[Component, ...]


class Override(Frozen):
    """A person's decision, which wins over any automatic one."""

    kind: Literal["channel", "segment", "component"]
    name: str = ""
    onset_s: float | None = None
    duration_s: float | None = None
    decision: Literal["bad", "good"]
    reason: str = ""


class RecordingRecord(Frozen):
    """Everything decided for one recording. Holds no time, host, user or path."""

    schema_version: Literal["1.0"] = "1.0"
    recording: str
    status: Status
    stage: str = ""
    """Where it failed; empty for a recording that was cleaned."""
    reason: str = ""
    recipe: str
    recipe_digest: str
    seed: int
    notes: tuple[str, ...] = ()
    """What was repaired or left out as the file was read."""
    steps: tuple[StepRecord, ...] = ()
    overrides: tuple[Override, ...] = ()
    bad_channels: tuple[BadChannel, ...] = ()
    components: ComponentsRecord | None = None
    metrics: dict[str, float | int | str | None] = {}
