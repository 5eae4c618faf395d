"""``electrodes.tsv`` and ``coordsystem.json``: electrode positions in metres in MNE's head frame (RAS).

Published datasets often declare units or axes that their numbers do not have (unit-sphere positions as "mm", axes of
EEGLAB as "Other"). A head is between 5 and 15 cm in radius and its electrodes' names say where front and right are:
where these contradict the declaration, they win, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files.tables import Row, number
from ..signal.montage.axes import axes_by_name
from ..signal.montage.names import renamed
from ..signal.montage.template import ten_five_names
from .channels import simple
from .notes import some

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

    Positions = dict[str, NDArray[np.float64]]

METRES = {"m": 1.0, "cm": 1e-2, "mm": 1e-3}
HEAD_RADIUS_M = (0.05, 0.15)
SPHERE_RADIUS_M = 0.095
"""MNE's default head radius: given to positions on a unit sphere."""
LANDMARK_RADIUS_M = (0.03, 0.2)
"""Distances of landmarks from the middle of the electrodes."""
MIN_APART_M = 0.03
MANY_COLUMNS = 6
FRONT_LEFT_UP = frozenset({"ctf", "eeglab", "eeglab-hj", "4dbti", "kityokogawa"})
"""Coordinate systems of BIDS whose x points to the front and y to the left."""
TURNED = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
LANDMARKS = {
    "nasion": ("nas", "nasion", "nz"),
    "lpa": ("lpa", "leftear", "left"),
    "rpa": ("rpa", "rightear", "right"),
}
"""How datasets name the landmarks, in lower case without blanks and underscores."""


def apply_electrodes(
    raw: mne.io.BaseRaw, rows: Sequence[Row], coordsystem: Mapping[str, Any], notes: list[str]
) -> None:
    """Give the channels of ``raw`` their measured positions; channels without one keep what they have."""
    import mne

    positions = _positions(rows, raw.ch_names)
    _note_without(rows, positions, raw.ch_names, notes)
    if not positions:
        return
    scale = scale_to_metres(positions, str(coordsystem.get("EEGCoordinateUnits", "n/a")), notes)
    metres = {name: place * scale for name, place in positions.items()}
    landmarks = _landmarks(coordsystem, scale, np.mean(list(metres.values()), axis=0), notes)
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


def _note_without(rows: Sequence[Row], positions: Positions, ch_names: Sequence[str], notes: list[str]) -> None:
    """Note that a table gives no positions, or to some of its channels none, with what stands there."""
    if not rows:
        return
    absent = [axis for axis in "xyz" if axis not in rows[0]]
    if absent:
        columns = ", ".join(list(rows[0])[:MANY_COLUMNS])
        notes.append(f"electrodes.tsv has no column {' '.join(absent)} (it has {columns}): it is not used")
    elif not positions:
        notes.append(f"electrodes.tsv has no position of a channel of the recording: it names {some(_names(rows))}")
    else:
        known = {simple(name) for name in ch_names}
        left = [name for name in _names(rows) if simple(name) in known - {simple(placed) for placed in positions}]
        if left:
            notes.append(f"electrodes.tsv has no numbers for the position of {len(left)} channels: {some(left)}")


def _names(rows: Sequence[Row]) -> list[str]:
    return [row.get("name", "") for row in rows]


def scale_to_metres(positions: Positions, unit: str, notes: list[str]) -> float:
    """Factor from the numbers of the file to metres: that of the declared unit, if it gives a head's size.

    The size is the distance from the origin, or from the middle of the electrodes where the origin lies elsewhere.
    """
    points = np.array(list(positions.values()))
    radius, own_radius = (
        float(np.median(np.linalg.norm(points - origin, axis=1))) for origin in (np.zeros(3), points.mean(axis=0))
    )
    declared = METRES.get(unit.strip().lower())
    for factor in ([declared] if declared else []) + list(METRES.values()):
        if any(HEAD_RADIUS_M[0] <= size * factor <= HEAD_RADIUS_M[1] for size in (radius, own_radius)):
            if factor != declared:
                notes.append(f"electrodes.tsv is not in '{unit}' as declared: taken as {factor:g} m")
            return factor
    notes.append(
        f"electrodes.tsv has no head's size in any unit (median radius {radius:g}): scaled to a sphere of 95 mm"
    )
    return SPHERE_RADIUS_M / radius


def _landmarks(
    coordsystem: Mapping[str, Any], scale: float, middle_m: NDArray[np.float64], notes: list[str]
) -> dict[str, NDArray[np.float64]]:
    """Nasion and both preauricular points in metres, or nothing if one is missing, impossible or in another system."""
    given = coordsystem.get("AnatomicalLandmarkCoordinates")
    if not isinstance(given, Mapping):
        return {}
    by_name = {re.sub(r"[\s_]", "", str(key).lower()): place for key, place in given.items()}
    found: dict[str, NDArray[np.float64]] = {}
    for argument, spellings in LANDMARKS.items():
        place = next((by_name[name] for name in spellings if name in by_name), None)
        if not isinstance(place, list) or len(place) != 3 or not all(isinstance(x, int | float) for x in place):
            if by_name:
                notes.append(f"coordsystem.json has no usable {argument} ({place!r}): landmarks are not used")
            return {}
        found[argument] = np.array(place, dtype=float)
    own, electrodes = (str(coordsystem.get(f"{of}CoordinateSystem", "n/a")) for of in ("AnatomicalLandmark", "EEG"))
    if "n/a" not in (own, electrodes) and own.strip().lower() != electrodes.strip().lower():
        notes.append(f"landmarks are in the system '{own}', electrodes in '{electrodes}': landmarks are not used")
        return {}
    unit = str(coordsystem.get("AnatomicalLandmarkCoordinateUnits", "n/a"))
    factor = _landmark_scale(found, METRES.get(unit.strip().lower()), scale, middle_m)
    if factor is None:
        notes.append("landmarks of coordsystem.json lie where no head has them: they are not used")
        return {}
    return {name: place * factor for name, place in found.items()}


def _landmark_scale(
    found: Mapping[str, NDArray[np.float64]], own: float | None, scale: float, middle_m: NDArray[np.float64]
) -> float | None:
    """Factor to metres: of the landmarks' own unit, else that of the electrodes; None where neither makes a head.

    Landmarks lie apart from each other, around the middle of the electrodes.
    """
    points = np.array(list(found.values()))
    for factor in [scale] if own is None else [own, scale]:
        radii = np.linalg.norm(points * factor - middle_m, axis=1)
        apart = np.linalg.norm((points - np.roll(points, 1, axis=0)) * factor, axis=1)
        if min(radii) >= LANDMARK_RADIUS_M[0] and max(radii) <= LANDMARK_RADIUS_M[1] and min(apart) >= MIN_APART_M:
            return factor
    return None


def to_ras(metres: Positions, system: str, notes: list[str]) -> Positions:
    """Positions with x to the right, y to the front, z up.

    Axes are those of the declared system unless the electrodes' names say for sure that they are others.
    """
    declared = TURNED if system.strip().lower() in FRONT_LEFT_UP else np.eye(3)
    clean = renamed(list(metres), ten_five_names())
    fit = axes_by_name({clean.get(name, name): place for name, place in metres.items()}, declared)
    axes = declared
    if fit is not None and fit.is_sure:
        axes = fit.axes
        notes.append(f"electrodes.tsv does not have the axes of '{system}': {fit.in_words()}")
    return {name: axes @ place for name, place in metres.items()}
