"""Make the dataset ``eegmill-sample`` that ships with the package, from the folder of real recordings.

    python tools/make_sample.py FOLDER

FOLDER holds ``eeglab-sample/eeglab_data.{set,fdt}`` (EEGLAB tutorial recording, BSD-2-Clause) and ``eegmat/`` (PhysioNet
EEG During Mental Arithmetic Tasks 1.0.0, ODC-By-1.0). Signals are copied byte for byte; of the ``.set`` header only what
can be recomputed (``times``) is left out, and the file name that it points to follows BIDS.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import mne
import scipy.io

DATASET = "eegmill-sample"
PACKAGE = Path(__file__).parents[1] / "src" / "eegmill" / "sample"
ROOT = PACKAGE / DATASET
ATTENTION = "sub-01_task-attention"
ARITHMETIC = {"02": "Subject00", "03": "Subject11", "04": "Subject31"}

README = """\
# eegmill-sample

Four real recordings, small enough to ship, to try eegmill without a network.

* `sub-01`, task `attention`: the tutorial recording of EEGLAB (32 channels, 128 Hz, 238 s, raw: line noise at 60 Hz, blinks).
  A visual attention task: the participant answers a square (`square`) by a button press (`rt`). BSD-2-Clause, as part of EEGLAB
  (Delorme & Makeig 2004, doi:10.1016/j.jneumeth.2003.10.009).
* `sub-02`, `sub-03`, `sub-04`, task `arithmetic`: subjects 00, 11 and 31 of EEG During Mental Arithmetic Tasks, serial subtraction
  (19 scalp channels, 500 Hz, 62 s, already filtered and cleaned by its authors). Made available under the Open Data Commons Attribution
  License v1.0 (ODC-By-1.0). Attribution: Zyma I, Tukaev S, Seleznov I, Kiyono K, Popov A, Chernykh M, Shpenkov O.
  Electroencephalograms during Mental Arithmetic Task Performance. Data 2019;4(1):14, doi:10.3390/data4010014;
  PhysioNet, doi:10.13026/C2JQ1P.

Signals are the originals, byte for byte; `scripts/make_sample.py` of eegmill wrote the BIDS files around them.
"""


def write_json(path: Path, value: Any) -> None:
    """Write sorted JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def write_tsv(path: Path, header: list[str], rows: list[list[object]]) -> None:
    """Write tab-separated values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join(header), *("\t".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def channel_type(name: str) -> str:
    """BIDS channel type of a channel of these recordings."""
    if name.startswith("EOG"):
        return "EOG"
    return {"ECG ECG": "ECG", "EEG A2-A1": "MISC"}.get(name, "EEG")


def sidecar(task: str, **fields: object) -> dict[str, object]:
    """What every ``_eeg.json`` here has, and ``fields``."""
    return {"TaskName": task, "EEGGround": "n/a", "SoftwareFilters": "n/a", "RecordingType": "continuous", **fields}


def write_channels(stem: Path, raw: mne.io.BaseRaw) -> None:
    """Write ``_channels.tsv``."""
    rows: list[list[object]] = [[name, channel_type(name), "µV"] for name in raw.ch_names]
    write_tsv(stem.with_name(stem.name + "_channels.tsv"), ["name", "type", "units"], rows)


def write_positions(folder: Path, raw: mne.io.BaseRaw) -> None:
    """Write electrode positions in the head frame that EEGLAB's file gives (right, anterior, superior)."""
    positions = raw.get_montage().get_positions()["ch_pos"]
    rows: list[list[object]] = [[name, *(f"{value:.6f}" for value in position)] for name, position in positions.items()]
    write_tsv(folder / "sub-01_space-CapTrak_electrodes.tsv", ["name", "x", "y", "z"], rows)
    write_json(
        folder / "sub-01_space-CapTrak_coordsystem.json",
        {
            "EEGCoordinateSystem": "CapTrak",
            "EEGCoordinateUnits": "m",
            "EEGCoordinateSystemDescription": "Template positions on a sphere, as EEGLAB's file holds them",
            "AnatomicalLandmarkCoordinates": {"LPA": [-0.1, 0.0, 0.0], "NAS": [0.0, 0.1, 0.0], "RPA": [0.1, 0.0, 0.0]},
            "AnatomicalLandmarkCoordinateSystem": "CapTrak",
            "AnatomicalLandmarkCoordinateUnits": "m",
        },
    )


