"""Records of steps that never ran: decisions that a test does not name are empty."""

from __future__ import annotations

import types
from typing import Any, Literal, Union, get_args, get_origin

from eegmill.records import StepRecord
from eegmill.steps import STEPS


def recorded(name: str, parameters: dict[str, Any] | None = None, **decided: Any) -> StepRecord:
    """A step as it would be recorded."""
    step = STEPS[name].model_validate(parameters or {})
    fields = step.decisions_type.model_fields
    missing = {key: empty(field.annotation) for key, field in fields.items() if field.is_required()}
    decisions = step.decisions_type.model_validate(missing | decided)
    return StepRecord(
        name=name,
        version=step.version,
        seed=1,
        parameters=step.model_dump(mode="json"),
        decisions=decisions.model_dump(mode="json"),
    )


def empty(kind: Any) -> Any:
    """The least value of a type."""
    origin = get_origin(kind)
    if origin is Literal:
        return get_args(kind)[0]
    if origin in (Union, types.UnionType):
        return None
    return (origin or kind)()
