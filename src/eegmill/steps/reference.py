"""Choose what the potentials are measured against."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from ..errors import ConfigurationError, Rejected
from ..recording import Recording
from ..signal.channels import good_eeg
from ..signal.montage.derivations import derivations, electrodes_of
from ..signal.rank import rank_of
from ..signal.reference.mean import NewReference, average, mean_signal
from .contract import ActsOn, Decisions, Sentence, Step

if TYPE_CHECKING:
    import mne

MIN_LEFT = 1e-9
"""Part of the signal that a new reference must leave: below it is rounding."""

Kind = Literal["average", "robust", "mastoids", "REST", "none"]
MASTOIDS = (("M1", "M2"), ("TP9", "TP10"), ("A1", "A2"))


class ReferenceDecisions(Decisions):
    """What was subtracted, and what that did to the rank."""

    reference: str
    channels: tuple[str, ...]
    left_out: tuple[str, ...]
    """Channels that the robust average found noisy. They are not marked bad: that is the task of ``bad_channels``."""
    iterations: int | None
    rank_before: int
    rank: int
    derivations: tuple[str, ...] = ()
    """Channels between two electrodes or with another reference than the rest: they keep their own."""
    restored: tuple[str, ...] = ()
    """Channels of zeros that the recording was made against: they are EEG again."""
    interpolated: tuple[str, ...] = ()
    """Those of ``channels`` that were bad and had been rebuilt from the others."""


class Reference(Step):
    """Subtract a new reference from all EEG channels, bad ones too, which never count in it.

    ``average``
        The mean of the good EEG channels.
    ``robust``
        The mean after noisy channels were sought and interpolated, repeatedly (PREP; Bigdely-Shamlo et al. 2015, doi
        10.3389/fninf.2015.00016). With our own kernels, in about a tenth of the time of PyPREP.
    ``mastoids``
        The mean of M1 and M2, TP9 and TP10, or A1 and A2.
    ``REST``
        Infinity, by the reference electrode standardization technique (Yao 2001, doi 10.1088/0967-3334/22/4/305).
    ``none``
        The recording stays as it is.
    A list of names
        The mean of these channels.

    Derivations between two electrodes (``Fp1-F7``, or ``F3-M2`` beside ``F4-M1``), and channels of which the source
    says that they have another reference than the rest, neither count in the reference nor lose it. The channel of
    zeros that the recording was made against is EEG from here on.

    The rank is estimated before and after (``effective_rank``) and never rises.
    """

    name: ClassVar[str] = "reference"
    decisions_type: ClassVar[type[Decisions]] = ReferenceDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "the reference is set in the continuous recording"}

    to: Kind | tuple[str, ...] = "average"
    """``average``, ``robust``, ``mastoids``, ``REST``, ``none``, or a list of channels."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, ReferenceDecisions]:
        """Subtract the reference in place.

        Raises
        ------
        ConfigurationError
            If a reference channel does not exist.
        Rejected
            If a reference channel is bad, too few channels are good, or all are alike, so that nothing would be left.
        """
        raw = recording.raw
        picks = good_eeg(raw)
        before = rank_of(raw, picks) if recording.rank is None else recording.rank
        if self.to == "none":
            return self._unchanged(recording, before)
        restored = _restore(recording)
        apart = own_references(recording)
        common = [pick for pick in good_eeg(raw) if raw.ch_names[pick] not in apart]
        if apart and len(common) < 2:
            return self._unchanged(recording, before, apart)
        swing = _largest_swing(raw, common)
        new = _with_interpolated(self._make(raw, common, restored, seed, apart), recording.interpolated)
        for name in _eeg_names(raw):
            if name not in apart:
                raw._data[raw.ch_names.index(name)] -= new.signal
        picks = good_eeg(raw)
        if _largest_swing(raw, common) <= MIN_LEFT * swing:
            msg = f"All {len(picks)} good EEG channels are alike: against the {new.text} nothing is left of them"
            raise Rejected(msg)
        _note_in_info(raw)
        rank = min(before, rank_of(raw, picks))
        decisions = ReferenceDecisions(
            reference=new.text,
            channels=new.channels,
            left_out=new.left_out,
            iterations=new.iterations,
            rank_before=before,
            rank=rank,
            notes=(
                *([f"{len(apart)} channels keep their own reference: {', '.join(apart)}"] if apart else []),
                *(f"'{name}', the reference of the recording, is EEG again" for name in restored),
            ),
            derivations=apart,
            restored=restored,
            interpolated=tuple(name for name in new.channels if name in recording.interpolated),
        )
        return replace(recording, reference=new.text, rank=rank), decisions

    def _unchanged(
        self, recording: Recording, rank: int, apart: tuple[str, ...] = ()
    ) -> tuple[Recording, ReferenceDecisions]:
        why_not = (
            f"{len(apart)} of the EEG channels are derivations or have a reference of their own ({', '.join(apart)}): "
            "none can be subtracted from all"
        )
        decisions = ReferenceDecisions(
            applied=False,
            why_not=why_not if apart else "",
            notes=() if apart else ("no new reference is asked for",),
            derivations=apart,
            reference=recording.reference,
            channels=(),
            left_out=(),
            iterations=None,
            rank_before=rank,
            rank=rank,
        )
        return replace(recording, rank=rank), decisions

    def spoils_components(self) -> str:
        """Why components that were found before no longer fit."""
        return "" if self.to == "none" else "what it subtracts brings the components back into every channel"

    def sentence(self, decisions: ReferenceDecisions) -> Sentence:
        """The reference; of an average, how many channels made it and how many of these were rebuilt ones."""
        figures = {"channels": float(len(decisions.channels)), "rebuilt": float(len(decisions.interpolated))}
        of = "{channels|channel|channels}, {rebuilt} of which had been interpolated"
        texts = {
            "average": f"the average of {of}",
            "robust": f"a robust average [@bigdelyshamlo2015] of {of}, {{noisy|noisy one|noisy ones}} left out",
            "mastoids": f"the mean of {' and '.join(decisions.channels)}",
            "REST": f"infinity by the reference electrode standardization technique [@yao2001] from {of}",
        }
        named = " and ".join(self.to) if isinstance(self.to, tuple) else texts[self.to]
        return Sentence(
            f"Recordings were re-referenced to {named}.", figures | {"noisy": float(len(decisions.left_out))}
        )

    def _make(
        self, raw: mne.io.BaseRaw, picks: list[int], restored: tuple[str, ...], seed: int, apart: Collection[str]
    ) -> NewReference:
        if self.to == "average":
            return average(raw, picks)
        if self.to == "robust":
            from ..signal.reference.robust import robust_average

            # A channel of zeros would be called noisy, and is not.
            return robust_average(raw, [pick for pick in picks if raw.ch_names[pick] not in restored], seed=seed)
        if self.to == "REST":
            from ..signal.reference.rest import infinity

            return infinity(raw, picks)
        names = mastoids(raw) if isinstance(self.to, str) else self.to
        return mean_of(raw, names, apart)


