"""The reference BIDS validator, run on a derivative; its answer is kept in ``logs/``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from shutil import which
from typing import Any

from ..errors import DerivativeError
from ..files.atomic import write_json
from ..models import Frozen

PROGRAM = "bids-validator-deno"
RECORD = "logs/bids-validator.json"
ANSWERED = (0, 16)
"""Exit codes with an answer: no error, errors."""


class Issue(Frozen):
    """One thing that the validator said."""

    code: str
    sub_code: str = ""
    location: str = ""
    message: str = ""

    def __str__(self) -> str:
        what = f"{self.code} ({self.sub_code})" if self.sub_code else self.code
        return f"{what} in {self.location}" if self.location else what


class ValidationReport(Frozen):
    """What the validator found, errors apart from warnings."""

    validator: str
    bids_version: str
    errors: tuple[Issue, ...]
    warnings: tuple[Issue, ...]


def run_validator(derivative: Path) -> ValidationReport:
    """Run the validator over one dataset and write its answer to ``logs/bids-validator.json``; see `ask_validator`."""
    report = ask_validator(derivative)
    write_json(derivative / RECORD, report.model_dump(mode="json"))
    return report


def ask_validator(derivative: Path) -> ValidationReport:
    """Run the validator over one dataset.

    Raises
    ------
    DerivativeError
        If the program is not installed, or gives no answer.
    MemoryError
        If its memory ran out.
    """
    done = subprocess.run(
        [_program(), str(derivative), "--format", "json", "--max-rows", "-1"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in ANSWERED:
        said = " ".join((done.stderr or done.stdout).split())
        if "out of memory" in said.lower():
            raise MemoryError
        msg = f"{PROGRAM} stopped with exit code {done.returncode} and no answer: {said[-300:]}"
        raise DerivativeError(msg)
    return parse_answer(json.loads(done.stdout))


def _program() -> str:
    beside = Path(sys.executable).parent / PROGRAM
    found = str(beside) if beside.is_file() else which(PROGRAM)
    if found is None:
        msg = f"The BIDS validator is not installed; 'pip install {PROGRAM}' brings it."
        raise DerivativeError(msg)
    return found


def parse_answer(answer: dict[str, Any]) -> ValidationReport:
    """The validator's JSON as a report: sorted, without paths of this machine."""
    said = answer["issues"]
    told = {"error": [], "warning": []}  # type: dict[str, list[Issue]]
    for item in said["issues"]:
        if item["severity"] in told:
            told[item["severity"]].append(_issue(item, said.get("codeMessages", {})))
    return ValidationReport(
        validator=str(answer.get("summary", {}).get("schemaVersion", "")),
        bids_version=str(answer.get("summary", {}).get("datasetVersion", "") or ""),
        errors=tuple(sorted(told["error"], key=str)),
        warnings=tuple(sorted(told["warning"], key=str)),
    )


def _issue(item: dict[str, Any], messages: Any) -> Issue:
    known = messages if isinstance(messages, dict) else dict(messages or [])
    return Issue(
        code=item["code"],
        sub_code=str(item.get("subCode") or ""),
        location=str(item.get("location") or ""),
        message=str(item.get("issueMessage") or known.get(item["code"], "")),
    )
