"""Repair what the sidecars left open: names, types, positions, units and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from ..errors import Rejected
from ..recording import Recording, Segment
from ..signal.bad.gain import OddGain, doubts, odd_gains
from ..signal.channel_types import counts, deviation, kind_by_signal, other_kinds
from ..signal.channels import PHYSIOLOGICAL, positions_m
from ..signal.missing import annotate_gaps, zero_missing
from ..signal.montage.derivations import derivations
from ..signal.montage.names import renamed
from ..signal.montage.plausible import mend_positions
from ..signal.montage.template import apply_template, choose_template, fill_from_template, ten_five_names
from ..signal.reference.recorded import is_reference, zero_channels
from ..signal.timeline import continuous_spans
from ..signal.units import mend_units
from .contract import ActsOn, Decides, Decisions, Margin, Sentence, Step
from .import_notes import duplicates, kinds_counted, position_notes, suspicion, told_of, type_notes

if TYPE_CHECKING:
    import mne

MEG = ("mag", "grad", "ref_meg")
COUNTS = "counts samples or time, as no brain does"
BAD_BEFORE = "marked bad in the recording"
MIN_TYPICAL = 4
"""EEG channels of known name, for their amplitude to tell what a channel of unknown name is."""


class ImportDecisions(Decisions):
    """What was found and repaired."""

    renamed: dict[str, str]
    """Name in the raw file to name from here on."""
    types_changed: dict[str, str]
    """Channels that the file called EEG, and what they are by their name or signal."""
    types_by_signal: tuple[str, ...] = ()
    """Those of them whose name tells nothing: their signal does."""
    positions: tuple[str, ...] = ()
    """What was mended of the positions of the recording, or why they are not used."""
    unit_factors: dict[str, float] = {}
    """Channels for which the file names no unit, and what they were multiplied by to be in volts."""
    odd_gains: dict[str, float] = {}
    """Channels that are bad because they are so many times larger than the others let expect."""
    odd_gain_limits: dict[str, float] = {}
    """How many times too large or too small they would have to be, ..."""
    odd_gain_uncertainties: dict[str, float] = {}
    """... and by how much that may change with the input."""
    online_reference: tuple[str, ...] = ()
    """The channel of zeros that the recording was made against; the next new reference makes it EEG again."""
    own_references: dict[str, str] = {}
    """EEG channels that share no reference with the others, with what says so."""
    dropped: dict[str, str]
    """Channels taken out, with their type."""
    template: str | None
    """The template montage used; None where the recording has its own positions."""
    template_channels: tuple[str, ...]
    """Channels whose position comes from the template."""
    unknown_positions: tuple[str, ...]
    """EEG channels without position: neither the recording nor a template knows it."""
    nan_samples: dict[str, int]
    """Samples per channel that were NaN or infinite, outside of gaps. They are 0 now."""
    gaps: tuple[Segment, ...]
    """Stretches missing in all channels at once, annotated ``BAD_ACQ_SKIP``."""
    constant_channels: tuple[str, ...]
    discontinuities: int
    amplitude_uv: float
    """Median over EEG channels of the median absolute deviation."""
    amplitude_doubts: tuple[str, ...] = ()
    """What is doubtful about the amplitudes of all channels that are not bad."""
    suspicious_amplitude: str
    """Why the unit may be wrong; empty where it looks right."""
    duration_s: float


class Import(Step):
    """Make a recording ready for cleaning: what channels are called, what they measure, where they lie.

    Types and positions that the recording brings (from its sidecars or its file) win over names and templates.
    Channels with NaN become bad and the NaN become 0; a stretch that is NaN in all EEG channels is a gap instead.
    Samples are only rescaled by ``unit_factor``; an amplitude that is none of EEG is recorded.
    """

    name: ClassVar[str] = "import"
    decisions_type: ClassVar[type[Decisions]] = ImportDecisions
    acts_on: ClassVar[ActsOn] = "channels"
    decides: ClassVar[Decides | None] = "channels"
    renames_channels: ClassVar[bool] = True
    former_names: ClassVar[Mapping[str, str]] = {"least_duration_s": "min_duration_s"}
    min_duration_s: float = Field(default=10.0, ge=0)
    """A shorter recording is rejected."""
    unknown_positions: Literal["keep", "misc"] = "keep"
    """What becomes of EEG channels without position: they stay EEG, or are put aside as ``misc``."""
    unit_factor: float = Field(default=1.0, gt=0)
    """Multiplies EEG, EOG, ECG and EMG: 1e-6 for a file whose microvolts are declared as volts."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, ImportDecisions]:  # noqa: ARG002 - no chance
        """Repair the recording in place.

        Raises
        ------
        Rejected
            If it is too short, holds no EEG channel, or all its EEG channels are constant or missing.
        """
        raw = recording.raw
        duration_s = self._long_enough(raw)
        dropped = _drop_meg(raw)
        names = renamed(raw.ch_names, ten_five_names())
        raw.rename_channels(names, verbose="error")
        recording = _carry_bad(recording, names)
        self._rescale(raw)
        positions = mend_positions(raw, _eeg_names(raw))
        types, by_signal = _retype(raw)
        eeg = _eeg_names(raw)
        template, placed = _locate(raw, eeg)
        unknown = tuple(name for name in eeg if not _located(raw, name))
        if self.unknown_positions == "misc":
            types |= _set_types(raw, dict.fromkeys(unknown, "misc"))
            eeg = _eeg_names(raw)
        recording, absent = _mark_missing(recording, eeg, duration_s)
        constant = absent.constant
        recording, online = _online_reference(recording, eeg, constant)
        eeg = [name for name in eeg if name not in online]
        recording = recording.mark_bad({name: "constant" for name in constant if name in eeg})
        factors, unit_note = mend_units(raw, eeg)
        recording, reference_notes = _own_references(recording, eeg)
        recording, odd = _mark_odd_gains(recording, eeg)
        amplitude_uv = 1e6 * _amplitude_v(raw, eeg)
        doubtful = _amplitude_doubts(raw, eeg)
        told = (
            *positions,
            *told_of(dropped, duplicates(raw.ch_names), suspicion(amplitude_uv)),
            *type_notes(types, by_signal),
            *position_notes(eeg, unknown),
            *unit_note,
            *reference_notes,
            *(f"'{raw.ch_names[gain.pick]}' is bad: {gain.reason}" for gain in odd),
            *doubtful,
            *(f"'{name}' holds zeros and is the reference of the recording: kept aside" for name in online),
        )
        recording = replace(recording, notes=(*recording.notes, *told))
        return recording, ImportDecisions(
            renamed=names,
            types_changed=types,
            types_by_signal=by_signal,
            positions=positions,
            unit_factors=factors,
            odd_gains={raw.ch_names[gain.pick]: gain.ratio for gain in odd},
            odd_gain_limits={raw.ch_names[gain.pick]: gain.limit for gain in odd},
            odd_gain_uncertainties={raw.ch_names[gain.pick]: gain.uncertainty for gain in odd},
            online_reference=online,
            own_references=dict(recording.own_references),
            dropped=dropped,
            template=template,
            template_channels=placed,
            unknown_positions=unknown,
            nan_samples=absent.nan_samples,
            gaps=absent.gaps,
            constant_channels=constant,
            discontinuities=len(continuous_spans(raw)) - 1,
            amplitude_uv=amplitude_uv,
            amplitude_doubts=doubtful,
            suspicious_amplitude=suspicion(amplitude_uv),
            duration_s=duration_s,
        )

    def sentence(self, decisions: ImportDecisions) -> Sentence:
        """Where positions come from, and whether the unit was changed."""
        template = decisions.template
        positions = f"; positions that were missing came from the montage {template}" if template else ""
        scaled = f"; samples were multiplied by {self.unit_factor:g} to correct their unit"
        unit = scaled if self.unit_factor != 1 else ""
        return Sentence(f"Names, types and electrode positions of channels were checked{positions}{unit}.")

    def margins(self, decisions: ImportDecisions) -> tuple[Margin, ...]:
        """Channels that are bad by their amplitude; those that nearly are, ``inspect`` judges by a lower limit."""
        return tuple(
            Margin(
                kind="channel",
                name=name,
                criterion="times too large or too small for the other channels",
                score=max(ratio, 1 / ratio),
                limit=decisions.odd_gain_limits[name],
                uncertainty=decisions.odd_gain_uncertainties[name],
            )
            for name, ratio in decisions.odd_gains.items()
            if name in decisions.odd_gain_limits
        )

    def doubts(self, decisions: ImportDecisions) -> tuple[str, ...]:
        """The size, where amplitudes are none of EEG, or too few to say which is right."""
        return ("size",) if decisions.suspicious_amplitude or decisions.amplitude_doubts else ()

    def renamed(self, decisions: ImportDecisions) -> Mapping[str, str]:
        """Names in the raw file to names from here on."""
        return decisions.renamed

    def template_positions(self, decisions: ImportDecisions) -> tuple[str, ...]:
        """Channels whose position the recording does not have."""
        return decisions.template_channels

    def _long_enough(self, raw: mne.io.BaseRaw) -> float:
        duration_s = float(raw.n_times / raw.info["sfreq"])
        if duration_s < self.min_duration_s:
            msg = f"The recording lasts {duration_s:.2f} s, and at least {self.min_duration_s:g} s are asked for"
            raise Rejected(msg)
        return duration_s

    def _rescale(self, raw: mne.io.BaseRaw) -> None:
        if self.unit_factor != 1.0:
            for index, kind in enumerate(raw.get_channel_types()):
                if kind in PHYSIOLOGICAL:
                    raw._data[index] *= self.unit_factor


