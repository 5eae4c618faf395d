"""What a person sees of eegmill in a notebook."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import mne
import numpy as np
import pytest

import eegmill
from eegmill.bars import bar
from eegmill.cleaning import Cleaned, clean
from eegmill.config.overrides import COLUMNS, overrides_of
from eegmill.errors import ConfigurationError
from eegmill.files.shipped import workflow_root

RECIPE: list[dict[str, object]] = [{"highpass": {"cutoff_hz": 1.0}}, {"bad_channels": {}}, {"reference": {}}]
SAMPLE = workflow_root() / "src/eegmill/sample/eegmill-sample/sub-02/eeg/sub-02_task-arithmetic_eeg.edf"
CZ_IS_BAD = {"kind": "channel", "name": "Cz", "decision": "bad", "reason": "<b>loose</b>"}


def noise(**infos: float) -> mne.io.BaseRaw:
    info = mne.create_info(["Fz", "Cz", "Pz", "Oz", "C3", "C4"], 100.0, "eeg")
    data = np.random.default_rng(0).normal(scale=1e-5, size=(6, 3000))
    raw = mne.io.RawArray(data, info, verbose="error")
    return raw.set_montage("standard_1020", verbose="error")


@pytest.fixture(scope="module")
def cleaned() -> Cleaned:
    return clean(noise(), RECIPE, overrides=[CZ_IS_BAD])


@pytest.fixture(scope="module")
def from_file() -> Cleaned:
    return clean(SAMPLE, "minimal")


def test_everything_public_is_there_for_tab_completion() -> None:
    assert set(dir(eegmill)) == set(eegmill.__all__)
    assert all(getattr(eegmill, name) is not None for name in dir(eegmill))


@pytest.mark.parametrize("name", [name for name in eegmill.__all__ if not name.startswith("__")])
def test_everything_public_has_help(name: str) -> None:
    assert (getattr(eegmill, name).__doc__ or "").strip()


def test_a_cleaned_recording_is_told_in_six_lines(cleaned: Cleaned, from_file: Cleaned) -> None:
    for one in (cleaned, from_file):
        assert len(repr(one).splitlines()) <= 6
        assert "channels bad" in repr(one)


def test_its_table_escapes_what_people_wrote_and_asks_for_nothing(cleaned: Cleaned) -> None:
    html = cleaned._repr_html_()
    assert "&lt;b&gt;loose" in html
    assert not re.search(r"<b>|<script|<img|<link|https?:", html)


def test_a_path_is_cleaned_as_a_recording_is(from_file: Cleaned) -> None:
    assert from_file.record.recording == "sub-02_task-arithmetic"
    raw = mne.io.read_raw_edf(SAMPLE, preload=True, verbose="error")
    assert from_file.raw.n_times == clean(raw, "minimal").raw.n_times


def test_a_path_that_does_not_exist_is_told() -> None:
    with pytest.raises(ConfigurationError, match=r"'nowhere\.edf' does not exist"):
        clean("nowhere.edf")


def test_what_is_saved_is_read_by_mne(cleaned: Cleaned, from_file: Cleaned, tmp_path: Path) -> None:
    for name, one in (("raw", cleaned), ("file", from_file)):
        page = one.save(tmp_path / name)
        assert page.is_file()
        (header,) = (tmp_path / name).rglob("*.vhdr")
        back = mne.io.read_raw_brainvision(header, preload=True, verbose="error")
        assert np.allclose(back.get_data(), one.raw.get_data(back.ch_names), atol=1e-9)


def test_nothing_is_replaced_unless_that_is_wanted(cleaned: Cleaned, tmp_path: Path) -> None:
    cleaned.save(tmp_path)
    with pytest.raises(ConfigurationError, match="is there already"):
        cleaned.save(tmp_path)
    assert cleaned.save(tmp_path, overwrite=True).is_file()


def test_a_report_is_one_page(cleaned: Cleaned, tmp_path: Path) -> None:
    page = cleaned.report(tmp_path / "page.html")
    assert page == tmp_path / "page.html"
    assert list(tmp_path.iterdir()) == [page]
    assert "<html" in page.read_text()


def test_overrides_are_taken_from_dicts_and_from_the_file_that_a_page_saves(tmp_path: Path) -> None:
    file = tmp_path / "overrides.tsv"
    row = ["ds1", "sub-01", "channel", "Cz", "", "", "bad", "<b>loose</b>"]
    file.write_text("\t".join(COLUMNS) + "\n" + "\t".join(row) + "\n")
    assert overrides_of(file, "") == overrides_of([CZ_IS_BAD], "") == overrides_of(str(file), "sub-01")
    assert overrides_of(file, "sub-02") == ()


def test_a_file_about_several_recordings_needs_a_recording_with_a_name(tmp_path: Path) -> None:
    file = tmp_path / "overrides.tsv"
    rows = [["ds1", name, "channel", "Cz", "", "", "bad", ""] for name in ("sub-01", "sub-02")]
    file.write_text("".join("\t".join(row) + "\n" for row in (COLUMNS, *rows)))
    with pytest.raises(ConfigurationError, match="rows of 2 recordings"):
        overrides_of(file, "")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "chanel", "decision": "bad"}, "Override 1, 'kind'"),
        ({"kind": "channel", "decision": "bad", "colour": "red"}, "Override 1, 'colour'"),
        ({"kind": "segment", "decision": "bad", "onset": 1.0}, "Override 1: a segment needs"),
    ],
)
def test_an_override_that_is_wrong_is_told(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        overrides_of([wrong], "")


def test_long_calls_are_quiet_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with bar("clean", 1) as begin:
        begin("ica")
    assert capsys.readouterr().err == ""


def test_progress_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    clean(noise(), RECIPE, verbose=True)
    assert capsys.readouterr().err.splitlines()[-1] == "clean: 3 of 3: reference"


def test_a_terminal_shows_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    with bar("clean", 2) as begin:
        begin("ica")
        begin("reference")
    shown = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert "clean" in shown
    assert shown.endswith("\x1b[2K")


def test_tables_of_features_are_told_in_one_line() -> None:
    table = eegmill.features.extract(noise(), "signal")
    assert repr(table).startswith("<FeatureTable: ")
    assert len(repr(table).splitlines()) == 1
