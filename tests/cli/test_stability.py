"""``eegmill stability``: how firm the decisions on files are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from eegmill.cli.app import app
from eegmill.errors import ConfigurationError
from eegmill.testing.recordings import raw_eeg, scalp_eeg

RECIPE = {"steps": [{"import": {}}, {"flatline": {"duration_s": 5}}]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quick.yaml").write_text(yaml.safe_dump(RECIPE))
    for name, duration_s in (("rest", 12.0), ("short", 5.0)):
        raw = raw_eeg(scalp_eeg(5, duration_s=duration_s, sfreq_hz=100.0), sfreq_hz=100.0)
        raw._data[3] = 0.0
        raw.save(tmp_path / f"{name}_eeg.fif", verbose="error")
    return tmp_path


def stability(*words: str) -> Result:
    return CliRunner().invoke(app, ["stability", *words, "--recipe", "quick.yaml"])


def test_the_conclusion_and_a_plain_table_are_printed(folder: Path) -> None:
    done = stability("rest_eeg.fif", "--noise-runs", "1")
    assert done.exit_code == 0, done.output
    assert (
        "rest_eeg.fif, recipe quick\nNone of 5 decisions turns under 4 small perturbations; the cleaned" in done.stdout
    )
    assert "channel E4  bad       4 of 4" in done.stdout


def test_a_file_gets_one_line_for_each_cleaning(folder: Path) -> None:
    told = stability("rest_eeg.fif", "--noise-runs", "1").stderr.splitlines()
    assert told[:2] == ["rest_eeg.fif: reading", "rest_eeg.fif: step 1 of 10: as it is"]
    assert told[4] == "rest_eeg.fif: step 7 of 10: last second dropped"
    assert len(told) == 6


def test_all_of_it_is_written_as_json(folder: Path) -> None:
    assert stability("*_eeg.fif", "--json", "firm.json").exit_code == 1
    rest, short = json.loads((folder / "firm.json").read_text())
    assert rest["file"] == "rest_eeg.fif"
    assert short == {"file": "short_eeg.fif", "failed": short["failed"]}
    assert "The recording lasts 5 s" in short["failed"]
    assert [one["name"] for one in rest["decisions"] if one["bad"]] == ["E4"]
    assert len(rest["runs"]) == 5


def test_a_file_of_which_nothing_can_be_said_does_not_stop_the_others(folder: Path) -> None:
    done = stability("short_eeg.fif", "rest_eeg.fif", "--noise-runs", "0")
    assert done.exit_code == 1
    assert "short_eeg.fif: failed: The recording lasts 5 s" in done.stdout
    assert "rest_eeg.fif, recipe quick" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothere.edf"], "'nothere.edf' does not exist"),
        (["rest_eeg.fif", "--json", "no/where.json"], "there is no folder 'no'"),
        (["rest_eeg.fif", "--json", "short_eeg.fif"], "--json 'short_eeg.fif' is no JSON file"),
        (["rest_eeg.fif", "--json", "."], "--json '.' is no JSON file"),
        (["rest_eeg.fif", "--json", "rest_eeg.json"], "--json 'rest_eeg.json' is there already"),
    ],
)
def test_wrong_use_is_told_in_one_line(folder: Path, words: list[str], told: str) -> None:
    (folder / "rest_eeg.json").write_text("{}")
    error = stability(*words).exception
    assert isinstance(error, ConfigurationError)
    assert told in str(error)
    assert "\n" not in str(error)


def test_a_json_file_that_cannot_be_written_is_told_behind_the_table(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("eegmill.files.atomic.write_json", full)
    done = stability("rest_eeg.fif", "--noise-runs", "0", "--json", "firm.json")
    assert "rest_eeg.fif, recipe quick" in done.stdout
    assert "'firm.json' cannot be written (No space left on device)" in str(done.exception)
