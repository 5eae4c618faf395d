"""``eegmill.clean``: a recording of MNE's, cleaned by a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .chain import Chain, record_of, run_steps
from .config.overrides import check_kinds
from .config.recipes import load_recipe
from .recording import Recording
from .records import Override, RecordingRecord

if TYPE_CHECKING:
    import mne


@dataclass(frozen=True)
class Cleaned:
    """What ``eegmill.clean`` returns."""

    raw: mne.io.BaseRaw
    epochs: mne.BaseEpochs | None
    record: RecordingRecord


def clean(
    raw: mne.io.BaseRaw,
    recipe: str | Path | Sequence[dict[str, Any]] = "eegprep",
    *,
    seed: int = 20260101,
    overrides: Sequence[Override] = (),
) -> Cleaned:
    """Clean a recording by a recipe; the recording given stays as it is.

    Parameters
    ----------
    raw
        Any MNE Raw with EEG channels, in volts.
    recipe
        A name (``"eegprep"``), the path of a recipe file, or a list of steps.
    seed
        Seed that all random numbers come from.
    overrides
        A person's decisions, which win over the automatic ones.

    Returns
    -------
    Cleaned
        ``.raw``, ``.epochs`` (or None) and ``.record``. A recording that is scientifically unusable comes back with
        ``.record.status == "rejected"`` and the reason; ``.raw`` then is what it was when it was rejected.

    Raises
    ------
    ConfigurationError
        If the recipe or an override is wrong.

    Examples
    --------
    >>> import eegmill, mne, numpy as np
    >>> info = mne.create_info(["Fz", "Cz", "Pz", "Oz"], 100.0, "eeg")
    >>> noise = np.random.default_rng(0).normal(scale=1e-5, size=(4, 3000))
    >>> raw = mne.io.RawArray(noise, info, verbose="error")
    >>> cleaned = eegmill.clean(raw, [{"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}], seed=1)
    >>> [step.name for step in cleaned.record.steps]
    ['highpass', 'reference']
    """
    from threadpoolctl import threadpool_limits

    checked = load_recipe(recipe)
    check_kinds(overrides, checked.steps)
    with threadpool_limits(limits=1):
        chain = run_steps(Chain(Recording(_own(raw))), checked.steps, seed=seed, overrides=overrides)
    record = record_of(chain, "", recipe=checked, seed=seed, overrides=overrides)
    return Cleaned(raw=chain.recording.raw, epochs=chain.recording.epochs, record=record)


def _own(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """A copy in memory whose first sample is sample 0, as a cropped recording's is not: onsets then count from it."""
    import mne

    copy = raw.copy().load_data(verbose="error")
    if copy.first_samp == 0:
        return copy
    onsets = copy.annotations.onset - copy.first_time
    old = copy.annotations
    moved = mne.Annotations(onsets, old.duration, old.description, ch_names=old.ch_names, extras=old.extras)
    copy.set_annotations(None).set_meas_date(None)
    return mne.io.RawArray(copy._data, copy.info, copy=None, verbose="error").set_annotations(moved, verbose="error")
