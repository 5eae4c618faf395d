"""Labels of independent components, and which of them are artefacts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from ..models import Frozen, Written
from ..recording import Component, Recording
from ..signal.bad.emptied_band import filled_up_to_hz
from ..signal.channels import located, positions_m
from ..signal.filters.band import band_of
from ..signal.ica.alike import correlations as alikeness
from ..signal.ica.alike import topographies
from ..signal.ica.artefact_course import EYE_BAND_HZ, MOST_OF_TIME, events_sd
from ..signal.ica.forehead import forehead_power
from ..signal.ica.iclabel_features import features
from ..signal.ica.iclabel_network import CLASSES, probabilities
from ..signal.ica.physiological_correlation import Correlation, correlations
from ..signal.ica.sources import activation, filtered_sources
from ..signal.timeline import continuous_spans, good_samples
from .contract import ActsOn, Decides, Decisions, Margin, Sentence, Step

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

BAND_HZ = (1.0, 100.0)
MICROVOLTS = 1e6
MIN_LOCATED = 3
"""Electrodes with a position, for a topography to be a picture of something."""


LOGIT_UNCERTAINTY = 1.0
"""Log odds by which a probability moves with another fit of the same recording: up to 0.9 was seen."""
SECOND_LOOK_UNCERTAINTY = 2.0
"""The same where a second look judges: such probabilities of eye are less firm. In recordings of a minute two moved by
1.3 and 1.5 across their limit; one that moved by 2.4 came from another optimum."""
MIN_FOREHEAD_POWER = 0.8
"""Four times the power elsewhere. Six simulated blinks had 0.87 to 0.88, three of them without Fp1 or Fp2."""
MIN_EVENTS_FOREHEAD_POWER = 0.7
"""More than twice the power elsewhere, for components with events to be of the eyes."""
EVENTS_CERTAIN = 1.5
"""Times the limit from which on events make a component certain; at the limit they do not at all."""
EVENTS_UNCERTAINTY = 0.1
"""Share of the size of events by which it moves with a hundredth of noise or a second less."""
R_UNCERTAINTY = 0.05
"""The same for a correlation with an EOG or ECG channel."""


class Thresholds(Written):
    """From which probability on a class makes a component bad; None never does.

    Intervals are closed: EEGPrep keeps a component of probability exactly 1.
    """

    muscle: float | None = Field(default=0.9, ge=0, le=1)
    """Probability of muscle from which on a component is bad; None never."""
    eye: float | None = Field(default=0.9, ge=0, le=1)
    """The same for eye movements and blinks."""
    heart: float | None = Field(default=None, ge=0, le=1)
    """The same for the heart."""
    line_noise: float | None = Field(default=None, ge=0, le=1)
    """The same for line noise."""
    channel_noise: float | None = Field(default=None, ge=0, le=1)
    """The same for noise of a single channel."""
    other: float | None = Field(default=None, ge=0, le=1)
    """The same for whatever is none of these and no brain."""


class Again(Frozen):
    """The component of a fit on a part of the samples that is most like one, and what it was judged."""

    alike: float
    """Absolute correlation of their time courses."""
    eye: float
    bad: bool


class LabelledComponent(Frozen):
    """All seven probabilities of a component, and its correlations with EOG and ECG channels."""

    index: int
    brain: float
    muscle: float
    eye: float
    heart: float
    line_noise: float
    channel_noise: float
    other: float
    forehead_power: float = 0.0
    """Mean power around the eyes over that and the mean power elsewhere; 0 where nobody asked for a second look."""
    events_sd: float | None = None
    """Size of what comes back again and again, in robust standard deviations; None where nobody looked."""
    correlations: tuple[Correlation, ...] = ()
    again: tuple[Again, ...] = ()
    """Of a bad component, what it was in the fits of ``ica: {refits: …}``."""


class IclabelDecisions(Decisions):
    """What was labelled, and on what signal."""

    components: tuple[LabelledComponent, ...] = ()
    bad: tuple[int, ...] = ()
    unlocated: tuple[str, ...] = ()
    """Channels without a position: their part of a topography is not in its picture."""
    filled_up_to_hz: float | None = None
    """Above, a filter emptied the spectrum, and its last value was taken; None: nowhere, or nobody looked."""


class Iclabel(Step):
    """Label components with ICLabel, and judge those bad that reach a class's threshold.

    ICLabel sees a copy in average reference, from 1 to 100 Hz, without ``BAD_`` segments.
    """

    name: ClassVar[str] = "iclabel"
    decisions_type: ClassVar[type[Decisions]] = IclabelDecisions
    acts_on: ClassVar[ActsOn] = "components"
    decides: ClassVar[Decides | None] = "components"
    needs: ClassVar[Mapping[str, str]] = {"ica": "there are no components to label before 'ica'"}
    never_after: ClassVar[Mapping[str, str]] = {"remove_components": "the bad components are gone by then"}

    thresholds: Thresholds = Thresholds()
    eog_correlation: float | None = Field(default=None, gt=0, le=1)
    """Absolute correlation with an EOG or ECG channel from which on a component is bad; None does not look."""
    forehead_eye: float | None = Field(default=None, ge=0, le=1)
    """A second look at near misses: probability of eye from which on a component is bad, though it misses the
    threshold, where electrodes on the forehead have four times the power of others. That hardly changes from one fit to
    another, where the probability does. None does not look."""

    forehead_events: float | None = Field(default=None, gt=0)
    """Robust standard deviations that a component reaches in 2 % of the time, from which on it is one of the eyes where
    electrodes on the forehead have more than twice the power of others (0.5 to 15 Hz). Blinks are known by that where
    the network, which knows less of a topography with few electrodes, misses them: simulated ones had 17 to 24, all
    else 9 at the most (saccades), and components of real recordings without blinks 3. None does not look."""
    spectrum: Literal["whole", "filled"] = "whole"
    """``filled``: above a low-pass, where rounding is all that is left, the spectrum goes on with its last value, as it
    does above half of the sampling rate. The network scales a spectrum by its deepest dent, and a hundredth of noise
    there moved a probability of eye from 0.57 to 0.30."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, IclabelDecisions]:  # noqa: ARG002 - nothing is random
        """Label ``recording.ica`` and fill ``recording.components``."""
        ica, raw = recording.ica, recording.raw
        if ica is None:
            return recording, IclabelDecisions(applied=False, why_not="there is no decomposition to label")
        picks = [raw.ch_names.index(name) for name in ica.ch_names]
        known = located(raw, picks)
        if len(known) < min(MIN_LOCATED, len(picks)):
            # They are listed all the same, so that a person can judge them.
            unlabelled = tuple(
                Component(index=i, label="unlabelled", probability=0.0, status="good")
                for i in range(int(ica.n_components_))
            )
            why_not = f"{len(known)} of {len(picks)} electrodes have a position, {MIN_LOCATED} are needed: not labelled"
            return replace(recording, components=unlabelled), IclabelDecisions(applied=False, why_not=why_not)
        places = [(positions_m(raw, [pick]) or [(np.nan,) * 3])[0] for pick in picks]
        mixing = ica.pca_components_[: ica.n_components_].T @ ica.mixing_matrix_ * ica.pre_whitener_
        sources = partial(activations_uv, raw, ica.ch_names)
        filled = self._filled_up_to_hz(raw, picks)
        seen = features(mixing, np.array(places), sources, float(raw.info["sfreq"]), filled_up_to_hz=filled)
        table = probabilities(seen)
        asked = self.forehead_eye is not None or self.forehead_events is not None
        forehead = forehead_power(mixing, np.array(places)) if asked else np.zeros(len(table))
        found = correlations(raw, ica) if self.eog_correlation is not None else [()] * len(table)
        events = self._events(recording, forehead)
        labelled = tuple(
            LabelledComponent(
                index=i,
                forehead_power=float(forehead[i]),
                events_sd=events.get(i),
                correlations=found[i],
                **dict(zip(CLASSES, map(float, row), strict=True)),
            )
            for i, row in enumerate(table)
        )
        components = tuple(self.judge(component) for component in labelled)
        bad = [component.index for component in components if component.status == "bad"]
        labelled = self._labelled_again(recording, labelled, bad, np.array(places), filled)
        decisions = IclabelDecisions(
            unlocated=tuple(raw.ch_names[pick] for pick in picks if pick not in known),
            components=labelled,
            bad=tuple(bad),
            filled_up_to_hz=filled,
            notes=(*departures(raw), *_told_of_filter(filled)),
        )
        return replace(recording, components=components), decisions

    def _labelled_again(
        self,
        recording: Recording,
        labelled: tuple[LabelledComponent, ...],
        bad: list[int],
        places: NDArray[np.float64],
        filled: float | None,
    ) -> tuple[LabelledComponent, ...]:
        """Bad components with what they are in fits of parts of the samples."""
        raw, ica = recording.raw, recording.ica
        if ica is None or not bad:
            return labelled
        sources = partial(activations_uv, raw, ica.ch_names)
        found, rate_hz = topographies(ica, ica.ch_names)[:, bad], float(raw.info["sfreq"])
        again: dict[int, list[Again]] = {index: [] for index in bad}
        for mixing in recording.refits:
            alike = alikeness(found, mixing)
            nearest = alike.argmax(axis=1)
            seen = features(mixing, places, sources, rate_hz, filled_up_to_hz=filled, only=nearest.tolist())
            forehead = forehead_power(mixing[:, nearest], places)
            for k, row in enumerate(probabilities(seen)):
                values = dict(zip(CLASSES, map(float, row), strict=True))
                one = labelled[bad[k]].model_copy(update={**values, "forehead_power": float(forehead[k])})
                judged = self.judge(one).status == "bad"
                again[bad[k]].append(Again(alike=float(alike[k].max()), eye=one.eye, bad=judged))
        return tuple(one.model_copy(update={"again": tuple(again.get(one.index, ()))}) for one in labelled)

    def _events(self, recording: Recording, forehead: NDArray[np.float64]) -> dict[int, float]:
        """How large the events of components are that lie on the forehead, in robust standard deviations."""
        raw, ica = recording.raw, recording.ica
        if self.forehead_events is None or ica is None:
            return {}
        there = np.flatnonzero(forehead >= MIN_EVENTS_FOREHEAD_POWER).tolist()
        spans, sfreq_hz = continuous_spans(raw), float(raw.info["sfreq"])
        return {i: events_sd(activation(raw, ica, i), spans, sfreq_hz) for i in there}

    def _filled_up_to_hz(self, raw: mne.io.BaseRaw, picks: list[int]) -> float | None:
        if self.spectrum == "whole":
            return None
        return filled_up_to_hz([raw._data[pick] for pick in picks], float(raw.info["sfreq"]), continuous_spans(raw))

    def sentence(self, decisions: IclabelDecisions) -> Sentence:
        """The limits from which on a component is an artefact."""
        limits = [
            f"{name.replace('_', ' ')} {limit:g}"
            for name, limit in self.thresholds.model_dump().items()
            if limit is not None
        ]
        if self.forehead_eye is not None:
            times = f"{MIN_FOREHEAD_POWER / (1 - MIN_FOREHEAD_POWER):g} times the power of others"
            sure = self.thresholds.eye or 1.0
            limits.append(
                f"eye {self.forehead_eye:g} where electrodes on the forehead had at least {times}, with a "
                f"certainty that rose in log odds from 0 there to 1 at a probability of {sure:g}"
            )
        rules = [f"its probability reached the threshold of a class ({', '.join(limits)})"] if limits else []
        if self.forehead_events is not None:
            times = f"{MIN_EVENTS_FOREHEAD_POWER / (1 - MIN_EVENTS_FOREHEAD_POWER):.2g} times the power of others"
            rules.append(
                f"it was {self.forehead_events:g} robust standard deviations and more away from its median in "
                f"{100 - MOST_OF_TIME:g} % of the time ({EYE_BAND_HZ[0]:g} to {EYE_BAND_HZ[1]:g} Hz) where electrodes "
                f"on the forehead had {times}, with a certainty that rose from 0 there to 1 at {EVENTS_CERTAIN:g} "
                "times that"
            )
        if self.eog_correlation is not None:
            rules.append(f"it correlated with an EOG or ECG channel by at least {self.eog_correlation:g}")
        judged = f"; a component was an artefact where {' or '.join(rules)}: {{bad}} a recording" if rules else ""
        seen = ", which saw spectra up to where a low-pass emptied them" if self.spectrum == "filled" else ""
        return Sentence(
            f"Components were classified by ICLabel [@piontonachini2019]{seen}{judged}.",
            {"bad": float(len(decisions.bad))},
        )

    def margins(self, decisions: IclabelDecisions) -> tuple[Margin, ...]:
        """For each component the class or the correlation that comes nearest to removing it, or did.

        Fitted again with a hundredth of noise or without a second, a component's probability moves by up to
        `LOGIT_UNCERTAINTY` (`SECOND_LOOK_UNCERTAINTY` where a second look judges) on the scale of log odds, where a
        probability near 1 moves as far as one near 0.5. One that a fit on a part of the samples found to be good may
        turn as well.
        """
        found = (self._margins_of(item) for item in decisions.components)
        return tuple(max(margins, key=lambda margin: margin.away) for margins in found if margins)

    def criteria(self, decisions: IclabelDecisions) -> tuple[Margin, ...]:
        """For each component every class that has a threshold, and every correlation."""
        return tuple(margin for item in decisions.components for margin in self._margins_of(item))

    def _margins_of(self, component: LabelledComponent) -> list[Margin]:
        limits = {name: limit for name, limit in self.thresholds.model_dump().items() if limit is not None}
        moves = dict.fromkeys(limits, LOGIT_UNCERTAINTY)
        if self.forehead_eye is not None and component.forehead_power >= MIN_FOREHEAD_POWER:
            limits["eye"] = min(self.forehead_eye, limits.get("eye", 1.0))
            moves["eye"] = SECOND_LOOK_UNCERTAINTY
        found = [
            Margin(
                kind="component",
                name=str(component.index),
                criterion=f"probability of {name.replace('_', ' ')}",
                score=float(getattr(component, name)),
                limit=limit,
                uncertainty=_uncertainty(float(getattr(component, name)), limit, moves[name]),
            )
            for name, limit in limits.items()
        ]
        found += [
            Margin(
                kind="component",
                name=str(component.index),
                criterion=f"correlation with {other.channel}",
                score=abs(other.r),
                limit=self.eog_correlation,
                uncertainty=R_UNCERTAINTY,
            )
            for other in component.correlations
            if self.eog_correlation is not None
        ]
        if self.forehead_events is not None and component.events_sd is not None:
            found.append(
                Margin(
                    kind="component",
                    name=str(component.index),
                    criterion="events on the forehead in robust standard deviations",
                    score=component.events_sd,
                    limit=self.forehead_events,
                    uncertainty=EVENTS_UNCERTAINTY * component.events_sd,
                )
            )
        n_good = sum(not one.bad for one in component.again)
        return [_less_firm(one, n_good, of=len(component.again)) for one in found] if n_good else found

    def _second_looks(self, component: LabelledComponent) -> Iterator[tuple[str, float]]:
        """By what else a component is one of the eyes, and how certain that is."""
        power, least, events = component.forehead_power, self.forehead_events, component.events_sd
        if self.forehead_eye is not None and power >= MIN_FOREHEAD_POWER and component.eye >= self.forehead_eye:
            told = f"eye {component.eye:.3f} >= {self.forehead_eye:g} with forehead power {power:.2f}"
            yield f"{told} >= {MIN_FOREHEAD_POWER:g}", self._certainty(component.eye)
        if least is not None and events is not None and events >= least:
            told = f"eye events of {events:.1f} SD >= {least:g} with forehead power {power:.2f}"
            yield f"{told} >= {MIN_EVENTS_FOREHEAD_POWER:g}", min((events / least - 1) / (EVENTS_CERTAIN - 1), 1.0)

    def _certainty(self, eye: float) -> float:
        """Where a probability of eye lies between the second look's limit (0) and the threshold (1), in log odds."""
        low, value, high = (_log_odds(p) for p in (self.forehead_eye or 0.0, eye, self.thresholds.eye or 1.0))
        return min((value - low) / max(high - low, 1e-9), 1.0)

    def judge(self, component: LabelledComponent) -> Component:
        """Good or bad, by the thresholds and the correlations."""
        values = {name: float(getattr(component, name)) for name in CLASSES}
        label = max(values, key=lambda name: values[name])
        reasons = [
            f"{name} {values[name]:.3f} >= {limit:g}"
            for name, limit in self.thresholds.model_dump().items()
            if limit is not None and values[name] >= limit
        ]
        limit = self.eog_correlation
        reasons += [
            f"correlation with {found.channel} {found.r:+.3f}"
            for found in component.correlations
            if limit is not None and abs(found.r) >= limit
        ]
        doubts = {} if reasons else dict(self._second_looks(component))
        reasons += doubts
        return Component(
            index=component.index,
            label=label,
            probability=values[label],
            status="bad" if reasons else "good",
            reason="; ".join(reasons),
            certainty=max(doubts.values(), default=1.0),
        )


