"""A folder of recordings without BIDS names, looked through: what a person is asked to look over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ...bids.guessed_names import RECORDINGS, guess_names
from ...errors import ConfigurationError
from ...files.atomic import write_text
from .table import table_text


def propose_table(folder: Path, target: Path) -> int:
    """Write a table of the recordings in a folder, with names guessed from theirs; how many there are.

    Raises
    ------
    ConfigurationError
        If there is none.
    """
    names = guess_names(sorted(_recordings(folder)))
    if not names:
        msg = f"'{folder}' holds no recordings ({' '.join(sorted(RECORDINGS))}): nothing to propose."
        raise ConfigurationError(msg)
    write_text(target, table_text({folder / path: name for path, name in names.items()}, target.parent))
    return len(names)


def _recordings(folder: Path) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "derivatives")
        for name in files:
            path = Path(here) / name
            if path.suffix.lower() in RECORDINGS and not name.startswith("."):
                yield path.relative_to(folder).as_posix()
