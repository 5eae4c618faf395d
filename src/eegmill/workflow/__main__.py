"""``python -m eegmill.workflow STAGE [DATASET [RECORDING]]``: what the rules call; the configuration is the run's."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable

from .plan import Plan
from .supervision import supervised

OF_RECORDING = ("fetch", "decompose", "clean", "report")
OF_DATASET = ("resolve", "dataset", "validate", "manifest")


def main(arguments: list[str]) -> int:
    """Run one job; the exit code."""
    stage, *names = arguments
    plan = Plan.from_environment()
    if stage == "finish":
        from .finish import finish

        return finish(plan)
    dataset, *recording = names
    record = plan.layout(dataset).failure(stage, *recording)
    return supervised(job_of(plan, stage, names), stage=stage, record=record)


def job_of(plan: Plan, stage: str, names: list[str]) -> Callable[[], None]:
    """The work of a stage; its module is imported by the child that does it."""

    def job() -> None:
        importlib.import_module(f"eegmill.workflow.jobs.{stage}").run(plan, *names)

    return job


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
