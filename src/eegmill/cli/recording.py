"""``clean``: files, without workflow or dataset."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..bids.companions import COMPANIONS
from ..bids.guessed_names import RECORDINGS
from ..bids.paths import DEFAULT_RECIPE
from ..errors import ConfigurationError
from ..files.paths import as_typed

if TYPE_CHECKING:
    from ..workflow.task import Task

OUTPUT = Path("cleaned")
FOLDERS = (".mff", ".ds")
"""Recordings that are folders."""


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(clean)


def clean(
    files: Annotated[list[str], typer.Argument(help="Recordings (.edf .bdf .vhdr .set …), then the output folder.")],
    recipe: Annotated[str, typer.Option(help="Name or file of a recipe.")] = DEFAULT_RECIPE,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 20260101,
    overrides: Annotated[Path | None, typer.Option(help="A TSV of decisions by a person.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace results that are there.")] = False,
) -> None:
    """Clean files: each gets its derivative files and a page in the output folder ('cleaned' if none is named).

    Example: eegmill clean *.edf results
    """
    from ..config.overrides import check_kinds, read_overrides
    from ..config.recipes import load_recipe
    from ..workflow.loose import loose_file, overrides_by_recording, refuse_clashes

    paths, output = parted(files)
    checked = load_recipe(recipe)
    rows = read_overrides(overrides.expanduser()) if overrides else ()
    check_kinds([row.override for row in rows], checked.steps)
    found = [loose_file(path) for path in paths]
    decisions = overrides_by_recording(rows, [file.entry.recording for file in found])
    tasks = [file.task(checked, output, seed=seed, overrides=decisions[file.entry.recording]) for file in found]
    refuse_clashes(tasks, overwrite=overwrite)
    _make(output)
    done = [_clean(task, path.name) for task, path in zip(tasks, paths, strict=True)]
    if len(done) > 1:
        typer.echo(f"{sum(done)} of {len(done)} files are clean, in {output}")
    if not all(done):
        raise typer.Exit(1)


def _make(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"'{output}' cannot be written ({error.strerror or error}): name another output folder."
        raise ConfigurationError(msg) from None


def parted(words: Sequence[str]) -> tuple[list[Path], Path]:
    """The files, with wildcards that no shell has replaced, and the output folder: the last word, if it is no file.

    Raises
    ------
    ConfigurationError
        If a file does not exist or is a folder; says what to type for it.
    """
    last = Path(words[-1]).expanduser()
    has_output = len(words) > 1 and not last.is_file() and last.suffix.lower() not in {*RECORDINGS, *FOLDERS}
    return recordings(words[:-1] if has_output else words, cleans=True), last if has_output else OUTPUT


def recordings(words: Sequence[str], *, cleans: bool = False) -> list[Path]:
    """The files that words name, with wildcards that no shell has replaced, each once.

    Raises
    ------
    ConfigurationError
        If a file does not exist or is a folder; says what to type for it.
    """
    return _without_companions(dict.fromkeys(path for word in words for path in _existing(word, cleans=cleans)))


def _without_companions(paths: Iterable[Path]) -> list[Path]:
    """Files without those that are read with another one of them: a wildcard names data beside their header."""
    listed = list(paths)
    theirs = {path.with_suffix(ending) for path in listed for ending in COMPANIONS.get(path.suffix.lower(), ())}
    return [path for path in listed if path not in theirs]


def _existing(word: str, *, cleans: bool) -> list[Path]:
    path = Path(word).expanduser()
    if path.is_dir() and path.suffix.lower() not in {*RECORDINGS, *FOLDERS}:
        msg = f"'{word}' is a folder: {_instead_of_folder(word, path, cleans=cleans)}"
        raise ConfigurationError(msg)
    if path.exists() or path.is_symlink():
        return [path]
    base, pattern = (Path(path.anchor), path.relative_to(path.anchor)) if path.is_absolute() else (Path(), path)
    found = sorted(base.glob(str(pattern))) if any(letter in word for letter in "*?[") else []
    if not found:
        msg = f"'{word}' does not exist: name recordings that are there."
        raise ConfigurationError(msg)
    return found


def _instead_of_folder(word: str, folder: Path, *, cleans: bool) -> str:
    """What to type where a folder was named: words that work for this one."""
    is_bids = (folder / "dataset_description.json").is_file()
    whole = f"'eegmill run {as_typed(word)}' cleans it as a BIDS dataset" if cleans and is_bids else ""
    pattern = _pattern_in(folder)
    files = f"name recordings in it: {as_typed(word.rstrip('/'))}/{pattern}" if pattern else ""
    return "; or ".join(filter(None, (whole, files))) or "it holds no recordings that eegmill reads: name a file."


def _pattern_in(folder: Path) -> str:
    """A pattern for the first recording below a folder and those beside it and in folders as deep; empty for none."""
    first = next((path for path in _walked(folder) if path.suffix.lower() in {*RECORDINGS, *FOLDERS}), None)
    if first is None:
        return ""
    return "/".join([*("*" for _ in first.relative_to(folder).parts[:-1]), f"*{first.suffix}"])


def _walked(folder: Path) -> Iterator[Path]:
    """Files and folders below a folder, in the order of their names, what is hidden or made by eegmill left out."""
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "derivatives")
        yield from (Path(path, name) for name in sorted([*files, *folders]))


def _clean(task: Task, name: str) -> bool:
    """Clean one file and say how it ended; whether it is clean."""
    from ..files.os_errors import temporary_folders
    from ..workflow.loose import clean_loose
    from ..workflow.supervision import told

    begun = time.perf_counter()
    typer.echo(f"{name}: reading", err=True)
    try:
        record = clean_loose(task, lambda *step: show(name, *step))
    except Exception as error:  # the edge: whatever it was ends this file alone, and is told
        end(f"{name}: failed: {told(error, [task.layout.output, *temporary_folders()])[0]}")
        return False
    took = f"{time.perf_counter() - begun:.0f} s"
    if record.status != "ok":
        end(f"{name}: {record.status}: {record.reason} ({took})")
        return False
    end(f"{name}: ok ({took}): {task.layout.report(task.recording)}")
    return True


def show(name: str, number: int, count: int, step: str) -> None:
    """A line that a terminal shows again and again, and a file holds once a step."""
    line = f"{name}: step {number} of {count}: {step}"
    sys.stderr.write(f"\033[2K{line}\r" if sys.stderr.isatty() else f"{line}\n")
    sys.stderr.flush()


def end(line: str) -> None:
    """The last line on a file, in place of how far it is."""
    if sys.stderr.isatty():
        sys.stderr.write("\033[2K")
    typer.echo(line)
