"""Which injected faults ``inspect`` names, and what it says of sound recordings, as a Markdown section.

    python -m validation.comparisons.inspected [--seeds N] [--held-out FOLDER] [--part PART]

Limits were set on the recordings of ``LOOKED_AT``, on EEGMAT 01 to 10, EEGBCI 8 and 9 and simulated recordings of the seeds 801 to 808. Held
out are simulated recordings of other seeds, and, read from FOLDER, runs of EEGBCI and other subjects of EEGMAT (PhysioNet, ODC-By) and a
recording of bi2012. EEGMAT was cleaned by its authors: a mains line is added for the faults that the mains tell of, and the real EOG of
EEGLAB's recording where blinks are asked for.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from eegmill.recording import Recording
from eegmill.steps.inspect import Inspect
from validation import recordings
from validation.cleanbench.simulate import simulate
from validation.comparisons.ica_blinks import resting
from validation.faults import FAULTS, Truth
from validation.faults.told import CALLED, FOLLOWS, LINE_UV, NEAR_S, NEEDS_BLINKS, NEEDS_LINE, blinking, lined
from validation.markdown import print_table

if TYPE_CHECKING:
    import mne

    from eegmill.steps.findings import Finding

PLAIN_S = 61.0
"""What faults are put into that need neither a line nor blinks."""


def eeglab() -> mne.io.BaseRaw:
    """EEGLAB's recording, its 30 EEG channels: it has a line and blinks."""
    return recordings.eeglab_sample().drop_channels(["EOG1", "EOG2"])


def face13() -> mne.io.BaseRaw:
    """A minute of face13, 126 channels: two are known to be bad."""
    return recordings.face13().crop(0, PLAIN_S).drop_channels(["C1", "C10"])


def resting_with_blinks(subject: str, folder: Path | None = None) -> mne.io.BaseRaw:
    """EEGMAT at rest with the real EOG of EEGLAB's recording."""
    return blinking(resting(subject, folder))


Load = Callable[[], "mne.io.BaseRaw"]
LOOKED_AT: dict[str, Load] = {
    "EEGLAB": eeglab,
    "EEGMAT 00 rest": partial(recordings.eegmat, "00"),
    "EEGMAT 11 counting": partial(recordings.eegmat, "11", 2),
    "EEGMAT 31 counting": partial(recordings.eegmat, "31", 2),
    "EEGMAT 00 counting": partial(recordings.eegmat, "00", 2),
    "EEGMAT 11 rest": partial(recordings.eegmat, "11"),
    "EEGMAT 31 rest": partial(recordings.eegmat, "31"),
    "face13": face13,
}
BLINKING: tuple[Load, ...] = (eeglab, *(partial(resting_with_blinks, subject) for subject in ("00", "11", "31")))
HAS_LINE = ("EEGLAB", "simulated")
HELD_OUT_SEEDS = range(911, 915)
HELD_OUT_RUNS = (3, 4, 5, 6)
HELD_OUT_SUBJECTS = {"12": 2, "16": 1, "20": 2, "24": 1, "28": 2, "32": 1}
"""Of EEGMAT, and which part: at rest (1) or counting (2)."""
UNSEEN_SUBJECTS = tuple(f"{subject:02d}" for subject in range(12, 36) if subject != 31)
PARTS = {1: "rest", 2: "counting"}
PARTS_OF_SECTION = ("looked at", "held out", "cuts", "sound")
CUTS = 6
"""Of each length, in the table of cuts."""
FIRST_JOINT, EPOCH = 474, 385
"""EEGLAB's recording was joined from epochs of so many samples."""
JOINT_SAMPLES = 6
"""A cut so near to a joint is the joint."""


def simulated(cap: str, seed: int) -> mne.io.BaseRaw:
    """A recording of CleanBench without its bad channels, with all other artefacts."""
    made = simulate(cap, seed=seed, duration_s=120.0)
    return made.raw.drop_channels(list(made.bad_channels)).set_annotations(None)


def held_out(folder: Path | None) -> dict[str, Load]:
    """Recordings that no limit was set on."""
    caps: dict[str, Load] = {
        f"simulated {cap}-{seed}": partial(simulated, cap, seed)
        for seed, cap in zip(HELD_OUT_SEEDS, ("32", "64") * 2, strict=True)
    }
    if folder is None:
        return caps
    runs = {f"EEGBCI run {run}": partial(recordings.eegbci, folder, run) for run in HELD_OUT_RUNS}
    subjects = {
        f"EEGMAT {subject} {PARTS[part]}": partial(recordings.eegmat, subject, part, folder)
        for subject, part in HELD_OUT_SUBJECTS.items()
    }
    return {**caps, **runs, **subjects, "bi2012": partial(recordings.bi2012, folder)}


