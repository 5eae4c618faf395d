"""BIDS validation of a derivative dataset."""

from __future__ import annotations

from pathlib import Path

from ...errors import DerivativeError
from ...provenance.validate import RECORD, run_validator
from ..plan import Plan


def run(plan: Plan, dataset: str) -> tuple[Path, ...]:
    """Run the BIDS validator and keep its answer in ``logs/``; an error found in the derivative fails the job."""
    derivative = plan.layout(dataset).derivative
    report = run_validator(derivative)
    if report.errors:
        first = report.errors[0]
        msg = f"The derivative of '{dataset}' has {len(report.errors)} BIDS errors, first {first}: see logs/."
        raise DerivativeError(msg)
    return (derivative / RECORD,)
