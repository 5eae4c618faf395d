"""A record in words: the key facts, and a line for each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..records import RecordingRecord, StepRecord
from ..steps.contract import Decisions

LONGEST = 160


@dataclass(frozen=True)
class Fact:
    """One key figure on top of a page."""

    name: str
    value: str


@dataclass(frozen=True)
class StepSummary:
    """A step as a line: its name, why it had no effect (if so), the parameters, the decisions."""

    name: str
    idle: str
    parameters: tuple[tuple[str, str], ...]
    decisions: tuple[tuple[str, str], ...]


def facts_of(record: RecordingRecord) -> tuple[Fact, ...]:
    """The figures that a reader looks for first."""
    metrics = record.metrics
    facts = [
        ("duration", _number(metrics.get("duration_s"), " s")),
        ("good data", _percent(metrics.get("good_fraction"))),
        ("EEG channels", _number(metrics.get("n_eeg_channels"))),
        ("bad channels", str(len(record.bad_channels))),
        ("components removed", _removed(record)),
        ("sampling rate", _number(metrics.get("sampling_rate_hz"), " Hz")),
    ]
    if metrics.get("missing_fraction"):
        facts.append(("samples missing", _percent(metrics["missing_fraction"])))
    if "n_epochs" in metrics:
        facts.append(("epochs", _number(metrics["n_epochs"])))
    return tuple(Fact(name, value) for name, value in facts)


def step_summaries(record: RecordingRecord) -> tuple[StepSummary, ...]:
    """All steps, in order."""
    return tuple(_summary(step) for step in record.steps)


def _summary(step: StepRecord) -> StepSummary:
    run = step.read_back().decisions
    idle = "" if run.applied else f"not applied: {run.why_not or ', '.join(run.notes) or 'nothing to do'}"
    own = {key: value for key, value in step.decisions.items() if value or key not in Decisions.model_fields}
    own.pop("applied", None)
    return StepSummary(step.name, idle, _pairs(step.parameters), _pairs(own))


def brief(value: Any) -> str:
    """A value for people: numbers with four digits, lists with commas, long ones by their length."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return _shortened([f"{key}: {brief(item)}" for key, item in value.items()])
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _shortened([brief(item) for item in value])
    return str(value)


def _pairs(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((key.replace("_", " "), brief(value)) for key, value in values.items())


def _shortened(parts: Sequence[str]) -> str:
    if not parts:
        return "none"
    whole = ", ".join(parts)
    return whole if len(whole) <= LONGEST else f"{whole[:LONGEST]} … ({len(parts)} in all)"


def _number(value: object, unit: str = "") -> str:
    return f"{value:g}{unit}" if isinstance(value, int | float) else "–"


def _percent(value: object) -> str:
    return f"{100 * value:.1f} %" if isinstance(value, int | float) else "–"


def _removed(record: RecordingRecord) -> str:
    return f"{len(record.components.removed)} of {record.components.total}" if record.components else "–"
