"""Features of the recordings of a derivative, as ``features/<family>.parquet``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bids.paths import DerivativePaths
from ..errors import DerivativeError, EegmillError, RecordingError
from ..features.extraction import FeatureTable, extract
from ..features.tables import FOLDER, METADATA_KEY, RECORDINGS_KEY, description, long_table, schema
from ..features.tree import Choice, Wanted, choose
from ..files.atomic import staged_file
from ..models import Frozen
from ..provenance.digests import sha256_file
from ..provenance.manifest import NAME as MANIFEST
from ..provenance.manifest import note_in_manifest
from .read import cleaned_recordings, read_cleaned, read_epochs

if TYPE_CHECKING:
    import pyarrow.parquet as pq

RECIPE = Path("code") / "recipe.yaml"
WINDOWS = ("window_s", "step_s", "epochs")
"""What the metadata of a table says of its windows."""


class FeaturesReport(Frozen):
    """What was written, and what was not."""

    files: tuple[str, ...]
    windows: dict[str, int]
    """How many windows each recording has in the tables."""
    notes: dict[str, tuple[str, ...]]
    """By recording: windows left out, bad channels, why it has no features."""
    failed: tuple[str, ...] = ()
    """Recordings of which nothing is in the tables; the notes say why."""


def write_features(
    derivative: Path,
    features: Iterable[Wanted],
    *,
    recordings: Sequence[str] = (),
    window_s: float | None = 2.0,
    step_s: float | None = None,
    epochs: bool = False,
    folder: Path | None = None,
) -> FeaturesReport:
    """Write a table for each family that is asked for, of all cleaned recordings or of those named.

    The tables of other families stay as they are. The bytes depend on signal, features and libraries alone.

    Parameters
    ----------
    folder
        Where to write ``features/``, if not into the derivative, whose manifest then stays as it is.

    Raises
    ------
    ConfigurationError
        If a feature is unknown.
    DerivativeError
        If the derivative has no cleaned recording, or none of a name.
    """
    choices = choose(list(features))
    names = _known(derivative, recordings)
    about = {"window_s": window_s, "step_s": step_s or window_s, "epochs": epochs, **_recipe(derivative)}
    windows: dict[str, int] = {}
    notes: dict[str, tuple[str, ...]] = {}
    families = tuple(dict.fromkeys(choice.feature.family for choice in choices))
    with _Tables((folder or derivative) / FOLDER, families, choices, about) as tables:
        for name, table in _computed(derivative, names, choices, window_s, step_s, epochs=epochs):
            if isinstance(table, FeatureTable):
                tables.add(name, table)
                windows[name], notes[name] = len(table.onsets_s), table.notes
            else:
                notes[name] = (table,)
        tables.tell({name: _about(derivative, name, windows.get(name, 0), told) for name, told in notes.items()})
    files = tuple(f"{FOLDER}/{family}.parquet" for family in families)
    if folder is None and (derivative / MANIFEST).is_file():
        note_in_manifest(derivative, files)
    return FeaturesReport(
        files=files,
        windows=windows,
        notes={name: told for name, told in notes.items() if told},
        failed=tuple(name for name in names if name not in windows),
    )


def computed_with(path: Path) -> dict[str, Any]:
    """What a table of features was computed with, for `features_again`; empty where it holds what was learned.

    Raises
    ------
    DerivativeError
        If it is no table of features.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_metadata(path).metadata or {}
        about = json.loads(metadata[METADATA_KEY.encode()])
        recordings = sorted(json.loads(metadata[RECORDINGS_KEY.encode()]))
        wanted = [_wanted(feature) for feature in about["features"].values()]
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        msg = f"'{path.name}' is no table of features: {error}."
        raise DerivativeError(msg) from error
    if not all(wanted):
        return {}
    return {"features": wanted, "recordings": recordings, **{key: about[key] for key in WINDOWS}}


