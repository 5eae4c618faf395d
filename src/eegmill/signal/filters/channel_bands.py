"""Which band filters left of each channel: kept beside the recording, because MNE keeps one band for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...recording import Band, Recording
from ..channels import PHYSIOLOGICAL

if TYPE_CHECKING:
    import mne

TRIGGERS = "stim"


@dataclass(frozen=True)
class Extent:
    """Sampling rate and band of a whole recording, as its ``info`` has them."""

    sfreq_hz: float
    highpass_hz: float
    lowpass_hz: float

    @classmethod
    def of(cls, raw: mne.io.BaseRaw) -> Extent:
        """Of a recording now: steps change it in place."""
        info = raw.info
        return cls(float(info["sfreq"]), float(info["highpass"]), float(info["lowpass"]))


def known_bands(raw: mne.io.BaseRaw, told: Mapping[str, Band]) -> dict[str, Band]:
    """The bands as a recording begins: cutoffs told of single channels, else what its file says of all.

    A low-pass at the Nyquist frequency says nothing: it is what MNE fills in.
    """
    extent = Extent.of(raw)
    lowpass_hz = extent.lowpass_hz if extent.lowpass_hz < extent.sfreq_hz / 2 else None
    of_file = Band(highpass_hz=extent.highpass_hz or None, lowpass_hz=lowpass_hz)
    return {name: _filled(told.get(name, Band()), of_file) for name in raw.ch_names}


def _filled(band: Band, rest: Band) -> Band:
    return Band(
        highpass_hz=band.highpass_hz or rest.highpass_hz,
        lowpass_hz=band.lowpass_hz or rest.lowpass_hz,
    )


def bands_behind(recording: Recording, before: Extent, *, untouched: Collection[str]) -> dict[str, Band]:
    """The bands behind a step, by how it changed the band of the whole recording.

    A filter works on EEG, EOG, ECG and EMG; the filter of a new sampling rate on all channels but triggers.

    Parameters
    ----------
    recording
        The recording behind the step.
    before
        What its ``info`` said ahead of the step.
    untouched
        Channels that the step says it left as they were.
    """
    raw, after = recording.raw, Extent.of(recording.raw)
    highpass_hz = after.highpass_hz if after.highpass_hz > before.highpass_hz else None
    lowpass_hz = after.lowpass_hz if after.lowpass_hz < before.lowpass_hz else None
    resampled = after.sfreq_hz != before.sfreq_hz
    bands = {name: recording.bands.get(name, Band()) for name in raw.ch_names}
    for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True):
        if (kind != TRIGGERS if resampled else kind in PHYSIOLOGICAL) and name not in untouched:
            bands[name] = bands[name].narrowed(highpass_hz=highpass_hz, lowpass_hz=lowpass_hz)
    return bands
