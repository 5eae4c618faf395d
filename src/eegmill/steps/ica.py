"""Independent component analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from ..recording import Recording
from ..signal.aside import Rows, aside
from ..signal.channels import good_eeg
from ..signal.filters.band import band_of
from ..signal.ica.refit import MIN_PER_WEIGHT, PART, refits, topographies_of
from ..signal.ica.start import channels_and_flat
from ..signal.ica.to_mne import as_mne_ica
from ..signal.ica.unmixing import Algorithm, Method
from ..signal.ica.whitening import Whitening, components_explaining, principal_components
from ..signal.missing import require_finite
from ..signal.rank import effective_rank
from ..signal.timeline import good_samples
from .contract import ActsOn, Decisions, Sentence, Step

if TYPE_CHECKING:
    from ..signal.ica.picard import Unmixing
    from ..signal.types import Floats, Ints, Samples


ADVISED_SAMPLES_PER_WEIGHT = 20
MIN_SAMPLES_PER_WEIGHT = 1
EXTENDED_PICARD = ("picard", False, True)
"""Method, whether orthogonal, and whether extended."""
MAX_DOUBLES_BYTES = 1 << 28
"""A larger copy to fit on is kept in single precision: 24 bits are more than any amplifier gives. The recording waits
on disk meanwhile."""


class IcaDecisions(Decisions):
    """How the decomposition went."""

    method: Method
    n_channels: int
    n_components: int
    rank: int
    n_samples: int
    advised_samples: int
    """20 per weight, a rule of thumb of EEGLAB's authors; fewer make components unstable."""
    iterations: int = 0
    converged: bool = False
    gradient: float | None = None
    """Picard: the largest entry of the relative gradient at the end."""
    promised_nats: float | None = None
    """Picard: what one more iteration promised to add to the log-likelihood of all samples together."""
    n_refits: int = 0
    """How many times it was fitted again, each on a part of the samples."""