def features_again(derivative: Path, asked: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """Compute a table again that `computed_with` describes, into another folder; its paths in it."""
    report = write_features(
        derivative, asked["features"], recordings=asked["recordings"], folder=folder, **{k: asked[k] for k in WINDOWS}
    )
    return report.files


def _wanted(feature: Mapping[str, Any]) -> Any:
    """A feature as `features.tree.choose` reads it; None where its parameters were learned."""
    if "parameters" not in feature:
        return None
    value: Any = {feature["name"]: feature["parameters"]} if feature["parameters"] else feature["name"]
    for transform in reversed(feature.get("transforms", [])):
        value = {name: {**given, "features": [value]} for name, given in transform.items()}
    return value


def _known(derivative: Path, recordings: Sequence[str]) -> tuple[str, ...]:
    known = cleaned_recordings(derivative)
    unknown = [name for name in recordings if name not in known]
    if unknown or not known:
        wanted = f"'{unknown[0]}'" if unknown else "to compute features of"
        msg = (
            f"'{derivative.name}' has no cleaned recording {wanted}; it has: {', '.join(known[:10]) or 'none at all'}."
        )
        raise DerivativeError(msg)
    return tuple(recordings) or known


def _recipe(derivative: Path) -> dict[str, str]:
    """The digest of the recipe that the signal was cleaned by, where the derivative has it."""
    path = derivative / RECIPE
    return {"recipe_sha256": sha256_file(path)} if path.is_file() else {}


def _about(derivative: Path, recording: str, windows: int, notes: Sequence[str]) -> dict[str, Any]:
    """What a table says of a recording, with the digest of the signal that it was made of."""
    signal = derivative / DerivativePaths(recording).signal_data
    return {"windows": windows, "notes": list(notes), "signal_sha256": sha256_file(signal)}


def _computed(
    derivative: Path,
    names: Sequence[str],
    choices: Sequence[Choice],
    window_s: float | None,
    step_s: float | None,
    *,
    epochs: bool,
) -> Iterator[tuple[str, FeatureTable | str]]:
    """The features of each recording, or why it has none: one recording never stops the others."""
    for name in names:
        try:
            source: Any = read_epochs(derivative, name) if epochs else read_cleaned(derivative, name).raw
            found: FeatureTable | str = extract(source, choices, window_s=window_s, step_s=step_s)
        except (RecordingError, DerivativeError) as error:
            found = str(error)
        except (EegmillError, MemoryError):  # what is asked is wrong, or the machine too small, for all alike
            raise
        except Exception as error:  # a feature, perhaps of another package, that cannot bear this signal
            found = f"{type(error).__name__}: {' '.join(str(error).split())}"
        yield name, found


class _Tables:
    """The Parquet files of some families, which appear together once all recordings are in them."""

    def __init__(self, folder: Path, families: Sequence[str], choices: Sequence[Choice], about: dict[str, Any]) -> None:
        self._folder = folder
        self._metadata = {
            family: description([c for c in choices if c.feature.family == family], family=family, **about)
            for family in families
        }
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._open = ExitStack()

    def __enter__(self) -> _Tables:
        import pyarrow.parquet as pq

        with ExitStack() as opened:
            for family, metadata in self._metadata.items():
                path = opened.enter_context(staged_file(self._folder / f"{family}.parquet"))
                writer = pq.ParquetWriter(path, schema(metadata), compression="zstd")
                self._writers[family] = opened.enter_context(writer)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.__exit__(*error)

    def add(self, recording: str, table: FeatureTable) -> None:
        """Add the rows of a recording."""
        for family, writer in self._writers.items():
            writer.write_table(long_table(recording, table, family, self._metadata[family]))

    def tell(self, recordings: Mapping[str, Mapping[str, Any]]) -> None:
        """Add what is known of each recording to the metadata."""
        text = json.dumps(recordings, sort_keys=True, ensure_ascii=False)
        for writer in self._writers.values():
            writer.add_key_value_metadata({RECORDINGS_KEY: text})
