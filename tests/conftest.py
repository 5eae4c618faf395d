"""Fixtures that every test folder shares."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import hypothesis
import pytest

from eegmill.workflow.layout import Layout
from running import snakemake

pytest_plugins = ["server_fixtures"]

# The same examples every time; to look for new ones: HYPOTHESIS_SEARCH=1 scripts/test
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
if not os.environ.get("HYPOTHESIS_SEARCH"):
    hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings that are not shipped with the project."""
    folder = os.environ.get("EEGMILL_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs the folder of real recordings: set EEGMILL_DATA")
    return Path(folder)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of a run on the embedded sample with the default configuration, and how it ended."""
    folder = tmp_path_factory.mktemp("finished")
    return folder, snakemake(folder)


@pytest.fixture
def copy(finished: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> Path:
    """A copy of the finished run that a test may change; times are kept."""
    target = tmp_path / "copy"
    shutil.copytree(finished[0], target, symlinks=True)
    return target


@pytest.fixture(scope="session")
def layout(finished: tuple[Path, subprocess.CompletedProcess[str]]) -> Layout:
    """The paths of the finished run."""
    return Layout(finished[0] / "results", "eegmill-sample", "eegprep")
