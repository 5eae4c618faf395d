"""Take the mains and its harmonics out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ..models import Frozen
from ..recording import Recording
from ..signal.channels import good_eeg, physiological
from ..signal.filters.fir import AFTER_EPOCHS, filter_channels
from ..signal.line.spectrum import ROOM_HZ, Spectrum, harmonics_hz, prominence_db, spectrum, stands_out, strongest_hz
from ..signal.line.zapline import find_line_components, numerical_rank, remove_line_components
from ..signal.timeline import continuous_spans
from .contract import ActsOn, Decisions, Sentence, SoftwareFilter, Step

if TYPE_CHECKING:
    import mne

    from ..signal.types import Floats


MAINS_HZ = (50.0, 60.0)
TRANSITION_HZ = 1.0
MIN_CHANNELS_FOR_ZAPLINE = 4
MIN_FOR_ZAPLINE_S = 4.0
MIN_FOR_FIT_S = 2.0
FIT: dict[str, Any] = {"filter_length": "4s", "mt_bandwidth": 2.0, "p_value": 0.01}
"""Window, bandwidth and level of significance of PREP (Bigdely-Shamlo et al. 2015)."""
DETECTED_DB = 3.0
METHODS = {
    "notch": "a zero-phase notch filter [@widmann2015]",
    "spectrum_fit": "regression of sinusoids found in the multitaper spectrum [@bigdelyshamlo2015]",
    "zapline": "ZapLine [@decheveigne2020]",
}
DESIGNS = {
    "notch": "zero-phase FIR notch, windowed sinc (Hamming)",
    "spectrum_fit": "subtraction of sinusoids fitted in the multitaper spectrum",
    "zapline": "spatial filter (ZapLine)",
}

Source = Literal["parameter", "recording", "spectrum", "none"]


class Harmonic(Frozen):
    """One multiple of the line frequency, and how far it stands out over its neighbours (median over channels)."""

    frequency_hz: float
    before_db: float
    after_db: float
    removed_db: float
    """How much lower it stands now."""
    removed: bool


class LineNoiseDecisions(Decisions):
    """What stood in the spectrum, and what was done about it."""

    frequency_hz: float | None = None
    source: Source = "none"
    """Who said which frequency it is."""
    method: Literal["notch", "spectrum_fit", "zapline", "none"] = "none"
    harmonics: tuple[Harmonic, ...] = ()
    """Of the line; where none stands out, 50 and 60 Hz."""
    components: tuple[int, ...] = ()
    """ZapLine: how many were removed in each span."""
    rank_removed: int = 0
    """Numerical rank of the good EEG channels before less after."""
    short_spans: int = 0
    """Notch: shorter than half the kernel, reflected repeatedly. Others: too short, left as they were."""
    skipped_channels: tuple[str, ...] = ()
    """Channels with NaN or infinity, left as they were."""


class LineNoise(Step):
    """Mains interference, by one of three methods, where the spectrum shows it.

    ``notch`` filters with one FIR kernel for all harmonics, as MNE designs it. ``spectrum_fit`` subtracts sinusoids
    fitted in windows of 4 s (MNE, after Mitra & Bokil 2008, with the settings of PREP). ``zapline`` removes spatial
    components of the good EEG channels that carry the line (de Cheveigné 2020) and leaves all others, and every other
    channel, as they are.

    The line frequency is the parameter, else the recording's (``raw.info["line_freq"]``) where the spectrum shows it,
    else 50 or 60 Hz, whichever stands out. Harmonics that do not stand out are left alone.
    """

    name: ClassVar[str] = "line_noise"
    decisions_type: ClassVar[type[Decisions]] = LineNoiseDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    never_after: ClassVar[Mapping[str, str]] = AFTER_EPOCHS
    former_names: ClassVar[Mapping[str, str]] = {
        "least_db": "min_prominence_db",
        "component_db": "min_component_prominence_db",
        "most_components": "max_component_fraction",
    }
    method: Literal["notch", "spectrum_fit", "zapline"] = "notch"
    """``notch``, ``spectrum_fit`` or ``zapline``."""
    frequency_hz: float | None = Field(default=None, ge=10)
    """None: the frequency that the recording states or the spectrum shows."""
    min_prominence_db: float | None = 3.0
    """How far a harmonic must stand out in a tenth of the channels to be removed. None: remove all of them."""
    min_component_prominence_db: float = Field(default=6.0, gt=0)
    """ZapLine: how far a component's line must stand out for the component to be removed."""
    max_component_fraction: float = Field(default=0.2, gt=0, lt=1)
    """ZapLine: largest share of the channels to remove as components."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, LineNoiseDecisions]:  # noqa: ARG002 - no chance
        """Remove line noise in place."""
        raw = recording.raw
        eeg, spans, sfreq = good_eeg(raw), continuous_spans(raw), float(raw.info["sfreq"])
        before = spectrum(raw, eeg, spans)
        if before is None:
            return recording, LineNoiseDecisions(applied=False, why_not="too short, or without signal, for a spectrum")
        frequency_hz, source = self._frequency(raw, before)
        if frequency_hz is None:
            seen = tuple(_harmonic(hz, before, before, False) for hz in _mains_below(sfreq))
            return recording, LineNoiseDecisions(
                applied=False, notes=("no line stands out in the spectrum",), harmonics=seen
            )
        every = harmonics_hz(frequency_hz, sfreq)
        wanted = tuple(
            hz for hz in every if self.min_prominence_db is None or stands_out(before, hz, self.min_prominence_db)
        )
        if wanted:
            done = self._remove(raw, eeg, frequency_hz, wanted)
        else:
            seen_or_not = "stands out" if every else "lies below the Nyquist frequency"
            done = LineNoiseDecisions(applied=False, notes=(f"no multiple of {frequency_hz:g} Hz {seen_or_not}",))
        after = (spectrum(raw, eeg, spans) if done.applied else None) or before
        harmonics = tuple(_harmonic(hz, before, after, done.applied and hz in wanted) for hz in every)
        return recording, done.model_copy(
            update={"frequency_hz": frequency_hz, "source": source, "harmonics": harmonics}
        )

    def wanted_hz(self) -> tuple[float, ...]:
        """The line frequency, if it is given."""
        return () if self.frequency_hz is None else (self.frequency_hz,)

    def spoils_components(self) -> str:
        """Why components that were found before no longer fit."""
        return (
            "it mixes channels anew, and the components are those of the channels before"
            if self.method == "zapline"
            else ""
        )

    def sentence(self, decisions: LineNoiseDecisions) -> Sentence:
        """The method that was used, the line frequency, and which of its multiples were taken out."""
        where = ""
        if self.min_prominence_db is not None:
            where = f" where they stood out by at least {self.min_prominence_db:g} dB in the spectrum"
        components = ""
        if decisions.method == "zapline":
            components = (
                f" (components whose line stood out by {self.min_component_prominence_db:g} dB, at most "
                f"{100 * self.max_component_fraction:g} % of the channels)"
            )
        return Sentence(
            f"Power line noise was removed by {METHODS[decisions.method]}{components} at {decisions.frequency_hz:g} Hz "
            f"and its multiples{where}: {{frequencies|frequency|frequencies}} a recording.",
            {"frequencies": len(_removed_hz(decisions))},
        )

    def software_filter(self, decisions: LineNoiseDecisions) -> SoftwareFilter:
        """What was taken out."""
        return SoftwareFilter(
            design=DESIGNS[decisions.method],
            notch_hz=_removed_hz(decisions),
            channels="good EEG" if decisions.method == "zapline" else "EEG, EOG, ECG, EMG",
            skipped_channels=decisions.skipped_channels,
        )

    def _frequency(self, raw: mne.io.BaseRaw, found: Spectrum) -> tuple[float | None, Source]:
        if self.frequency_hz is not None:
            return self.frequency_hz, "parameter"
        sfreq = float(raw.info["sfreq"])
        stated = raw.info["line_freq"]
        if stated and (
            self.min_prominence_db is None
            or any(stands_out(found, hz, self.min_prominence_db) for hz in harmonics_hz(stated, sfreq))
        ):
            return float(stated), "recording"
        detected = strongest_hz(
            found, _mains_below(sfreq), DETECTED_DB if self.min_prominence_db is None else self.min_prominence_db
        )
        return (detected, "spectrum") if detected else (None, "none")

    def _remove(
        self, raw: mne.io.BaseRaw, eeg: list[int], frequency_hz: float, wanted: tuple[float, ...]
    ) -> LineNoiseDecisions:
        if self.method == "spectrum_fit":
            return _spectrum_fit(raw, wanted)
        if self.method == "notch":
            return _notch(raw, wanted)
        if len(eeg) < MIN_CHANNELS_FOR_ZAPLINE:
            note = f"zapline needs {MIN_CHANNELS_FOR_ZAPLINE} good EEG channels and there are {len(eeg)}: notch instead"
            return _notch(raw, wanted).model_copy(update={"notes": (note,)})
        return self._zapline(raw, eeg, frequency_hz, wanted)

    def _zapline(
        self, raw: mne.io.BaseRaw, eeg: list[int], frequency_hz: float, wanted: tuple[float, ...]
    ) -> LineNoiseDecisions:
        sfreq = float(raw.info["sfreq"])
        spans = continuous_spans(raw)
        skipped = tuple(raw.ch_names[pick] for pick in eeg if not np.isfinite(raw._data[pick]).all())
        eeg = [pick for pick in eeg if raw.ch_names[pick] not in skipped]
        least, most = MIN_FOR_ZAPLINE_S * sfreq, max(1, int(self.max_component_fraction * len(eeg)))
        rank = numerical_rank(raw._data, eeg)
        counts = []
        for start, stop in spans:
            x = raw._data[:, start:stop]
            if stop - start < least:
                counts.append(0)
                continue
            found = find_line_components(
                x, eeg, sfreq, frequency_hz, wanted, min_db=self.min_component_prominence_db, most=most
            )
            remove_line_components(x, eeg, sfreq, frequency_hz, found)
            counts.append(found.count)
        return LineNoiseDecisions(
            applied=any(counts),
            why_not="" if any(counts) else "no spatial component carries the line",
            method="zapline",
            components=tuple(counts),
            rank_removed=rank - numerical_rank(raw._data, eeg),
            short_spans=sum(stop - start < least for start, stop in spans),
            skipped_channels=skipped,
        )


def _removed_hz(decisions: LineNoiseDecisions) -> tuple[float, ...]:
    return tuple(harmonic.frequency_hz for harmonic in decisions.harmonics if harmonic.removed)


def _mains_below(sfreq: float) -> tuple[float, ...]:
    return tuple(hz for hz in MAINS_HZ if hz <= sfreq / 2 - ROOM_HZ)


def _harmonic(frequency_hz: float, before: Spectrum, after: Spectrum, removed: bool) -> Harmonic:
    was, now = (float(np.median(prominence_db(found, frequency_hz))) for found in (before, after))
    return Harmonic(frequency_hz=frequency_hz, before_db=was, after_db=now, removed_db=was - now, removed=removed)


def notch_kernel(sfreq: float, frequencies_hz: tuple[float, ...]) -> Floats:
    """One zero-phase FIR kernel that stops all frequencies: MNE's design, width f / 200 and transitions of 0.5 Hz.

    Shape (n_taps,).
    """
    from mne.filter import create_filter

    at = np.array(frequencies_hz)
    edge = at / 400 + TRANSITION_HZ / 2
    top = sfreq / 2 - 1e-3
    kernel: Floats = create_filter(
        None,
        sfreq,
        l_freq=np.minimum(at + edge, top),
        h_freq=at - edge,
        l_trans_bandwidth=TRANSITION_HZ / 2,
        h_trans_bandwidth=TRANSITION_HZ / 2,
        verbose="error",
    )
    return kernel


def _notch(raw: mne.io.BaseRaw, wanted: tuple[float, ...]) -> LineNoiseDecisions:
    done = filter_channels(raw, notch_kernel(float(raw.info["sfreq"]), wanted))
    return LineNoiseDecisions(method="notch", short_spans=done.short_spans, skipped_channels=done.skipped)


def _spectrum_fit(raw: mne.io.BaseRaw, wanted: tuple[float, ...]) -> LineNoiseDecisions:
    from mne.filter import notch_filter

    sfreq, spans = float(raw.info["sfreq"]), continuous_spans(raw)
    long = [(start, stop) for start, stop in spans if stop - start >= MIN_FOR_FIT_S * sfreq]
    skipped = []
    for pick in physiological(raw):
        channel = raw._data[pick]
        if not np.isfinite(channel).all():
            skipped.append(raw.ch_names[pick])
            continue
        for start, stop in long:
            channel[start:stop] = notch_filter(
                channel[start:stop], sfreq, np.array(wanted), method="spectrum_fit", verbose="error", **FIT
            )
    return LineNoiseDecisions(
        applied=bool(long),
        why_not="" if long else "every span is too short to fit sinusoids to",
        method="spectrum_fit",
        short_spans=len(spans) - len(long),
        skipped_channels=tuple(skipped),
    )
