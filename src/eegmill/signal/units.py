"""Units that the header of a file leaves open, found by comparison with the other channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .bad.gain import Amplitudes

if TYPE_CHECKING:
    import mne

VOLTS = frozenset({"v", "mv", "uv", "µv", "μv", "nv"})
MIN_TYPICAL = 4
NEAR_DECADES = 0.7
"""How far from a power of 1000 a ratio of amplitudes may be for a unit to explain it."""
POSSIBLE_V = (2e-8, 5e-4)
"""Amplitudes of whole recordings, from 0.02 to 500 µV, that are believed."""
LARGEST_USUAL_V = 3e-4
"""Amplitudes between 0.3 and 300 µV: of all powers of 1000, only one makes EEG of a number."""


def doubtful_units(raw: mne.io.BaseRaw, names: Sequence[str]) -> dict[str, str]:
    """Channels for which the header names no unit of voltage, with what it names; MNE takes their numbers for volts."""
    units: Mapping[str, str] = getattr(raw, "_orig_units", None) or {}
    return {name: units[name] for name in names if name in units and units[name].strip().lower() not in VOLTS}


def mend_units(raw: mne.io.BaseRaw, names: Sequence[str]) -> tuple[dict[str, float], tuple[str, ...]]:
    """Bring channels without a unit to volts, in place; the factors, and what to say of them."""
    doubtful = doubtful_units(raw, names)
    factors = unit_factors(raw, names, list(doubtful)) if doubtful else {}
    for name, factor in factors.items():
        raw._data[raw.ch_names.index(name)] *= factor
    notes = []
    for factor in sorted(set(factors.values())):
        scaled = [name for name in factors if factors[name] == factor]
        units = ", ".join(sorted({f"'{doubtful[name]}'" for name in scaled}))
        notes.append(f"the unit is {units}: multiplied by {factor:g} to have an amplitude of EEG: ")
        notes[-1] += ", ".join(scaled)
    return factors, tuple(notes)


def unit_factors(raw: mne.io.BaseRaw, names: Sequence[str], doubtful: Sequence[str]) -> dict[str, float]:
    """Powers of 1000 that bring channels of doubtful unit to the amplitude of EEG.

    That of the channels of known unit, where there are four of them; else what EEG has anywhere, one factor for all.
    Channels that no such factor brings there are left out.
    """
    picks = {name: raw.ch_names.index(name) for name in names}
    amplitude = Amplitudes.of(raw, list(picks.values()))
    fast = {name: amplitude.fast[pick] for name, pick in picks.items() if amplitude.fast[pick] > 0}
    sure = [value for name, value in fast.items() if name not in doubtful]
    unsure = [value for name, value in fast.items() if name in doubtful]
    if len(sure) < MIN_TYPICAL:
        median = float(np.median(unsure)) if unsure else 0.0
        if not unsure or POSSIBLE_V[0] <= median <= POSSIBLE_V[1]:
            return {}
        factor = 1000.0 ** np.floor(np.log10(LARGEST_USUAL_V / median) / 3)
        return {name: float(factor) for name in fast if name in doubtful and factor != 1}
    usual = float(np.median(sure))
    found = {name: _power_of_1000(usual / value) for name, value in fast.items() if name in doubtful}
    return {name: factor for name, factor in found.items() if factor not in (None, 1.0)}


def _power_of_1000(ratio: float) -> float | None:
    """The power of 1000 next to a ratio; None where none is near."""
    decades = float(np.log10(ratio))
    power = round(decades / 3)
    return 1000.0**power if abs(decades - 3 * power) <= NEAR_DECADES else None
