"""The record of one recording: what goes into ``_qc.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from .errors import DerivativeError
from .models import Frozen
from .recording import BadChannel, Component, Segment
from .steps import STEPS
from .steps.contract import Decisions, Margin, Sentence, SoftwareFilter, Step

if TYPE_CHECKING:
    from .signal.types import Floats

Status = Literal["ok", "rejected", "failed", "refused", "pending"]


RECORD_VERSION = "1.2"
"""Also tells derivatives apart: those of former versions have the source's electrodes, and epochs as BrainVision."""


class StepRecord(Frozen):
    """One step as it was run: parameters after defaults, and its decisions."""

    name: str
    version: str
    seed: int
    parameters: dict[str, Any]
    decisions: dict[str, Any]

    def read_back(self) -> StepRun:
        """The step as it was run, which can be asked about itself.

        Raises
        ------
        DerivativeError
            If this eegmill does not know the step, or knows it with other parameters or decisions.
        """
        if self.name not in STEPS:
            msg = (
                f"The record names the step '{self.name}', which this eegmill does not have: use the one that made it."
            )
            raise DerivativeError(msg)
        kind = STEPS[self.name]
        try:
            return StepRun(kind.model_validate(self.parameters), kind.decisions_type.model_validate(self.decisions))
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(part) for part in problem["loc"])
            msg = (
                f"Step '{self.name}' of the record was made by another version of eegmill: '{place}': {problem['msg']}."
            )
            raise DerivativeError(msg) from None


@dataclass(frozen=True)
class StepRun:
    """A step and what it decided as it was run."""

    step: Step
    decisions: Decisions

    @property
    def applied(self) -> bool:
        """Whether the step did its work."""
        return self.decisions.applied

    @property
    def sentence(self) -> Sentence | None:
        """What the methods text says of it; None where it was not applied."""
        return self.step.sentence(self.decisions) if self.applied else None

    @property
    def software_filter(self) -> SoftwareFilter | None:
        """The filter that was applied; None where there was none."""
        return self.step.software_filter(self.decisions) if self.applied else None

    @property
    def removed_segments(self) -> tuple[Segment, ...]:
        """Stretches that were taken out, in seconds on the time axis before."""
        return self.step.removed_segments(self.decisions)

    @property
    def repaired_segments(self) -> tuple[Segment, ...]:
        """Stretches whose samples were changed because they were bad, in seconds on the time axis before."""
        return self.step.repaired_segments(self.decisions)

    @property
    def removed_components(self) -> tuple[int, ...]:
        """Indices of the components that were taken out."""
        return self.step.removed_components(self.decisions)

    @property
    def margins(self) -> tuple[Margin, ...]:
        """What was judged, and how near its score lies to the limit; nothing where it was not applied."""
        return self.step.margins(self.decisions) if self.applied else ()

    @property
    def criteria(self) -> tuple[Margin, ...]:
        """The same by every criterion, that of `margins` among them."""
        return self.step.criteria(self.decisions) if self.applied else ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """What of the whole recording is in doubt."""
        return self.step.doubts(self.decisions)

    @property
    def findings(self) -> tuple[str, ...]:
        """What was found, a sentence each."""
        return self.step.findings(self.decisions)

    @property
    def not_tested(self) -> tuple[str, ...]:
        """What could not be looked for, and why."""
        return self.step.not_tested(self.decisions)

    @property
    def template_positions(self) -> tuple[str, ...]:
        """Channels that were given the position of a template."""
        return self.step.template_positions(self.decisions)

    @property
    def renamed(self) -> Mapping[str, str]:
        """Names of channels before to those behind the step."""
        return self.step.renamed(self.decisions)


def original_times_s(times_s: Floats, steps: Sequence[StepRecord]) -> Floats:
    """Times in a cleaned recording as times in the recording that was read: what steps cut out is put back."""
    times_s = times_s.copy()
    for step in reversed(steps):
        for segment in sorted(step.read_back().removed_segments, key=lambda one: one.onset_s):
            times_s[times_s >= segment.onset_s - 1e-9] += segment.duration_s
    return times_s


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

    schema_version: Literal["1.2"] = "1.2"
    recording: str
    status: Status
    stage: str = ""
    """Where it failed; empty for a recording that was cleaned."""
    reason: str = ""
    recipe: str
    recipe_digest: str
    seed: int
    notes: tuple[str, ...] = ()
    """What was repaired or left out as the file was read, and what kept steps from their work."""
    steps: tuple[StepRecord, ...] = ()
    overrides: tuple[Override, ...] = ()
    bad_channels: tuple[BadChannel, ...] = ()
    components: ComponentsRecord | None = None
    metrics: dict[str, float | int | str | None] = {}


def parse_record(name: str, content: object) -> RecordingRecord:
    """The record that a ``_qc.json`` of this name holds.

    Raises
    ------
    DerivativeError
        If it is no record, or another version of eegmill made it.
    """
    version = content.get("schema_version") if isinstance(content, Mapping) else None
    if isinstance(version, str) and version != RECORD_VERSION:
        newer = version.split(".") > RECORD_VERSION.split(".")
        remedy = "install a newer eegmill" if newer else "read it with that version, or run the workflow again"
        msg = (
            f"'{name}' was made by another version of eegmill: its record has schema version {version}, and this "
            f"eegmill knows {RECORD_VERSION}: {remedy}."
        )
        raise DerivativeError(msg)
    try:
        return RecordingRecord.model_validate(content)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        msg = f"'{name}' is no record of a recording: {place}: {problem['msg']}."
        raise DerivativeError(msg) from error
