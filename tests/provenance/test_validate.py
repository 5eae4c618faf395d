from __future__ import annotations

import json
import shutil
import sys

import pytest

from eegmill.errors import DerivativeError
from eegmill.provenance import validate
from eegmill.provenance.validate import RECORD, parse_answer, run_validator


@pytest.fixture
def validator():
    if not shutil.which(validate.PROGRAM, path=str(validate.Path(sys.executable).parent)):
        pytest.skip("needs bids-validator-deno")


def test_the_validator_finds_no_error_in_what_is_written(world, validator):
    report = run_validator(world.derivative)
    assert report.errors == ()
    told = {
        "SIDECAR_KEY_RECOMMENDED",
        "TOO_FEW_AUTHORS",
        "SINGLE_SOURCE_CITATION_FIELDS",
    }  # authors are in CITATION.cff
    assert {warning.code for warning in report.warnings} <= told


def test_an_error_is_found_and_the_answer_is_kept_without_paths(world, validator):
    table = world.derivative / "sub-01" / "eeg" / "sub-01_task-odd_desc-preproc_channels.tsv"
    table.write_text(table.read_text().replace("\tgood\t", "\tinterpolated\t"))
    report = run_validator(world.derivative)
    assert report.errors[0].code == "TSV_VALUE_INCORRECT_TYPE"
    kept = (world.derivative / RECORD).read_text()
    assert json.loads(kept)["errors"]
    assert str(world.root) not in kept


def test_a_missing_program_is_told_with_the_way_out(monkeypatch, tmp_path):
    monkeypatch.setattr(validate, "PROGRAM", "no-such-validator")
    with pytest.raises(DerivativeError, match="pip install no-such-validator"):
        run_validator(tmp_path)


def test_a_program_that_breaks_down_is_told(monkeypatch, tmp_path):
    program = tmp_path / "validator"
    program.write_text("#!/bin/sh\necho no such schema >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(validate, "_program", lambda: str(program))
    with pytest.raises(DerivativeError, match=r"exit code 3 .* no such schema"):
        run_validator(tmp_path)


def test_a_program_that_lacks_memory_is_told_as_any_job_that_does(monkeypatch, tmp_path):
    program = tmp_path / "validator"
    program.write_text("#!/bin/sh\necho '# Fatal process out of memory: Oilpan' >&2\nexit 133\n")
    program.chmod(0o755)
    monkeypatch.setattr(validate, "_program", lambda: str(program))
    with pytest.raises(MemoryError):
        run_validator(tmp_path)


def test_an_answer_is_sorted_into_errors_and_warnings():
    issues = [
        {"severity": "warning", "code": "W", "location": "/a"},
        {"severity": "error", "code": "E", "subCode": "x", "location": "/b"},
        {"severity": "ignore", "code": "I"},
    ]
    report = parse_answer({"issues": {"issues": issues}, "summary": {"schemaVersion": "1.2.7"}})
    assert [str(issue) for issue in report.errors] == ["E (x) in /b"]
    assert [str(issue) for issue in report.warnings] == ["W in /a"]
