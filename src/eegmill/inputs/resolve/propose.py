"""A folder of recordings without BIDS names, looked through: what a person is asked to look over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...bids.guessed_names import RECORDINGS, guess_names
from ...config.datasets import made_by_eegmill
from ...errors import ConfigurationError
from ...files.atomic import write_text
from .table import table_text


@dataclass(frozen=True)
class Proposed:
    """What a proposed table holds."""

    n_recordings: int
    passed_over: tuple[str, ...]
    """Folders that eegmill made: their signals are clean already."""
    no_files: tuple[str, ...] = ()
    """What is called like a recording and is a folder, a pipe or a link to nothing."""


def propose_table(folder: Path, target: Path) -> Proposed:
    """Write a table of the recordings in a folder, with names guessed from theirs.

    Raises
    ------
    ConfigurationError
        If there is none, or eegmill made the folder.
    """
    made = made_by_eegmill(folder)
    if made:
        msg = f"'{folder}' is {made}: its signals are clean already. Name the folder of the raw recordings."
        raise ConfigurationError(msg)
    passed_over: list[str] = []
    no_files: list[str] = []
    names = guess_names(sorted(_recordings(folder, passed_over, no_files)))
    if not names:
        msg = f"'{folder}' holds no recordings ({' '.join(sorted(RECORDINGS))}): nothing to propose."
        raise ConfigurationError(msg)
    write_text(target, table_text({folder / path: name for path, name in names.items()}, target.parent))
    return Proposed(len(names), tuple(passed_over), tuple(sorted(no_files)))


def _recordings(folder: Path, passed_over: list[str], no_files: list[str]) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        made = [name for name in folders if made_by_eegmill(Path(here) / name)]
        passed_over += [str(Path(here) / name) for name in made]
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name != "derivatives" and name not in made
        )
        for name in (*files, *folders):
            path = Path(here) / name
            if path.suffix.lower() not in RECORDINGS or name.startswith("."):
                continue
            if path.is_file():
                yield path.relative_to(folder).as_posix()
            else:
                no_files.append(str(path))