def _carry_bad(recording: Recording, names: dict[str, str]) -> Recording:
    """Follow bad channels to their new names, and give those a reason that have none."""
    raw = recording.raw
    known = [bad.model_copy(update={"name": names.get(bad.name, bad.name)}) for bad in recording.bad_channels]
    source = tuple(names.get(name, name) for name in recording.source_bads)
    recording = replace(
        recording,
        bad_channels=tuple(bad for bad in known if bad.name in raw.ch_names),
        source_bads=tuple(name for name in source if name in raw.ch_names),
        bands={names.get(name, name): band for name, band in recording.bands.items()},
        online_reference=tuple(names.get(name, name) for name in recording.online_reference),
        own_references={names.get(name, name): why for name, why in recording.own_references.items()},
    )
    explained = {bad.name for bad in recording.bad_channels}
    return recording.mark_bad({name: BAD_BEFORE for name in raw.info["bads"] if name not in explained})


def _drop_meg(raw: mne.io.BaseRaw) -> dict[str, str]:
    kinds = raw.get_channel_types()
    if "eeg" not in kinds:
        msg = f"The recording has no EEG channel. It has: {kinds_counted(kinds)}"
        raise Rejected(msg)
    meg = {name: kind for name, kind in zip(raw.ch_names, kinds, strict=True) if kind in MEG}
    if meg:
        raw.drop_channels(list(meg))
    return meg


