"""A recording on its way through the chain, and what is known about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from .models import Frozen

if TYPE_CHECKING:
    import mne
    import numpy as np
    from numpy.typing import NDArray


class BadChannel(Frozen):
    """A channel judged bad, and every reason for it."""

    name: str
    reasons: tuple[str, ...]


AS_RECORDED = "as recorded"
"""Reference of a recording that no step has changed."""


class Segment(Frozen):
    """A stretch of the recording, in seconds from its first sample."""

    onset_s: float
    duration_s: float
    description: str


class Component(Frozen):
    """An independent component, its label, and whether it stays."""

    index: int
    label: str
    probability: float
    status: Literal["good", "bad"]
    reason: str = ""
    certainty: float = 1.0
    """Below 1 where it misses every threshold and is bad by a second look alone; 0 where it barely is."""


class Band(Frozen):
    """The band that filters left of a channel; None where no filter is known."""

    highpass_hz: float | None = None
    lowpass_hz: float | None = None

    def narrowed(self, *, highpass_hz: float | None = None, lowpass_hz: float | None = None) -> Band:
        """The band behind one more filter.

        Examples
        --------
        >>> Band(highpass_hz=0.5).narrowed(highpass_hz=0.1, lowpass_hz=40)
        Band(highpass_hz=0.5, lowpass_hz=40.0)
        """
        lows = [value for value in (self.highpass_hz, highpass_hz) if value]
        highs = [value for value in (self.lowpass_hz, lowpass_hz) if value]
        return Band(highpass_hz=max(lows, default=None), lowpass_hz=min(highs, default=None))


@dataclass(frozen=True)
class SetAside:
    """What was taken out of the signal so that decisions are made without it, until it is put back."""

    removed: NDArray[np.float32]
    """In volts, shape (n_channels, n_times); of a large recording it lies in a temporary file."""
    highpass_hz: float
    """What ``raw.info`` said before."""
    bands: Mapping[str, Band]
    """Those of the channels before."""


@dataclass(frozen=True)
class Recording:
    """The signal on its way through the chain, and what is known about it.

    The chain owns ``raw`` (preloaded, float64, volts): a step may change its samples in place, and returns
    a recording that holds it. ``raw.info["bads"]`` always names the channels that are bad *now*;
    ``bad_channels`` keeps every channel that was ever judged bad, with the reasons. Bad channels stay in
    ``raw`` until they are interpolated; steps work on the good ones.

    The first sample of ``raw`` is sample 0, so that onsets of annotations count from it: `from_first_sample` makes a
    recording so, as a cropped one is not.

    Raises
    ------
    ValueError
        If ``raw`` starts at another sample.
    """

    raw: mne.io.BaseRaw
    reference: str = AS_RECORDED
    rank: int | None = None
    bad_channels: tuple[BadChannel, ...] = ()
    interpolated: tuple[str, ...] = ()
    ica: mne.preprocessing.ICA | None = None
    components: tuple[Component, ...] = ()
    refits: tuple[NDArray[np.float64], ...] = ()
    """Topographies of fits of parts of the samples, each (n_channels, n_components), for how firm components are."""
    epochs: mne.BaseEpochs | None = None
    notes: tuple[str, ...] = ()
    """What was repaired or left out as the file was read, and what kept steps from their work."""
    online_reference: tuple[str, ...] = ()
    """Channels that the source says the recording was made against; behind ``import`` those of them that hold zeros,
    which are ``misc`` until a new reference makes them EEG again."""
    own_references: Mapping[str, str] = field(default_factory=dict)
    """Channels that share no reference with the others, so that none can be subtracted from all, with what says so."""
    odd_gains: Mapping[str, float] = field(default_factory=dict)
    """Channels that are bad by their amplitude, with how many times too large it is: a gain may be put right."""
    source_bads: tuple[str, ...] = ()
    """Channels that the source marks bad, whatever was thought of them since."""
    bands: Mapping[str, Band] = field(default_factory=dict)
    """What filters left of each channel, those of the source included."""
    missing_fraction: float = 0.0
    """Share of the samples that the source promises, in the header of the file or beside it, and does not have."""
    aside: SetAside | None = None
    """What ``raw`` lacks for the time of the decisions; None where it is what will be written."""

    def __post_init__(self) -> None:
        """Refuse a recording whose first sample is not sample 0."""
        if self.raw.first_samp != 0:
            msg = f"The recording starts at sample {self.raw.first_samp}, not 0: use from_first_sample(raw)"
            raise ValueError(msg)

    def mark_bad(self, reasons: Mapping[str, str]) -> Recording:
        """Judge channels bad: ``reasons`` maps channel name to the reason."""
        merged = {channel.name: channel.reasons for channel in self.bad_channels}
        for name, reason in reasons.items():
            merged[name] = tuple(dict.fromkeys((*merged.get(name, ()), reason)))
        ordered = [name for name in self.raw.ch_names if name in merged]
        now = set(self.raw.info["bads"]) | set(reasons)
        self.raw.info["bads"] = [name for name in self.raw.ch_names if name in now]
        return replace(self, bad_channels=tuple(BadChannel(name=name, reasons=merged[name]) for name in ordered))

    def mark_good(self, names: Collection[str]) -> Recording:
        """Take back all that was said against channels."""
        self.raw.info["bads"] = [name for name in self.raw.info["bads"] if name not in names]
        return replace(self, bad_channels=tuple(bad for bad in self.bad_channels if bad.name not in names))


def from_first_sample(raw: mne.io.BaseRaw) -> mne.io.RawArray:
    """The same samples counted from 0, with the annotations where they were and the date of the first sample.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Preloaded. It is not changed, and shares its samples with the result.
    """
    import mne

    marks, date = raw.annotations, raw.info["meas_date"]
    onsets = marks.onset - raw.first_time
    moved = mne.Annotations(onsets, marks.duration, marks.description, ch_names=marks.ch_names, extras=marks.extras)
    # The public ways to the samples copy them, and a recording may fill half of the memory.
    fresh = mne.io.RawArray(raw._data, raw.info, copy="info", verbose="error")
    fresh.set_meas_date(None).set_annotations(moved, verbose="error")
    return fresh.set_meas_date(None if date is None else date + timedelta(seconds=float(raw.first_time)))
