"""What stands of a run before it begins: receipts that lie are void, and the user is told what will be replaced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..bids.paths import derivative_name
from .entries import write_index
from .plan import Plan
from .receipts import NAME, forget, lie_of, read_receipt
from .stages import OF_RECORDINGS, STAGES


def check_receipts(plan: Plan) -> list[str]:
    """Remove receipts that do not hold, and say which and why.

    A receipt of the dataset holds only as long as all its recordings do.
    """
    notes: list[str] = []
    for dataset in plan.datasets:
        if is_resolved(plan, dataset):
            notes += _check_dataset(plan, dataset)
        else:
            notes += _changed_folder(plan, dataset)
    return notes


def _changed_folder(plan: Plan, dataset: str) -> list[str]:
    """Say what came and went in a BIDS folder since it was resolved."""
    from ..inputs.resolve.folder import difference_in_words

    source, path = plan.sources.get(dataset), plan.layout(dataset).lock
    if not source or not source.is_dir() or not path.is_file():
        return []
    words = difference_in_words(source, plan.lock(dataset), plan.configuration.select)
    return [f"{dataset}: '{source}' has changed since it was resolved ({words}): it is resolved again."]


def check_selections(plan: Plan, *, network: bool) -> None:
    """Look whether there is anything to do in each dataset that is not resolved yet.

    Parameters
    ----------
    network
        Whether a metadata API is asked too; a run leaves that to the jobs that resolve.

    Raises
    ------
    ConfigurationError, UnknownDataset
        If no catalogue knows it, or the selection matches nothing: says what there is.
    """
    from ..inputs.resolve.any_source import check_selection

    asked = plan.configuration
    for dataset in plan.datasets:
        source = plan.sources[dataset]
        if (source or network or asked.api.url == "embedded") and not is_resolved(plan, dataset):
            check_selection(dataset, source, api=asked.api, select=asked.select)


def index_locks(plan: Plan) -> None:
    """Let the jobs of a run look their recordings up one by one."""
    for dataset in plan.datasets:
        if plan.layout(dataset).lock.is_file():
            write_index(plan.layout(dataset), plan.lock(dataset))


def is_resolved(plan: Plan, dataset: str) -> bool:
    """Whether the lock of a dataset stands for what is asked now.

    A lock that no receipt speaks of, or that was changed since, was put there by a person: it is used as it is.
    """
    layout = plan.layout(dataset)
    if not layout.lock.is_file():
        return False
    if plan.receipt("resolve", dataset).is_file():
        return True
    written = [path for path in _receipts(layout.work / "resolve", dataset) if not lie_of(path, layout)]
    return not any(_wrote(path, layout.lock) for path in written)


def is_whole(plan: Plan) -> bool:
    """Whether nothing is left to be done."""
    return all(is_resolved(plan, dataset) and _is_sealed(plan, dataset) for dataset in plan.datasets)


def _is_sealed(plan: Plan, dataset: str) -> bool:
    """Whether the manifest stands; the name of its receipt depends on every recording, so any is looked for first."""
    folder = plan.layout(dataset).work / "manifest"
    return any(_receipts(folder, plan.recipe_name)) and plan.receipt("manifest", dataset).is_file()


def _receipts(folder: Path, name: str) -> Iterator[Path]:
    for path in sorted(folder.glob(f"{name}.*.json")) if folder.is_dir() else ():
        if not path.name.endswith(".failure.json"):
            yield path


def _wrote(receipt: Path, lock: Path) -> bool:
    from ..provenance.digests import sha256_file

    return sha256_file(lock) in {file.sha256 for file in read_receipt(receipt).files}


def _check_dataset(plan: Plan, dataset: str) -> list[str]:
    notes = [
        note for entry in plan.lock(dataset).recordings for note in _check_recording(plan, dataset, entry.recording)
    ]
    _forget_failures(plan, dataset)
    whole = all(plan.receipt("report", dataset, entry.recording).is_file() for entry in plan.lock(dataset).recordings)
    for stage in plan.stages_of_derivatives:
        lie = _void(plan, stage, dataset)
        notes += [f"{dataset}: {lie}: '{stage}' runs again."] if lie else []
        whole = whole and plan.receipt(stage, dataset).is_file()
        if not whole:
            plan.receipt(stage, dataset).unlink(missing_ok=True)
    return [*notes, *_replaced(plan, dataset)]


def _forget_failures(plan: Plan, dataset: str) -> None:
    """Remove failures of recordings that are done as is asked now: they are of what was asked before."""
    names = {entry.recording for entry in plan.lock(dataset).recordings}
    for stage in OF_RECORDINGS:
        recipe = plan.recipe_name if STAGES[stage].per_recipe else ""
        for path in (plan.layout(dataset).work / stage).glob("*.failure.json"):
            name = NAME.sub("", path.name)
            if name in names and plan.receipt("report", dataset, name).is_file():
                forget(path, recipe=recipe)


def _check_recording(plan: Plan, dataset: str, recording: str) -> list[str]:
    """A page is the last thing that is made of a recording: without what it was made from, its receipt is void too.

    Raw files and states at the ICA may be gone, as long as nothing is made from them.
    """
    lies = {stage: _void(plan, stage, dataset, recording) for stage in OF_RECORDINGS}
    if not plan.receipt("clean", dataset, recording).is_file():
        plan.receipt("report", dataset, recording).unlink(missing_ok=True)
    if plan.receipt("report", dataset, recording).is_file():
        return []
    told = {stage: lie for stage, lie in lies.items() if lie and stage != "decompose"}
    return [f"{recording}: {lie}: '{STAGES[stage].job}' runs again." for stage, lie in told.items()]


def _void(plan: Plan, stage: str, dataset: str, recording: str = "") -> str:
    """Remove a receipt that does not hold; why it does not."""
    path = plan.receipt(stage, dataset, recording)
    lie = lie_of(path, plan.layout(dataset)) if path.is_file() else ""
    if lie:
        path.unlink()
    return lie


def _replaced(plan: Plan, dataset: str) -> list[str]:
    """Say that another recipe of the same name made what lies there."""
    from ..config.recipes import recipe_text

    written = plan.layout(dataset).derivative / "code" / "recipe.yaml"
    if not written.is_file() or written.read_text(encoding="utf-8") == recipe_text(plan.recipe):
        return []
    name = plan.recipe_name
    return [
        f"{dataset}: recipe '{name}' has changed since '{derivative_name(name)}' was made: a run cleans its "
        "recordings again and replaces them. To keep both, give the recipe another name."
    ]
