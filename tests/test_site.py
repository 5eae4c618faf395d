"""The documentation site builds without a warning and without network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a broken link is an error."""
    pytest.importorskip("mkdocs", reason="the site is built with mkdocs, which is not installed")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_the_configuration_is_a_page(site: Path) -> None:
    assert "feature_windows.length_s" in (site / "configuration.html").read_text(encoding="utf-8")


def test_no_page_asks_another_server(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|img|link rel="stylesheet")[^>]*(?:src|href)="https?:', text), page.name


def test_the_reference_has_every_command_and_public_name(site: Path) -> None:
    assert "eegmill publish" in (site / "commands.html").read_text(encoding="utf-8")
    assert "eegmill.stream.Windows" in (site / "python.html").read_text(encoding="utf-8")
    assert "recipe_digest" in (site / "files.html").read_text(encoding="utf-8")


def test_the_example_report_is_a_whole_page(site: Path) -> None:
    page = site / "example_report.html"
    assert "sub-01_task-attention" in page.read_text(encoding="utf-8")
    assert page.stat().st_size < 2e6
