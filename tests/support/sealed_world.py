"""A sealed derivative of two short recordings: made once, copied for each test that changes it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from eegmill.lock import Lock
from eegmill.provenance.activity import Activity
from tiny_bids import make_derivative, make_raw_dataset, make_recording


@dataclass(frozen=True)
class World:
    """A raw dataset and its derivative."""

    root: Path
    lock: Lock
    derivative: Path
    activities: list[Activity]

    def rebuild(self, recording: str, place: Path) -> None:
        """Make a recording again, as a caller of ``verify`` would."""
        make_recording(self.root, self.lock, self.lock.recording(recording), place)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    root = tmp_path_factory.mktemp("world") / "tiny"
    lock = make_raw_dataset(root)
    derivative = root / "derivatives" / "eegmill"
    activities = make_derivative(root, lock, derivative)
    return World(root, lock, derivative, activities)


@pytest.fixture
def world(pristine, tmp_path):
    root = tmp_path / "tiny"
    shutil.copytree(pristine.root, root)
    return World(root, pristine.lock, root / "derivatives" / "eegmill", pristine.activities)
