"""Fixtures that every test folder shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings that are not shipped with the project."""
    folder = os.environ.get("EEGMILL_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs the folder of real recordings: set EEGMILL_DATA")
    return Path(folder)
