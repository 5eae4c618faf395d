"""The files of a derivative dataset that belong to no single recording: written once, by one job."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..bids.names import entities_of
from ..bids.paths import EPOCHS, ICA, PREPROC, SPACE
from ..credit import credit_of
from ..files.atomic import write_bytes, write_json, write_text
from ..files.tables import format_tsv, read_tsv
from ..lock import Lock
from ..provenance.citation import write_citation
from ..provenance.environment import Environment, describe
from ..records import RecordingRecord
from ..version import __version__
from .channels import DESCRIPTIONS as CHANNEL_DESCRIPTIONS
from .citation_file import NAME as CITATION
from .citation_file import citation_file
from .code import commands, write_code
from .components import DESCRIPTIONS as COMPONENT_DESCRIPTIONS
from .components import MIXING_DESCRIPTIONS
from .electrodes import DESCRIPTIONS as ELECTRODE_DESCRIPTIONS
from .epochs import DESCRIPTIONS as EPOCH_DESCRIPTIONS
from .portable import portable
from .readme import readme
from .status import status_columns, status_descriptions, status_rows

BIDS_VERSION = "1.11.1"

IGNORED = (
    "prov",
    "features",
    "figures",
    "*.html",
    "status.tsv",
    "status.json",
    "*_qc.json",
    "*_components.tsv",
    "*_components.json",
    "*_mixing.tsv",
    "*_mixing.json",
    "*_epochs.tsv",
    "*_epochs.json",
    "*_verify.json",
    "ro-crate-metadata.json",
    "index.parquet",
    "croissant.json",
    "manifest-sha256.txt",
)
"""What BIDS does not know (yet). Bare names for folders: the validator does not understand a trailing slash."""

ELECTRODES = {**ELECTRODE_DESCRIPTIONS, "SpatialReference": "orig"}
"""BIDS asks of a derivative what a space refers to: here to the recording itself."""

LABELS = {
    PREPROC: "Continuous EEG, cleaned; the steps are in the _qc.json file beside it",
    ICA: "The independent components found on the way to desc-preproc",
    EPOCHS: "Epochs of desc-preproc: a table of onsets, and their samples (.set, .fdt) where these were repaired",
}


def write_dataset_files(
    derivative: Path,
    *,
    lock: Lock,
    recipe: str,
    config: Mapping[str, Any],
    records: Sequence[RecordingRecord],
    raw_root: Path | None = None,
    environment: Environment | None = None,
) -> tuple[Path, ...]:
    """Write every dataset-level file but provenance and manifest.

    Parameters
    ----------
    derivative
        Folder of the derivative dataset.
    config
        The resolved configuration; written without absolute paths and secrets.
    records
        One a recording of the lock, failed and rejected ones too.
    raw_root
        The raw dataset; by default two folders up, where the output tree has it.
    environment
        That of the run; by default that of this process.

    Returns
    -------
    tuple of Path
        What was written, sorted.
    """
    raw_root = raw_root or derivative.parents[1]
    environment = environment or describe()
    records = sorted(records, key=lambda record: record.recording)
    written = [
        *_write_description(derivative, lock, recipe, config=config, records=records, raw_root=raw_root),
        *_write_participants(derivative, raw_root),
        *_write_labels(derivative),
        *_write_columns(derivative),
        *_write_status(derivative, records),
        *write_code(derivative, lock=lock, config=config, records=records, environment=environment),
        _write_citation_file(derivative, lock, recipe, config=config, environment=environment),
        *write_citation(derivative, lock=lock, recipe=recipe, records=records, environment=environment),
    ]
    return tuple(sorted(written))


def _write_description(
    derivative: Path,
    lock: Lock,
    recipe: str,
    *,
    config: Mapping[str, Any],
    records: Sequence[RecordingRecord],
    raw_root: Path,
) -> list[Path]:
    linked = Path(os.path.relpath(raw_root, derivative)).as_posix()
    write_json(derivative / "dataset_description.json", {**description(lock, recipe), "DatasetLinks": {"raw": linked}})
    names = [path.name for path in sorted(derivative.glob("sub-*/**/*")) if path.is_file()]
    again = commands(lock, config)
    text = readme(lock, recipe, files=names, baseline=_baseline(records), again=again)
    write_text(derivative / "README.md", text)
    write_text(derivative / ".bidsignore", "".join(f"{name}\n" for name in IGNORED))
    return [derivative / name for name in ("dataset_description.json", "README.md", ".bidsignore")]


def _write_citation_file(
    derivative: Path, lock: Lock, recipe: str, *, config: Mapping[str, Any], environment: Environment
) -> Path:
    credit = credit_of(config)
    write_text(derivative / CITATION, citation_file(lock, recipe, credit=credit, environment=environment))
    return derivative / CITATION


def _baseline(records: Sequence[RecordingRecord]) -> tuple[float | None, float | None] | None:
    """The baseline of epochs, the same for all recordings of a recipe."""
    steps = [step.read_back().step for record in records for step in record.steps]
    return next((step.epochs_baseline_s() for step in steps if step.makes_epochs), None)


def description(lock: Lock, recipe: str) -> dict[str, Any]:
    """``dataset_description.json`` of the derivative, but for the links to other datasets.

    The authors stand in ``CITATION.cff``, and BIDS wants them nowhere else then. Licence and acknowledgement stand in
    both, as archives look for them here.
    """
    optional = {"License": lock.licence, "SourceDatasets": _sources(lock)}
    return {
        "Name": f"{lock.title}, cleaned by eegmill ({recipe})",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [
            {
                "Name": "eegmill",
                "Version": __version__,
                "Description": f"Recipe '{recipe}'; made by what code/, prov/ and README.md tell.",
            }
        ],
        "HowToAcknowledge": "Cite what CITATION.cff names, and the references in logs/CITATION.md.",
        **{key: value for key, value in optional.items() if value},
    }


def _sources(lock: Lock) -> list[dict[str, str]]:
    url = str(portable(lock.source_url or ""))
    found = {
        "URL": url if "://" in url else None,
        "DOI": f"doi:{lock.doi.removeprefix('doi:').removeprefix('https://doi.org/')}" if lock.doi else None,
        "Version": lock.version,
    }
    given = {key: value for key, value in found.items() if value}
    return [given] if given else []


def _write_participants(derivative: Path, raw_root: Path) -> list[Path]:
    """The source's rows of the subjects that are here, and its column descriptions as they are."""
    subjects = sorted(path.name for path in derivative.glob("sub-*") if path.is_dir())
    source = raw_root / "participants.tsv"
    rows = read_tsv(source) if source.is_file() else []
    by_subject = {f"sub-{row.get('participant_id', '').removeprefix('sub-')}": row for row in rows}
    columns = [
        "participant_id",
        *(column for column in (rows[0] if rows else {}) if column and column != "participant_id"),
    ]
    kept = [{**by_subject.get(subject, {}), "participant_id": subject} for subject in subjects]
    write_text(derivative / "participants.tsv", format_tsv(columns, kept))
    written = [derivative / "participants.tsv"]
    if (raw_root / "participants.json").is_file():
        write_bytes(derivative / "participants.json", (raw_root / "participants.json").read_bytes())
        written.append(derivative / "participants.json")
    return written


