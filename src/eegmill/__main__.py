"""``eegmill`` and ``python -m eegmill``: the command line, and the one place where errors become messages."""

from __future__ import annotations

import sys

from .errors import ConfigurationError, EegmillError
from .machine import fix_environment


def main() -> None:
    """Run the command line: exit code 0 done, 1 failed, 2 wrong use."""
    fix_environment()
    from .cli.app import app

    try:
        app()
    except ConfigurationError as error:
        _leave(str(error), 2)
    except EegmillError as error:
        _leave(str(error), 1)


def _leave(message: str, code: int) -> None:
    sys.stderr.write("".join(f"eegmill: {line}\n" for line in message.splitlines()))
    sys.exit(code)


if __name__ == "__main__":
    main()
