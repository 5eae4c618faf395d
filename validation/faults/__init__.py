"""Faults of known place and dose, put into recordings: what ``inspect`` should find, and any bench may ask for.

Every fault is a pure function::

    inject_<fault>(raw, *, seed, dose) -> (spoiled, truth)

``raw`` is not changed; ``spoiled`` is a recording of its own, in memory. What ``dose`` means is said by each function, and
``FAULTS`` has the ladder of doses that the tables use. The same seed and dose spoil the same channels and moments. ``truth`` names
the fault, the faulty channels, and the faulty stretches in seconds. Only good EEG channels are spoiled (all channels, where time is).

Examples
--------
>>> from eegmill.testing.recordings import raw_eeg, scalp_eeg
>>> spoiled, truth = FAULTS["gain"].inject(raw_eeg(scalp_eeg()), seed=1, dose=10.0)
>>> len(truth.channels)
1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from validation.faults.channels import inject_copy, inject_gain, inject_polarity, inject_quantisation, inject_swap
from validation.faults.time_axis import inject_clock, inject_cut, inject_held, inject_rate, inject_repeat
from validation.faults.truth import Injected, Truth
from validation.faults.whole import (
    inject_file_gain,
    inject_inverted_file,
    inject_mirror,
    inject_reference,
    inject_rotation,
    inject_shift,
)

if TYPE_CHECKING:
    import mne


class Inject(Protocol):
    """What puts a fault into a recording."""

    def __call__(self, raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
        """The spoiled recording, and what is wrong with it."""
        ...


@dataclass(frozen=True)
class Fault:
    """A fault, and the doses at which it is looked for."""

    inject: Inject
    doses: tuple[float, ...]


FAULTS: dict[str, Fault] = {
    "polarity": Fault(inject_polarity, (0.0, 0.1)),
    "gain": Fault(inject_gain, (0.1, 0.3, 3.0, 10.0)),
    "swap": Fault(inject_swap, (0.0, 0.25, 0.5, 0.75, 1.0)),
    "copy": Fault(inject_copy, (0.5, 1.0, 2.0)),
    "quantisation": Fault(inject_quantisation, (1.0, 5.0, 20.0)),
    "file_gain": Fault(inject_file_gain, (0.01, 0.1, 10.0, 100.0)),
    "inverted_file": Fault(inject_inverted_file, (1.0,)),
    "shift": Fault(inject_shift, (-1.0, 1.0, 2.0)),
    "rotation": Fault(inject_rotation, (90.0, 180.0, 270.0)),
    "mirror": Fault(inject_mirror, (1.0,)),
    "reference": Fault(inject_reference, (1.0,)),
    "repeat": Fault(inject_repeat, (1.0, 5.0, 30.0)),
    "cut": Fault(inject_cut, (0.39, 1.0, 3.39, 10.0)),
    "held": Fault(inject_held, (0.03, 0.1, 0.5)),
    "clock": Fault(inject_clock, (0.003, 0.01, 0.03)),
    "rate": Fault(inject_rate, (0.5, 0.976, 1.024, 2.0)),
}
"""All faults by name, each with its ladder of doses."""

__all__ = ["FAULTS", "Fault", "Inject", "Injected", "Truth"]
