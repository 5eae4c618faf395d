"""The likelihood of an unmixing matrix: its value, its relative gradient and an approximation of its Hessian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats
    from .moments import Moments

SLIGHTLY_FLAT, CLEARLY_FLAT = -0.005, -0.05
"""Peakedness below which a source counts as flatter than a Gaussian while it is looked for, and when it is found.

A sine has -0.19 at SD 1, a uniform source -0.13; flat solutions among peaked but nearly Gaussian sources had -0.03.
"""


@dataclass(frozen=True)
class Point:
    """An unmixing matrix with what is known there."""

    W: Floats
    moments: Moments
    covariance: Floats
    """Of the sources: ``W`` times the covariance of the samples times its transpose."""

    def peakedness(self) -> Floats:
        """E[psi'(y)] E[y ** 2] - E[psi(y) y] of sources: 0 for a Gaussian, more if peaked, less if flat.

        Shape (n_components,). The sign chooses the model that is locally stable (Lee, Girolami & Sejnowski 1999;
        Ablin, Cardoso & Gramfort, ICASSP 2018).
        """
        return self.moments.slope * np.diag(self.covariance) - np.diag(self.moments.score)

    def signs(self, before: Floats | None) -> Floats:
        """+1 for sources more peaked than a Gaussian, -1 for flatter ones; close to a Gaussian as they were ``before``.

        Both of shape (n_components,); at the start, without a ``before``, what is close to a Gaussian counts as peaked.
        A mixture is nearly Gaussian, on either side by chance, and a sign once chosen draws its source that way.
        """
        peaked = self.peakedness()
        kept = np.ones(len(peaked)) if before is None else before
        return np.where(peaked < SLIGHTLY_FLAT, -1.0, np.where(peaked > 0.0, 1.0, kept))

    def settled_signs(self) -> Floats:
        """-1 for clearly flat sources, such as a sine or a uniform one, +1 for all others; shape (n_components,)."""
        return np.where(self.peakedness() < CLEARLY_FLAT, -1.0, 1.0)

    def loss(self, signs: Floats | None) -> float:
        """Negative log-likelihood; with ``signs`` that of the extended model."""
        value = -float(np.linalg.slogdet(self.W)[1])
        if signs is None:
            return value + float(self.moments.log_cosh.sum())
        return value + float(signs @ self.moments.log_cosh) + 0.5 * float(np.trace(self.covariance))

    def gradient(self, signs: Floats | None) -> Floats:
        """Relative gradient of the loss.

        Shape (n_components, n_components).
        """
        eye = np.eye(len(self.W))
        if signs is None:
            return self.moments.score - eye
        return signs[:, None] * self.moments.score + self.covariance - eye

    def curvature(self, signs: Floats | None, *, at_least: float) -> Floats:
        """Diagonal of the Hessian approximation, raised so that no 2 x 2 block has an eigenvalue below ``at_least``.

        Shape (n_components, n_components).
        """
        h = self.moments.curvature
        if signs is not None:
            h = signs[:, None] * h + np.diag(self.covariance)
        smallest = 0.5 * (h + h.T - np.sqrt((h - h.T) ** 2 + 4.0))
        lift = np.maximum(at_least - smallest, 0.0)
        np.fill_diagonal(lift, 0.0)
        return np.asarray(h + lift)