class Ica(Step):
    """Decompose the good EEG channels into independent components.

    Fitted on a copy without slow drifts and without ``BAD_`` segments; applied by ``remove_components`` to the
    recording as it is. As many components as the data have rank: after an average reference or an interpolation one
    fewer for each, or ICA splits noise. Order and signs are fixed, so the same data give the same components.

    The default is Picard, extended and not orthogonal, because it removed the most mutual information from both real
    recordings that it was measured on: 41.634 nats a sample against 41.625 (orthogonal) and 41.620 (not extended) on
    30 channels, 127.64 against 127.32 and 127.29 on 128 channels. It finds flat sources such as line noise, like the
    extended infomax that ICLabel was trained on. On 30 channels, in blocks, it is no slower than the orthogonal variant
    (1.5 against 1.9 CPU s). It starts from the channels, so that a little noise does not lead it to other components.
    ``extended: false`` starts from the principal components: it is EEGPrep's Picard, with the same components.
    """

    name: ClassVar[str] = "ica"
    decisions_type: ClassVar[type[Decisions]] = IcaDecisions
    acts_on: ClassVar[ActsOn] = "components"
    expensive: ClassVar[bool] = True
    makes_components: ClassVar[bool] = True
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "the decomposition is of the continuous recording"}

    method: Method = "picard"
    """``picard``, ``infomax`` or ``fastica``."""
    fit_highpass_hz: float | None = Field(default=1.0, gt=0)
    """Drifts below this spoil ICA (Winkler et al. 2015, EMBC); None fits the recording as it is."""
    n_components: int | float | None = Field(default=None, gt=0)
    """None: the rank. A whole number: at most that many. Below 1: as many as explain this share of the variance."""
    min_seconds_per_weight: float | None = Field(default=None, gt=0)
    """Good signal for each number of the unmixing matrix, at least: a short recording is split into fewer components,
    the largest, since of more others would be found if a second were missing. None: as many as ``n_components``
    says."""
    ortho: bool = False
    """Picard only: keep sources exactly uncorrelated (Picard-O, the fixed points of FastICA)."""
    extended: bool = True
    """Picard and infomax: also find sources flatter than a Gaussian, such as line noise."""
    tolerance: float | None = Field(default=None, gt=0)
    """The fit has converged when the gradient or the change is below this. None: the method's own default; Picard then
    also ends when one more step promises less than 0.001 nats."""
    max_iterations: int | None = Field(default=None, ge=1)
    """None: the method's own default. Picard first takes as many on few samples."""
    refits: int = Field(default=0, ge=0)
    """Extended Picard only: fits again, each on a quarter of the samples by chance. A component that ``iclabel`` finds
    bad and would not in one of these is told as borderline."""
    decimate: int | None = Field(default=None, ge=2)
    """Fit on every n-th sample only: faster, and less exact."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, IcaDecisions]:
        """Fit, and keep the decomposition in ``recording.ica``.

        Raises
        ------
        Rejected
            If there is no good EEG channel, or a good one holds NaN or infinity.
        """
        import mne

        raw, picks = recording.raw, good_eeg(recording.raw)
        kept = np.flatnonzero(good_samples(raw))[:: self.decimate]
        require_finite(raw, picks)
        with aside(raw, wanted=precision(len(picks) * kept.size) is np.float32) as rows:
            decisions, whitening, unmixing, again = self._fit(recording, rows, picks, kept, seed=seed)
        if unmixing is None:
            return replace(recording, ica=None, components=(), refits=()), decisions
        info = mne.pick_info(raw.info, picks)
        ica = as_mne_ica(info, whitening, unmixing, method=self.method, n_samples=decisions.n_samples)
        decisions = _fitted(decisions, unmixing, refits_wanted=self.refits, n_refits=len(again))
        return replace(recording, ica=ica, components=(), refits=again), decisions

    def _fit(
        self, recording: Recording, rows: Rows, picks: list[int], kept: Ints, *, seed: int
    ) -> tuple[IcaDecisions, Whitening, Unmixing | None, tuple[Floats, ...]]:
        """The decomposition, and topographies of fits again; the copy that is fitted is gone behind it."""
        band = band_of(recording.raw, self.fit_highpass_hz, None)
        X = np.empty((len(picks), kept.size), dtype=precision(len(picks) * kept.size))
        for row, pick in zip(X, picks, strict=True):
            row[:] = band.of(rows[pick])[kept]
        whitening = principal_components(X)
        decisions = self._plan(recording, whitening, X)
        if not decisions.applied:
            return decisions, whitening, None, ()
        Z = whitening.whiten_in_place(X, decisions.n_components)
        start = channels_and_flat(Z, whitening.components[: len(Z)], seed=seed)
        found = self._algorithm().unmix(Z, seed=seed, start=start)
        again = refits(Z, start, n_refits=self.refits, seed=seed)
        return decisions, whitening, found, tuple(topographies_of(W, whitening) for W in again)

    def wanted_hz(self) -> tuple[float, ...]:
        """The cutoff of the high-pass before the fit, if there is one."""
        return () if self.fit_highpass_hz is None else (self.fit_highpass_hz,)

    @field_validator("refits")
    @classmethod
    def _by_picard(cls, value: int, others: ValidationInfo) -> int:
        if (
            value
            and (others.data.get("method"), others.data.get("ortho"), others.data.get("extended")) != EXTENDED_PICARD
        ):
            msg = "fits again are made by Picard, extended and not orthogonal: leave refits out, or take that method"
            raise ValueError(msg)
        return value

    @field_validator("n_components")
    @classmethod
    def _number_or_share(cls, value: float | None) -> float | None:
        if value is not None and value >= 1 and (value != int(value) or value < 2):
            msg = f"{value:g} is neither a number of components (2 or more) nor a share of the variance (below 1)"
            raise ValueError(msg)
        return value

    def libraries(self) -> tuple[str, ...]:
        """The fit of the chosen method, and MNE's object that keeps it."""
        fit = {"picard": ("picard",) if self.ortho else (), "fastica": ("sklearn.decomposition",)}
        return ("mne.preprocessing.ica", *fit.get(self.method, ()))

    def sentence(self, decisions: IcaDecisions) -> Sentence:
        """The algorithm, what it was fitted to, and how many components came out."""
        variant = f"{'' if self.extended else 'not '}extended, {'' if self.ortho else 'not '}orthogonal"
        names = {
            "picard": f"Picard ({variant}) [@ablin2018]",
            "infomax": "extended Infomax [@lee1999]" if self.extended else "Infomax [@bell1995]",
            "fastica": "FastICA [@hyvarinen1999]",
        }
        copy = "the recording without bad segments"
        if self.fit_highpass_hz is not None:
            copy = f"a copy without bad segments, high-pass filtered at {self.fit_highpass_hz:g} Hz [@winkler2015]"
        share = f" that hold {self.n_components:.4g} of the variance" if (self.n_components or 1) < 1 else ""
        if self.min_seconds_per_weight is not None:
            share += f", the largest, at {self.min_seconds_per_weight:g} s of signal or more for each weight"
        unsure = "" if decisions.converged else "; the fit had not converged at its end"
        if decisions.n_refits:
            unsure += f"; {decisions.n_refits} more fits on one in {PART} samples told which of them stand firm"
        return Sentence(
            f"Independent components were computed by {names[decisions.method]}, fitted to {copy}: "
            f"{{components|component|components}} of {{channels|channel|channels}}{share}{unsure}.",
            {"components": decisions.n_components, "channels": decisions.n_channels},
        )

    def _algorithm(self) -> Algorithm:
        return Algorithm(self.method, self.extended, self.ortho, self.tolerance, self.max_iterations)

    def _plan(self, recording: Recording, whitening: Whitening, X: Samples) -> IcaDecisions:
        """How many components, or why none."""
        n_channels, n_samples = X.shape
        rank = min(recording.rank or n_channels, whitening.rank, effective_rank(list(X)) if n_samples else 0)
        wanted = self._count(whitening, rank)
        seconds = n_samples * (self.decimate or 1) / float(recording.raw.info["sfreq"])
        n_components = self._at_most(wanted, seconds)
        why_not = ""
        if n_samples == 0:
            why_not = "BAD_ segments cover the whole recording"
        elif rank < 2:
            why_not = f"the good EEG channels have rank {rank}, and ICA needs 2"
        elif n_samples < MIN_SAMPLES_PER_WEIGHT * n_components**2:
            least = MIN_SAMPLES_PER_WEIGHT * n_components**2
            why_not = f"{n_samples} good samples are left, and {n_components} components need at least {least}"
        return IcaDecisions(
            applied=not why_not,
            why_not=why_not,
            method=self.method,
            n_channels=n_channels,
            n_components=0 if why_not else n_components,
            rank=rank,
            n_samples=n_samples,
            advised_samples=ADVISED_SAMPLES_PER_WEIGHT * n_components**2,
            notes=_fewer(wanted, n_components, seconds) if n_components < wanted and not why_not else (),
        )

    def _count(self, whitening: Whitening, rank: int) -> int:
        if self.n_components is None:
            return rank
        if self.n_components < 1:
            return min(max(components_explaining(whitening.variances, self.n_components), 2), rank)
        return min(int(self.n_components), rank)

    def _at_most(self, wanted: int, seconds: float) -> int:
        """As many of the wanted components as so many seconds of good signal are enough for."""
        if self.min_seconds_per_weight is None:
            return wanted
        return min(wanted, max(int(np.sqrt(seconds / self.min_seconds_per_weight)), 2))


