"""Taking bad components out of the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from ..errors import Rejected
from ..models import Frozen
from ..recording import Recording
from ..signal.ica.artefact_course import (
    EDGE_SD,
    EYE_BAND_HZ,
    MUSCLE_HZ,
    PADDING_S,
    PEAK_SD,
    PEAK_WITHIN_S,
    eye_course,
    muscle_course,
)
from ..signal.ica.sources import activation, mean_of
from ..signal.timeline import continuous_spans
from .contract import ActsOn, Decisions, Sentence, Step

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

BLOCK_SAMPLES = 1 << 14


_PARTS = (
    "those of the eyes and of muscles in part: of the eyes only events, seen at "
    f"{EYE_BAND_HZ[0]:g} to {EYE_BAND_HZ[1]:g} Hz, above a smoothed level that is a line across them; each sample with "
    f"a weight that grew with the peak within {PEAK_WITHIN_S:g} s from 0 at {PEAK_SD[0]:g} to 1 at {PEAK_SD[1]:g} "
    f"robust standard deviations ({PEAK_SD[1]:g}/√c where a component was one of the eyes with a certainty c below 1) "
    f"and with the largest value within {PADDING_S:g} s from 0 at {EDGE_SD[0]:g} to 1 at {EDGE_SD[1]:g}; of muscles "
    f"only what lay above {MUSCLE_HZ:g} Hz"
)
"""What ``targeted`` takes out, for the methods text."""


class ChannelVariance(Frozen):
    """How much of a channel's variance went with the components, in percent."""

    name: str
    removed_percent: float


Part = Literal["eye events", "muscle band"]


class Targeted(Frozen):
    """A bad component of which a part was taken out, and which."""

    index: int
    part: Part
    fraction: float
    """Of the time, for eye events, samples by their weight; of the component's variance, for the band of muscles."""


class RemoveComponentsDecisions(Decisions):
    """Which components were taken out, and what went with them."""

    removed: tuple[int, ...]
    of: int
    removed_percent: float = 0.0
    """Share of the summed variance of all channels."""
    channels: tuple[ChannelVariance, ...] = ()
    targeted: tuple[Targeted, ...] = ()
    """Those of ``removed`` that were taken out in part."""


