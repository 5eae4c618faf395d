"""``electrodes.tsv`` and ``coordsystem.json``: electrode positions in metres in MNE's head frame (RAS).

Published datasets often declare units or axes that their numbers do not have (unit-sphere positions as "mm", axes of
EEGLAB as "Other"). A head is between 5 and 15 cm in radius and its electrodes' names say where front and right are:
where these contradict the declaration, they win, and a note says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files.tables import Row, number
from .channels import simple

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

    Positions = dict[str, NDArray[np.float64]]

METRES = {"m": 1.0, "cm": 1e-2, "mm": 1e-3}
HEAD_RADIUS_M = (0.05, 0.15)
SPHERE_RADIUS_M = 0.095
"""MNE's default head radius: given to positions on a unit sphere."""
LANDMARK_RADIUS_M = (0.03, 0.2)
FRONT_LEFT_UP = frozenset({"ctf", "eeglab", "eeglab-hj", "4dbti", "kityokogawa"})
"""Coordinate systems of BIDS whose x points to the front and y to the left."""
ENOUGH_NAMES = 4


def apply_electrodes(
    raw: mne.io.BaseRaw, rows: Sequence[Row], coordsystem: Mapping[str, Any], notes: list[str]
) -> None:
    """Give the channels of ``raw`` their measured positions; channels without one keep what they have."""
    import mne

    positions = _positions(rows, raw.ch_names)
    if not positions:
        return
    scale = scale_to_metres(positions, str(coordsystem.get("EEGCoordinateUnits", "n/a")), notes)
    metres = {name: place * scale for name, place in positions.items()}
    landmarks = _landmarks(coordsystem, scale)
    if landmarks:
        montage = mne.channels.make_dig_montage(metres, coord_frame="unknown", **landmarks)
    else:
        turned = to_ras(metres, str(coordsystem.get("EEGCoordinateSystem", "n/a")), notes)
        montage = mne.channels.make_dig_montage(turned, coord_frame="head")
    raw.set_montage(montage, on_missing="ignore", verbose="error")


def _positions(rows: Sequence[Row], ch_names: Sequence[str]) -> Positions:
    by_spelling = {simple(name): name for name in reversed(ch_names)}
    found: Positions = {}
    for row in rows:
        place = [number(row.get(axis)) for axis in "xyz"]
        name = row.get("name", "")
        target = name if name in ch_names else by_spelling.get(simple(name))
        if target and None not in place and any(place):
            found[target] = np.array(place, dtype=float)
    return found


def scale_to_metres(positions: Positions, unit: str, notes: list[str]) -> float:
    """Factor from the numbers of the file to metres: that of the declared unit, if it gives a head's size."""
    radius = float(np.median([np.linalg.norm(place) for place in positions.values()]))
    declared = METRES.get(unit.strip().lower())
    for factor in ([declared] if declared else []) + list(METRES.values()):
        if HEAD_RADIUS_M[0] <= radius * factor <= HEAD_RADIUS_M[1]:
            if factor != declared:
                notes.append(f"electrodes.tsv is not in '{unit}' as declared: taken as {factor:g} m")
            return factor
    notes.append(
        f"electrodes.tsv has no head's size in any unit (median radius {radius:g}): scaled to a sphere of 95 mm"
    )
    return SPHERE_RADIUS_M / radius


def _landmarks(coordsystem: Mapping[str, Any], scale: float) -> dict[str, NDArray[np.float64]]:
    """Nasion and both preauricular points in metres, or nothing if one of them is missing or impossible."""
    given = coordsystem.get("AnatomicalLandmarkCoordinates")
    if not isinstance(given, Mapping):
        return {}
    found: dict[str, NDArray[np.float64]] = {}
    for key, argument in (("NAS", "nasion"), ("LPA", "lpa"), ("RPA", "rpa")):
        place = given.get(key)
        if not isinstance(place, list) or len(place) != 3 or not all(isinstance(x, int | float) for x in place):
            return {}
        found[argument] = np.array(place, dtype=float) * scale
    radii = [float(np.linalg.norm(place)) for place in found.values()]
    return found if min(radii) >= LANDMARK_RADIUS_M[0] and max(radii) <= LANDMARK_RADIUS_M[1] else {}


def to_ras(metres: Positions, system: str, notes: list[str]) -> Positions:
    """Positions with x to the right, y to the front, z up.

    Axes are those of the declared system unless the electrodes' names (against MNE's ``colin27_1005``) say otherwise.
    """
    turned = {name: np.array([-place[1], place[0], place[2]]) for name, place in metres.items()}
    declared_turned = system.strip().lower() in FRONT_LEFT_UP
    straight_fit, turned_fit = _agreement(metres), _agreement(turned)
    if straight_fit is None or turned_fit is None:
        return turned if declared_turned else metres
    if (turned_fit > straight_fit) != declared_turned:
        notes.append(f"axes of electrodes.tsv are not those of '{system}': taken as the electrodes' names say")
    return turned if turned_fit > straight_fit else metres


def _agreement(metres: Positions) -> float | None:
    """Mean cosine between positions and template for the names that the template knows; None if they are too few."""
    import mne

    template = mne.channels.make_standard_montage("colin27_1005").get_positions()["ch_pos"]
    known = {simple(name): place for name, place in template.items()}
    pairs = [(place, known[simple(name)]) for name, place in metres.items() if simple(name) in known]
    if len(pairs) < ENOUGH_NAMES:
        return None
    return float(np.mean([a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) for a, b in pairs]))
