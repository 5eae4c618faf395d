"""``eegmill`` and ``python -m eegmill``: the command line, and the one place where errors become messages."""

from __future__ import annotations

import sys
from pathlib import Path

from .errors import EegmillError
from .files.os_errors import NO_MEMORY, explain, out_of_memory, temporary_folders
from .hangup import end_as_by_ctrl_c
from .machine import fix_environment

PASSED_ON = "Options of Snakemake follow '--', for example: eegmill run ds003805 -- --until fetch"


def main() -> None:
    """Run the command line: exit code 0 done, 1 failed, 2 wrong use."""
    fix_environment()
    end_as_by_ctrl_c()
    own, passed = parted(sys.argv[1:])
    try:
        from .cli.app import app

        app(own, obj=passed, prog_name="eegmill")
    except EegmillError as error:
        _leave(str(error), error.exit_code)
    except OSError as error:
        reason = explain(error, folders=[*temporary_folders(), Path.cwd()])
        if reason is None:
            raise
        _leave(reason, 1)
    except (MemoryError, ImportError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        _leave(NO_MEMORY, 1)
    except SystemExit as ended:
        if ended.code == 2 and own[:1] == ["run"]:
            _leave(PASSED_ON, 2)
        raise


def parted(words: list[str]) -> tuple[list[str], list[str]]:
    """The words of a command, and those behind ``--``, which ``run`` hands to Snakemake.

    >>> parted(["run", "ds003805", "--", "--until", "fetch"])
    (['run', 'ds003805'], ['--until', 'fetch'])
    """
    if words[:1] != ["run"] or "--" not in words:
        return words, []
    cut = words.index("--")
    return words[:cut], words[cut + 1 :]


def _leave(message: str, code: int) -> None:
    sys.stderr.write("".join(f"eegmill: {line}\n" for line in message.splitlines()))
    sys.exit(code)


if __name__ == "__main__":
    main()
