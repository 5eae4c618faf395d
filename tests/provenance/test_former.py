"""Derivatives of another version: compared in signal and decisions, whatever else their records hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eegmill.bids.paths import DerivativePaths
from eegmill.errors import DerivativeError
from eegmill.provenance.compare import Tier
from eegmill.provenance.former import compare_former, decisions_of

PATHS = DerivativePaths("sub-01_task-rest")
RECORD = {
    "schema_version": "1.0",
    "status": "ok",
    "bad_channels": [{"name": "T7", "reasons": ["noise"]}],
    "components": {"total": 18, "removed": [{"index": 0}, {"index": 3}]},
}


def record(folder: Path, **changed: object) -> Path:
    path = folder / PATHS.record
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(RECORD | changed), encoding="utf-8")
    return folder


def test_records_of_two_layouts_with_the_same_decisions_agree(tmp_path: Path) -> None:
    (compared,) = compare_former(record(tmp_path / "a"), record(tmp_path / "b", schema_version="1.2", bands=[]), PATHS)
    assert (compared.tier, compared.difference) == (Tier.CONTENT, "")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": "rejected"}, "status 'ok' then, 'rejected' now"),
        ({"bad_channels": []}, "bad channels ['T7'] then, [] now"),
        ({"components": {"total": 18, "removed": []}}, "removed components [0, 3] then, [] now"),
        ({"components": None}, "components 18 then, 0 now"),
    ],
)
def test_another_decision_is_different_and_named(tmp_path: Path, changed: dict[str, object], words: str) -> None:
    (compared,) = compare_former(record(tmp_path / "a"), record(tmp_path / "b", **changed), PATHS)
    assert compared.tier is Tier.DIFFERENT
    assert words in compared.difference


def test_a_signal_that_only_one_has_is_different(tmp_path: Path) -> None:
    folders = record(tmp_path / "a"), record(tmp_path / "b")
    (folders[0] / PATHS.signal.with_suffix(".eeg")).write_bytes(b"1234")
    assert [compared.tier for compared in compare_former(*folders, PATHS)] == [Tier.CONTENT, Tier.DIFFERENT]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"status": "ok"}'])
def test_a_damaged_record_is_refused(tmp_path: Path, content: str) -> None:
    path = record(tmp_path) / PATHS.record
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DerivativeError, match="missing or damaged"):
        decisions_of(path)
