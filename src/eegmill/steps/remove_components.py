"""Taking bad components out of the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..errors import Rejected
from ..models import Frozen
from ..recording import Recording
from .contract import ActsOn, Decisions, Sentence, Step

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

BLOCK_SAMPLES = 1 << 14


class ChannelVariance(Frozen):
    """How much of a channel's variance went with the components, in percent."""

    name: str
    removed_percent: float


class RemoveComponentsDecisions(Decisions):
    """Which components were taken out, and what went with them."""

    removed: tuple[int, ...]
    of: int
    removed_percent: float = 0.0
    """Share of the summed variance of all channels."""
    channels: tuple[ChannelVariance, ...] = ()


class RemoveComponents(Step):
    """Subtract the bad components from the channels that were decomposed."""

    name: ClassVar[str] = "remove_components"
    decisions_type: ClassVar[type[Decisions]] = RemoveComponentsDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    needs: ClassVar[Mapping[str, str]] = {"ica": "there are no components to remove before 'ica'"}
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "epochs are cut from the cleaned recording"}

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
        percents, percent = subtract(recording.raw, ica, bad)
        channels = tuple(
            ChannelVariance(name=name, removed_percent=float(value))
            for name, value in zip(ica.ch_names, percents, strict=True)
        )
        rank = None if recording.rank is None else max(recording.rank - len(bad), 0)
        decisions = RemoveComponentsDecisions(removed=tuple(bad), of=total, removed_percent=percent, channels=channels)
        return replace(recording, rank=rank), decisions

    def spoils_components(self) -> str:
        """Why components that were found before no longer fit."""
        return "the bad components are gone by then"

    def sentence(self, decisions: RemoveComponentsDecisions) -> Sentence:
        """What went with the components; how many they were, the record says."""
        return Sentence(
            "Components classified as artefacts were subtracted, {variance} % of the variance.",
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


def subtract(raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA, bad: list[int]) -> tuple[NDArray[np.float64], float]:
    """Subtract in place, block by block; percent of variance removed per channel and in all.

    The same as ``ICA.apply``: each sample less ``P @ (sample - mean)``, with the mean of the fit.

    The percentages have shape (n_channels,).
    """
    P = artefact_projection(ica, bad)
    picks = [raw.ch_names.index(name) for name in ica.ch_names]
    mean = np.zeros(len(picks)) if ica.pca_mean_ is None else ica.pca_mean_ * ica.pre_whitener_[:, 0]
    data = raw._data
    before = np.array([data[pick].var() for pick in picks])
    for start in range(0, raw.n_times, BLOCK_SAMPLES):
        block = slice(start, start + BLOCK_SAMPLES)
        artefact = P @ (data[picks, block] - mean[:, None])
        for row, pick in zip(artefact, picks, strict=True):
            data[pick, block] -= row
    after = np.array([data[pick].var() for pick in picks])
    percents = 100 * np.divide(before - after, before, out=np.zeros_like(before), where=before > 0)
    total = float(before.sum())
    return percents, float(100 * (before.sum() - after.sum()) / total) if total else 0.0
