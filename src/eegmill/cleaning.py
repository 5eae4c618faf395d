"""``eegmill.clean``: a recording of MNE's, cleaned by a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .chain import Chain, record_of, run_steps
from .config.overrides import check_kinds
from .config.recipes import load_recipe
from .recording import Recording, from_first_sample
from .records import Override, RecordingRecord

if TYPE_CHECKING:
    from datetime import datetime

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
        ``.raw``, ``.epochs`` (or None) and ``.record``; the first two keep the ``first_samp`` and the date of ``raw``,
        while the seconds in ``.record`` count from the first sample. A recording that is scientifically unusable comes
        back with ``.record.status == "rejected"`` and the reason; ``.raw`` then is what it was when it was rejected.

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
    checked = load_recipe(recipe)
    check_kinds(overrides, checked.steps)
    chain = run_steps(Chain(Recording(_own(raw))), checked.steps, seed=seed, overrides=overrides)
    record = record_of(chain, "", recipe=checked, seed=seed, overrides=overrides)
    return _on_clock_of(raw, Cleaned(raw=chain.recording.raw, epochs=chain.recording.epochs, record=record))


def _own(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """A copy in memory whose first sample is sample 0, as a cropped recording's is not."""
    copy = raw.copy().load_data(verbose="error")
    return copy if copy.first_samp == 0 else from_first_sample(copy)


def _on_clock_of(given: mne.io.BaseRaw, cleaned: Cleaned) -> Cleaned:
    """The result with first sample and date of the recording given: sample numbers of its events then fit.

    Where the sampling rate changed, the first sample is the one nearest in time, as in MNE.
    """
    if given.first_samp == 0:
        return cleaned
    first_samp = round(float(given.first_time) * float(cleaned.raw.info["sfreq"]))
    raw = _starting_at(cleaned.raw, first_samp, given.info["meas_date"])
    epochs = cleaned.epochs
    if epochs is not None:
        epochs.events[:, 0] += first_samp
        epochs.set_meas_date(given.info["meas_date"])
        epochs.set_annotations(raw.annotations, on_missing="ignore")
    return replace(cleaned, raw=raw, epochs=epochs)


def _starting_at(raw: mne.io.BaseRaw, first_samp: int, date: datetime | None) -> mne.io.RawArray:
    """The same samples counted from ``first_samp``, annotations at the same samples as before."""
    import mne

    marks = raw.annotations
    own = mne.Annotations(marks.onset, marks.duration, marks.description, ch_names=marks.ch_names, extras=marks.extras)
    moved = mne.io.RawArray(raw._data, raw.info, first_samp=first_samp, copy="info", verbose="error")
    return moved.set_meas_date(None).set_annotations(own, verbose="error").set_meas_date(date)
