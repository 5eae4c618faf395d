"""Fixtures that every test folder shares."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from eegmill.workflow.layout import Layout
from running import snakemake

pytest_plugins = ["chromium", "server_fixtures", "indexed", "sealed_world"]

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


@pytest.fixture
def hangups_are_heard() -> Iterator[None]:
    """What is started meanwhile hears of a closed terminal, though the tests themselves may run under ``nohup``."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of a run on the embedded sample with the default configuration, and how it ended."""
    folder = tmp_path_factory.mktemp("finished")
    return folder, snakemake(folder)


RECIPE = """steps:
  - import: {}
  - highpass: {cutoff_hz: 0.5}
  - lowpass: {cutoff_hz: 40}
  - interpolate: {}
  - bad_channels: {method: clean_rawdata_nolocs, nolocs_correlation: 0.75}
  - reference: {to: average}
  - epochs: {events: [square], tmin: -0.2, tmax: 0.8}
  - autoreject: {method: local, n_interpolate: [2], consensus: [0.5], folds: 3}
"""
"""Quick, and leaves bad channels behind: the one that a person marked is interpolated, those found later stay bad."""
OVERRIDES = """dataset\trecording\tkind\tname\tonset\tduration\tdecision\treason
eegmill-sample\tsub-01_task-attention\tchannel\tPO7\tn/a\tn/a\tbad\tloose
eegmill-sample\tsub-01_task-attention\tsegment\tn/a\t20\t3\tbad\tcough
"""


@pytest.fixture(scope="session")
def epoched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The derivative of a run with repaired epochs, overrides, a renamed, a bad, an interpolated and an EOG channel.

    ``sub-01`` is cleaned; ``sub-02`` has none of the events, so it is rejected.
    """
    folder = tmp_path_factory.mktemp("epoched")
    (folder / "readers.yaml").write_text(RECIPE, encoding="utf-8")
    (folder / "overrides.tsv").write_text(OVERRIDES, encoding="utf-8")
    done = snakemake(folder, recipe="readers.yaml", overrides="overrides.tsv", select={"subject": ["01", "02"]})
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "results" / "eegmill-sample" / "derivatives" / "eegmill-readers"


@pytest.fixture
def copy(finished: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> Path:
    """A copy of the finished run that a test may change; times are kept."""
    target = tmp_path / "copy"
    shutil.copytree(finished[0], target, symlinks=True)
    return target


@pytest.fixture(scope="session")
def layout(finished: tuple[Path, subprocess.CompletedProcess[str]]) -> Layout:
    """The paths of the finished run."""
    return Layout(finished[0] / "results", "eegmill-sample", "eegmill")