def _eeg_names(raw: mne.io.BaseRaw) -> list[str]:
    kinds = raw.get_channel_types()
    names = [name for name, kind in zip(raw.ch_names, kinds, strict=True) if kind == "eeg"]
    if not names:
        msg = f"No channel is EEG by its name or signal. There are: {kinds_counted(kinds)}"
        raise Rejected(msg)
    return names


def _located(raw: mne.io.BaseRaw, name: str) -> bool:
    return positions_m(raw, [raw.ch_names.index(name)]) is not None


def _set_types(raw: mne.io.BaseRaw, types: dict[str, str]) -> dict[str, str]:
    raw.set_channel_types(types, on_unit_change="ignore", verbose="error")
    return types


def _retype(raw: mne.io.BaseRaw) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give channels still typed EEG the type that their name tells or, where no montage knows it, their signal.

    The new types, and the channels whose signal told it.
    """
    eeg = _eeg_names(raw)
    located = {name for name in eeg if _located(raw, name)}
    types, by_signal = _set_types(raw, other_kinds(eeg, located)), []
    rest = [name for name in eeg if name not in types]
    template = choose_template(rest)
    known = located | set(template.positions if template else ())
    typical = [deviation(raw._data[raw.ch_names.index(name)]) for name in rest if name in known]
    typical_v = float(np.median(typical)) if len(typical) >= MIN_TYPICAL else None
    for name in rest:
        if name not in known and "-" not in name:
            kind = kind_by_signal(raw._data[raw.ch_names.index(name)], typical_v, float(raw.info["sfreq"]))
            if kind is not None:
                types |= _set_types(raw, {name: kind})
                by_signal.append(name)
    return types, tuple(by_signal)


@dataclass(frozen=True)
class _Absent:
    """What a recording lacks of its EEG channels."""

    gaps: tuple[Segment, ...]
    nan_samples: dict[str, int]
    constant: tuple[str, ...]


def _mark_missing(recording: Recording, eeg: list[str], duration_s: float) -> tuple[Recording, _Absent]:
    """Mark where all EEG is missing, and as bad the channels that hold NaN or a counter.

    Raises
    ------
    Rejected
        If nothing is left.
    """
    raw = recording.raw
    gaps = annotate_gaps(raw, eeg)
    if sum(gap.duration_s for gap in gaps) >= duration_s:
        msg = f"All samples of all {len(eeg)} EEG channels are NaN or infinite: none is left"
        raise Rejected(msg)
    missing = zero_missing(raw)
    lost = {name: f"{missing[name]} samples are NaN" for name in eeg if name in missing}
    recording = recording.mark_bad(lost)
    sfreq_hz = float(raw.info["sfreq"])
    counting = [name for name in eeg if name not in lost and counts(raw._data[raw.ch_names.index(name)], sfreq_hz)]
    recording = recording.mark_bad(dict.fromkeys(counting, COUNTS))
    notes = tuple(f"'{name}' is bad: it {COUNTS}" for name in counting)
    constant = _constant(raw, [name for name in eeg if name not in lost])
    if len(constant) + len(lost) == len(eeg):
        msg = f"Of {len(eeg)} EEG channels, {len(constant)} are constant and {len(lost)} hold NaN: none is left"
        raise Rejected(msg)
    return replace(recording, notes=(*recording.notes, *notes)), _Absent(gaps, missing, constant)


def _online_reference(
    recording: Recording, eeg: list[str], constant: tuple[str, ...]
) -> tuple[Recording, tuple[str, ...]]:
    """Put aside the one channel of zeros that the recording says to be its reference, or whose neighbours do."""
    raw = recording.raw
    zeros = [name for name in zero_channels(raw, constant) if name not in raw.info["bads"]]
    others = [name for name in eeg if name not in constant and name not in raw.info["bads"]]
    found = tuple(
        name
        for name in zeros
        if name in recording.online_reference or (len(zeros) == 1 and is_reference(raw, name, others))
    )
    _set_types(raw, dict.fromkeys(found, "misc"))
    return replace(recording, online_reference=found), found


def _mark_odd_gains(recording: Recording, eeg: list[str]) -> tuple[Recording, tuple[OddGain, ...]]:
    """Judge channels bad whose amplitude is far from that of the others: no reference may hold them.

    Channels with a reference of their own are compared among themselves, or with all where they are few.
    """
    raw = recording.raw
    good = [raw.ch_names.index(name) for name in eeg if name not in raw.info["bads"]]
    apart = [pick for pick in good if raw.ch_names[pick] in recording.own_references]
    common = [pick for pick in good if pick not in apart]
    odd = odd_gains(raw, common)
    if apart:
        alone = odd_gains(raw, apart if len(apart) >= MIN_TYPICAL else good)
        odd = (*odd, *(gain for gain in alone if gain.pick in apart))
    recording = recording.mark_bad({raw.ch_names[gain.pick]: gain.reason for gain in odd})
    return replace(recording, odd_gains={raw.ch_names[gain.pick]: gain.ratio for gain in odd}), odd


def _amplitude_doubts(raw: mne.io.BaseRaw, eeg: list[str]) -> tuple[str, ...]:
    """What is doubtful about the amplitudes of the channels that are not bad."""
    return doubts(raw, [raw.ch_names.index(name) for name in eeg if name not in raw.info["bads"]])


def _own_references(recording: Recording, eeg: list[str]) -> tuple[Recording, tuple[str, ...]]:
    """Which EEG channels no common reference can be subtracted from, and a note for each reason."""
    by_name = dict.fromkeys(derivations(eeg), "by their names")
    own = {name: why for name, why in (by_name | dict(recording.own_references)).items() if name in eeg}
    notes = []
    for why in dict.fromkeys(own.values()):
        names = [name for name in eeg if own.get(name) == why]
        notes.append(f"{len(names)} channels have a reference of their own ({why}) and enter no average: ")
        notes[-1] += ", ".join(names)
    return replace(recording, own_references=own), tuple(notes)


def _locate(raw: mne.io.BaseRaw, eeg: list[str]) -> tuple[str | None, tuple[str, ...]]:
    """Place the EEG channels that have no position; the template's name and the channels it placed."""
    located = [name for name in eeg if _located(raw, name)]
    missing = [name for name in eeg if name not in located]
    if not missing:
        return None, ()
    if located:
        template = fill_from_template(raw, missing, located)
    elif template := choose_template(missing):
        apply_template(raw, template)
    return (template.name, tuple(template.positions)) if template else (None, ())


def _constant(raw: mne.io.BaseRaw, names: list[str]) -> tuple[str, ...]:
    rows = {name: raw._data[raw.ch_names.index(name)] for name in names}
    return tuple(name for name, row in rows.items() if np.ptp(row) == 0)


def _amplitude_v(raw: mne.io.BaseRaw, names: list[str]) -> float:
    return float(np.median([deviation(raw._data[raw.ch_names.index(name)]) for name in names]))
