"""A run of the workflow that somebody waits for, followed by the log that it writes for machines."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence

from ..bars import Tick


def followed(command: Sequence[str], environment: Mapping[str, str], begin: Tick) -> subprocess.CompletedProcess[str]:
    """Run a command that writes ``--json-log -``, to its end.

    Parameters
    ----------
    begin
        Called with the name of each recording once, as it begins to be cleaned.
    """
    begun: set[str] = set()
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,  # a pipe that nobody reads would fill
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, env=environment) as running,
    ):
        try:
            for line in running.stdout or ():
                recording = cleaned_by(line)
                if recording and recording not in begun:
                    begun.add(recording)
                    begin(recording)
        except BaseException:
            running.terminate()
            raise
        code = running.wait()
        said.seek(0)
        return subprocess.CompletedProcess(command, code, stderr=said.read())


def cleaned_by(line: str) -> str:
    """The recording that a line of the log says is at work on; empty where it says something else.

    Examples
    --------
    >>> cleaned_by('{"event": "stage", "recording": "sub-01_task-rest", "stage": "decompose"}')
    'sub-01_task-rest'
    >>> cleaned_by('{"event": "stage", "recording": "sub-01_task-rest", "stage": "fetch"}')
    ''
    """
    try:
        told = json.loads(line)
    except ValueError:  # a tool that writes where the log goes
        return ""
    if not isinstance(told, dict) or told.get("event") not in ("stage", "step") or told.get("stage") == "fetch":
        return ""
    return str(told.get("recording") or "")