def _write_labels(derivative: Path) -> list[Path]:
    present = [label for label in LABELS if next(derivative.glob(f"sub-*/**/*_{label}_*"), None)]
    rows = [{"desc_id": label, "description": LABELS[label]} for label in present]
    write_text(derivative / "descriptions.tsv", format_tsv(("desc_id", "description"), rows))
    write_json(derivative / "descriptions.json", {"Description": "What the desc- labels of file names mean"})
    return [derivative / "descriptions.tsv", derivative / "descriptions.json"]


def _write_columns(derivative: Path) -> list[Path]:
    """Column descriptions, inherited by the tables of all recordings; only for tables that are there."""
    inherited: dict[str, Mapping[str, object]] = {
        f"space-{SPACE}_electrodes": ELECTRODES,
        f"{ICA}_components": COMPONENT_DESCRIPTIONS,
        f"{ICA}_mixing": MIXING_DESCRIPTIONS,
        f"{EPOCHS}_epochs": EPOCH_DESCRIPTIONS,
    }
    for stale in (
        *derivative.glob("task-*_desc-*_channels.json"),
        *(derivative / f"{name}.json" for name in inherited),
    ):
        stale.unlink(missing_ok=True)
    files: dict[str, Mapping[str, object]] = {
        **dict.fromkeys(_channel_tables(derivative), CHANNEL_DESCRIPTIONS),
        **{
            f"{name}.json": content
            for name, content in inherited.items()
            if next(derivative.glob(f"sub-*/**/*_{name}.tsv"), None)
        },
    }
    for name, content in files.items():
        write_json(derivative / name, content)
    return [derivative / name for name in files]


def _channel_tables(derivative: Path) -> list[str]:
    tables = [entities_of(path.name)[0] for path in derivative.glob("sub-*/**/*_desc-*_channels.tsv")]
    return sorted({f"task-{table['task']}_desc-{table['desc']}_channels.json" for table in tables if "task" in table})


def _write_status(derivative: Path, records: Sequence[RecordingRecord]) -> list[Path]:
    rows = status_rows(records)
    columns = status_columns(rows)
    write_text(derivative / "status.tsv", format_tsv(columns, rows))
    write_json(derivative / "status.json", status_descriptions(columns))
    return [derivative / "status.tsv", derivative / "status.json"]
