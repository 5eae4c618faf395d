"""Find bad channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..errors import Rejected
from ..models import Frozen
from ..recording import BadChannel, Recording
from ..signal.bad import detectors
from ..signal.bad import prep as prep_detectors
from ..signal.bad.bridges import HIGHEST_PEAK, find_bridges, to_drop
from ..signal.bad.correlations import WindowCorrelations, usual_correlation
from ..signal.bad.detectors import Detector
from ..signal.bad.emptied_band import MAX_FALL_DB, fall_db
from ..signal.bad.noise import PASS_HZ, Noise, split_noise, thinning
from ..signal.bad.ransac import MIN_PREDICTORS, predictability, round_half_up, subset_weights
from ..signal.bad.second_look import Look, looks
from ..signal.bad.signals import Signals, signals_of
from ..signal.bad.uncorrelated import neighbourliness
from ..signal.channels import good_eeg
from ..signal.missing import missing_samples
from .contract import ActsOn, Decides, Decisions, Margin, Sentence, Step

if TYPE_CHECKING:
    import mne

Method = Literal["clean_rawdata", "clean_rawdata_nolocs", "prep"]
MIN_NEIGHBOURS = 10
"""With fewer channels, far apart, a good one need not resemble any other."""
MIN_COMPARED = 6
"""With fewer channels, their spread does not say which of them is an outlier."""
MIN_DURATION_S = 1.0
"""Two good channels need not resemble each other for less than this."""


class Bridge(Frozen):
    """Two electrodes joined by gel, and their electrical distance (the median pair has 100)."""

    channels: tuple[str, str]
    distance: float


class BadChannelsDecisions(Decisions):
    """Which channels are bad, and everything measured on the way."""

    method: Method
    """The method that was used, which is another than the one asked for where positions are missing."""
    bad_channels: tuple[BadChannel, ...]
    detectors: tuple[Detector, ...]
    bridges: tuple[Bridge, ...]
    near_bridges: tuple[Bridge, ...] = ()
    """Pairs nearly as close that were not taken for bridged."""
    bridge_cutoff: float | None = None
    """The distance below which pairs were taken for bridged; None where no gap was found."""


class BadChannels(Step):
    """Find bad channels by what they record.

    Dead channels, channels that stand still, and bridged electrodes are found by every method. Beyond that:

    ``clean_rawdata``
        High-frequency noise and predictability from the other channels (RANSAC), with the criteria and defaults of
        EEGPrep 0.4.0. Channels without a position are exempt from the second; where more than half have none, or too
        few for a prediction, ``clean_rawdata_nolocs`` is used, and the decisions say so.
    ``clean_rawdata_nolocs``
        High-frequency noise, and correlation with the other channels.
    ``prep``
        The detectors of PyPREP's ``NoisyChannels`` (Bigdely-Shamlo et al. 2015, doi 10.3389/fninf.2015.00016).

    Of bridged electrodes, all but one become bad. They measure one potential, that of the gel between them: one
    channel keeps it, and more would count it repeatedly in averages and leave the data short of rank.

    Four things differ from EEGPrep on purpose. The last full window is tested too, and shares are of the tested time. A
    recording shorter than a window is tested as one window. Dead channels predict no others. Noise above 50 Hz is not
    compared where a filter has removed it: what is left there tells the channels' amplitudes.
    """

    name: ClassVar[str] = "bad_channels"
    decisions_type: ClassVar[type[Decisions]] = BadChannelsDecisions
    acts_on: ClassVar[ActsOn] = "marks"
    decides: ClassVar[Decides | None] = "channels"
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "bad channels are sought in the continuous recording"}
    former_names: ClassVar[Mapping[str, str]] = {"most_bad_fraction": "max_bad_fraction"}

    method: Method = "clean_rawdata"
    """``clean_rawdata``, ``clean_rawdata_nolocs`` or ``prep``."""
    noise_sd: float = Field(default=4.0, gt=0)
    """Robust standard deviations over channels from which on noise above 50 Hz makes a channel bad."""
    noise_band: Literal["declared", "measured"] = "declared"
    """How it is known whether a filter has left nothing above 50 Hz to compare: by the header alone, as EEGPrep does,
    or also by the spectrum. Behind a filter that the spectrum shows, a channel is noisy if its noise there is more than
    a tenth of its signal."""
    loud_sd: float | None = Field(default=None, gt=0)
    """Robust standard deviations over channels from which on a large amplitude makes a channel bad. Such a channel then
    predicts no other: one loose electrode lowers what RANSAC and ``correlation_sd`` take for usual. None does not look.
    """
    correlation: float = Field(default=0.8, gt=0, lt=1)
    """A window is broken where a channel correlates less with its prediction from the others."""
    correlation_sd: float | None = Field(default=None, gt=0)
    """Where channels predict each other less well throughout, a window is broken only this many robust standard
    deviations below the median of all, on Fisher's scale (the inverse hyperbolic tangent). None: ``correlation`` alone.
    """
    second_look: float | None = Field(default=None, gt=0, lt=1)
    """A channel that RANSAC finds is bad only if it also correlates less than this, as often, with its prediction from
    all channels that RANSAC does not find: few electrodes are predicted badly by a quarter of them, at the rim above
    all. Where subsets predict less than this throughout, as of twenty electrodes of which a fifth are bad, half of it
    and the prediction from all others alone count. None does not look again."""
    window_s: float = Field(default=5.0, gt=0)
    """Length of a window of RANSAC."""
    max_broken_fraction: float = Field(default=0.5, ge=0, lt=1)
    """Largest share of broken windows in a good channel."""
    n_subsets: int = Field(default=50, ge=1)
    """RANSAC: how many predictions from random channels are made."""
    subset_fraction: float = Field(default=0.25, gt=0, lt=1)
    """RANSAC: share of the channels that each prediction is made from."""
    ransac_seed: int | None = Field(default=5489, ge=0, lt=2**32)
    """None: the seed of the step."""
    thin: bool = False
    """Let RANSAC trust a look at fewer samples at 208 Hz and more, where its own 50 Hz low-pass leaves little
    between them.

    Otherwise all samples are looked at where that look leaves a doubt. Faster still, and a channel's share of bad time
    changes by up to 0.03 (measured)."""
    nolocs_correlation: float = Field(default=0.45, gt=0, lt=1)
    """Without positions: a window is broken where a channel correlates less with the channels most like it."""
    nolocs_ignored_fraction: float = Field(default=0.1, ge=0, lt=1)
    """Without positions: share of the other channels, those most like it, that are not looked at."""
    nolocs_window_s: float = Field(default=2.0, gt=0)
    """Without positions: length of a window."""
    prep_outliers_only: bool = False
    """``prep``: a channel unlike every other in more than 1 % of the windows must also be so more often than is usual
    for the cap. Without it, PREP takes a third of the channels of a cap of 19, the forehead first."""
    max_still_fraction: float = Field(default=0.05, ge=0, lt=1)
    """Largest share of the time that a good channel stands still."""
    bridges: bool = True
    """Whether to look for electrodes joined by gel."""
    max_bridge_distance: float | None = Field(default=None, gt=0)
    """Electrical distance below which electrodes are joined, the median pair having 100. None: where the histogram of
    all distances has a gap (Alschuler et al. 2014)."""
    max_bad_fraction: float = Field(default=0.75, gt=0, le=1)
    """With a larger share of bad EEG channels the recording is rejected."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, BadChannelsDecisions]:
        """Mark channels bad.

        Raises
        ------
        Rejected
            If more than ``max_bad_fraction`` of the EEG channels are bad.
        """
        missing = missing_samples(recording.raw, good_eeg(recording.raw))
        recording = recording.mark_bad({name: f"{count} samples are NaN" for name, count in missing.items()})
        signals = signals_of(recording.raw, good_eeg(recording.raw))
        notes = [f"{signals.gaps_s:g} s in which most channels stand still were left out"] if signals.gaps_s else []
        found = [detectors.dead(signals)]
        alive = signals.without(found[0].bad)
        method = self._method_for(alive, notes)
        if alive.names:
            ransac_seed = seed if self.ransac_seed is None else self.ransac_seed
            found += [detectors.still(alive, self.max_still_fraction)]
            robust = recording.reference.startswith("robust")
            found += self._detect(alive, method, seed=ransac_seed, notes=notes, robust_reference=robust)
        for detector in found:
            recording = recording.mark_bad(detector.reasons())
        recording, joined, near, cutoff = self._join(recording, signals.without(recording.raw.info["bads"]), notes)
        self._refuse_too_many(recording)
        judged = {*signals.names, *missing}
        bad = tuple(channel for channel in recording.bad_channels if channel.name in judged)
        decisions = BadChannelsDecisions(
            method=method,
            bad_channels=bad,
            detectors=tuple(found),
            bridges=joined,
            near_bridges=near,
            bridge_cutoff=cutoff,
            notes=tuple(notes),
        )
        return replace(recording, rank=_rank_left(recording)), decisions

    def libraries(self) -> tuple[str, ...]:
        """PyPREP, where its criteria are asked for."""
        return ("pyprep",) if self.method == "prep" else ()

    def sentence(self, decisions: BadChannelsDecisions) -> Sentence:
        """The criteria that were tested, with their limits."""
        tested = [
            criterion
            for detector in decisions.detectors
            if (criterion := self._criterion(detector.name, decisions.method))
        ]
        prep_ran = any(detector.name.startswith("prep") for detector in decisions.detectors)
        prep = "the criteria of the PREP pipeline [@bigdelyshamlo2015]" if prep_ran else ""
        bridged = "electrodes bridged by gel" if self.bridges else ""
        criteria = [criterion for criterion in (*tested, prep, bridged) if criterion]
        return Sentence(f"Bad channels were detected by {'; '.join(criteria)}.")

    def margins(self, decisions: BadChannelsDecisions) -> tuple[Margin, ...]:
        """For each channel the criterion that lies farthest on the side of bad, in units of its uncertainty."""
        firm = {name for found in decisions.detectors for name in found.bad if name not in found.uncertainties}
        found: dict[str, Margin] = {}
        for margin in self.criteria(decisions):
            if margin.name not in firm and (margin.name not in found or margin.away > found[margin.name].away):
                found[margin.name] = margin
        return tuple(found.values())

    def criteria(self, decisions: BadChannelsDecisions) -> tuple[Margin, ...]:
        """For each channel every criterion that has a score for it, and an uncertainty."""
        scored = [margin for detector in decisions.detectors for margin in _margins(detector)]
        return (*scored, *_bridge_margins(decisions))

    def _criterion(self, detector: str, method: Method) -> str:
        """A detector in words; empty where the method says it all."""
        broken = f"in more than {100 * self.max_broken_fraction:g} % of windows"
        criteria = {
            "loudness": f"an amplitude {self.loud_sd or 0:g} robust SD beyond that of the others [@bigdelyshamlo2015]",
            "dead": "absence of signal",
            "still": f"standing still for more than {100 * self.max_still_fraction:g} % of the time",
        }
        if method != "prep":
            criteria |= {
                "noisiness": f"noise above 50 Hz {self.noise_sd:g} robust SD beyond that of the others [@delorme2004]",
                "ransac": (
                    f"a correlation below {self.correlation:g} with the prediction from others (RANSAC, "
                    f"{self.n_subsets} subsets of {100 * self.subset_fraction:g} % of the channels) {broken} of "
                    f"{self.window_s:g} s [@bigdelyshamlo2015]"
                ),
                "correlation": (
                    f"a correlation below {self.nolocs_correlation:g} with the others {broken} of "
                    f"{self.nolocs_window_s:g} s [@delorme2004]"
                ),
            }
        return criteria.get(detector, "")

    def _method_for(self, signals: Signals, notes: list[str]) -> Method:
        n, n_located = len(signals.names), len(signals.located)
        if self.method == "clean_rawdata" and 2 * n_located < n:
            notes.append(f"{n - n_located} of {n} channels have no position: no prediction by RANSAC")
            return "clean_rawdata_nolocs"
        return self.method

    def _detect(
        self, signals: Signals, method: Method, *, seed: int, notes: list[str], robust_reference: bool
    ) -> list[Detector]:
        if method == "prep":
            only = self.prep_outliers_only
            return prep_detectors.find(
                signals, seed=seed, notes=notes, outliers_only=only, robust_reference=robust_reference
            )
        loud = self._loud(signals, notes)
        rest = signals.without([name for detector in loud for name in detector.bad])
        return loud + self._detect_rest(rest, method, seed=seed, notes=notes)

    def _loud(self, signals: Signals, notes: list[str]) -> list[Detector]:
        if self.loud_sd is None:
            return []
        if len(signals.names) < MIN_COMPARED:
            notes.append(f"amplitudes not compared: {len(signals.names)} channels, {MIN_COMPARED} are needed")
            return []
        return [detectors.loud(signals, self.loud_sd)]

    def _detect_rest(self, signals: Signals, method: Method, *, seed: int, notes: list[str]) -> list[Detector]:
        noise = split_noise(signals.channels, signals.rate_hz, signals.spans, thin=self.thin)
        found = self._noisy(signals, noise, notes)
        if signals.longest_s < MIN_DURATION_S:
            notes.append(f"resemblance not tested: no continuous stretch of {MIN_DURATION_S:g} s")
            return found
        if method == "clean_rawdata":
            return found + self._unpredictable(signals, noise, seed=seed, notes=notes)
        return found + self._unlike_others(signals, notes)

    def _noisy(self, signals: Signals, noise: Noise, notes: list[str]) -> list[Detector]:
        if noise.ratio is None:
            notes.append(f"noise above 50 Hz not tested: a rate of {signals.rate_hz:g} Hz holds none")
            return []
        if signals.lowpass_hz < PASS_HZ:
            notes.append(f"noise above 50 Hz not tested: the recording ends at {signals.lowpass_hz:g} Hz")
            return []
        fall = fall_db(signals.channels, signals.rate_hz, signals.spans) if self.noise_band == "measured" else None
        if fall is not None and fall > MAX_FALL_DB:
            notes.append(
                f"noise above 50 Hz compared with the signal below, not with other channels: the spectrum falls by "
                f"{fall:.0f} dB there, as behind a filter"
            )
            return [detectors.noisy_alone(signals.names, noise.ratio)]
        if len(signals.names) < MIN_COMPARED:
            notes.append(f"noise above 50 Hz not tested: {len(signals.names)} channels, {MIN_COMPARED} are needed")
            return []
        return [detectors.noisy(signals.names, noise.ratio, self.noise_sd)]

    def _unpredictable(self, signals: Signals, noise: Noise, *, seed: int, notes: list[str]) -> list[Detector]:
        located = signals.located
        if round_half_up(self.subset_fraction * len(located)) < MIN_PREDICTORS:
            notes.append(f"predictability not tested: channels with a position are too few ({len(located)})")
            return []
        exempt = [name for i, name in enumerate(signals.names) if i not in located]
        if exempt:
            notes.append(f"predictability not tested for channels without a position: {', '.join(exempt)}")
        weights = subset_weights(
            signals.places(located),
            n_subsets=self.n_subsets,
            fraction=self.subset_fraction,
            seed=seed,
        )
        window = _window(signals, self.window_s, notes) // noise.factor
        below = [noise.below[i] for i in located]
        windows = predictability(
            below,
            noise.spans,
            window,
            weights,
            near=self.correlation,
            factor=thinning(signals.rate_hz / noise.factor),
        )
        first = Look(windows, self._min_correlation(windows, notes))
        names, limit = [signals.names[i] for i in located], self.max_broken_fraction
        if self.second_look is None:
            return [detectors.unpredictable(names, first, None, limit=limit)]
        positions, least = signals.places(located), self.second_look
        look, second = looks(
            first, below, noise.spans, positions=positions, window=window, limit=limit, correlation=least
        )
        if look is not first:
            notes.append(
                f"{100 * self.subset_fraction:g} % of the channels predict too little of the others here: each is "
                f"judged by its prediction from all others, a window being broken below {look.correlation:g}"
            )
        return [detectors.unpredictable(names, look, second, limit=limit)]

    def _min_correlation(self, windows: WindowCorrelations, notes: list[str]) -> float:
        """The parameter, or less where the channels of this recording predict each other less well throughout."""
        if self.correlation_sd is None:
            return self.correlation
        usual = usual_correlation(windows, self.correlation_sd)
        if usual >= self.correlation:
            return self.correlation
        notes.append(
            f"channels predict each other less well than usual: a window is broken below a correlation of {usual:.3f}, "
            f"not {self.correlation:g}"
        )
        return usual

    def _unlike_others(self, signals: Signals, notes: list[str]) -> list[Detector]:
        if len(signals.names) < MIN_NEIGHBOURS:
            notes.append(f"correlation not tested: needs {MIN_NEIGHBOURS} channels, there are {len(signals.names)}")
            return []
        window = _window(signals, self.nolocs_window_s, notes)
        ignored, least = self.nolocs_ignored_fraction, self.nolocs_correlation
        windows = neighbourliness(signals.channels, signals.rate_hz, signals.spans, window, ignored=ignored)
        return [detectors.unlike_others(signals.names, windows, correlation=least, limit=self.max_broken_fraction)]

    def _join(
        self, recording: Recording, good: Signals, notes: list[str]
    ) -> tuple[Recording, tuple[Bridge, ...], tuple[Bridge, ...], float | None]:
        if not self.bridges or not good.names:
            return recording, (), (), None
        found = find_bridges(good.channels, good.rate_hz, good.spans, max_distance=self.max_bridge_distance)
        notes += [found.note] if found.note else []
        joined, near = (
            tuple(
                Bridge(channels=(good.names[a], good.names[b]), distance=distance)
                for (a, b), distance in zip(pairs, distances, strict=True)
            )
            for pairs, distances in ((found.pairs, found.distances), (found.near, found.near_distances))
        )
        reasons = {good.names[lost]: f"bridged with {good.names[kept]}" for lost, kept in to_drop(found.pairs).items()}
        return recording.mark_bad(reasons), joined, near, found.cutoff

    def _refuse_too_many(self, recording: Recording) -> None:
        eeg = [name for name, kind in zip(*_names_and_kinds(recording.raw), strict=True) if kind == "eeg"]
        bad = [name for name in eeg if name in recording.raw.info["bads"]]
        if len(bad) > self.max_bad_fraction * len(eeg):
            msg = (
                f"{len(bad)} of {len(eeg)} EEG channels are bad, more than the share of {self.max_bad_fraction:g} "
                f"that max_bad_fraction allows: {_first_reasons(recording, bad)}"
            )
            raise Rejected(msg)


