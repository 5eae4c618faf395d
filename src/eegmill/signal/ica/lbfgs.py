"""L-BFGS with the preconditioner of Picard: directions out of the last steps and what they did to the gradient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats

MEMORY = 50
"""Steps that are remembered. Pairs of nearly Gaussian sources make a valley of hundreds of flat directions, which ten
steps, the custom, do not span; a step is n_components squared numbers."""


@dataclass
class Memory:
    """The last steps and what they did to the gradient, for L-BFGS."""

    steps: list[Floats] = field(default_factory=list)
    changes: list[Floats] = field(default_factory=list)
    size: int = MEMORY
    """Steps that are remembered."""

    def add(self, step: Floats, change: Floats) -> None:
        """Remember one iteration, and forget the oldest.

        Both (n_components, n_components).
        """
        self.steps, self.changes = [*self.steps, step][-self.size :], [*self.changes, change][-self.size :]

    def clear(self) -> None:
        """Forget everything: the loss has changed."""
        self.steps, self.changes = [], []

    def direction(self, G: Floats, h: Floats) -> Floats:
        """Descent direction by the two-loop recursion, preconditioned by the 2 x 2 blocks of the Hessian.

        All (n_components, n_components).
        """
        q = G.copy()
        weights = []
        for step, change in zip(reversed(self.steps), reversed(self.changes), strict=True):
            rho = 1.0 / float(np.sum(step * change))
            alpha = rho * float(np.sum(step * q))
            weights.append((rho, alpha))
            q -= alpha * change
        z = solve_blocks(h, q)
        for step, change, (rho, alpha) in zip(self.steps, self.changes, reversed(weights), strict=True):
            z += (alpha - rho * float(np.sum(change * z))) * step
        return -z


def solve_blocks(h: Floats, G: Floats) -> Floats:
    """Solve h_ij p_ij + p_ji = g_ij for all pairs; on the diagonal (h_ii + 1) p_ii = g_ii.

    All (n_components, n_components).
    """
    determinant = h * h.T - 1.0
    np.fill_diagonal(determinant, 1.0)
    p = (h.T * G - G.T) / determinant
    np.fill_diagonal(p, np.diag(G) / (np.diag(h) + 1.0))
    return np.asarray(p)
