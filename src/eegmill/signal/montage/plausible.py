"""Positions that make no head, or no head with these names: mended where the mistake is sure, else taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..channels import positions_m
from ..sphere import sphere_centre
from .axes import axes_by_name, few_by_name
from .template import ten_five_positions

if TYPE_CHECKING:
    import mne

    from ..types import Floats

SAME_POINT = 1e-4
"""Part of the head's radius within which two electrodes lie on one point."""
MIN_FOR_A_LINE = 4
MIN_FOR_A_PLANE = 8
FLAT = 0.05
"""Smallest against largest extent of a head's electrodes, below which they lie on a plane or a line."""
RADIUS_M = (0.03, 0.2)
"""Median distance of electrodes from their middle."""
USUAL_RADIUS_M = (0.05, 0.13)
SPHERE_RADIUS_M = 0.095
SAME_DISTANCE_M = 1e-6
MAX_RADIUS_M = 0.15
"""The middle of a few electrodes is not farther from the origin."""
MAX_OFF_CENTRE = 0.65
"""Distance of the origin from the middle of the head, in radii; that of the line between the ears is 0.3 to 0.5."""
FITS = 0.8
"""Correlation of positions with those of the template, above which the two agree."""


def mend_positions(raw: mne.io.BaseRaw, names: Sequence[str]) -> tuple[str, ...]:
    """Mend or take away, in place, positions of EEG channels that cannot be right; what was done, one note each.

    Electrodes on one point, on a line or on a plane have no position. A head 10, 100 or 1000 times too large or too
    small is brought to its size, and one beside the origin to it. Where the names say that right, front and up are
    other axes than those given, all positions are turned; where no order of the axes agrees with names of the 10-05
    system, there are no positions. Axes that neither names nor landmarks tell are noted.
    """
    given = {name: np.array(found[0]) for name in names if (found := positions_m(raw, [raw.ch_names.index(name)]))}
    places, notes = dict(given), []
    for mend in (_spatial, _apart, _of_a_heads_size, _around_the_origin, _as_named):
        places, note = mend(places)
        notes += [note] if note else []
    if notes:
        _set(raw, names, places)
    elif not _has_landmarks(raw):
        notes += [note] if (note := _unchecked(places)) else []
    return tuple(notes)


def _apart(places: Mapping[str, Floats]) -> tuple[dict[str, Floats], str]:
    if len(places) < 2:
        return dict(places), ""
    points = np.array(list(places.values()))
    limit = SAME_POINT * max(float(np.median(np.linalg.norm(points, axis=1))), np.finfo(float).tiny)
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    shared = (distance <= limit).sum(axis=1) > 1
    lost = [name for name, is_shared in zip(places, shared, strict=True) if is_shared]
    if not lost:
        return dict(places), ""
    kept = {name: place for name, place in places.items() if name not in lost}
    return kept, f"{len(lost)} electrodes lie on points that they share, which are no positions: {_some(lost)}"


def _spatial(places: Mapping[str, Floats]) -> tuple[dict[str, Floats], str]:
    if len(places) < MIN_FOR_A_LINE:
        return dict(places), ""
    extents = _extents(list(places.values()))
    if extents[1] < FLAT * extents[0]:
        return {}, f"all {len(places)} electrodes lie on a line: these are no positions on a head"
    if extents[2] < FLAT * extents[0] and (len(places) >= MIN_FOR_A_PLANE or _is_solid_by_name(places)):
        return {}, f"all {len(places)} electrodes lie on a plane: these are no positions on a head"
    return dict(places), ""


def _extents(points: Sequence[Floats]) -> Floats:
    """Root mean squares along the principal axes, the largest first."""
    centred = np.array(points) - np.mean(points, axis=0)
    return np.linalg.svd(centred, compute_uv=False)


def _is_solid_by_name(places: Mapping[str, Floats]) -> bool:
    """Whether electrodes of these names do not lie on a plane, as a few around the head do."""
    known = ten_five_positions(list(places))
    if len(known) < MIN_FOR_A_LINE or len(known) < len(places):
        return False
    extents = _extents(list(known.values()))
    return bool(extents[2] > 2 * FLAT * extents[0])


