"""Features of all channels at once, which learn from labelled windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ...errors import ConfigurationError
from ...signal.types import Floats
from ..contract import Kind, Windows


class CommonSpatialPattern:
    """Common spatial patterns: variance of the projections that differ most between two classes of windows.

    Filters have length 1 and stand in the order of how far the eigenvalue λ of S₁ w = λ (S₁ + S₂) w is from ½.

    Parameters
    ----------
    n_select : int or None
        How many filters; all by default.

    Notes
    -----
    Source: Koles et al. 1990; Blankertz et al. 2008. Covariances are of all samples of a class, the mean of the class
    taken out. (The ``crit_select`` of EEGDash 0.9.1 is not the bound of |λ − ½| that its text says; here ``n_select``
    alone.)
    """

    kind: Kind = "all channels"
    unit = "V²"
    family = "spatial"

    def __init__(self, n_select: int | None = None) -> None:
        self.n_select = n_select
        self.clear()

    @property
    def name(self) -> str:
        """As EEGDash calls it."""
        return type(self).__name__

    def clear(self) -> None:
        """Forget what was learned."""
        self.labels: tuple[object, ...] = ()
        self._moments: dict[object, tuple[int, Floats, Floats]] = {}
        self._filters: Floats | None = None
        self.eigenvalues: Floats | None = None

    def to_values(self) -> dict[str, Any]:
        """What it has learned, as plain values for JSON and YAML."""
        classes = [
            {"label": np.asarray(label).item(), "n_samples": int(n), "mean": mean.tolist(), "covariance": cov.tolist()}
            for label, (n, mean, cov) in self._moments.items()
        ]
        return {"n_select": self.n_select, "classes": classes}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> CommonSpatialPattern:
        """One that has learned what ``to_values`` of another gave.

        Raises
        ------
        ConfigurationError
            If a part is missing.
        """
        made = cls(values.get("n_select"))
        try:
            for each in values["classes"]:
                moments = int(each["n_samples"]), np.array(each["mean"]), np.array(each["covariance"])
                made._moments[each["label"]] = moments
        except (KeyError, TypeError, ValueError) as error:
            msg = (
                f"A fitted '{cls.__name__}' has 'classes' of 'label', 'n_samples', 'mean' and 'covariance': {error!r}."
            )
            raise ConfigurationError(msg) from None
        return made

    def partial_fit(self, windows: Windows, labels: ArrayLike) -> CommonSpatialPattern:
        """Learn from some windows; ``labels`` (n_windows,).

        Raises
        ------
        ConfigurationError
            If there are more than two different labels.
        """
        given = np.asarray(labels)
        for label in np.unique(given):
            samples = windows.data[given == label].transpose(1, 0, 2).reshape(windows.data.shape[1], -1)
            mean = samples.mean(axis=1)
            found = samples.shape[1], mean, np.cov(samples, ddof=0)
            self._moments[label] = _joined(self._moments[label], found) if label in self._moments else found
        if len(self._moments) > 2:
            msg = f"Common spatial patterns tell two classes apart, not {len(self._moments)}: {list(self._moments)}."
            raise ConfigurationError(msg)
        self._filters = None
        return self

    def fit(self, windows: Windows, labels: ArrayLike) -> CommonSpatialPattern:
        """Learn from these windows alone."""
        self.clear()
        return self.partial_fit(windows, labels)

    def _solve(self) -> Floats:
        from scipy.linalg import eigh

        if len(self._moments) < 2:
            msg = f"Common spatial patterns need windows of two classes; fit them first (known: {list(self._moments)})."
            raise ConfigurationError(msg)
        first, second = (count / (count - 1) * cov for count, _, cov in self._moments.values())
        eigenvalues, filters = eigh(first, first + second)
        order = np.argsort(-np.abs(eigenvalues - 0.5), kind="stable")
        self.eigenvalues = eigenvalues[order]
        self._filters = (filters / np.linalg.norm(filters, axis=0))[:, order]
        return self._filters

    def __call__(self, windows: Windows) -> dict[str, Floats]:
        """Variance of each projection, (n_windows,), by its number.

        Raises
        ------
        ConfigurationError
            If it has not learned two classes.
        """
        filters = (self._filters if self._filters is not None else self._solve())[:, : self.n_select]
        variance = (filters.T @ windows.data).var(axis=-1)
        return {str(index): variance[:, index] for index in range(variance.shape[1])}


def _joined(one: tuple[int, Floats, Floats], other: tuple[int, Floats, Floats]) -> tuple[int, Floats, Floats]:
    """Number, mean and covariance of two sets of samples together."""
    n = one[0] + other[0]
    share = other[0] / n
    away = other[1] - one[1]
    cov = (1 - share) * one[2] + share * other[2] + share * (1 - share) * np.outer(away, away)
    return n, one[1] + share * away, cov


TRAINABLE: Sequence[type[CommonSpatialPattern]] = (CommonSpatialPattern,)
