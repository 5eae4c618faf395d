"""What a feature is: a function, what it is computed from, of what it is one value, and in which unit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..signal.types import Floats

Kind = Literal["channel", "pair", "directed pair", "all channels"]
"""Of what a feature has one value a window.

``pair`` has one of each two channels (``A<>B``, in the order of the channels), ``directed pair`` one of each way
(``A->B``: all pairs in that order, then all of them the other way round).
"""


@dataclass(frozen=True)
class Windows:
    """Windows of a recording that are computed at once.

    Parameters
    ----------
    data : array, shape (n_windows, n_channels, n_times)
        Volts, where the recording is in volts. Never changed.
    sfreq_hz : float
        Sampling rate.
    highpass_hz, lowpass_hz : float or None
        The passband of the filters that the signal went through: spectra end there.
    """

    data: Floats
    sfreq_hz: float
    highpass_hz: float | None = None
    lowpass_hz: float | None = None


@dataclass(frozen=True)
class Preprocessor:
    """What several features are computed from, once a batch of windows: a spectrum, phases, counts.

    ``compute`` takes what its predecessor gives (`Windows` without one), and parameters by keyword.
    """

    compute: Callable[..., Any]
    after: Preprocessor | None = None

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.compute.__name__

    @property
    def parameters(self) -> dict[str, Any]:
        """Names and defaults of its own parameters."""
        return defaults_of(self.compute)


@dataclass(frozen=True)
class Feature:
    """One feature.

    ``compute`` takes what ``after`` gives (`Windows` without it) and parameters by keyword, and returns an array of
    shape (n_windows, n_channels) or, by ``kind``, (n_windows, n_pairs); or a mapping of such arrays, by what is put
    behind the name of the feature (``spectral_bands_power_alpha``). What cannot be computed is NaN.
    """

    compute: Callable[..., Floats | Mapping[str, Floats]]
    kind: Kind
    unit: str
    after: Preprocessor | None = None

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.compute.__name__

    @property
    def family(self) -> str:
        """The first word of its name."""
        return self.name.partition("_")[0]

    @property
    def path(self) -> tuple[Preprocessor, ...]:
        """The preprocessors before it, the first one first."""
        found: list[Preprocessor] = []
        node = self.after
        while node is not None:
            found.insert(0, node)
            node = node.after
        return tuple(found)

    @property
    def parameters(self) -> dict[str, Any]:
        """Names and defaults of its parameters and of those of its preprocessors."""
        inherited = {name: value for node in self.path for name, value in node.parameters.items()}
        return inherited | defaults_of(self.compute)

    @property
    def summary(self) -> str:
        """The first paragraph of its docstring, on one line."""
        return " ".join(inspect.getdoc(self.compute).split("\n\n")[0].split())  # type: ignore[union-attr]

    def note(self, heading: Literal["Formula", "Source"]) -> str:
        """What the docstring says behind ``Formula:`` or ``Source:``; empty where it says nothing."""
        paragraphs = (inspect.getdoc(self.compute) or "").split("\n\n")
        return next((" ".join(p.split()[1:]) for p in paragraphs if p.startswith(f"{heading}:")), "")


def defaults_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Names and defaults of a function's keyword parameters."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}


def part_of(function: Callable[..., Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the parameters that a function takes."""
    taken = defaults_of(function)
    return {name: value for name, value in parameters.items() if name in taken}
