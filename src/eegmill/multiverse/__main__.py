"""``python -m eegmill.multiverse ERRAND PARENT``: walk one recording, in a process of its own."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from ..errors import EegmillError
from ..files.atomic import write_json
from ..files.scratch import load
from ..machine import fix_environment


def main(errand: Path, parent: int) -> int:
    """Walk a recording; the exit code. A failure leaves its reason behind."""
    end_with(parent)
    fix_environment()
    from . import walk  # numpy, which looks at the environment once

    todo = load(errand, walk.Errand)
    try:
        walk.run(todo)
    except Exception as error:  # the edge: whatever it was ends this recording alone, and is told
        ours = isinstance(error, EegmillError)
        reason = str(error) if ours else f"unexpected error, please report it: {type(error).__name__}: {error}"
        write_json(todo.failure, {"reason": reason})
        return 1
    return 0


def end_with(parent: int) -> None:
    """End this process when its parent is gone: a walk that nobody waits for would hold memory for an hour."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
