"""``stability``: how firm the decisions on recordings are."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..bids.paths import DEFAULT_RECIPE
from ..errors import ConfigurationError, Rejected
from .recording import end, recordings, show

if TYPE_CHECKING:
    from ..perturbation.result import Stability
    from ..perturbation.study import Study
    from ..workflow.loose import LooseFile


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(stability)


def stability(
    files: Annotated[list[str], typer.Argument(help="Recordings (.edf .bdf .vhdr .set …).")],
    recipe: Annotated[str, typer.Option(help="Name or file of a recipe.")] = DEFAULT_RECIPE,
    noise_runs: Annotated[int, typer.Option(min=0, help="How often noise is drawn.")] = 2,
    seed_runs: Annotated[int, typer.Option(min=0, help="How many other seeds are taken.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 20260101,
    overrides: Annotated[Path | None, typer.Option(help="A TSV of decisions by a person.")] = None,
    json: Annotated[Path | None, typer.Option(help="Also write all of it to this new file.")] = None,
) -> None:
    """Tell how firm decisions are: clean files again with a little noise, without a second, with another seed.

    Example: eegmill stability rest.edf --noise-runs 5
    """
    from ..config.overrides import read_overrides
    from ..config.recipes import load_recipe
    from ..perturbation.perturbing import perturbations
    from ..perturbation.study import Study, decisions_by_hand
    from ..workflow.loose import loose_file, overrides_by_recording

    checked = load_recipe(recipe)
    paths = recordings(files)
    _writable(json)
    found = [loose_file(path) for path in paths]
    rows = read_overrides(overrides.expanduser()) if overrides else ()
    decided = overrides_by_recording(rows, [file.entry.recording for file in found])
    perturbed = perturbations(noise_runs=noise_runs, seed_runs=seed_runs)
    studies = [
        Study(name, checked, seed, decisions_by_hand(decided[name], checked), perturbed)
        for name in (file.entry.recording for file in found)
    ]
    done = [_measured(*one) for one in zip(studies, found, paths, strict=True)]
    if json:
        _write(json, [_row(path, one) for path, one in zip(paths, done, strict=True)])
    if any(isinstance(one, str) for one in done):
        raise typer.Exit(1)


def _row(path: Path, found: Stability | str) -> dict[str, Any]:
    """What is written of a file: all of it, or why there is nothing."""
    return {"file": str(path)} | ({"failed": found} if isinstance(found, str) else found.to_json())


def _writable(file: Path | None) -> None:
    """Refuse, before hours of work, what may be a recording, or its sidecar, or has no folder."""
    if file is None:
        return
    if file.suffix.lower() != ".json" or file.expanduser().is_dir():
        msg = f"--json '{file}' is no JSON file: name a file that ends in .json, such as stability.json."
        raise ConfigurationError(msg)
    if file.expanduser().exists():
        msg = f"--json '{file}' is there already, and may be the sidecar of a recording: name a new file."
        raise ConfigurationError(msg)
    if not file.expanduser().parent.is_dir():
        msg = f"'{file}' cannot be written: there is no folder '{file.parent}'."
        raise ConfigurationError(msg)


def _write(file: Path, rows: list[dict[str, Any]]) -> None:
    from ..files.atomic import write_json

    try:
        write_json(file.expanduser(), rows)
    except OSError as error:
        msg = f"'{file}' cannot be written ({error.strerror or error}): name another file. All was printed above."
        raise ConfigurationError(msg) from None


def _measured(study: Study, file: LooseFile, path: Path) -> Stability | str:
    """Measure one file and print what was found; why not if it could not be."""
    from ..cleaning import recording_of
    from ..files.os_errors import temporary_folders
    from ..workflow.supervision import told

    name = path.name
    typer.echo(f"{name}: reading", err=True)
    try:
        found = study.measured(recording_of(path, file), _shown(name, study.n_steps))
    except Rejected as rejection:
        reason = f"rejected: {rejection}"
    except Exception as error:  # the edge: whatever it was ends this file alone, and is told
        reason = f"failed: {told(error, temporary_folders())[0]}"
    else:
        end("\n".join([f"{name}, recipe {study.recipe.name}", *found.lines(), ""]))
        return found
    end(f"{name}: {reason}")
    return reason


def _shown(name: str, n_steps: int) -> Callable[[str], None]:
    """Shows a terminal each step, and a file the first of each cleaning: a hundred lines would hide the table."""
    numbers, cleanings = count(1), set[str]()

    def begin(step: str) -> None:
        number, cleaning = next(numbers), step.partition(":")[0]
        if sys.stderr.isatty() or cleaning not in cleanings:
            show(name, number, n_steps, step if sys.stderr.isatty() else cleaning)
        cleanings.add(cleaning)

    return begin
