"""Makes a recording of a finished derivative again, from nothing but what the derivative says of itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..bids.paths import DerivativePaths
from ..chain import Chain, parameters_digest, record_of, run_steps
from ..config.recipes import recorded_recipe
from ..derivative.write import write_derivative
from ..errors import ConfigurationError, DerivativeError
from ..inputs.fetch.recording import fetch_recording
from ..lock import LockedRecording
from ..provenance.activity import FileDigest, activity_id, file_digests
from ..provenance.manifest import read_manifest
from ..provenance.origin import Origin, linked_raw, read_origin, read_strict_json
from ..reading.recording import read_recording
from ..recipe import Recipe
from ..records import Override
from .jobs.page import write_page
from .loose import LooseLayout


def rebuilder(derivative: Path, raw: Path | None = None) -> Callable[[str, Path], None]:
    """A function that makes one recording and its page, by its name, into a folder.

    The raw files are those in ``raw`` (by default where ``DatasetLinks`` points to); what is not there is
    fetched as the recorded lock says.
    """
    origin = read_origin(derivative, any_version=True)
    recipe = read_recipe(derivative)
    drawn = read_manifest(derivative).__contains__
    raw_root = raw or linked_raw(derivative)

    def rebuild(name: str, place: Path) -> None:
        entry = origin.lock.recording(name)
        root = raw_root
        if not (raw_root / entry.raw).is_file():
            root = place / "raw"
            fetch_recording(origin.lock, name, root)
        _make(origin, recipe, entry, overrides=recorded_overrides(derivative, entry), raw_root=root, place=place)
        if drawn(DerivativePaths(name).page.as_posix()):
            write_page(LooseLayout(place, origin.lock.dataset, "", place, root), name, entry)

    return rebuild


def read_recipe(derivative: Path) -> Recipe:
    """The recipe that a derivative was made by.

    Raises
    ------
    DerivativeError
        If it is missing, damaged, or of another version.
    """
    try:
        return recorded_recipe((derivative / "code" / "recipe.yaml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = "'code/recipe.yaml' is missing: the derivative is incomplete."
        raise DerivativeError(msg) from None
    except ConfigurationError as error:
        msg = f"'code/recipe.yaml' was altered, or made by another version of eegmill: {error}"
        raise DerivativeError(msg) from None


def _make(
    origin: Origin,
    recipe: Recipe,
    entry: LockedRecording,
    *,
    overrides: tuple[Override, ...],
    raw_root: Path,
    place: Path,
) -> None:
    seed = int(origin.config["seed"])
    name = entry.recording
    chain = run_steps(Chain(read_recording(raw_root, entry)), recipe.steps, seed=seed, overrides=overrides)
    record = record_of(chain, name, recipe=recipe, seed=seed, overrides=overrides)
    digest = parameters_digest(recipe, overrides)
    identifier = activity_id("clean", name, used=_used(entry, raw_root), parameters_digest=digest, seed=seed)
    write_derivative(chain.recording, record, entry=entry, raw_root=raw_root, derivative=place, activity_id=identifier)


def _used(entry: LockedRecording, raw_root: Path) -> tuple[FileDigest, ...]:
    paths = [raw_root / file.path for file in entry.files]
    return file_digests([path for path in paths if path.is_file()], root=raw_root, place="raw")


def recorded_overrides(derivative: Path, entry: LockedRecording) -> tuple[Override, ...]:
    """A person's decisions on a recording, as its record has them."""
    values = read_strict_json(derivative / DerivativePaths(entry.recording).record)
    return tuple(Override.model_validate(item) for item in values.get("overrides", ()))