def make_attention(source: Path) -> None:
    """sub-01: EEGLAB's tutorial recording."""
    folder = ROOT / "sub-01" / "eeg"
    stem = folder / ATTENTION
    folder.mkdir(parents=True)
    shutil.copyfile(source / "eeglab_data.fdt", folder / f"{ATTENTION}_eeg.fdt")
    eeg = scipy.io.loadmat(source / "eeglab_data.set", squeeze_me=False)["EEG"]
    eeg["times"][0, 0] = eeg["times"][0, 0][:, :0]
    for field in ("data", "datfile"):
        eeg[field][0, 0] = f"{ATTENTION}_eeg.fdt"
    eeg["filename"][0, 0] = f"{ATTENTION}_eeg.set"
    eeg["filepath"][0, 0] = ""
    header = folder / f"{ATTENTION}_eeg.set"
    scipy.io.savemat(header, {"EEG": eeg}, do_compression=True)
    # The text names the folder that this file once lay in: the bytes of a recording never change.
    undated = b"MATLAB 5.0 MAT-file, written by scripts/make_sample.py of eegmill".ljust(116)
    header.write_bytes(undated + header.read_bytes()[116:])
    raw = mne.io.read_raw_eeglab(source / "eeglab_data.set", verbose="error")
    write_channels(stem, raw)
    write_positions(folder, raw)
    events: list[list[object]] = [[f"{event['onset']:.7g}", 0, event["description"]] for event in raw.annotations]
    write_tsv(folder / f"{ATTENTION}_events.tsv", ["onset", "duration", "trial_type"], events)
    write_json(
        folder / f"{ATTENTION}_eeg.json",
        sidecar(
            "attention",
            EEGReference="as recorded (not documented)",
            EEGPlacementScheme="10-10",
            PowerLineFrequency=60,
            SamplingFrequency=128,
            EEGChannelCount=30,
            EOGChannelCount=2,
            RecordingDuration=238.3125,
        ),
    )


def make_arithmetic(subject: str, original: str, source: Path) -> None:
    """sub-02 … sub-04: serial subtraction."""
    folder = ROOT / f"sub-{subject}" / "eeg"
    stem = folder / f"sub-{subject}_task-arithmetic"
    folder.mkdir(parents=True)
    target = stem.with_name(stem.name + "_eeg.edf")
    shutil.copyfile(source / f"{original}_2.edf", target)
    raw = mne.io.read_raw_edf(target, verbose="error")
    write_channels(stem, raw)


def make_dataset(source: Path) -> None:
    """Files of the whole dataset."""
    write_json(
        ROOT / "task-arithmetic_eeg.json",
        sidecar(
            "arithmetic",
            EEGReference="interconnected ears",
            EEGPlacementScheme="10-20",
            PowerLineFrequency=50,
            SamplingFrequency=500,
            EEGChannelCount=19,
            ECGChannelCount=1,
            MiscChannelCount=1,
            RecordingDuration=62,
            SoftwareFilters={
                "high-pass": {"cutoff (Hz)": 0.5},
                "low-pass": {"cutoff (Hz)": 45},
                "notch": {"frequency (Hz)": 50},
            },
        ),
    )
    write_json(
        ROOT / "dataset_description.json",
        {
            "Name": "eegmill sample",
            "BIDSVersion": "1.10.0",
            "DatasetType": "raw",
            "License": "BSD-2-Clause (sub-01), ODC-By-1.0 (sub-02, sub-03, sub-04)",
            "Authors": [
                "EEGLAB developers",
                "Igor Zyma",
                "Sergii Tukaev",
                "Ivan Seleznov",
                "Ken Kiyono",
                "Anton Popov",
            ],
            "ReferencesAndLinks": [
                "doi:10.1016/j.jneumeth.2003.10.009",
                "doi:10.3390/data4010014",
                "doi:10.13026/C2JQ1P",
            ],
        },
    )
    (ROOT / "README.md").write_text(README, encoding="utf-8")
    (ROOT / "CHANGES").write_text("1.0.0 2026-11-22\n  - First version\n", encoding="utf-8")
    write_json(
        ROOT / "task-attention_events.json",
        {"trial_type": {"Levels": {"square": "target square shown", "rt": "button press"}}},
    )
    with (source / "eegmat" / "subject-info.csv").open(encoding="utf-8") as stream:
        people = {row["Subject"]: row for row in csv.DictReader(stream)}
    rows: list[list[object]] = [["sub-01", "n/a", "n/a"]]
    rows += [[f"sub-{key}", people[name]["Age"], people[name]["Gender"]] for key, name in ARITHMETIC.items()]
    write_tsv(ROOT / "participants.tsv", ["participant_id", "age", "sex"], rows)
    write_json(
        ROOT / "participants.json",
        {"age": {"Description": "age at recording", "Units": "years"}, "sex": {"Levels": {"F": "female", "M": "male"}}},
    )


