"""Another environment: made of a lock in a folder of its own, or one that is there; and processes of eegmill in it.

Both environments run the source of the eegmill that asks, so that nothing but the libraries differs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from ...errors import ConfigurationError, DerivativeError
from ...files.os_errors import explain
from .libraries import Libraries
from .trace import TracedStep, read_trace

PACKAGE = Path(__file__).parents[2]


class Elsewhere:
    """A Python and the libraries that it has.

    Parameters
    ----------
    python
        Its interpreter.
    folder
        Empty; a copy of eegmill's source is put there.
    keep_path
        Whether it also sees what ``PYTHONPATH`` names, as the present environment does.
    """

    def __init__(self, python: Path, folder: Path, *, keep_path: bool = False) -> None:
        self.python = python
        self.source = folder / "source"
        self.keep_path = keep_path
        if not self.source.exists():
            shutil.copytree(PACKAGE, self.source / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))

    def libraries(self) -> Libraries:
        """What is installed there.

        Raises
        ------
        ConfigurationError
            If eegmill does not run there.
        """
        done = self._run("eegmill.proof.versions.libraries")
        try:
            return Libraries.model_validate_json(done.stdout)
        except ValidationError:
            msg = (
                f"'{self.python}' cannot run eegmill ({last_line(done)}): install the libraries of eegmill there, or "
                "let --with-lock make an environment."
            )
            raise ConfigurationError(msg) from None

    def trace(self, derivative: Path, recording: str, *, raw_root: Path, out: Path, arrays: Path) -> list[TracedStep]:
        """What a recording is after every step; a process that dies ends it as an exception does."""
        done = self._run("eegmill.proof.versions.trace", derivative, recording, raw_root, out, arrays)
        steps = list(read_trace(out))
        if done.returncode != 0:
            steps.append(TracedStep(name="after the last one", ended=f"the process ended: {last_line(done)}"))
        return steps

    def _run(self, module: str, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
        seen = [str(self.source), *([os.environ["PYTHONPATH"]] if self._keeps_path() else [])]
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join(seen), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [str(self.python), "-m", module, *(str(argument) for argument in arguments)]
        try:
            return subprocess.run(command, check=False, capture_output=True, text=True, env=variables)
        except OSError as error:
            msg = f"'{self.python}' cannot be started ({error.strerror}): name the interpreter of an environment."
            raise ConfigurationError(msg) from error

    def _keeps_path(self) -> bool:
        return self.keep_path and bool(os.environ.get("PYTHONPATH"))


def install(lock: Path, folder: Path) -> Path:
    """Make an environment of a lock of libraries: its interpreter.

    Parameters
    ----------
    lock
        A requirements file; where it has hashes, every one is asked for.
    folder
        It must not be there.

    Raises
    ------
    ConfigurationError
        If there is no such file, or what it lists does not install.
    """
    text = _read(lock)
    _pip_or_fail([sys.executable, "-m", "venv", str(folder)], lock)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    hashes = ["--require-hashes"] if "--hash=" in text else []
    options = ["--quiet", "--no-input", "--disable-pip-version-check"]
    _pip_or_fail([str(python), "-m", "pip", "install", *options, *hashes, "--requirement", str(lock)], lock)
    return python


def _read(lock: Path) -> str:
    try:
        return lock.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = explain(error) if isinstance(error, OSError) else None
        msg = reason or f"'{lock}' is no lock of libraries that can be read: name a requirements file."
        raise ConfigurationError(msg) from error


def _pip_or_fail(command: Sequence[str], lock: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=variables)
    if done.returncode != 0:
        msg = (
            f"'{lock}' does not install on this Python: {last_line(done)}. Mend it, or look whether there is a network."
        )
        raise DerivativeError(msg)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a failed process said last, its error before anything else; without a full stop."""
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    said = (errors or lines or [f"exit code {done.returncode}"])[-1]
    return said.removeprefix("ERROR:").strip().rstrip(".")