class RemoveComponents(Step):
    """Subtract the bad components from the channels that were decomposed.

    ``whole`` subtracts all of each. ``targeted`` subtracts of eye components what lies in blinks and eye movements,
    found in the component's own time course, and of muscle components what lies above 15 Hz, since most of what else
    there is in them is of the brain (Bailey et al. 2025, Clinical Neurophysiology 180, 2111378); all others go whole.
    Small events go in part, by their size, so that none is lost or kept by a hair; where only a second look took a
    component for one of the eyes, so do larger ones, the less certain it is.
    """

    name: ClassVar[str] = "remove_components"
    decisions_type: ClassVar[type[Decisions]] = RemoveComponentsDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    needs: ClassVar[Mapping[str, str]] = {"ica": "there are no components to remove before 'ica'"}
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "epochs are cut from the cleaned recording"}

    mode: Literal["whole", "targeted"] = "whole"
    """``whole``, or ``targeted``: eye components around their events, muscle components in their band."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, RemoveComponentsDecisions]:  # noqa: ARG002 - nothing is random
        """Subtract, and lower ``recording.rank`` by the number removed.

        Raises
        ------
        Rejected
            If every component is bad.
        """
        ica = recording.ica
        if ica is None:
            why_not = "there is no decomposition"
            return recording, RemoveComponentsDecisions(removed=(), of=0, applied=False, why_not=why_not)
        bad = [component.index for component in recording.components if component.status == "bad"]
        total = int(ica.n_components_)
        if len(bad) == total:
            msg = f"All {total} independent components are artefacts: nothing of the brain is left"
            raise Rejected(msg)
        if not bad:
            notes = ("no component is bad",)
            return recording, RemoveComponentsDecisions(removed=(), of=total, applied=False, notes=notes)
        parts = _parts(recording) if self.mode == "targeted" else {}
        whole = [index for index in bad if index not in parts]
        certainties = {component.index: component.certainty for component in recording.components}
        percents, percent, targeted = take_out(recording.raw, ica, whole, parts, certainties=certainties)
        channels = tuple(
            ChannelVariance(name=name, removed_percent=float(value))
            for name, value in zip(ica.ch_names, percents, strict=True)
        )
        rank = None if recording.rank is None else max(recording.rank - len(whole), 0)
        decisions = RemoveComponentsDecisions(
            removed=tuple(bad), of=total, removed_percent=percent, channels=channels, targeted=targeted
        )
        return replace(recording, rank=rank), decisions

    def spoils_components(self) -> str:
        """Why components that were found before no longer fit."""
        return "the bad components are gone by then"

    def sentence(self, decisions: RemoveComponentsDecisions) -> Sentence:
        """What went with the components; how many they were, the record says."""
        how = f"; {_PARTS}; together they held" if self.mode == "targeted" else ":"
        return Sentence(
            f"Components classified as artefacts were subtracted{how} {{variance}} % of the variance.",
            {"variance": decisions.removed_percent},
        )

    def removed_components(self, decisions: RemoveComponentsDecisions) -> tuple[int, ...]:
        """Those that were subtracted."""
        return decisions.removed


def artefact_projection(ica: mne.preprocessing.ICA, bad: list[int]) -> NDArray[np.float64]:
    """Matrix P (n_channels, n_channels): P times the channels, less their mean, is what has to go.

    That is what the bad components add, and what lies outside a decomposition that was reduced before it came here (as
    in EEGLAB and MNE; our own decompositions keep all principal components).
    """
    n_components = int(ica.n_components_)
    mixing = ica.pca_components_[:n_components].T @ ica.mixing_matrix_[:, bad]
    unmixing = ica.unmixing_matrix_[bad] @ ica.pca_components_[:n_components]
    scale = ica.pre_whitener_
    P = mixing @ unmixing
    if len(ica.pca_components_) < len(ica.ch_names):
        P += np.eye(len(P)) - ica.pca_components_.T @ ica.pca_components_
    return np.asarray(scale * P / scale.T)


def _parts(recording: Recording) -> dict[int, Part]:
    """The bad components of which a part is taken out, and which part.

    One that is bad for its probability of eye is one of the eyes, though another class may be likelier.
    """
    parts: dict[int, Part] = {}
    for component in recording.components:
        if component.status == "bad" and "eye" in (component.label, component.reason.partition(" ")[0]):
            parts[component.index] = "eye events"
        elif component.status == "bad" and component.label == "muscle":
            parts[component.index] = "muscle band"
    return parts


def take_out(
    raw: mne.io.BaseRaw,
    ica: mne.preprocessing.ICA,
    whole: list[int],
    parts: Mapping[int, Part],
    *,
    certainties: Mapping[int, float],
) -> tuple[NDArray[np.float64], float, tuple[Targeted, ...]]:
    """Subtract some components as a whole and of others a part, in place.

    The percent of variance removed per channel, shape (n_channels,), and in all; what was taken of the others.
    """
    courses = {index: course(raw, ica, index, part, certainty=certainties[index]) for index, part in parts.items()}
    before = _variances(raw, ica)
    subtract(raw, ica, whole)
    picks = [raw.ch_names.index(name) for name in ica.ch_names]
    for index, (removed, _) in courses.items():
        topography = _topographies(ica, [index])[:, 0]
        for pick, weight in zip(picks, topography, strict=True):
            raw._data[pick] -= weight * removed
    after = _variances(raw, ica)
    percents = 100 * np.divide(before - after, before, out=np.zeros_like(before), where=before > 0)
    total = float(before.sum())
    percent = float(100 * (total - after.sum()) / total) if total else 0.0
    return percents, percent, tuple(told for _, told in courses.values())


def course(
    raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA, index: int, part: Part, *, certainty: float
) -> tuple[NDArray[np.float64], Targeted]:
    """The part of a component's activation that is taken out, shape (n_times,), and what the record says of it."""
    source = activation(raw, ica, index)
    spans, sfreq_hz = continuous_spans(raw), float(raw.info["sfreq"])
    if part == "eye events":
        removed, weight = eye_course(source, spans, sfreq_hz, certainty=certainty)
        return removed, Targeted(index=index, part=part, fraction=float(weight.mean()))
    removed = muscle_course(source, spans, sfreq_hz)
    variance = float(source.var())
    return removed, Targeted(index=index, part=part, fraction=float(removed.var()) / variance if variance else 0.0)


def subtract(raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA, bad: list[int]) -> None:
    """Subtract in place, block by block.

    The same as ``ICA.apply``: each sample less ``P @ (sample - mean)``, with the mean of the fit.
    """
    if not bad:
        return
    P = artefact_projection(ica, bad)
    picks = [raw.ch_names.index(name) for name in ica.ch_names]
    for start in range(0, raw.n_times, BLOCK_SAMPLES):
        block = slice(start, start + BLOCK_SAMPLES)
        artefact = P @ (raw._data[picks, block] - mean_of(ica)[:, None])
        for row, pick in zip(artefact, picks, strict=True):
            raw._data[pick, block] -= row


def _topographies(ica: mne.preprocessing.ICA, indices: list[int]) -> NDArray[np.float64]:
    """What components look like in the channels, shape (n_channels, n_indices)."""
    mixing = ica.pca_components_[: int(ica.n_components_)].T @ ica.mixing_matrix_[:, indices]
    return np.asarray(mixing * ica.pre_whitener_)


def _variances(raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA) -> NDArray[np.float64]:
    """Of the channels that were decomposed, shape (n_channels,)."""
    return np.array([raw._data[raw.ch_names.index(name)].var() for name in ica.ch_names])
