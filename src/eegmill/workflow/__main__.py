"""``python -m eegmill.workflow JOB …``: what the rules call; the configuration is that of the run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ..provenance.activity import Place, file_digests
from .entries import read_entry
from .layout import Layout
from .plan import Plan
from .receipts import Receipt, withdraw, write_receipt
from .resources import Allotment
from .stages import STAGES, last_of
from .supervision import Begin, Supervision, supervised


def main(arguments: list[str]) -> int:
    """Run one job; the exit code.

    Words such as ``attempt=2`` are what it was given, and ``stage=digest`` what it signs its receipts with.
    """
    job, *words = [word for word in arguments if "=" not in word]
    given = dict(word.split("=", 1) for word in arguments if "=" in word)
    plan = Plan.from_environment()
    if job == "finish":
        from .finish import finish

        return finish(plan)
    if job in ("fetch", "clean"):
        return _of_recording(plan, job, *words, given=given)
    return _of_dataset(plan, job, *words, given=given)


def _of_recording(plan: Plan, job: str, dataset: str, recording: str, *, given: Mapping[str, str]) -> int:
    """A job on one recording; its digests come from the process that planned it."""
    by_stage = {stage: digest for stage, digest in given.items() if stage in STAGES}
    layout, stage = plan.layout(dataset), last_of(job)
    record = layout.failure(stage, recording, by_stage[stage])

    def work(begin: Begin) -> None:
        if job == "fetch":
            from .jobs import fetch

            fetch.run(layout, read_entry(layout, recording), recording, digest=by_stage["fetch"])
        else:
            from .jobs import clean

            clean.run(plan.task(dataset, recording, by_stage), begin)

    recipe = plan.recipe.name if STAGES[stage].per_recipe else ""
    return supervised(work, _watch(layout, job, record, recipe, given))


def _of_dataset(plan: Plan, stage: str, dataset: str, digest: str, *, given: Mapping[str, str]) -> int:
    layout, name = plan.layout(dataset), plan.name(stage, dataset)
    recipe = plan.recipe.name if STAGES[stage].per_recipe else ""

    def work(_: Begin) -> None:
        withdraw(layout, [stage], name, recipe=recipe)
        files = _job(stage)(plan, dataset)
        place: Place = "derivative" if STAGES[stage].per_recipe else "output"
        _sign(layout, stage, name, digest=digest, recipe=recipe, files=files, place=place)

    return supervised(work, _watch(layout, stage, layout.failure(stage, name, digest), recipe, given))


def _watch(layout: Layout, stage: str, record: Path, recipe: str, given: Mapping[str, str]) -> Supervision:
    allotment = Allotment(
        attempt=int(given.get("attempt", 1)),
        mem_mb=int(given.get("mem_mb", 0)),
        runtime_min=int(given.get("runtime", 0)),
    )
    return Supervision(stage, record, recipe=recipe, allotment=allotment, folders=(layout.output,))


def _job(stage: str) -> Callable[[Plan, str], tuple[Path, ...]]:
    """The work of a stage on a dataset; its module is imported by the child that does it."""
    if stage == "resolve":
        from .jobs import resolve

        return resolve.run
    if stage == "dataset":
        from .jobs import dataset

        return dataset.run
    if stage == "validate":
        from .jobs import validate

        return validate.run
    if stage == "features":
        from .jobs import features

        return features.run
    if stage == "index":
        from .jobs import index

        return index.run
    from .jobs import manifest

    return manifest.run


def _sign(
    layout: Layout, stage: str, name: str, *, digest: str, recipe: str, files: tuple[Path, ...], place: Place
) -> None:
    listed = file_digests(files, root=layout.root(place), place=place)
    receipt = Receipt(stage=stage, dataset=layout.dataset, name=name, recipe=recipe, digest=digest, files=listed)
    write_receipt(layout, receipt)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
