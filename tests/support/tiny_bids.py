"""A raw BIDS dataset of a few seconds and its derivative, for tests of reading, writing and provenance."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mne
import numpy as np

from eegmill.bids.inheritance import role_of
from eegmill.bids.names import entities_of
from eegmill.derivative.brainvision import write_brainvision
from eegmill.derivative.dataset import write_dataset_files
from eegmill.derivative.write import write_derivative
from eegmill.lock import Lock, LockedFile, LockedRecording
from eegmill.provenance.activity import Activity, activity_id, file_digests
from eegmill.provenance.bids_prov import write_prov
from eegmill.provenance.crate import write_crate
from eegmill.provenance.digests import digest
from eegmill.provenance.environment import Environment, describe
from eegmill.provenance.manifest import write_manifest
from eegmill.reading.recording import read_recording
from eegmill.recording import Component, Recording
from eegmill.records import ComponentsRecord, Override, RecordingRecord
from step_records import recorded

NAMES = ("Fp1", "Fp2", "C3", "C4", "O1", "O2", "Cz", "Pz")
SFREQ = 100.0
START = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
CHANNELS = "name\ttype\tunits\tstatus\tstatus_description\n"
EVENTS = "onset\tduration\ttrial_type\tvalue\n0.5\t0\tstandard\t1\n1.25\t0.1\ttarget\t2\n2\tn/a\tstandard\t1\n"


def make_raw_dataset(root: Path, subjects: tuple[str, ...] = ("01", "02"), seconds: float = 4.0) -> Lock:
    """Write a raw dataset of BrainVision files with sidecars at two levels; its lock."""
    put(root / "dataset_description.json", json.dumps({"Name": "Tiny", "BIDSVersion": "1.10.0", "DatasetType": "raw"}))
    put(root / "participants.tsv", "participant_id\tage\n" + "".join(f"sub-{name}\t30\n" for name in subjects))
    put(root / "participants.json", json.dumps({"age": {"Description": "Age", "Units": "year"}}))
    put(root / "task-odd_eeg.json", json.dumps({"TaskName": "odd", "PowerLineFrequency": 50, "EEGReference": "nose"}))
    for seed, name in enumerate(subjects):
        write_brainvision(make_raw(seed, seconds), folder_of(root, name), f"sub-{name}_task-odd_eeg")
        rows = "".join(f"{channel}\tEEG\tµV\t{'bad' if channel == 'Pz' else 'good'}\tloose\n" for channel in NAMES)
        put(folder_of(root, name) / f"sub-{name}_task-odd_channels.tsv", CHANNELS + rows)
        put(folder_of(root, name) / f"sub-{name}_task-odd_events.tsv", EVENTS)
    return lock_of(root)


def make_raw(seed: int, seconds: float) -> mne.io.RawArray:
    """Pink-free noise of 20 µV: nothing here looks at the signal's shape."""
    data = np.random.default_rng(seed).normal(scale=2e-5, size=(len(NAMES), round(seconds * SFREQ)))
    return mne.io.RawArray(data, mne.create_info(list(NAMES), SFREQ, "eeg"), verbose="error")


def folder_of(root: Path, subject: str) -> Path:
    folder = root / f"sub-{subject}" / "eeg"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def lock_of(root: Path, extensions: tuple[str, ...] = (".vhdr", ".set", ".edf")) -> Lock:
    """The lock of everything that lies in a raw dataset."""
    paths = [path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file()]
    paths = [path for path in paths if not path.startswith("derivatives/")]
    primary = [path for path in paths if path.endswith(tuple(f"_eeg{extension}" for extension in extensions))]
    return Lock(
        dataset="tiny",
        api="embedded",
        database="eegdash",
        filter={},
        resolved_at="2026-11-22T00:00:00+00:00",
        licence="CC0",
        name="Tiny",
        doi="10.0000/tiny",
        document={"authors": ["A. Author"]},
        recordings=tuple(entry_of(path, paths, root) for path in primary),
    )


def entry_of(raw: str, paths: list[str], root: Path) -> LockedRecording:
    recording = raw.rpartition("/")[2].rpartition("_")[0]
    subject = raw.partition("/")[0]
    own = [path for path in paths if path.startswith(f"{subject}/") or "/" not in path]
    files = tuple(LockedFile(path=path, url=(root / path).as_uri(), role=role_of(path, raw)) for path in own)
    entities = entities_of(f"{recording}_eeg")[0]
    folder = raw.rpartition("/eeg/")[0]
    return LockedRecording(recording=recording, folder=folder, datatype="eeg", raw=raw, entities=entities, files=files)


def clean(recording: Recording) -> Recording:
    """Stand-in for a recipe: a bad channel, a bad segment, two components, the average reference."""
    recording = recording.mark_bad({"C3": "noisy"})
    recording.raw.annotations.append(1.5, 0.7, "BAD_muscle")
    recording.raw.info["bads"] = []
    components = (
        Component(index=0, label="eye blink", probability=0.97, status="bad", reason="eye blink >= 0.9"),
        Component(index=1, label="brain", probability=0.8, status="good"),
    )
    return replace(recording, interpolated=("C3", "Pz"), components=components, reference="average")


def record_of(recording: Recording, name: str) -> RecordingRecord:
    return RecordingRecord(
        recording=name,
        status="ok",
        recipe="eegprep",
        recipe_digest=digest("eegprep"),
        seed=7,
        steps=(
            recorded("highpass", {"cutoff_hz": 1.0}, transition_hz=1.0, taps=331),
            recorded("ica", {"method": "picard"}, n_channels=8, n_components=2),
        ),
        overrides=(Override(kind="channel", name="Pz", decision="bad", reason="loose"),),
        bad_channels=recording.bad_channels,
        components=ComponentsRecord(total=2, removed=recording.components[:1]),
        metrics={"good_fraction": 0.825},
    )


def make_derivative(root: Path, lock: Lock, derivative: Path, environment: Environment | None = None) -> list[Activity]:
    """A whole derivative dataset, sealed by its manifest."""
    environment = environment or describe()
    activities = [make_recording(root, lock, entry, derivative) for entry in lock.recordings]
    names = [derivative / e.folder / "eeg" / f"{e.recording}_desc-preproc_qc.json" for e in lock.recordings]
    records = [RecordingRecord.model_validate_json(path.read_bytes()) for path in names]
    config = {"output": str(root.parent), "datasets": ["tiny"], "seed": 7}
    write_dataset_files(derivative, lock=lock, recipe="eegprep", config=config, records=records, raw_root=root)
    write_prov(derivative, activities, environment, lock)
    write_crate(derivative, activities, environment, lock)
    write_manifest(derivative)
    return activities


def make_recording(root: Path, lock: Lock, entry: LockedRecording, derivative: Path) -> Activity:
    cleaned = clean(read_recording(root, entry))
    used = file_digests([root / file.path for file in entry.files], root=root, place="raw")
    parameters = digest("parameters")
    made_by = activity_id("clean", entry.recording, used=used, parameters_digest=parameters, seed=7)
    record = record_of(cleaned, entry.recording)
    files = write_derivative(cleaned, record, entry=entry, raw_root=root, derivative=derivative, activity_id=made_by)
    return Activity(
        stage="clean",
        recording=entry.recording,
        command=f"eegmill clean {entry.recording}",
        started_at=START,
        ended_at=START + timedelta(seconds=3),
        cpu_s=2.5,
        peak_rss_mb=300.0,
        used=used,
        generated=file_digests(files, root=derivative, place="derivative"),
        parameters_digest=parameters,
        seed=7,
    )