def own_references(recording: Recording) -> tuple[str, ...]:
    """EEG channels from which no common reference can be subtracted, by their names or by what the source says."""
    eeg = _eeg_names(recording.raw)
    by_name = derivations(eeg)
    return tuple(name for name in eeg if name in by_name or name in recording.own_references)


def _with_interpolated(new: NewReference, interpolated: tuple[str, ...]) -> NewReference:
    """Count the channels of an average that were rebuilt from their neighbours: "good" would say too much of them."""
    rebuilt = [name for name in new.channels if name in interpolated]
    if not rebuilt:
        return new
    return replace(new, text=f"{new.text.replace('good EEG', 'EEG')}, {len(rebuilt)} of them interpolated")


def _eeg_names(raw: mne.io.BaseRaw) -> list[str]:
    return [name for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"]


def _restore(recording: Recording) -> tuple[str, ...]:
    """Make the channels of zeros that the recording was made against EEG again: against anything else they hold it."""
    raw = recording.raw
    kinds = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    found = tuple(name for name in recording.online_reference if kinds.get(name) == "misc")
    raw.set_channel_types(dict.fromkeys(found, "eeg"), on_unit_change="ignore", verbose="error")
    return found


def _largest_swing(raw: mne.io.BaseRaw, picks: list[int]) -> float:
    return max(float(np.ptp(raw._data[pick])) for pick in picks)


def mean_of(raw: mne.io.BaseRaw, names: tuple[str, ...], apart: Collection[str] = ()) -> NewReference:
    """Mean of named channels; those ``apart`` have a reference of their own.

    Raises
    ------
    ConfigurationError
        If one does not exist, with the nearest names.
    Rejected
        If one is bad, no EEG, or a derivation.
    """
    if not names:
        msg = "Step 'reference': the list of channels is empty; name at least one, or write 'average'."
        raise ConfigurationError(msg)
    for name in names:
        if name not in raw.ch_names:
            near = difflib.get_close_matches(name, raw.ch_names, n=3) or raw.ch_names
            msg = f"Step 'reference': the recording has no channel '{name}'; it has {', '.join(near)}."
            raise ConfigurationError(msg)
    kinds = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    other = [f"'{name}' ({kinds[name]})" for name in names if kinds[name] != "eeg"]
    if other:
        msg = (
            f"Reference channel {', '.join(other)} is no EEG, and was not filtered like the EEG: if it is an electrode "
            "on the head, call it EEG in channels.tsv"
        )
        raise Rejected(msg)
    derived = [name for name in names if electrodes_of(name) or name in apart]
    if derived:
        msg = f"Reference channel {', '.join(derived)} has a reference of its own, and is none for others"
        raise Rejected(msg)
    bad = [name for name in names if name in raw.info["bads"]]
    if bad:
        msg = f"Reference channel {', '.join(bad)} is bad; every channel would take over its noise"
        raise Rejected(msg)
    signal = mean_signal(raw, [raw.ch_names.index(name) for name in names])
    return NewReference(signal, f"mean of {', '.join(names)}" if len(names) > 1 else names[0], names)


def mastoids(raw: mne.io.BaseRaw) -> tuple[str, str]:
    """Names of the first complete pair of mastoid or ear channels, whatever their case.

    Raises
    ------
    ConfigurationError
        If there is none, naming the channels that there are.
    """
    eeg = {name.upper(): name for name in _eeg_names(raw)}
    for known in (eeg, {name.upper(): name for name in raw.ch_names}):
        for left, right in MASTOIDS:
            if left in known and right in known:
                return known[left], known[right]
    pairs = ", ".join(" and ".join(pair) for pair in MASTOIDS)
    msg = f"Step 'reference': 'mastoids' needs {pairs}; the recording has {', '.join(raw.ch_names)}."
    raise ConfigurationError(msg)


def _note_in_info(raw: mne.io.BaseRaw) -> None:
    """Tell MNE that the data have a reference of their own, and drop projections that would average again."""
    from mne._fiff.constants import FIFF

    with raw.info._unlock():
        raw.info["custom_ref_applied"] = FIFF.FIFFV_MNE_CUSTOM_REF_ON
    raw.info["projs"][:] = [
        proj for proj in raw.info["projs"] if proj["kind"] != FIFF.FIFFV_PROJ_ITEM_EEG_AVREF or proj["active"]
    ]