def held_out_blinking(folder: Path | None) -> list[Load]:
    """Those of them that may hold blinks, and EEGMAT with blinks added."""
    own = [load for name, load in held_out(folder).items() if not name.startswith("EEGMAT")]
    return own + [partial(resting_with_blinks, subject, folder) for subject in HELD_OUT_SUBJECTS if folder]


def unseen(folder: Path | None) -> dict[str, Load]:
    """Sound recordings: all runs of EEGBCI's subject, all of EEGMAT that no limit was set on, bi2012, simulated ones."""
    found: dict[str, Load] = {
        f"simulated {cap}-{seed}": partial(simulated, cap, seed) for seed in range(911, 921) for cap in ("32", "64")
    }
    if folder is None:
        return found
    found |= {f"EEGBCI run {run}": partial(recordings.eegbci, folder, run) for run in range(3, 15)}
    found |= {
        f"EEGMAT {subject} {name}": partial(recordings.eegmat, subject, part, folder)
        for subject in UNSEEN_SUBJECTS
        for part, name in PARTS.items()
    }
    return {**found, "bi2012": partial(recordings.bi2012, folder)}


def cut_hosts(folder: Path | None) -> dict[str, Load]:
    """Recordings without a low-pass in which the mains stand out, in the last one by too little."""

    def at_128_hz(cap: str, seed: int) -> mne.io.BaseRaw:
        return simulated(cap, seed).resample(128.0, verbose="error")

    found: dict[str, Load] = {"EEGLAB, 128 Hz": eeglab}
    for cap, seed in (("32", 911), ("64", 912)):
        found[f"simulated {cap}-{seed}, 250 Hz"] = partial(simulated, cap, seed)
        found[f"simulated {cap}-{seed}, 128 Hz"] = partial(at_128_hz, cap, seed)
    if folder:
        found["EEGBCI run 3, 160 Hz"] = partial(recordings.eegbci, folder, 3)
    return found


@dataclass
class Tally:
    """What was to be found, what was, and what else was said."""

    wanted: int = 0
    hits: int = 0
    false: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count another one in."""
        self.wanted += other.wanted
        self.hits += other.hits
        self.false += other.false

    @property
    def recall(self) -> float:
        """Share found."""
        return self.hits / max(self.wanted, 1)

    @property
    def precision(self) -> float:
        """Share of what was said that is true."""
        return self.hits / max(self.hits + self.false.total(), 1)


def found_in(raw: mne.io.BaseRaw) -> tuple[Finding, ...]:
    """What ``inspect`` says of a recording."""
    return Inspect().apply(Recording(raw.copy()), seed=1)[1].findings


def scored(truth: Truth, found: tuple[Finding, ...], before: tuple[Finding, ...]) -> Tally:
    """Count one trial; what is said before the fault too is no false alarm."""
    name = CALLED.get(truth.fault, truth.fault)
    mine = [finding for finding in found if finding.fault == name]
    known = {(finding.fault, finding.channels) for finding in before}
    others = [one for one in found if one.fault != name and (one.fault, one.channels) not in known]
    if truth.fault == "copy":  # in another's place, at another's size
        others = [one for one in others if not (one.channels and set(one.channels) <= set(truth.channels))]
    false: Counter[str] = Counter(str(one.fault) for one in others if one.fault not in FOLLOWS.get(truth.fault, set()))
    if truth.channels:
        named = {channel for finding in mine for channel in finding.channels}
        false[name] += len(named - set(truth.channels))
        wanted = 1 if truth.fault == "copy" else len(truth.channels)
        return Tally(wanted, min(len(named & set(truth.channels)), wanted), +false)
    if truth.seconds:
        starts = [segment.onset_s for finding in mine for segment in finding.segments]
        moments = truth.seconds[1:] if truth.fault == "repeat" else truth.seconds
        hits = sum(any(abs(start - onset) <= NEAR_S for onset in starts) for start, _ in moments)
        return Tally(len(moments), hits, +false)
    return Tally(1, int(bool(mine)), +false)


def tallies(loads: dict[str, Load], blinking_loads: Sequence[Load], n_seeds: int) -> dict[tuple[str, float], Tally]:
    """Recall and false alarms of each fault and dose over recordings and seeds."""
    counted: dict[tuple[str, float], Tally] = defaultdict(Tally)
    for name, load in loads.items():
        whole = load()
        plain = whole.copy().crop(0, PLAIN_S)
        with_mains = whole if name.startswith(HAS_LINE) else lined(whole)
        for fault in FAULTS.keys() - NEEDS_BLINKS:
            if fault in NEEDS_LINE and name == "face13":
                continue  # low-passed at 30 Hz
            _try(counted, fault, with_mains if fault in NEEDS_LINE else plain, n_seeds)
        print(name, file=sys.stderr)
    for load in blinking_loads:
        raw = load()
        for fault in NEEDS_BLINKS:
            _try(counted, fault, raw, 1)
    return counted


def _try(counted: dict[tuple[str, float], Tally], fault: str, raw: mne.io.BaseRaw, n_seeds: int) -> None:
    before = found_in(raw)
    for dose in FAULTS[fault].doses:
        for seed in range(n_seeds):
            spoiled, truth = FAULTS[fault].inject(raw, seed=seed, dose=dose)
            counted[fault, dose].add(scored(truth, found_in(spoiled), before))


def cuts(hosts: dict[str, Load]) -> None:
    """How many cuts are found in each recording, by their length, and how many joints of EEGLAB's."""
    doses = FAULTS["cut"].doses
    rows = []
    for name, load in hosts.items():
        raw = load()
        cells = []
        for dose in doses:
            made = [FAULTS["cut"].inject(raw, seed=seed, dose=dose) for seed in range(CUTS)]
            cells.append(f"{sum(scored(truth, found_in(spoiled), ()).hits for spoiled, truth in made)} of {CUTS}")
        rows.append((name, *cells))
    print_table("cuts in | " + " | ".join(f"{dose:g} s" for dose in doses), rows)
    raw = eeglab()
    joints = range(FIRST_JOINT, raw.n_times, EPOCH)
    named = [
        round(segment.onset_s * raw.info["sfreq"])
        for one in found_in(raw)
        if one.fault == "cut"
        for segment in one.segments
    ]
    hits = sum(any(abs(cut - joint) <= JOINT_SAMPLES for cut in named) for joint in joints)
    print(f"\nOf {len(joints)} joints of EEGLAB's recording {hits} are named; {len(named) - hits} other places are.")


