"""The files of a derivative that belong to no single recording, made again from its records and compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..bids.paths import FAILED
from ..credit import credit_of
from ..derivative.code import write_recipe
from ..derivative.dataset import write_dataset_files
from ..derivative.features import computed_with, features_again
from ..errors import DerivativeError, EegmillError
from ..features.tables import FOLDER as FEATURES
from ..files.atomic import write_json, write_text
from ..provenance.bids_prov import write_prov
from ..provenance.compare import FileComparison, Tier, compare_files
from ..provenance.crate import write_crate
from ..provenance.dehydrated import OVERVIEW
from ..provenance.manifest import RECORDS_NAME
from ..provenance.origin import read_origin, read_strict_json
from ..provenance.page_of_checksums import PAGE
from ..provenance.recorded_activities import recorded_activities
from ..provenance.validate import RECORD, ask_validator
from ..version import __version__
from ..workflow.jobs.dataset import index_page
from ..workflow.loose import LooseLayout
from ..workflow.pages import records_and_status
from ..workflow.rebuild import read_recipe

DESCRIPTION = "dataset_description.json"
ENVIRONMENT = ("code/environment.json", "code/sbom.cdx.json")
"""What cannot be made again in another environment; `check` compares them with the other records."""
SUBJECTS = "participants.tsv", "participants.json"


def dataset_again(derivative: Path, folder: Path, raw: Path, *, features: bool = True) -> tuple[FileComparison, ...]:
    """Make every file of the dataset again that its recordings, records and raw data determine, and compare.

    Parameters
    ----------
    folder
        Where to write; emptied by the caller.
    raw
        The raw dataset. Without it the participants are not compared.
    features
        Whether tables of features are computed again too.

    Returns
    -------
    tuple of FileComparison
        One a file; none where another version of eegmill made the derivative.

    Raises
    ------
    DerivativeError
        If records are missing or damaged.
    """
    origin = read_origin(derivative)
    if origin.environment.eegmill != __version__:
        return ()
    _mirror(derivative, folder)
    made = _shared(derivative, folder, raw)
    try:
        activities = recorded_activities(derivative, origin.lock, origin.environment, raw)
        made |= {
            path.relative_to(folder).as_posix()
            for path in write_prov(folder, activities, origin.environment, origin.lock)
        }
        crate = write_crate(folder, activities, origin.environment, origin.lock, credit=credit_of(origin.config))
        made |= {crate.relative_to(folder).as_posix()} if crate else set()
        told: list[FileComparison] = []
    except DerivativeError as error:
        told = [FileComparison(path="prov", tier=Tier.DIFFERENT, difference=f"cannot be written again: {error}")]
    told += [_compared(path, derivative, folder) for path in sorted(made)]
    told += _surplus(derivative, folder)
    told += _validated(derivative)
    return (*told, *(_features(derivative, folder) if features else ()))


def _mirror(derivative: Path, folder: Path) -> None:
    """Links to the files of recordings, to ``code/`` and to pages of failures: what the others are made of."""
    for pattern in ("sub-*/**/*", "code/**/*", f"{FAILED}/*"):
        for path in derivative.glob(pattern):
            if path.is_file():
                link = folder / path.relative_to(derivative)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(path.resolve())


def _shared(derivative: Path, folder: Path, raw: Path) -> set[str]:
    origin, recipe = read_origin(derivative), read_recipe(derivative)
    layout = LooseLayout(folder, "", "", folder, raw)
    (folder / "status.tsv").write_bytes((derivative / "status.tsv").read_bytes())
    records = list(records_and_status(layout))
    written = write_dataset_files(
        folder,
        lock=origin.lock,
        recipe=recipe.name,
        config=origin.config,
        records=records,
        raw_root=raw,
        environment=origin.environment,
    )
    made = {path.relative_to(folder).as_posix() for path in written} - set(ENVIRONMENT)
    if not (raw / DESCRIPTION).is_file():
        made -= set(SUBJECTS)
    _link_as_recorded(derivative, folder)
    code = write_recipe(folder, recipe, origin.config)
    write_text(folder / OVERVIEW, index_page(layout, origin.lock, records))
    for path in ENVIRONMENT:
        (folder / path).unlink(missing_ok=True)
        (folder / path).symlink_to((derivative / path).resolve())
    return made | {path.relative_to(folder).as_posix() for path in code} | {OVERVIEW}


def _link_as_recorded(derivative: Path, folder: Path) -> None:
    """Where the raw dataset lies is the one thing that is true of a place, not of the data."""
    links = read_strict_json(derivative / DESCRIPTION).get("DatasetLinks")
    if isinstance(links, dict) and links.keys() == {"raw"} and isinstance(links["raw"], str):
        write_json(folder / DESCRIPTION, {**json.loads((folder / DESCRIPTION).read_text()), "DatasetLinks": links})


def _compared(path: str, derivative: Path, folder: Path) -> FileComparison:
    if not (derivative / path).is_file():
        return FileComparison(path=path, tier=Tier.DIFFERENT, difference="is made again and was not recorded")
    found = compare_files(path, derivative / path, folder / path)
    if found.tier is Tier.CONTENT and path.endswith(".json"):  # of a recording some keys may follow its bits; not here
        same = read_strict_json(derivative / path) == read_strict_json(folder / path)
        return found if same else found.model_copy(update={"tier": Tier.DIFFERENT, "difference": "other content"})
    return found


def _surplus(derivative: Path, folder: Path) -> Iterator[FileComparison]:
    """Files of the dataset that nothing makes."""
    patterns = ("*.json", "*.tsv", "*.md", "*.html", "prov/**/*.json", "prov/*.tsv", "code/**/*", "logs/CITATION*")
    elsewhere = {OVERVIEW, PAGE, "croissant.json", *SUBJECTS, RECORDS_NAME}
    for path in sorted({path for pattern in patterns for path in derivative.glob(pattern) if path.is_file()}):
        name = path.relative_to(derivative).as_posix()
        if not (folder / name).exists() and name not in elsewhere and not name.startswith("prov/attestations/"):
            yield FileComparison(path=name, tier=Tier.DIFFERENT, difference="is recorded and was not made again")


def _validated(derivative: Path) -> Iterator[FileComparison]:
    """What the BIDS validator says now, where it is installed and its answer was kept."""
    if not (derivative / RECORD).is_file():
        return
    try:
        now = ask_validator(derivative)
    except DerivativeError:
        return  # it is not installed here
    told = read_strict_json(derivative / RECORD)
    values = now.model_dump(mode="json")
    if told.get("validator") != values["validator"]:
        return  # another version has other rules
    other = [key for key in ("errors", "warnings", "bids_version") if told.get(key) != values[key]]
    tier = Tier.DIFFERENT if other else Tier.CONTENT
    difference = f"the validator gives other {other[0]} now" if other else ""
    yield FileComparison(path=RECORD, tier=tier, difference=difference)


def _features(derivative: Path, folder: Path) -> Iterator[FileComparison]:
    for path in sorted(derivative.glob(f"{FEATURES}/*.parquet")):
        name = f"{FEATURES}/{path.name}"
        try:
            asked = computed_with(path)
            if asked:  # what was learned of data elsewhere cannot be computed again
                features_again(derivative, asked, folder)
                yield _compared(name, derivative, folder)
        except EegmillError as error:
            yield FileComparison(path=name, tier=Tier.DIFFERENT, difference=f"not made again: {error}")
