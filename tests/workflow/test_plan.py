"""The plan: what makes a job run again, and what does not."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from eegmill.errors import ConfigurationError
from eegmill.files.atomic import write_json
from eegmill.lock import Lock, LockedFile, LockedRecording
from eegmill.workflow.fingerprint import code_digest
from eegmill.workflow.libraries import version
from eegmill.workflow.plan import Plan

NAME = "sub-01_task-rest"
RECIPE = [{"highpass": {"cutoff_hz": 1.0}}, {"ica": {}}, {"iclabel": {}}, {"remove_components": {}}]


def entry(name: str, size: int = 1) -> LockedRecording:
    raw = f"sub-01/eeg/{name}_eeg.edf"
    files = (LockedFile(path=raw, url=f"https://example.org/{raw}", role="raw", size=size),)
    return LockedRecording(recording=name, folder="sub-01", datatype="eeg", raw=raw, entities={}, files=files)


def plan(folder: Path, *entries: LockedRecording, **values: object) -> Plan:
    made = Plan.from_values({"output": str(folder), "datasets": ["ds1"], "recipe": RECIPE, **values})
    lock = Lock(dataset="ds1", api="x", database="x", filter={}, resolved_at="", recordings=entries or (entry(NAME),))
    write_json(made.layout("ds1").lock, lock.model_dump(mode="json"))
    return made


def digests(made: Plan) -> dict[str, str]:
    recordings = {stage: made.digest(stage, "ds1", NAME) for stage in ("fetch", "decompose", "clean")}
    return {"resolve": made.digest("resolve", "ds1"), **recordings}


def changed(before: Plan, after: Plan) -> set[str]:
    old, new = digests(before), digests(after)
    return {stage for stage in old if old[stage] != new[stage]}


def forget() -> None:
    """Read code and versions anew."""
    code_digest.cache_clear()
    version.cache_clear()


def threshold(value: float) -> list[dict[str, object]]:
    return [*RECIPE[:2], {"iclabel": {"thresholds": {"eye": value}}}, RECIPE[3]]


@pytest.mark.parametrize(
    ("values", "stages"),
    [
        ({}, set()),
        ({"recipe": threshold(0.5)}, {"clean"}),
        ({"recipe": [{"highpass": {"cutoff_hz": 2.0}}, *RECIPE[1:]]}, {"decompose", "clean"}),
        ({"seed": 1}, {"decompose", "clean"}),
        ({"select": {"task": ["rest"]}}, {"resolve"}),
    ],
)
def test_a_change_touches_what_depends_on_it(tmp_path: Path, values: dict[str, object], stages: set[str]) -> None:
    before = plan(tmp_path)
    first = digests(before)
    after = plan(tmp_path, **values)
    assert {stage for stage, digest in digests(after).items() if digest != first[stage]} == stages


def test_another_recording_in_the_dataset_touches_no_other(tmp_path: Path) -> None:
    first = digests(plan(tmp_path / "a"))
    assert digests(plan(tmp_path / "b", entry(NAME), entry("sub-01_task-other"))) == first


def test_a_changed_source_file_touches_all_behind_it(tmp_path: Path) -> None:
    assert changed(plan(tmp_path / "a"), plan(tmp_path / "b", entry(NAME, size=2))) == {"fetch", "decompose", "clean"}


@pytest.mark.parametrize(("kind", "stages"), [("component", {"clean"}), ("channel", {"decompose", "clean"})])
def test_an_override_touches_what_it_acts_on(tmp_path: Path, kind: str, stages: set[str]) -> None:
    rows = "dataset\trecording\tkind\tname\tonset\tduration\tdecision\treason\n"
    (tmp_path / "overrides.tsv").write_text(rows + f"ds1\t{NAME}\t{kind}\t0\t\t\tbad\t\n", encoding="utf-8")
    after = plan(tmp_path / "b", overrides=str(tmp_path / "overrides.tsv"))
    assert changed(plan(tmp_path / "a"), after) == stages


@pytest.mark.parametrize(
    ("module", "stages"),
    [
        ("reading/channels.py", {"decompose", "clean"}),
        ("config/overrides.py", {"decompose", "clean"}),
        ("chain.py", {"decompose", "clean"}),
        ("signal/ica/unmixing.py", {"decompose", "clean"}),
        ("signal/ica/iclabel_features.py", {"clean"}),
        ("derivative/events.py", {"clean"}),
        ("metrics.py", {"decompose", "clean"}),
        ("signal/line/zapline.py", set()),
    ],
)
def test_changed_code_touches_what_runs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, stages: set[str]
) -> None:
    made = plan(tmp_path)
    first = digests(made)
    read = Path.read_bytes
    forget()
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * path.match(f"eegmill/{module}"))
    after = digests(Plan(made.configuration))
    forget()
    assert {stage for stage, digest in after.items() if digest != first[stage]} == stages


@pytest.mark.parametrize(
    ("library", "stages"),
    [
        ("mne", {"decompose", "clean"}),
        ("antio", {"decompose", "clean"}),
        ("python-picard", {"decompose", "clean"}),
        ("onnxruntime", {"clean"}),
        ("mne-icalabel", {"clean"}),
        ("pybv", {"clean"}),
        ("pyprep", set()),
        ("httpx2", set()),
    ],
)
def test_an_upgraded_library_touches_what_computes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str, stages: set[str]
) -> None:
    made = plan(tmp_path)
    first = digests(made)
    installed = metadata.version
    with monkeypatch.context() as patched:
        patched.setattr(metadata, "version", lambda name: installed(name) + ".1" * (name == library))
        forget()
        after = digests(Plan(made.configuration))
    forget()
    assert {stage for stage, digest in after.items() if digest != first[stage]} == stages


@pytest.mark.parametrize(
    "module", ["workflow/jobs/dataset.py", "derivative/status.py", "provenance/crate.py", "report/dashboard.py"]
)
def test_changed_code_of_a_writer_touches_the_datasets_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    made = plan(tmp_path)
    first = made.digest("dataset", "ds1")
    read = Path.read_bytes
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * path.match(f"eegmill/{module}"))
        forget()
        after = Plan(made.configuration).digest("dataset", "ds1")
    forget()
    assert after != first


def test_a_plan_survives_the_way_through_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    made = plan(tmp_path, seed=7)
    for name, value in dict(os.environ).items():
        monkeypatch.setenv(name, value)
    made.to_environment()
    assert json.loads(os.environ["EEGMILL_CONFIGURATION"])["seed"] == 7
    assert Plan.from_environment().configuration == made.configuration


def test_an_override_of_a_dataset_that_is_not_asked_for_is_refused(tmp_path: Path) -> None:
    rows = "dataset\trecording\tkind\tname\tonset\tduration\tdecision\treason\n"
    (tmp_path / "overrides.tsv").write_text(rows + f"ds2\t{NAME}\tchannel\tFz\t\t\tbad\t\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 2: dataset 'ds2' is not in the configuration, which has ds1"):
        plan(tmp_path, overrides=str(tmp_path / "overrides.tsv"))
