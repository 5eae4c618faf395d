"""Pages and index drawn again from a derivative."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eegmill.provenance.verify import verify_manifest
from eegmill.workflow.pages import draw_again
from tiny_bids import make_derivative, make_raw_dataset

ALONE = "it shows the clean signal alone"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("raw")
    make_derivative(root, make_raw_dataset(root), root / "derivatives" / "eegmill")
    return root


@pytest.fixture
def raw(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "raw"))


def page(derivative: Path, subject: str = "01") -> str:
    return (derivative / f"sub-{subject}" / f"sub-{subject}_task-odd_report.html").read_text(encoding="utf-8")


def test_pages_and_index_are_drawn_and_the_manifest_goes_with_them(raw: Path) -> None:
    derivative = raw / "derivatives" / "eegmill"
    drawn = draw_again(derivative)
    assert (len(drawn.pages), drawn.failed, drawn.without_raw) == (2, {}, ())
    assert 'href="sub-02/sub-02_task-odd_report.html"' in (derivative / "index.html").read_text(encoding="utf-8")
    assert ALONE not in page(derivative)
    assert verify_manifest(derivative).intact


def test_what_is_drawn_twice_has_the_same_bytes(raw: Path) -> None:
    derivative = raw / "derivatives" / "eegmill"
    once = [path.read_bytes() for path in (*draw_again(derivative).pages, derivative / "index.html")]
    assert [path.read_bytes() for path in (*draw_again(derivative).pages, derivative / "index.html")] == once


def test_without_raw_files_the_clean_signal_is_shown_alone_and_the_page_says_so(raw: Path, tmp_path: Path) -> None:
    derivative = Path(shutil.move(raw / "derivatives" / "eegmill", tmp_path / "moved"))
    drawn = draw_again(derivative)
    assert len(drawn.without_raw) == len(drawn.pages) == 2
    assert ALONE in page(derivative)
    assert "before (grey)" not in page(derivative)
    assert draw_again(derivative, raw=raw).without_raw == ()


def test_raw_files_that_were_changed_since_are_not_compared(raw: Path) -> None:
    data = raw / "sub-01" / "eeg" / "sub-01_task-odd_eeg.eeg"
    data.unlink()
    assert draw_again(raw / "derivatives" / "eegmill").without_raw == ("sub-01_task-odd",)


def test_a_recording_that_failed_stays_on_the_index_with_its_reason(raw: Path) -> None:
    derivative = raw / "derivatives" / "eegmill"
    table = derivative / "status.tsv"
    cells = dict.fromkeys(table.read_text(encoding="utf-8").splitlines()[0].split("\t"), "n/a")
    cells |= {"recording": "sub-09_task-odd", "status": "failed", "stage": "fetch", "reason": "it is gone"}
    table.write_text(table.read_text(encoding="utf-8") + "\t".join(cells.values()) + "\n", encoding="utf-8")
    draw_again(derivative)
    assert "<b>fetch</b>: it is gone" in (derivative / "index.html").read_text(encoding="utf-8")


def test_a_damaged_recording_costs_its_own_page_alone(raw: Path) -> None:
    derivative = raw / "derivatives" / "eegmill"
    (derivative / "sub-01" / "eeg" / "sub-01_task-odd_desc-preproc_eeg.vhdr").unlink()
    drawn = draw_again(derivative)
    assert list(drawn.failed) == ["sub-01_task-odd"]
    assert len(drawn.pages) == 1
