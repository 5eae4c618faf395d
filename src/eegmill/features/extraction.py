"""Features of a recording, or of all recordings of a dataset, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np

from ..bars import Tick, bar
from ..errors import ConfigurationError, EegmillError, RecordingError
from ..signal.types import Floats
from .contract import Kind, Windows
from .tree import Batch, Choice, Wanted, choose
from .windowing import batches, signal_of

if TYPE_CHECKING:
    import mne
    import pandas as pd


@dataclass(frozen=True)
class Column:
    """Values of one feature, or of one part of it."""

    label: str
    family: str
    kind: Kind
    unit: str
    values: Floats
    """(n_windows, n_channels), (n_windows, n_pairs), or (n_windows, 1), by kind."""


@dataclass(frozen=True, repr=False)
class FeatureTable:
    """Features of one recording."""

    ch_names: tuple[str, ...]
    onsets_s: Floats
    """Of the windows, from the first sample of the recording; of epochs: of their first samples. (n_windows,)"""
    duration_s: float
    columns: tuple[Column, ...]
    choices: tuple[Choice, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many windows were left out, by the reason: ``bad`` or ``break``."""
    cut_s: float = 0.0
    """Seconds that were cut out of the one window of a whole recording."""
    bad_channels: tuple[str, ...] = ()
    """Channels that are not in the table because they are bad."""

    def __repr__(self) -> str:
        n_windows, n_features = len(self.onsets_s), len(self.columns)
        return (
            f"<FeatureTable: {n_features} features of {len(self.ch_names)} channels in {n_windows} windows of "
            f"{self.duration_s:g} s; to_wide(), to_long(), to_numpy(), notes>"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers should know, in sentences."""
        empty = [column.label for column in self.columns if column.values.size and np.isnan(column.values).all()]
        found = [
            f"{count} {'window was' if count == 1 else 'windows were'} left out: {reason}."
            for reason, count in sorted(self.left_out.items())
        ]
        if self.cut_s:
            found.append(f"{self.cut_s:g} s that are bad were cut out.")
        if self.bad_channels:
            found.append(f"Bad channels were left out: {', '.join(self.bad_channels)}.")
        if empty:
            found.append(f"Not defined for these windows or this passband: {', '.join(empty)}.")
        return tuple(found)

    def sites(self, kind: Kind) -> tuple[str, ...]:
        """What a feature of a kind has one value of: channels, ``A<>B``, ``A->B``, or one empty name for all."""
        return sites(self.ch_names, kind)

    def to_long(self) -> pd.DataFrame:
        """One row a value: ``onset_s``, ``channel``, ``feature``, ``value``, ``unit``."""
        import pandas as pd

        parts = [
            pd.DataFrame(
                {
                    "onset_s": np.repeat(self.onsets_s, len(names)),
                    "channel": np.tile(np.array(names, dtype=object), len(self.onsets_s)),
                    "feature": column.label,
                    "value": column.values.ravel(),
                    "unit": column.unit,
                }
            )
            for column in self.columns
            for names in [self.sites(column.kind)]
        ]
        return pd.concat(parts, ignore_index=True)

    def to_wide(self) -> pd.DataFrame:
        """One row a window, by its onset; columns ``<feature>_<channel>``."""
        import pandas as pd

        return pd.DataFrame(self.to_numpy(), columns=self.column_names(), index=pd.Index(self.onsets_s, name="onset_s"))

    def to_numpy(self) -> Floats:
        """Values of `to_wide`, (n_windows, n_columns)."""
        return np.concatenate([column.values for column in self.columns], axis=1)

    def column_names(self) -> list[str]:
        """Columns of `to_wide`."""
        return [
            f"{column.label}_{site}" if site else column.label
            for column in self.columns
            for site in self.sites(column.kind)
        ]


def sites(ch_names: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """Names of what a feature of a kind has values of, in their order."""
    if kind == "channel":
        return tuple(ch_names)
    if kind == "all channels":
        return ("",)
    pairs = [(a, b) for i, a in enumerate(ch_names) for b in ch_names[i + 1 :]]
    if kind == "pair":
        return tuple(f"{a}<>{b}" for a, b in pairs)
    return tuple([f"{a}->{b}" for a, b in pairs] + [f"{b}->{a}" for a, b in pairs])


class Described(Protocol):
    """A recording of `eegmill.Dataset`."""

    @property
    def name(self) -> str:
        """Its BIDS name."""

    @property
    def description(self) -> Mapping[str, Any]:
        """Dataset, entities, and what is known of the person."""

    def cleaned(self) -> mne.io.BaseRaw:
        """Its cleaned signal."""

    def epochs(self) -> mne.BaseEpochs:
        """Its epochs."""


@dataclass(frozen=True)
class OfRecording:
    """Features of one recording of a dataset, with what is known of it."""

    name: str
    description: Mapping[str, Any]
    table: FeatureTable

    def described(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows with the description before them, less those of its fields that a row has itself."""
        import pandas as pd

        known = {name: value for name, value in self.description.items() if name not in ("recording", *frame)}
        about = pd.DataFrame({"recording": self.name, **known}, index=frame.index)
        return pd.concat([about, frame], axis=1)


@dataclass(frozen=True, repr=False)
class DatasetFeatures:
    """Features of the recordings of a dataset."""

    recordings: tuple[OfRecording, ...]
    failed: Mapping[str, str] = field(default_factory=dict)
    """Recordings that have none, each with the reason."""

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return f"<DatasetFeatures: {len(self.recordings)} recordings{failed}; to_wide(), to_long(), notes>"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers should know, in sentences."""
        notes = [f"{one.name}: {note}" for one in self.recordings for note in one.table.notes]
        return (*notes, *(f"{name} has no features: {reason}" for name, reason in self.failed.items()))

    def to_long(self) -> pd.DataFrame:
        """One row a value: ``recording``, its description, then as `FeatureTable.to_long`."""
        import pandas as pd

        return pd.concat([one.described(one.table.to_long()) for one in self.recordings], ignore_index=True)

    def to_wide(self) -> pd.DataFrame:
        """One row a window: ``recording``, its description, ``onset_s``, then columns ``<feature>_<channel>``.

        A channel that a recording does not have, or that is bad there, is NaN.
        """
        import pandas as pd

        wide = [one.described(one.table.to_wide().reset_index()) for one in self.recordings]
        return pd.concat(wide, ignore_index=True)


@overload
def extract(
    source: Sequence[Described],
    features: Wanted | Iterable[Wanted],
    *,
    window_s: float | None = 2.0,
    step_s: float | None = None,
    epochs: bool = False,
    verbose: bool | None = None,
) -> DatasetFeatures: ...
@overload
def extract(
    source: mne.io.BaseRaw | mne.BaseEpochs | Floats,
    features: Wanted | Iterable[Wanted],
    *,
    window_s: float | None = 2.0,
    step_s: float | None = None,
    sfreq_hz: float | None = None,
    ch_names: Sequence[str] | None = None,
) -> FeatureTable: ...
def extract(
    source: mne.io.BaseRaw | mne.BaseEpochs | Floats | Sequence[Described],
    features: Wanted | Iterable[Wanted],
    *,
    window_s: float | None = 2.0,
    step_s: float | None = None,
    sfreq_hz: float | None = None,
    ch_names: Sequence[str] | None = None,
    epochs: bool = False,
    verbose: bool | None = None,
) -> FeatureTable | DatasetFeatures:
    """Compute features.

    Parameters
    ----------
    source : Raw, Epochs, array, or Dataset
        EEG channels that are not bad are used. An array has the shape (n_channels, n_times), a recording, or
        (n_windows, n_channels, n_times), and should be in volts. Of an `eegmill.Dataset`, cleaned recordings are
        used; one that has no features stops no other.
    features
        Families or features by name (``features.names()``), with parameters (``{"signal_quantile": {"q": 0.9}}``),
        or behind a transform (``{"envelope": {"features": ["signal_mean"]}}``).
    window_s : float or None
        Length of the windows of a recording, which lie every ``step_s``; by default side by side. None: one window,
        the whole recording, with what is bad cut out. Not used for epochs.
    sfreq_hz, ch_names
        Of an array.
    epochs
        Of a dataset: the epochs of its recordings instead of windows.
    verbose
        Of a dataset: whether to show how far it is; None: in a terminal and in a notebook.

    Returns
    -------
    FeatureTable, or DatasetFeatures of a dataset
        A window that is bad in part, or holds a discontinuity, is left out and counted; a channel that is bad in a
        window is NaN there.

    Raises
    ------
    ConfigurationError
        If a feature or a parameter is unknown, or a window has too few samples.
    RecordingError
        If no EEG channel, or no window, is left; of a dataset: in no recording.

    Examples
    --------
    >>> import numpy as np
    >>> from eegmill import features
    >>> noise = 1e-5 * np.random.default_rng(0).standard_normal((2, 1000))
    >>> table = features.extract(noise, "signal", sfreq_hz=250.0, ch_names=["Cz", "Pz"])
    >>> table.to_wide().shape
    (2, 28)
    """
    choices = choose(features)
    if isinstance(source, Sequence):
        with bar("features", len(source), verbose=verbose) as begin:
            return _of_recordings(source, choices, window_s, step_s, epochs=epochs, begin=begin)
    return _of_one(source, choices, window_s, step_s, sfreq_hz, ch_names)


def _of_recordings(
    source: Sequence[Described],
    choices: tuple[Choice, ...],
    window_s: float | None,
    step_s: float | None,
    *,
    epochs: bool,
    begin: Tick,
) -> DatasetFeatures:
    found, failed = [], {}
    for one in source:
        if not hasattr(one, "cleaned"):
            msg = f"Features are computed of Raw, Epochs, an array or a Dataset, not of a list of {type(one).__name__}."
            raise ConfigurationError(msg)
        begin(one.name)
        try:
            signal = one.epochs() if epochs else one.cleaned()
            found.append(OfRecording(one.name, one.description, _of_one(signal, choices, window_s, step_s, None, None)))
        except ConfigurationError:  # of what is asked, not of the recording
            raise
        except EegmillError as error:
            failed[one.name] = str(error)
    if not found:
        reason = next(iter(failed.values()), "it is empty")
        msg = f"None of the {len(source)} recordings has features: {reason}"
        raise RecordingError(msg)
    return DatasetFeatures(tuple(found), failed)


def _of_one(
    source: Any,
    choices: tuple[Choice, ...],
    window_s: float | None,
    step_s: float | None,
    sfreq_hz: float | None,
    ch_names: Sequence[str] | None,
) -> FeatureTable:
    signal = signal_of(source, window_s, step_s, sfreq_hz, ch_names)
    if not signal.ch_names or not len(signal.starts):
        missing = "window that is good as a whole" if signal.ch_names else "good EEG channel"
        msg = f"There is no {missing} to compute features of ({signal.about})."
        raise RecordingError(msg)
    computed = [_computed(choices, windows) for windows in batches(signal, choices)]
    columns = tuple(
        replace(first, values=np.concatenate([batch[label].values for batch in computed]))
        for label, first in computed[0].items()
    )
    return FeatureTable(
        ch_names=signal.ch_names,
        onsets_s=signal.starts / signal.sfreq_hz,
        duration_s=signal.n_times / signal.sfreq_hz,
        columns=columns,
        choices=choices,
        left_out=signal.left_out,
        cut_s=signal.cut_s,
        bad_channels=signal.bad_channels,
    )


def _computed(choices: Sequence[Choice], windows: Windows) -> dict[str, Column]:
    batch = Batch(windows)
    return {
        label: Column(label, feature.family, feature.kind, feature.unit, _in_columns(values))
        for choice in choices
        for feature in [choice.feature]
        for label, values in batch.values(choice).items()
    }


def _in_columns(values: Floats) -> Floats:
    return values[:, None] if values.ndim == 1 else values


def transformer(features: Wanted | Iterable[Wanted], *, sfreq_hz: float, ch_names: Sequence[str] | None = None) -> Any:
    """A transformer for pipelines of scikit-learn: (n_windows, n_channels, n_times) to (n_windows, n_columns).

    Features that learn are fitted before they are given here.
    """
    from sklearn.preprocessing import FunctionTransformer

    wanted = features if isinstance(features, str | Mapping) else list(features)  # type: ignore[arg-type]
    return FunctionTransformer(_wide, kw_args={"features": wanted, "sfreq_hz": sfreq_hz, "ch_names": ch_names})


def _wide(x: Floats, **about: Any) -> Floats:
    return extract(x, **about).to_numpy()
