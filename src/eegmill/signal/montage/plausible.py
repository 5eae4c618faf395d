"""Positions that make no head, or no head with these names: mended where the mistake is sure, else taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np

from ..channels import positions_m
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
MIN_NAMED = 6
MIN_NAMED_SHARE = 0.5
"""Of the electrodes must have names of the 10-05 system: single ones (``A1`` of a BioSemi cap) mean something else."""
FITS = 0.8
"""Correlation of positions with those of the template, above which the two agree."""
SURE_FIT = 0.85
SURE_LEAD = 0.1
"""How much better than the given axes others must fit."""


def mend_positions(raw: mne.io.BaseRaw, names: Sequence[str]) -> tuple[str, ...]:
    """Mend or take away, in place, positions of EEG channels that cannot be right; what was done, one note each.

    Electrodes on one point, on a line or on a plane have no position. A head 10, 100 or 1000 times too large or too
    small is brought to its size. Where the names say that right, front and up are other axes than those given, all
    positions are turned; where no order of the axes agrees with the names, there are no positions.
    """
    given = {name: np.array(found[0]) for name in names if (found := positions_m(raw, [raw.ch_names.index(name)]))}
    places, notes = dict(given), []
    for mend in (_spatial, _apart, _of_a_heads_size, _as_named):
        places, note = mend(places)
        notes += [note] if note else []
    if notes:
        _set(raw, names, places)
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


def _as_named(places: Mapping[str, Floats]) -> tuple[dict[str, Floats], str]:
    fit = axes_by_name(places)
    if fit is None or (fit.as_given >= FITS and not fit.is_other):
        return dict(places), ""
    if not fit.is_other or fit.best < SURE_FIT:
        found = f"correlation with the 10-05 system {fit.as_given:.2f}, at best {fit.best:.2f} with other axes"
        return {}, f"the positions of {len(places)} electrodes contradict their names ({found}): they are not used"
    return {name: fit.axes @ place for name, place in places.items()}, fit.in_words()


@dataclass(frozen=True)
class AxesFit:
    """How well positions agree with their names, as they are given and in the best order of axes."""

    axes: Floats
    """The best order, as a matrix that brings the positions to right, front and up."""
    best: float
    as_given: float

    @property
    def is_other(self) -> bool:
        """Whether another order than the given one fits better by far."""
        return self.best - self.as_given >= SURE_LEAD

    @property
    def is_sure(self) -> bool:
        """Whether another order than the given one fits, and better by far."""
        return self.is_other and self.best >= SURE_FIT

    def in_words(self) -> str:
        """Which axes are meant, and how that is known."""
        found = f"correlation with the 10-05 system {self.as_given:.2f} as given, {self.best:.2f} so"
        return f"axes of the electrode positions are taken as {_in_words(self.axes)}: the names say so ({found})"


def axes_by_name(places: Mapping[str, Floats], given: Floats | None = None) -> AxesFit | None:
    """Compare positions with those of the 10-05 system in all orders of axes; None for too few known names.

    ``given`` (3, 3) is the order that is declared, by default right, front, up.
    """
    known = ten_five_positions(list(places))
    if len(known) < max(MIN_NAMED, MIN_NAMED_SHARE * len(places)):
        return None
    here, template = np.array([places[name] for name in known]), np.array(list(known.values()))
    axes = max(all_axes(), key=lambda matrix: agreement(here @ matrix.T, template))
    declared = np.eye(3) if given is None else given
    return AxesFit(axes, agreement(here @ axes.T, template), agreement(here @ declared.T, template))


def agreement(points: Floats, template: Floats) -> float:
    """Correlation of two sets of points, both of shape (n_points, 3), each about its own middle; 1 for one shape."""
    a, b = points - points.mean(axis=0), template - template.mean(axis=0)
    return float(np.sum(a * b) / max(np.linalg.norm(a) * np.linalg.norm(b), np.finfo(float).tiny))


def all_axes() -> list[Floats]:
    """The 48 matrices that exchange and turn round axes, mirror images among them; the identity first."""
    matrices = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            matrices.append(matrix)
    return matrices


def _in_words(axes: Floats) -> str:
    """Which given axis points to the right, to the front and up."""
    words = []
    for row in axes:
        axis = int(np.argmax(np.abs(row)))
        words.append(f"{'-' if row[axis] < 0 else ''}{'xyz'[axis]}")
    return f"right {words[0]}, front {words[1]}, up {words[2]}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _set(raw: mne.io.BaseRaw, names: Sequence[str], places: Mapping[str, Floats]) -> None:
    """Give the named channels these positions and no others; the landmarks of the old ones go as well."""
    import mne

    for name in names:
        raw.info["chs"][raw.ch_names.index(name)]["loc"][:3] = np.nan
    montage = mne.channels.make_dig_montage(dict(places), coord_frame="head") if places else None
    raw.set_montage(montage, on_missing="ignore", verbose="error")
