"""What cleaning a dataset is said to take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eegmill.catalog.documents.rows import row_of
from eegmill.datasets.estimate import estimate

ROW = row_of(
    {
        "dataset_id": "ds1",
        "size_bytes": 3_000_000,
        "nchans_counts": [{"val": 64, "count": 1}],
        "sfreq_counts": [{"val": 500.0, "count": 1}],
        "total_duration_s": 600.0,
    }
)


def test_the_estimate_agrees_with_the_recording_that_was_measured() -> None:
    # 64 channels x 10 min x 500 Hz: 404 CPU s in steps and 526 MB, in docs/validation.md.
    found = estimate(ROW)
    assert found.cpu_hours == pytest.approx(404 / 3600, rel=0.05)
    assert found.memory_mb == pytest.approx(526, rel=0.05)


def test_jobs_are_two_a_recording_and_those_of_the_dataset() -> None:
    assert estimate(replace(ROW, records=10)).jobs == 24


def test_what_the_catalogue_does_not_know_is_said_to_be_unknown() -> None:
    lines = estimate(row_of({"dataset_id": "ds1"})).lines()
    assert len(lines) == 4
    assert all("unknown" in line for line in lines)
