"""The stages of a run, in one table: what each needs, whose code it is, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..config.models import OF_THE_MACHINE
from ..derivative.portable import portable
from ..inputs.resolve.listing import local_changes
from ..provenance.environment import PACKAGES
from .libraries import READERS, versions

if TYPE_CHECKING:
    from .plan import Plan

Scope = Literal["dataset", "recording"]
Question = Callable[["Plan", str, str], Iterable[str]]
HEAD_KINDS = ("channel", "segment")
"""Kinds of overrides that act before the ICA."""


@dataclass(frozen=True)
class Stage:
    """One stage. Its digest is made of ``asked``, the code of its module, and the digests of ``inputs``."""

    name: str
    scope: Scope
    job: str
    """The rule that runs it: stages of one job share a process."""
    asked: Question
    inputs: tuple[str, ...] = ()
    module: str = ""
    """Below the package, with all that it imports; empty where other code gives the same bytes."""
    per_recipe: bool = True
    """Whether it makes files for one recipe alone."""


def _resolve(plan: Plan, dataset: str, _: str) -> Iterable[str]:
    source, configuration = plan.sources.get(dataset), plan.configuration
    asked = f"{source} {plan.listing(dataset)}" if source else configuration.api.model_dump_json()
    return dataset, asked, configuration.select.model_dump_json()


def _fetch(plan: Plan, dataset: str, recording: str) -> Iterable[str]:
    entry = plan.recording(dataset, recording)
    changed = local_changes(entry) if plan.sources.get(dataset) else ""
    return (entry.model_dump_json() + changed,)


def _decompose(plan: Plan, dataset: str, recording: str) -> Iterable[str]:
    overrides = (item for item in plan.overrides_of(dataset, recording) if item.kind in HEAD_KINDS)
    head, _ = plan.fingerprints
    return head, versions(READERS), str(plan.configuration.seed), *(item.model_dump_json() for item in overrides)


def _clean(plan: Plan, dataset: str, recording: str) -> Iterable[str]:
    _, tail = plan.fingerprints
    overrides = plan.overrides_of(dataset, recording)
    return plan.recipe.name, tail, *(item.model_dump_json() for item in overrides)


def _without_folders(plan: Plan, dataset: str) -> dict[str, Any]:
    """What is asked of a dataset, wherever its results go.

    What the index is asked for stands in the index alone, so that another length of windows makes nothing else again.
    """
    elsewhere = {"output", "derivative", "index", *OF_THE_MACHINE}
    return plan.configuration_of(dataset).model_dump(mode="json", exclude=elsewhere)


def _dataset(plan: Plan, dataset: str, _: str) -> Iterable[str]:
    configuration = portable(_without_folders(plan, dataset))
    recordings = [entry.recording for entry in plan.lock(dataset).recordings]
    digests = (plan.digest("report", dataset, recording) for recording in recordings)
    return plan.lock(dataset).model_dump_json(), repr(configuration), versions(PACKAGES), *digests


def _validate(*_: object) -> Iterable[str]:
    return (versions(["bids-validator-deno"]),)


def _features(plan: Plan, *_: object) -> Iterable[str]:
    if not plan.features:
        return ()
    from ..features.tree import extensions  # numpy, which is slow to load

    return repr(plan.features), plan.configuration.feature_windows.model_dump_json(), *extensions()


def _index(plan: Plan, *_: object) -> Iterable[str]:
    choice = plan.configuration.index
    seed = str(plan.configuration.seed) if choice.split else ""
    return choice.model_dump_json(), seed, versions(["pyarrow"])


def _nothing(*_: object) -> Iterable[str]:
    return ()


JOBS = "workflow/jobs"
STAGES = {
    stage.name: stage
    for stage in (
        Stage("resolve", "dataset", "resolve", _resolve, per_recipe=False),
        Stage("fetch", "recording", "fetch", _fetch, per_recipe=False),
        Stage("decompose", "recording", "clean", _decompose, ("fetch",), f"{JOBS}/decompose.py", per_recipe=False),
        Stage("clean", "recording", "clean", _clean, ("decompose",), f"{JOBS}/derive.py"),
        Stage("report", "recording", "clean", _nothing, ("clean",), f"{JOBS}/page.py"),
        Stage("dataset", "dataset", "dataset", _dataset, (), f"{JOBS}/dataset.py"),
        Stage("validate", "dataset", "validate", _validate, ("dataset",), "provenance/validate.py"),
        Stage("features", "dataset", "features", _features, ("validate",), f"{JOBS}/features.py"),
        Stage("index", "dataset", "index", _index, ("validate",), f"{JOBS}/index.py"),
        Stage("manifest", "dataset", "manifest", _nothing, ("features", "index"), "provenance/manifest.py"),
    )
}
OF_RECORDINGS = tuple(stage.name for stage in STAGES.values() if stage.scope == "recording")
OF_DERIVATIVES = tuple(stage.name for stage in STAGES.values() if stage.scope == "dataset" and stage.per_recipe)


def inputs_of(job: str) -> tuple[str, ...]:
    """The folders below the work folder of a dataset in which the inputs of a job's rule lie.

    Examples
    --------
    >>> inputs_of("dataset"), inputs_of("manifest")
    (('groups',), ('features', 'index'))
    """
    if job in ("clean", "dataset"):
        return ("groups",)
    return STAGES[job].inputs if job in OF_DERIVATIVES else ()


def last_of(job: str) -> str:
    """The stage that a job ends with: its receipt is the job's.

    Examples
    --------
    >>> last_of("clean"), last_of("fetch")
    ('report', 'fetch')
    """
    return [stage.name for stage in STAGES.values() if stage.job == job][-1]
