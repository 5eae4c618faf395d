"""Whether what ``inspect`` calls borderline is what small changes of a recording turn round, as a Markdown section.

    python -m validation.comparisons.fault_margins [--seeds N]

Faults of ``validation.faults`` are put into a minute of the recordings of ``validation.comparisons.inspected``, gains and swaps at doses around
their limits; each recording is inspected as it is and under the perturbations of `eegmill.stability`. Told of each criterion: how often the distance of the
score from its limit changes by no more than its uncertainty; the uncertainty; by what it changes; how many decisions turn, and how many of them untold.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from eegmill.perturbation.perturbing import perturbations
from eegmill.recording import Recording
from eegmill.steps.inspect import Inspect
from validation.comparisons.inspected import LOOKED_AT, PLAIN_S
from validation.faults import FAULTS
from validation.faults.told import NEAR_S
from validation.markdown import print_table

if TYPE_CHECKING:
    import mne

    from eegmill.steps.contract import Margin

DOSES = {
    "polarity": (0.0,),
    "gain": (0.35, 0.4, 0.45, 2.0, 2.25, 2.5, 2.75),
    "swap": (0.0, 0.25, 1.0),
    "copy": (1.0,),
    "cut": (0.39, 3.39),
}


@dataclass
class Tally:
    """Scores by one criterion, with and without a perturbation."""

    uncertainties: list[float] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    turned: int = 0
    untold: int = 0

    @property
    def row(self) -> tuple[str, ...]:
        """How often the uncertainty covers what the score moves by, and both."""
        moved, uncertainties = np.array(self.moved), np.array(self.uncertainties)
        covered = f"{np.mean(moved <= uncertainties):.3f} of {len(moved)}" if len(moved) else "none"
        middle = f"{np.median(uncertainties):.3g}" if len(moved) else ""
        largest = f"{np.quantile(moved, 0.95):.3g}" if len(moved) else ""
        return covered, middle, largest, str(self.turned), str(self.untold)


def judged(recording: Recording, start_s: float = 0.0) -> dict[tuple[str, str], Margin]:
    """Margins by channel, or by moment on the time axis without a perturbation."""
    step = Inspect()
    return dict(_named(step.margins(step.apply(recording, seed=1)[1]), start_s))


def _named(margins: tuple[Margin, ...], start_s: float) -> Iterator[tuple[tuple[str, str], Margin]]:
    for margin in margins:
        at = margin.name if margin.onset_s is None else f"{round((margin.onset_s + start_s) / NEAR_S)}"
        yield (margin.kind, at), margin


def compare(tallies: dict[str, Tally], raw: mne.io.BaseRaw) -> None:
    """Count what the perturbations of a recording move and turn."""
    before = judged(Recording(raw.copy()))
    for perturbation in perturbations(noise_runs=2, seed_runs=0):
        after = judged(perturbation.recording(Recording(raw.copy())), perturbation.start_s)
        for key in before.keys() | after.keys():
            one, other = before.get(key), after.get(key)
            tally = tallies[(one or after[key]).criterion]
            if (one is not None and one.bad) != (other is not None and other.bad):
                tally.turned += 1
                tally.untold += one is None or not one.borderline
            if one is not None and other is not None and one.criterion == other.criterion:
                tally.moved.append(abs((other.score - other.limit) - (one.score - one.limit)))
                tally.uncertainties.append(one.uncertainty)


def main() -> None:
    """Print the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=1)
    n_seeds = parser.parse_args().seeds
    tallies: dict[str, Tally] = defaultdict(Tally)
    for load in LOOKED_AT.values():
        raw = load()
        raw.crop(0, min(PLAIN_S, float(raw.times[-1])))
        for fault, doses in DOSES.items():
            for dose in doses:
                for seed in range(n_seeds):
                    compare(tallies, FAULTS[fault].inject(raw, seed=seed, dose=dose)[0])
    header = "criterion | covered | uncertainty, median | change, 95 % | decisions that turn | untold"
    print_table(header, [(name, *tally.row) for name, tally in sorted(tallies.items())])


if __name__ == "__main__":
    main()
