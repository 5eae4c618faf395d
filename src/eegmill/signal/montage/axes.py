"""Axes of electrode positions, found by comparing them with the templates that know their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np

from .template import cap_positions, ten_five_positions

if TYPE_CHECKING:
    from ..types import Floats

MIN_NAMED = 6
MIN_NAMED_SHARE = 0.5
"""Of the electrodes must have names of the 10-05 system: single ones (``A1`` of a BioSemi cap) mean something else."""
SURE_FIT = 0.85
SURE_FIT_OF_A_CAP = 0.9
"""Numbers of caps are less sure than names: the same number lies elsewhere in another cap."""
SURE_FIT_OF_SOME = 0.95
"""Where fewer than half of the electrodes have names of the 10-05 system."""
SURE_LEAD = 0.1
"""How much better than the given axes others must fit."""
FEW_LEAD = 0.15
FEW_FIT = 0.9
ORIGINS_M = (0.0, 0.04)
"""Height of the template's origin over that of the positions: the middle of the head, or the line between the ears."""


_Candidate = tuple[str, "Mapping[str, Floats]", float]
"""A template, its positions by name, and how well they must fit."""


@dataclass(frozen=True)
class AxesFit:
    """How well positions agree with their names, as they are given and in the best order of axes."""

    axes: Floats
    """The best order, as a matrix that brings the positions to right, front and up."""
    best: float
    as_given: float
    template: str
    """Whose names they are."""
    sure_fit: float

    @property
    def is_other(self) -> bool:
        """Whether another order than the given one fits better by far."""
        return self.best - self.as_given >= SURE_LEAD

    @property
    def is_sure(self) -> bool:
        """Whether another order than the given one fits, and better by far."""
        return self.is_other and self.best >= self.sure_fit

    @property
    def by_names(self) -> bool:
        """Whether most names are of the 10-05 system, which leaves no doubt about where an electrode lies."""
        return self.sure_fit == SURE_FIT

    def in_words(self) -> str:
        """Which axes are meant, and how that is known."""
        found = f"correlation with {self.template} {self.as_given:.2f} as given, {self.best:.2f} so"
        return f"axes of the electrode positions are taken as {_in_words(self.axes)}: the names say so ({found})"


def axes_by_name(places: Mapping[str, Floats], given: Floats | None = None) -> AxesFit | None:
    """Compare positions with those of the 10-05 system, or of numbered caps, in all orders of axes.

    Parameters
    ----------
    places
        Electrode name to position (x, y, z) in any unit, about any origin.
    given : array, shape (3, 3)
        The order that is declared, by default right, front, up.

    Returns
    -------
    AxesFit or None
        None where no template knows enough of the names.
    """
    declared = np.eye(3) if given is None else given
    fits = [
        _fit(places, declared, candidate) for candidate in _candidates(list(places)) if len(candidate[1]) >= MIN_NAMED
    ]
    if not fits:
        return None
    return replace(max(fits, key=lambda fit: fit.best), as_given=max(fit.as_given for fit in fits))


def _fit(places: Mapping[str, Floats], declared: Floats, candidate: _Candidate) -> AxesFit:
    template, known, sure_fit = candidate
    cross = _cross(np.array([places[name] for name in known]), np.array(list(known.values())))
    fits = [float(np.sum(axes * cross)) for axes in all_axes()]
    best = int(np.argmax(fits))
    return AxesFit(all_axes()[best], fits[best], float(np.sum(declared * cross)), template, sure_fit)


def _candidates(names: list[str]) -> list[_Candidate]:
    """Templates with the positions that they have for these names, and how well these must fit."""
    named = ten_five_positions(names)
    if len(named) >= MIN_NAMED_SHARE * len(names):
        return [("the 10-05 system", named, SURE_FIT)]
    caps = [(cap, known, SURE_FIT_OF_A_CAP) for cap, known in cap_positions(names).items()]
    return [("the 10-05 system", named, SURE_FIT_OF_SOME), *caps]


@dataclass(frozen=True)
class FewFit:
    """How well directions of fewer electrodes than are needed for their axes agree with their names."""

    best: float
    as_given: float

    @property
    def contradicts(self) -> bool:
        """Whether the electrodes lie in a direction that is not theirs."""
        return self.best >= FEW_FIT and self.best - self.as_given >= FEW_LEAD


def few_by_name(places: Mapping[str, Floats]) -> FewFit | None:
    """Compare the directions of a few electrodes with those of the 10-05 system; None where few of the names are its.

    Which axes are meant cannot be told from so few. ``places`` (x, y, z) in metres about the middle of the head, or
    about the line between the ears.
    """
    known = ten_five_positions(list(places))
    if not known or len(known) < MIN_NAMED_SHARE * len(places) or len(known) >= MIN_NAMED:
        return None
    here = np.array([places[name] for name in known])
    best, as_given = -1.0, -1.0
    for height in ORIGINS_M:
        template = np.array(list(known.values())) + np.array([0.0, 0.0, height])
        cross = template.T @ here / max(np.linalg.norm(template) * np.linalg.norm(here), np.finfo(float).tiny)
        best = max(best, max(float(np.sum(matrix * cross)) for matrix in all_axes()))
        as_given = max(as_given, float(np.trace(cross)))
    return FewFit(best, as_given)


def agreement(points: Floats, template: Floats) -> float:
    """Correlation of two sets of points, both of shape (n_points, 3), each about its own middle; 1 for one shape."""
    return float(np.trace(_cross(points, template)))


def _cross(points: Floats, template: Floats) -> Floats:
    """Cross-correlation (3, 3) of both about their middles: the sum of axes · cross is the agreement in these axes."""
    a, b = points - points.mean(axis=0), template - template.mean(axis=0)
    cross: Floats = b.T @ a / max(np.linalg.norm(a) * np.linalg.norm(b), np.finfo(float).tiny)
    return cross


@cache
def all_axes() -> tuple[Floats, ...]:
    """The 48 matrices that exchange and turn round axes, mirror images among them; the identity first."""
    matrices = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            matrices.append(matrix)
    return tuple(matrices)


def _in_words(axes: Floats) -> str:
    """Which given axis points to the right, to the front and up."""
    words = []
    for row in axes:
        axis = int(np.argmax(np.abs(row)))
        words.append(f"{'-' if row[axis] < 0 else ''}{'xyz'[axis]}")
    return f"right {words[0]}, front {words[1]}, up {words[2]}"