def _margins(detector: Detector) -> Iterator[Margin]:
    """Of the channels that a detector has a score, a limit and an uncertainty for."""
    for name, uncertainty in detector.uncertainties.items():
        score = detector.scores.get(name)
        if score is not None and detector.limit is not None:
            yield Margin(
                kind="channel",
                name=name,
                criterion=f"{detector.name}: {detector.quantity.rstrip(',')}",
                score=score,
                limit=detector.limit,
                uncertainty=uncertainty,
            )


def _bridge_margins(decisions: BadChannelsDecisions) -> Iterator[Margin]:
    """Of the electrodes that are joined or nearly so: how much closer they are than the limit, in its units.

    The gap of a histogram comes and goes with its counts: where none was found, the highest that can be one counts.
    """
    limit = decisions.bridge_cutoff or HIGHEST_PEAK
    for bridge in (*decisions.bridges, *decisions.near_bridges):
        yield Margin(
            kind="channel",
            name=bridge.channels[1],
            criterion=f"closeness to {bridge.channels[0]} (1 where the electrical distance is {limit:g})",
            score=limit / max(bridge.distance, 1e-3),
            limit=1.0,
            uncertainty=0.5 if decisions.bridge_cutoff else limit,
        )


def _window(signals: Signals, window_s: float, notes: list[str]) -> int:
    """Length of a window in samples; notes when no stretch is as long."""
    if signals.longest_s < window_s:
        notes.append(f"no continuous stretch is as long as a window of {window_s:g} s: each is one window")
    return max(1, round(round(signals.rate_hz) * window_s))


def _names_and_kinds(raw: mne.io.BaseRaw) -> tuple[list[str], list[str]]:
    return raw.ch_names, raw.get_channel_types()


def _first_reasons(recording: Recording, bad: list[str], most: int = 4) -> str:
    reasons = [f"{channel.name}: {channel.reasons[0]}" for channel in recording.bad_channels if channel.name in bad]
    return "; ".join(reasons[:most]) + (" …" if len(reasons) > most else "")


def _rank_left(recording: Recording) -> int | None:
    """The rank cannot be above the number of good channels."""
    return None if recording.rank is None else min(recording.rank, len(good_eeg(recording.raw, least=0)))