def _less_firm(margin: Margin, n_good: int, *, of: int) -> Margin:
    """The margin of what some of other fits found to be good: as wide as its score is beyond the limit."""
    return margin.model_copy(
        update={
            "uncertainty": max(margin.uncertainty, margin.score - margin.limit),
            "criterion": f"{margin.criterion} (good in {n_good} of {of} fits on a part of the samples)",
        }
    )


def _told_of_filter(filled_up_to_hz: float | None) -> tuple[str, ...]:
    if filled_up_to_hz is None:
        return ()
    return (f"a filter left nothing above {filled_up_to_hz:g} Hz: the spectrum above is extrapolated",)


def _log_odds(probability: float) -> float:
    """Of a probability, which is kept from 0 and 1 by a millionth."""
    within = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(within / (1 - within))


def _uncertainty(probability: float, limit: float, log_odds: float) -> float:
    """Width beside a limit, on the side of the probability, that some log odds span."""
    if not 0 < limit < 1:
        return 0.0
    odds = limit / (1 - limit) * math.exp(log_odds if probability >= limit else -log_odds)
    return abs(odds / (1 + odds) - limit)


def activations_uv(
    raw: mne.io.BaseRaw, ch_names: list[str], unmixing: NDArray[np.float64]
) -> Iterator[NDArray[np.float64]]:
    """Activations by ``unmixing`` (n_components, n_channels), in microvolts, of the signal that ICLabel wants.

    That is the average reference of the channels decomposed, from 1 to 100 Hz, without ``BAD_`` segments. One after
    another: a recording of hours is not copied.
    """
    referenced = unmixing - unmixing.mean(axis=1, keepdims=True)
    picks = [raw.ch_names.index(name) for name in ch_names]
    return filtered_sources(raw, picks, MICROVOLTS * referenced, band_of(raw, *BAND_HZ))


def departures(raw: mne.io.BaseRaw) -> tuple[str, ...]:
    """In what the signal differs from what ICLabel was trained on."""
    sfreq = float(raw.info["sfreq"])
    notes = []
    if sfreq < 2 * BAND_HZ[1]:
        notes.append(f"sampled at {sfreq:g} Hz: the spectrum above {sfreq / 2:g} Hz is extrapolated")
    elif float(raw.info["lowpass"]) < BAND_HZ[1]:
        notes.append(f"low-passed at {float(raw.info['lowpass']):g} Hz: ICLabel was trained on up to 100 Hz")
    if not good_samples(raw).any():
        notes.append("BAD_ segments cover the whole recording: labelled on all of it")
    return tuple(notes)
