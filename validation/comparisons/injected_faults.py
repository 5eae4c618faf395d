"""Faults put into real recordings: which of them each method finds."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import mne
import numpy as np

from eegmill.recording import Recording
from eegmill.steps.bad_channels import BadChannels
from validation.comparisons.bad_channel_methods import (
    CRITERIA_ONLY,
    DEFAULT_OPTIONS,
    METHODS,
    Questions,
    ask_eegprep,
    ours,
    question,
    without_drifts,
)
from validation.comparisons.faults import FAULTS, Trial, clean_recordings, trials
from validation.markdown import print_table

Found = dict[tuple[str, int], frozenset[str]]
"""Bad channels by method and number of the trial."""
EEGPREP = {"channels": "EEGPrep", "nolocs": "EEGPrep nolocs"}


@dataclass
class Tally:
    """Channels hit, missed and wrongly found."""

    hits: int = 0
    faulty: int = 0
    false: list[int] = field(default_factory=list)

    def add(self, trial: Trial, found: frozenset[str], before: frozenset[str]) -> None:
        """Count one trial. Of a bridged pair, one is enough; what was found before the fault is no false alarm."""
        need = 1 if trial.fault == "bridged pair" else len(trial.faulty)
        self.hits += min(need, len(found & trial.faulty))
        self.faulty += need
        self.false.append(len(found - trial.faulty - before))

    @property
    def recall(self) -> float:
        """Share of the faulty channels that were found."""
        return self.hits / max(self.faulty, 1)


Tallies = dict[tuple[str, str, str], Tally]
"""Counts by method, fault and dose."""


def found_by_all(todo: list[Trial]) -> Found:
    """What every method finds in every trial."""
    asked: Questions = {}
    found: Found = {}
    for number, trial in enumerate(todo):
        asked[f"channels-{number:04}"] = question(trial.raw, options=DEFAULT_OPTIONS, drifts=True)
        asked[f"nolocs-{number:04}"] = question(trial.raw, drifts=True)
        for method, detect in METHODS.items():
            found[method, number] = detect(trial.raw)
        found["criteria", number] = ours(trial.raw, **CRITERIA_ONLY)
        print(number, trial.recording, trial.fault, trial.dose, file=sys.stderr)
    for key, answer in ask_eegprep(asked).items():
        function, text = key.split("-")
        names = todo[int(text)].raw.ch_names
        bad = frozenset(name for name, is_bad in zip(names, answer["bad"], strict=True) if is_bad)
        found[EEGPREP[function], int(text)] = bad
    return found


def counted(todo: list[Trial], found: Found) -> tuple[Tallies, dict[tuple[str, str], frozenset[str]]]:
    """Counts, and what each method finds in each recording before any fault."""
    tallies: Tallies = defaultdict(Tally)
    before: dict[tuple[str, str], frozenset[str]] = {}
    methods = [method for method in (*METHODS, *EEGPREP.values()) if (method, 0) in found]
    for number, trial in enumerate(todo):
        for method in methods:
            channels = found[method, number]
            if trial.fault == "none":
                before[method, trial.recording] = channels
            else:
                tallies[method, trial.fault, trial.dose].add(trial, channels, before[method, trial.recording])
    return tallies, before


def same_masks(todo: list[Trial], found: Found) -> list[str]:
    """How often our criteria alone and EEGPrep find the same channels."""
    if ("EEGPrep", 0) not in found:
        return ["EEGPrep was not run: EEGPREP_PYTHON names no interpreter."]
    differ = [n for n in range(len(todo)) if found["criteria", n] != found["EEGPrep", n]]
    lines = [f"Same channels as EEGPrep by its criteria alone: {len(todo) - len(differ)} of {len(todo)} recordings."]
    for n in differ:
        trial, mine, theirs = todo[n], found["criteria", n], found["EEGPrep", n]
        lines.append(
            f"- {trial.recording}, {trial.fault} {trial.dose}: only eegmill {sorted(mine - theirs)}, only EEGPrep {sorted(theirs - mine)}"
        )
    return lines


def print_tallies(tallies: Tallies) -> list[str]:
    """Recall by fault and dose, then totals; returns the methods in order."""
    methods = list(dict.fromkeys(method for method, _, _ in tallies))
    rows = []
    for fault, (_, doses) in FAULTS.items():
        for dose in doses:
            rows.append((f"{fault}, {dose}", *(f"{tallies[m, fault, dose].recall:.2f}" for m in methods)))
    total = {m: [t for (method, _, _), t in tallies.items() if method == m] for m in methods}
    recall = {m: sum(t.hits for t in total[m]) / sum(t.faulty for t in total[m]) for m in methods}
    false = {m: sum(sum(t.false) for t in total[m]) for m in methods}
    runs = sum(len(t.false) for t in total[methods[0]])
    rows.append(("**all faults: recall**", *(f"**{recall[m]:.2f}**" for m in methods)))
    hits = {m: sum(t.hits for t in total[m]) for m in methods}
    rows.append(("**precision**", *(f"**{hits[m] / max(hits[m] + false[m], 1):.2f}**" for m in methods)))
    rows.append(("false alarms per recording", *(f"{false[m] / runs:.2f}" for m in methods)))
    print_table("fault, dose | " + " | ".join(methods), rows)
    return methods


def plot(tallies: Tallies, methods: list[str], path: Path) -> None:
    """Recall as a grid of fault and method."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update(
        {"svg.fonttype": "none", "svg.hashsalt": "eegmill", "font.size": 8, "font.sans-serif": ["DejaVu Sans"]}
    )
    from matplotlib.figure import Figure

    keys = [(fault, dose) for fault, (_, doses) in FAULTS.items() for dose in doses]
    recall = np.array([[tallies[m, fault, dose].recall for m in methods] for fault, dose in keys])
    figure = Figure(figsize=(6.5, 5.2), layout="constrained")
    axes = figure.subplots()
    axes.pcolormesh(recall, cmap="Blues", vmin=0, vmax=1.4, edgecolors="white", linewidth=1)
    for row, column in np.ndindex(*recall.shape):
        axes.text(column + 0.5, row + 0.5, f"{recall[row, column]:.2f}", ha="center", va="center")
    axes.set_yticks(np.arange(len(keys)) + 0.5, [f"{fault}, {dose}" for fault, dose in keys])
    axes.set_xticks(np.arange(len(methods)) + 0.5, [m.replace(" ", "\n") for m in methods])
    axes.invert_yaxis()
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_title("Share of the faulty channels that were found")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def bridged() -> None:
    """Pairs joined before any fault, beside MNE's detector."""
    rows = []
    for name, raw in clean_recordings().items():
        clean = without_drifts(raw)
        mine = ["-".join(bridge.channels) for bridge in BadChannels().apply(Recording(clean.copy()), seed=1)[1].bridges]
        pairs, _ = mne.preprocessing.compute_bridged_electrodes(clean)
        theirs = ["-".join(clean.ch_names[i] for i in pair) for pair in pairs]
        rows.append((name, ", ".join(mine) or "none", ", ".join(theirs) or "none"))
    print_table("bridges before any fault | eegmill | MNE", rows)