def _fewer(wanted: int, n_components: int, seconds: float) -> tuple[str, ...]:
    """The note on components that the length of a recording did not allow."""
    return (f"{n_components} components instead of {wanted}: {seconds:.4g} s of good signal do not tell more apart.",)


def _fitted(decisions: IcaDecisions, unmixing: Unmixing, *, refits_wanted: int, n_refits: int) -> IcaDecisions:
    """The plan with how the fit went; one that did not converge, or was not made again, is told in a note."""
    notes: tuple[str, ...] = ()
    if n_refits < refits_wanted:
        notes = (
            f"Not fitted again: one in {PART} of {decisions.n_samples} samples is less than {MIN_PER_WEIGHT} for each "
            f"weight of {decisions.n_components} components, so what other fits would find is not known.",
        )
    if not unmixing.converged:
        left = "" if unmixing.gradient is None else f"; the largest entry of its gradient was {unmixing.gradient:.1g}"
        notes += (f"The decomposition had not converged after {unmixing.iterations} iterations{left}.",)
    went = {name: getattr(unmixing, name) for name in ("iterations", "converged", "gradient", "promised_nats")}
    return decisions.model_copy(update={**went, "n_refits": n_refits, "notes": (*decisions.notes, *notes)})


def precision(n_values: int) -> type[np.floating[Any]]:
    """Of the copy that is fitted: double, but single for one that would double the memory of a recording of hours.

    Only the whitened samples are rounded (by 6e-8 of each); all that is computed from them stays in double precision.
    """
    return np.float64 if 8 * n_values <= MAX_DOUBLES_BYTES else np.float32