def sound(loads: dict[str, Load]) -> None:
    """What is said of each recording as it is."""
    rows = []
    for name, load in loads.items():
        said = "; ".join(f"{one.fault}: {one.told}" for one in found_in(load())) or "nothing"
        rows.append((name, said))
    print_table("recording as it is | what inspect says", rows)


def main() -> None:
    """Print the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument(
        "--held-out",
        type=Path,
        metavar="FOLDER",
        help="with S001R03.edf to S001R14.edf of EEGBCI, Subject12_1.edf and so on of EEGMAT, and bi2012-subject-01.npz",
    )
    parser.add_argument("--part", choices=PARTS_OF_SECTION, action="append", help="only this part; by default all")
    wanted = parser.parse_args()
    folder, parts = wanted.held_out, wanted.part or PARTS_OF_SECTION
    print("## Faults named")
    print(
        f"\nFaults of `validation.faults` put into a minute of recordings, and what the step `inspect` says; {wanted.seeds} seeds; what is told before "
        f"the fault is no false alarm. Limits were set looking at {', '.join(LOOKED_AT)}, and others. Held out: {', '.join(held_out(folder))}. "
        f"For rate and clock a line of {LINE_UV:g} µV was added to EEGMAT, EEGBCI and bi2012; blinks for rotation, mirror and inversion are the "
        "real EOG of EEGLAB's recording, in it and added to EEGMAT, and those that held-out recordings have."
    )
    sides: dict[str, dict[tuple[str, float], Tally]] = {}
    if "looked at" in parts:
        sides["looked at"] = tallies(LOOKED_AT, BLINKING, wanted.seeds)
    if "held out" in parts:
        sides["held out"] = tallies(held_out(folder), held_out_blinking(folder), wanted.seeds)
    faults(sides)
    if "cuts" in parts:
        cuts(cut_hosts(folder))
    if "sound" in parts:
        sound({**LOOKED_AT, **unseen(folder)})


def faults(sides: dict[str, dict[tuple[str, float], Tally]]) -> None:
    """Recall and false alarms of each fault and dose, and of all."""
    if not sides:
        return
    rows = [
        (fault, f"{dose:g}", *(cell for one in sides.values() for cell in _cells(one[fault, dose])))
        for fault, ladder in FAULTS.items()
        for dose in ladder.doses
    ]
    print_table("fault | dose | " + " | ".join(f"{side}: recall | false alarms" for side in sides), rows)
    for side, counted in sides.items():
        total = Tally()
        for tally in counted.values():
            total.add(tally)
        print(f"\nAll doses, {side}: recall {total.recall:.2f}, precision {total.precision:.3f}.")


def _cells(one: Tally) -> tuple[str, str]:
    return f"{one.recall:.2f} of {one.wanted}", _said(one)


def _said(tally: Tally) -> str:
    return ", ".join(f"{fault} {count}" for fault, count in sorted(tally.false.items())) or "none"


if __name__ == "__main__":
    main()