INTRODUCTION = """
### Injected faults

Faults put into 120 s of EEGLAB's recording and of two of EEGMAT, as they were recorded. A tenth of the channels, or one pair.
Of a bridged pair, one channel counts. What a method finds before the fault is no false alarm. Ours and EEGPrep run in the order
of their recipes: flat lines (and for ours clipped channels), a drift filter (0.25 to 0.75 Hz), bad channels. PyPREP and MNE run
behind the same drift filter."""
WHY = """
Where a column is ahead of ours: ``clean_rawdata`` keeps EEGPrep's limits, and misses weak noise and rare spells that PREP's stricter ones
find (choose ``method: prep``); two neighbours that are swapped predict each other. A clipped channel still resembles its neighbours, and
behind the drift filter nobody sees it: ours is found by ``flatline``, in the signal as it was recorded. With the clipped ones out, RANSAC
has 17 of EEGMAT's 19 channels left to predict from, and T3 or T5, near its limit before, fall below it: the further false alarms. Where masks
differ from EEGPrep's: the last full window counts here, and dead channels predict no others."""


def fault_section(n_seeds: int, figure: Path) -> None:
    """Print the tables, and draw the figure."""
    print(INTRODUCTION)
    recordings = clean_recordings()
    todo = list(trials(recordings, n_seeds))
    found = found_by_all(todo)
    tallies, before = counted(todo, found)
    methods = print_tallies(tallies)
    rows = [(method, *(", ".join(sorted(before[method, name])) or "none" for name in recordings)) for method in methods]
    print_table("found before any fault | " + " | ".join(recordings), rows)
    print("\n" + "\n".join(same_masks(todo, found)))
    if set(methods) == {*METHODS, *EEGPREP.values()}:
        plot(tallies, methods, figure)
    else:
        print("\nThe figure stays as it is: not all methods ran.")
    print(WHY)
    bridged()
