"""The record of one recording: what goes into ``_qc.json``."""

from __future__ import annotations

from typing import Any, Literal

from .steps.contract import BadChannel, Component, Frozen

Status = Literal["ok", "rejected", "failed"]


class StepRecord(Frozen):
    """One step as it was run: parameters after defaults, and its decisions."""

    name: str
    version: str
    seed: int
    parameters: dict[str, Any]
    decisions: dict[str, Any]


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
