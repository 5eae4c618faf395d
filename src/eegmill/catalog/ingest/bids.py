"""A BIDS folder as catalogue documents: one for the dataset, one for each recording, with EEGDash's fields."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from ...bids.names import BidsName
from ...errors import CatalogError
from ..documents.models import Dataset, Record
from ..faults import DocumentError
from .bids_files import SIDECARS, BidsFolder
from .signal import cell_value, signal_fields
from .signal_headers import read_header

ENTITIES = {"sub": "subject", "ses": "session", "task": "task", "run": "run", "acq": "acquisition"}
MODALITIES = {"nirs": "fnirs"}
"""Datatypes whose modality has another name in the catalogue."""
SIDECAR_FIELDS = {
    "PowerLineFrequency": "power_line_frequency",
    "EEGReference": "eeg_reference",
    "iEEGReference": "ieeg_reference",
    "EEGGround": "eeg_ground",
    "SoftwareFilters": "software_filters",
    "HardwareFilters": "hardware_filters",
    "Manufacturer": "manufacturer",
    "ManufacturersModelName": "manufacturers_model_name",
    "EEGPlacementScheme": "eeg_placement_scheme",
    "CapManufacturer": "cap_manufacturer",
    "CapManufacturersModelName": "cap_manufacturers_model_name",
    "InstitutionName": "institution_name",
    "RecordingType": "recording_type",
    "RecordingDuration": "recording_duration",
}
DESCRIPTION_FIELDS = {
    "Name": "name",
    "BIDSVersion": "bids_version",
    "License": "license",
    "Authors": "authors",
    "Funding": "funding",
    "DatasetDOI": "dataset_doi",
    "Acknowledgements": "acknowledgements",
    "HowToAcknowledge": "how_to_acknowledge",
    "EthicsApprovals": "ethics_approvals",
    "ReferencesAndLinks": "references_and_links",
    "GeneratedBy": "generated_by",
}
MANY = 5
"""Files named in one sentence; of more, the number."""
LISTS = ("authors", "funding", "ethics_approvals", "references_and_links")


@dataclass(frozen=True)
class Digest:
    """The documents of one BIDS folder; ``problems`` names recordings left out, and broken sidecars."""

    dataset: Dataset
    records: tuple[Record, ...]
    problems: tuple[str, ...]


def digest(root: Path, *, now: str, dataset_id: str | None = None, source: str = "local") -> Digest:
    """Read a BIDS folder: names, sidecars and headers, never signals.

    Parameters
    ----------
    root
        The dataset's folder, with a ``dataset_description.json``. Data files may be broken git-annex links.
    now
        Time written as ``digested_at``, ISO 8601.
    dataset_id
        Its ID in the catalogue; None takes the folder's name.
    source
        The catalogue's ``source`` of the dataset.

    Returns
    -------
    Digest
        ``nchans``, ``sampling_frequency`` and ``ntimes`` come from the header of EDF, BDF and BrainVision files, else
        from channels.tsv and the JSON sidecar, ``ntimes`` of EEGLAB files at last from the size of the ``.fdt``;
        ``_metadata_provenance`` says which. They are null where nothing tells.

    Raises
    ------
    CatalogError
        If the folder has no ``dataset_description.json``.
    """
    if not (root / "dataset_description.json").is_file():
        msg = f"'{root}' is no BIDS dataset: it has no dataset_description.json."
        raise CatalogError(msg)
    reader = _Digester(BidsFolder(root), dataset_id or root.resolve().name, source, now)
    records, problems = [], []
    for recording in reader.folder.recordings():
        reason = reader.folder.unreadable(recording.path)
        problems += [f"{recording.path} {reason}"] if reason else []
        try:
            records.append(Record.from_value(reader.record(recording)))
        except (DocumentError, OSError) as error:
            problems.append(f"{recording.path}: {error}")
    dataset = Dataset.from_value(reader.dataset(records))
    if not records:
        problems.append("no recording: none of the files below 'sub-*' is a raw recording in a format that is read.")
    problems += [f"{path} {fault}" for path, fault in sorted(reader.folder.faults.items())]
    problems += [f"{path} is named in .bidsignore: left out." for path in reader.folder.ignored]
    problems += _without_name(reader.folder.unnamed())
    return Digest(dataset, tuple(records), tuple(problems))


def _without_name(paths: Sequence[str]) -> list[str]:
    """What to say of files that look like recordings and are not taken for any; nothing where there are none."""
    if not paths:
        return []
    more = f" and {len(paths) - MANY} more" if len(paths) > MANY else ""
    return [
        f"{', '.join(paths[:MANY])}{more}: left out, for these look like EEG and have no name of BIDS such as "
        "'sub-01/eeg/sub-01_task-rest_eeg.edf' (.edf .bdf .set .vhdr .cnt)."
    ]


class _Digester:
    def __init__(self, folder: BidsFolder, identifier: str, source: str, now: str) -> None:
        self.folder = folder
        self.identifier = identifier
        self.source = source
        self.now = now

    def record(self, recording: BidsName) -> dict[str, Any]:
        path = PurePosixPath(recording.path)
        entities = {name: recording.entities.get(label) for label, name in ENTITIES.items()}
        sidecar = self._sidecar(recording)
        unreadable = self.folder.unreadable(recording.path)
        header = None if unreadable else read_header(self.folder.root / recording.path)
        return {
            "dataset": self.identifier,
            "data_name": f"{self.identifier}_{path.name}",
            "bidspath": f"{self.identifier}/{path}",
            "bids_relpath": str(path),
            "datatype": recording.datatype,
            "suffix": recording.suffix,
            "extension": recording.extension,
            "recording_modality": [_modality(recording.datatype)],
            "entities": entities,
            "entities_mne": _for_mne(entities, recording),
            **self._files(recording),
            **signal_fields(header, self._channels(recording), sidecar, self._fdt_bytes(recording)),
            **_fields(sidecar, SIDECAR_FIELDS),
            "participant_tsv": self._participants.get(f"sub-{entities['subject']}", {}),
            "digested_at": self.now,
        }

    def dataset(self, records: list[Record]) -> dict[str, Any]:
        description = _fields(self.folder.json("dataset_description.json"), DESCRIPTION_FIELDS)
        description |= {name: [value] for name in LISTS if isinstance(value := description.get(name), str)}
        own = [file.path for file in self.folder.by_folder.get(".", ()) if file.path != "dataset_description.json"]
        sizes = {path: self.folder.size(path) for path in self.folder.paths}
        readme = next((self.folder.text(path) for path in own if path.upper().startswith("README")), None)
        return {
            "dataset_id": self.identifier,
            "source": self.source,
            **description,
            "readme": readme,
            "recording_modality": sorted({modality for record in records for modality in record.recording_modality}),
            "datatypes": sorted({record.datatype for record in records if record.datatype}),
            "tasks": sorted({record.task for record in records if record.task}),
            "sessions": sorted({record.session for record in records if record.session}),
            "total_files": len(sizes),
            "size_bytes": sum(sizes.values()),
            "data_processed": self.folder.json("dataset_description.json").get("DatasetType") == "derivative",
            "demographics": self._demographics(),
            "timestamps": {"digested_at": self.now},
            "storage": self._storage("dataset_description.json", own),
            "ingestion_fingerprint": _fingerprint(self.identifier, self.source, sizes),
        }

    def _storage(self, raw: str, others: list[str]) -> dict[str, Any]:
        keys = {path: key for path in (raw, *others) if (key := self.folder.annex_key(path))}
        base = self.folder.root.resolve().as_uri()
        storage = {"backend": "local", "base": base, "raw_key": raw, "dep_keys": others}
        return {**storage, "annex_keys": keys} if keys else storage

    def _files(self, recording: BidsName) -> dict[str, Any]:
        companions = self.folder.companions(recording)
        endings = (*SIDECARS, f"{recording.suffix}.json")
        sidecars = [file.path for file in self.folder.sidecars(recording, *endings)]
        return {
            "storage": self._storage(recording.path, [*companions, *sidecars]),
            "_has_missing_files": any(path not in self.folder.held for path in companions),
        }

    def _fdt_bytes(self, recording: BidsName) -> int:
        """Size of the data file beside an EEGLAB file; 0 if its samples lie elsewhere."""
        return sum(
            self.folder.size(path) for path in self.folder.companions(recording) if path.lower().endswith(".fdt")
        )

    def _sidecar(self, recording: BidsName) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for file in self.folder.sidecars(recording, f"{recording.suffix}.json"):
            merged |= self.folder.json(file.path)
        return merged

    def _channels(self, recording: BidsName) -> list[dict[str, str]]:
        tables = self.folder.sidecars(recording, "channels.tsv")
        return self.folder.table(tables[-1].path, "name") if tables else []

    @cached_property
    def _participants(self) -> dict[str, dict[str, Any]]:
        rows = self.folder.table("participants.tsv", "participant_id")
        return {
            row.get("participant_id", ""): {
                name: cell_value(cell) for name, cell in row.items() if name != "participant_id"
            }
            for row in rows
        }

    def _demographics(self) -> dict[str, Any]:
        subjects = {path.split("/")[0] for path in self.folder.paths if path.startswith("sub-")}
        people = [{name.lower(): value for name, value in row.items()} for row in self._participants.values()]
        ages = [age for row in people if isinstance(age := row.get("age"), int | float)]
        sexes = [str(row["sex"]) for row in people if row.get("sex")]
        told = {"age_min": min(ages), "age_max": max(ages), "age_mean": sum(ages) / len(ages)} if ages else {}
        counts = {sex: sexes.count(sex) for sex in sorted(set(sexes))}
        return {"subjects_count": len(subjects), "ages": ages, **told, "sex_distribution": counts}


def _fields(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names[key]: value for key, value in document.items() if key in names and value not in ("", "n/a", None)}


def _for_mne(entities: Mapping[str, str | None], recording: BidsName) -> dict[str, str | None]:
    """The same entities as MNE-BIDS takes them: a run must be a number."""
    run = entities["run"]
    further = {name: recording.entities[name] for name in ("recording", "split") if name in recording.entities}
    return {**entities, "run": run if run and run.isdigit() else None, **further}


def _modality(datatype: str) -> str:
    return MODALITIES.get(datatype, datatype)


def _fingerprint(identifier: str, source: str, sizes: Mapping[str, int]) -> str:
    """SHA-256 over the dataset and its files' paths and sizes, as EEGDash's digester makes it."""
    summed = hashlib.sha256(f"{identifier}|{source}".encode())
    for path in sorted(sizes):
        summed.update(f"{path}\0{sizes[path]}\0".encode())
    return summed.hexdigest()