def record(
    raw_key: str, *, task: str, subject: str, raw: mne.io.BaseRaw, participant: dict[str, object]
) -> dict[str, object]:
    """One record document in the EEGDash schema."""
    path = ROOT / raw_key
    entities = {"subject": subject, "session": None, "task": task, "run": None, "acquisition": None}
    siblings = sorted(p.relative_to(ROOT).as_posix() for p in path.parent.iterdir() if p != path)
    return {
        "dataset": DATASET,
        "data_name": f"{DATASET}_{path.name}",
        "bidspath": f"{DATASET}/{raw_key}",
        "bids_relpath": raw_key,
        "datatype": "eeg",
        "suffix": "eeg",
        "extension": path.suffix,
        "recording_modality": ["eeg"],
        **entities,
        "entities_mne": entities,
        "storage": {"backend": "embedded", "base": f"embedded:{DATASET}", "raw_key": raw_key, "dep_keys": siblings},
        "ch_names": list(raw.ch_names),
        "sampling_frequency": float(raw.info["sfreq"]),
        "nchans": len(raw.ch_names),
        "ntimes": int(raw.n_times),
        "duration_seconds": raw.n_times / float(raw.info["sfreq"]),
        "power_line_frequency": 60.0 if task == "attention" else 50.0,
        "digested_at": "2026-11-22T00:00:00+00:00",
        "participant_tsv": participant,
        "_has_missing_files": False,
    }


def fingerprint() -> str:
    """EEGDash's fingerprint of a dataset: seed, then sorted paths with sizes."""
    files = sorted((p.relative_to(ROOT).as_posix(), p.stat().st_size) for p in ROOT.rglob("*") if p.is_file())
    text = f"{DATASET}|eegmill" + "".join(f"{path}\0{size}\0" for path, size in files)
    return hashlib.sha256(text.encode()).hexdigest()


def participants() -> dict[str, dict[str, object]]:
    """Rows of ``participants.tsv`` by participant."""
    with (ROOT / "participants.tsv").open(encoding="utf-8") as stream:
        return {row.pop("participant_id"): dict(row) for row in csv.DictReader(stream, delimiter="\t")}


def document() -> dict[str, object]:
    """The dataset document in the EEGDash schema."""
    people = participants()
    ages = sorted(int(str(row["age"])) for row in people.values() if row["age"] != "n/a")
    files = [p for p in ROOT.rglob("*") if p.is_file()]
    top = sorted(p.name for p in ROOT.iterdir() if p.is_file() and p.name != "dataset_description.json")
    description = json.loads((ROOT / "dataset_description.json").read_text(encoding="utf-8"))
    return {
        "dataset_id": DATASET,
        "name": description["Name"],
        "source": "eegmill",
        "readme": README,
        "recording_modality": ["eeg"],
        "datatypes": ["eeg"],
        "experimental_modalities": ["visual"],
        "bids_version": description["BIDSVersion"],
        "tasks": ["arithmetic", "attention"],
        "sessions": [],
        "total_files": len(files),
        "size_bytes": sum(p.stat().st_size for p in files),
        "data_processed": False,
        "license": description["License"],
        "authors": description["Authors"],
        "dataset_doi": None,
        "references_and_links": description["ReferencesAndLinks"],
        "demographics": {"subjects_count": len(people), "ages": ages, "age_min": min(ages), "age_max": max(ages)},
        "tags": {"pathology": ["Healthy"], "modality": ["Visual"], "type": ["Attention", "Memory"]},
        "external_links": {"source_url": "https://doi.org/10.13026/C2JQ1P"},
        "ingestion_fingerprint": fingerprint(),
        "timestamps": {"digested_at": "2026-11-22T00:00:00+00:00", "dataset_created_at": "2026-11-22T00:00:00+00:00"},
        "storage": {
            "backend": "embedded",
            "base": f"embedded:{DATASET}",
            "raw_key": "dataset_description.json",
            "dep_keys": top,
        },
    }


def write_catalogue() -> None:
    """Write the documents that the embedded API serves."""
    people = participants()
    records = []
    for path in sorted([*ROOT.glob("sub-*/eeg/*_eeg.set"), *ROOT.glob("sub-*/eeg/*_eeg.edf")]):
        raw = mne.io.read_raw(path, verbose="error")
        subject, task = (part.split("-")[1] for part in path.stem.split("_")[:2])
        raw_key = path.relative_to(ROOT).as_posix()
        records.append(record(raw_key, task=task, subject=subject, raw=raw, participant=people[f"sub-{subject}"]))
    write_json(PACKAGE / "catalogue.json", {"datasets": [document()], "records": records})


def main(source: Path) -> None:
    """Write the dataset and its catalogue, replacing what is there."""
    shutil.rmtree(ROOT, ignore_errors=True)
    make_attention(source / "eeglab-sample")
    for subject, original in ARITHMETIC.items():
        make_arithmetic(subject, original, source / "eegmat")
    make_dataset(source)
    write_catalogue()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
