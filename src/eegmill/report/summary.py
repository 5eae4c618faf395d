"""A record in words: the key facts, and a line for each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..models import field_descriptions
from ..provenance.methods import sentence_in_words
from ..records import RecordingRecord, StepRecord
from ..steps.contract import Decisions, Step
from .wording import plain, uncited, unquoted

LONGEST = 160


@dataclass(frozen=True)
class Fact:
    """One key figure on top of a page."""

    name: str
    value: str


@dataclass(frozen=True)
class StepSummary:
    """A step as a line: its name, why it had no effect (if so), what it did, the parameters, the decisions."""

    name: str
    idle: str
    words: str
    """Its sentence of the methods text; empty where it has none."""
    findings: tuple[str, ...]
    not_tested: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    decisions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Parameter:
    """A parameter with its unit, and what it means."""

    name: str
    value: str
    meaning: str


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
    run = step.read_back()
    told = run.decisions
    idle = "" if told.applied else f"not applied: {told.why_not or ', '.join(told.notes) or 'nothing to do'}"
    words = uncited(sentence_in_words(run.sentence)) if run.sentence else ""
    own = {key: value for key, value in step.decisions.items() if value or key not in Decisions.model_fields}
    for shown_apart in ("applied", "findings", "not_tested"):
        own.pop(shown_apart, None)
    parameters = _parameters(step, type(run.step))
    return StepSummary(step.name, idle, words, run.findings, run.not_tested, parameters, _pairs(own))


def _parameters(step: StepRecord, kind: type[Step]) -> tuple[Parameter, ...]:
    meanings = field_descriptions(kind)
    return tuple(
        Parameter(plain(key), brief(value), unquoted(meanings.get(key, ""))) for key, value in step.parameters.items()
    )


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
    return tuple((plain(key), brief(value)) for key, value in values.items())


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