def _of_a_heads_size(places: Mapping[str, Floats]) -> tuple[dict[str, Floats], str]:
    if len(places) < MIN_FOR_A_LINE:
        return dict(places), ""
    points = np.array(list(places.values()))
    radius = float(np.median(np.linalg.norm(points - points.mean(axis=0), axis=1)))
    if RADIUS_M[0] <= radius <= RADIUS_M[1]:
        return dict(places), ""
    factors = (10.0**power for power in (-3, -2, -1, 1, 2, 3))
    low, high = USUAL_RADIUS_M
    factor = next((factor for factor in factors if low <= radius * factor <= high), SPHERE_RADIUS_M / radius)
    note = f"electrodes lie {radius:.3g} m from their middle, which is no head's size: multiplied by {factor:.3g}"
    return {name: place * factor for name, place in places.items()}, note


def _around_the_origin(places: Mapping[str, Floats]) -> tuple[dict[str, Floats], str]:
    """Positions about the middle of the head, where the origin lies outside of it or nearly so."""
    if len(places) < MIN_FOR_A_LINE:
        return dict(places), ""
    points = np.array(list(places.values()))
    centre = sphere_centre(points)
    limit_m = MAX_OFF_CENTRE * max(float(np.median(np.linalg.norm(points - centre, axis=1))), SPHERE_RADIUS_M)
    if not np.any(centre):  # too few for a sphere
        centre, limit_m = points.mean(axis=0), MAX_RADIUS_M
    distance = float(np.linalg.norm(centre))
    if distance <= limit_m:
        return dict(places), ""
    note = f"the middle of the electrodes lies {1e3 * distance:.0f} mm from the origin: they were moved to it"
    return {name: place - centre for name, place in places.items()}, note


def _as_named(places: Mapping[str, Floats]) -> tuple[dict[str, Floats], str]:
    fit = axes_by_name(places)
    if fit is None:
        few = few_by_name(places)
        if few is None or not few.contradicts:
            return dict(places), ""
        return {}, _contradiction(places, few.as_given, few.best)
    if fit.is_sure:
        return {name: fit.axes @ place for name, place in places.items()}, fit.in_words()
    if fit.by_names and (fit.as_given < FITS or fit.is_other):
        return {}, _contradiction(places, fit.as_given, fit.best)
    return dict(places), ""


def _contradiction(places: Mapping[str, Floats], as_given: float, best: float) -> str:
    found = f"correlation with the 10-05 system {as_given:.2f}, at best {best:.2f} with other axes"
    return f"the positions of {len(places)} electrodes contradict their names ({found}): they are not used"


def _unchecked(places: Mapping[str, Floats]) -> str:
    """What to say where no template knows the electrodes, or none that has these names agrees with their places."""
    if not places:
        return ""
    fit = axes_by_name(places)
    if fit is None and few_by_name(places) is not None:
        return ""
    if fit is not None and fit.as_given >= FITS:
        return ""
    why = "no template knows their names" if fit is None else f"they fit no cap with these names ({fit.best:.2f})"
    return f"the axes of {len(places)} electrode positions could not be checked: {why} ({_some(list(places))})"


def _has_landmarks(raw: mne.io.BaseRaw) -> bool:
    """Whether the positions are in the frame of landmarks of the head, which is known without names.

    Where a montage has none, MNE makes them up: all three at the same distance from the origin.
    """
    from mne._fiff.constants import FIFF

    marks = [point["r"] for point in raw.info["dig"] or () if point["kind"] == FIFF.FIFFV_POINT_CARDINAL]
    return bool(marks) and float(np.ptp(np.linalg.norm(marks, axis=1))) > SAME_DISTANCE_M


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _set(raw: mne.io.BaseRaw, names: Sequence[str], places: Mapping[str, Floats]) -> None:
    """Give the named channels these positions and no others; the landmarks of the old ones go as well."""
    import mne

    for name in names:
        raw.info["chs"][raw.ch_names.index(name)]["loc"][:3] = np.nan
    montage = mne.channels.make_dig_montage(dict(places), coord_frame="head") if places else None
    raw.set_montage(montage, on_missing="ignore", verbose="error")
