"""Bad channels, interpolation and references beside EEGPrep, PyPREP and MNE, as a Markdown section.

Usage: EEGMILL_DATA=<folder of recordings> [EEGPREP_PYTHON=<interpreter that has EEGPrep 0.4.0>] python validation/comparisons/bads.py
[--seeds N] [--figure PATH]
"""

from __future__ import annotations

import argparse
import csv
import lzma
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import mne
import numpy as np
from faults import FAULTS, Trial, eeglab_sample, eegmat, trials

from eegmill.errors import Rejected
from eegmill.recording import Recording
from eegmill.steps.bad_channels import BadChannels
from eegmill.steps.clean_drifts import CleanDrifts
from eegmill.steps.flatline import Flatline
from eegmill.steps.interpolate import Interpolate
from eegmill.steps.reference import Reference

mne.set_log_level("ERROR")
warnings.simplefilter("ignore")
Questions = dict[str, dict[str, object]]
DEFAULT_OPTIONS = (4.0, 0.8, 0.5)


def table(head: str, rows: list[tuple[str, ...]]) -> None:
    """Print a Markdown table."""
    columns = head.split(" | ")
    print("\n| " + head + " |\n|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def ask_eegprep(questions: Questions) -> dict[str, dict[str, np.ndarray]]:
    """EEGPrep's answers, from its own interpreter; none where there is no such interpreter."""
    python = os.environ.get("EEGPREP_PYTHON")
    if not python:
        return {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, question in questions.items():
            np.savez(folder / f"{key}.npz", **question)
        script = str(Path(__file__).with_name("eegprep_bads.py"))
        subprocess.run([python, script, name], check=True, stdout=sys.stderr)
        return {key: dict(np.load(folder / f"{key}.out.npz")) for key in questions}


def question(raw: mne.io.BaseRaw, **more: object) -> dict[str, object]:
    """A recording as EEGPrep is asked about it."""
    places = np.array([channel["loc"][:3] for channel in raw.info["chs"]])
    # EEGPrep takes directions from the origin; MNE's head frame has it between the ears.
    from eegmill.signal.sphere import sphere_centre

    return {
        "data": raw.get_data() * 1e6,
        "sfreq": raw.info["sfreq"],
        "positions": places - sphere_centre(places),
        **more,
    }


def without_drifts(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """The recording behind EEGPrep's drift filter."""
    return CleanDrifts().apply(Recording(raw.copy()), seed=1)[0].raw


def ours(
    raw: mne.io.BaseRaw, *, filtered: bool = False, clipped: float | None = 0.01, **parameters: object
) -> frozenset[str]:
    """Flat and clipped channels, the drift filter (unless ``filtered``), then bad channels, as in the recipe ``eegprep``.

    Everything where the recording is rejected.
    """
    try:
        recording, _ = Flatline(max_saturated_fraction=clipped).apply(Recording(raw.copy()), seed=1)
        if not filtered:
            recording, _ = CleanDrifts().apply(recording, seed=1)
        recording, _ = BadChannels(**parameters).apply(recording, seed=1)
    except Rejected:
        return frozenset(raw.ch_names)
    return frozenset(recording.raw.info["bads"])


def pyprep(raw: mne.io.BaseRaw, *, filtered: bool = False) -> frozenset[str]:
    """PyPREP's NoisyChannels with all its detectors, behind the drift filter."""
    from pyprep import NoisyChannels

    noisy = NoisyChannels(raw.copy() if filtered else without_drifts(raw), random_state=1)
    noisy.find_all_bads()
    return frozenset(str(name) for name in noisy.get_bads())


def lof(raw: mne.io.BaseRaw, *, filtered: bool = False) -> frozenset[str]:
    """MNE's local outlier factor, behind the drift filter."""
    return frozenset(
        mne.preprocessing.find_bad_channels_lof(raw.copy() if filtered else without_drifts(raw), picks="eeg")
    )


METHODS: dict[str, Callable[[mne.io.BaseRaw], frozenset[str]]] = {
    "eegmill clean_rawdata": ours,
    "eegmill prep": lambda raw: ours(raw, method="prep"),
    "eegmill nolocs": lambda raw: ours(raw, method="clean_rawdata_nolocs"),
    "PyPREP": pyprep,
    "MNE LOF": lof,
}
WHY = """
Where a column is ahead of ours: ``clean_rawdata`` keeps EEGPrep's limits, and misses weak noise and rare spells that PREP's stricter ones
find (choose ``method: prep``); two neighbours that are swapped predict each other. A clipped channel still resembles its neighbours, and
behind the drift filter nobody sees it: ours is found by ``flatline``, in the signal as it was recorded. With the clipped ones out, RANSAC
has 17 of EEGMAT's 19 channels left to predict from, and T3 or T5, near its limit before, fall below it: the further false alarms. Where masks
differ from EEGPrep's: the last full window counts here, and dead channels predict no others."""
CRITERIA_ONLY = {"clipped": None, "bridges": False, "max_still_fraction": 0.999, "most_bad_fraction": 1.0}


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


def judge(folder: Path, n_seeds: int) -> tuple[dict[tuple[str, str, str], Tally], list[tuple[str, ...]], list[str]]:
    """Every method on every trial: counts by method, fault and dose; what each finds before; masks beside EEGPrep's."""
    recordings = {"EEGLAB": eeglab_sample(folder), "EEGMAT 00": eegmat(folder, "00"), "EEGMAT 11": eegmat(folder, "11")}
    tallies: dict[tuple[str, str, str], Tally] = defaultdict(Tally)
    before: dict[tuple[str, str], frozenset[str]] = {}
    asked: Questions = {}
    todo = []
    found: dict[tuple[str, int], frozenset[str]] = {}
    for number, trial in enumerate(trials(recordings, n_seeds)):
        asked[f"channels-{number:04}"] = question(trial.raw, options=DEFAULT_OPTIONS, drifts=True)
        asked[f"nolocs-{number:04}"] = question(trial.raw, drifts=True)
        todo.append(trial)
        for method, detect in METHODS.items():
            found[method, number] = detect(trial.raw)
        found["criteria", number] = ours(trial.raw, **CRITERIA_ONLY)
        print(number, trial.recording, trial.fault, trial.dose, file=sys.stderr)
    answers = ask_eegprep(asked)
    for key, answer in answers.items():
        function, number = key.split("-")
        names = todo[int(number)].raw.ch_names
        method = {"channels": "EEGPrep", "nolocs": "EEGPrep nolocs"}[function]
        found[method, int(number)] = frozenset(name for name, bad in zip(names, answer["bad"], strict=True) if bad)
    methods = [*METHODS, *(["EEGPrep", "EEGPrep nolocs"] if answers else [])]
    for number, trial in enumerate(todo):
        for method in methods:
            if trial.fault == "none":
                before[method, trial.recording] = found[method, number]
            else:
                tallies[method, trial.fault, trial.dose].add(
                    trial, found[method, number], before[method, trial.recording]
                )
    bases = [
        (method, *(", ".join(sorted(before[method, name])) or "none" for name in recordings)) for method in methods
    ]
    return (
        tallies,
        bases,
        same_masks(todo, found) if answers else ["EEGPrep was not run: EEGPREP_PYTHON names no interpreter."],
    )


def same_masks(todo: list[Trial], found: dict[tuple[str, int], frozenset[str]]) -> list[str]:
    """How often our criteria alone and EEGPrep find the same channels."""
    differ = [n for n in range(len(todo)) if found["criteria", n] != found["EEGPrep", n]]
    lines = [f"Same channels as EEGPrep by its criteria alone: {len(todo) - len(differ)} of {len(todo)} recordings."]
    for n in differ:
        trial, mine, theirs = todo[n], found["criteria", n], found["EEGPrep", n]
        lines.append(
            f"- {trial.recording}, {trial.fault} {trial.dose}: only eegmill {sorted(mine - theirs)}, only EEGPrep {sorted(theirs - mine)}"
        )
    return lines


def print_tallies(tallies: dict[tuple[str, str, str], Tally]) -> list[str]:
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
    table("fault, dose | " + " | ".join(methods), rows)
    return methods


def plot(tallies: dict[tuple[str, str, str], Tally], methods: list[str], path: Path) -> None:
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


def bridged(folder: Path) -> None:
    """Pairs joined before any fault, beside MNE's detector."""
    rows = []
    for name, raw in (
        ("EEGLAB", eeglab_sample(folder)),
        ("EEGMAT 00", eegmat(folder, "00")),
        ("EEGMAT 11", eegmat(folder, "11")),
    ):
        clean = without_drifts(raw)
        mine = ["-".join(bridge.channels) for bridge in BadChannels().apply(Recording(clean.copy()), seed=1)[1].bridges]
        theirs = [
            "-".join(clean.ch_names[i] for i in pair) for pair in mne.preprocessing.compute_bridged_electrodes(clean)[0]
        ]
        rows.append((name, ", ".join(mine) or "none", ", ".join(theirs) or "none"))
    table("bridges before any fault | eegmill | MNE", rows)


def beside_eegprep(folder: Path) -> None:
    """Masks on EEGLAB's whole recording for many settings, and CPU time."""
    raw = without_drifts(mne.io.read_raw_eeglab(folder / "eeglab-sample" / "eeglab_data.set", preload=True))
    settings = [
        (noise, correlation, broken)
        for noise in (4.0, 3.0, 99.0)
        for correlation in (0.8, 0.9, 0.95)
        for broken in (0.1, 0.3, 0.5)
    ]
    asked = {f"channels-{i:03}": question(raw, options=s) for i, s in enumerate(settings)}
    asked["channels-warm"] = question(raw, options=DEFAULT_OPTIONS, warm=True)
    answers = ask_eegprep(asked)
    if not answers:
        print("\nEEGPrep was not run: EEGPREP_PYTHON names no interpreter.")
        return
    equal = 0
    for i, (noise, correlation, broken) in enumerate(settings):
        parameters = {"noise_sd": noise, "correlation": correlation, "max_broken_fraction": broken}
        theirs = {name for name, bad in zip(raw.ch_names, answers[f"channels-{i:03}"]["bad"], strict=True) if bad}
        equal += ours(raw, filtered=True, **CRITERIA_ONLY, **parameters) == theirs
    removed = ", ".join(sorted(ours(raw, filtered=True)))
    print(f"\nEEGLAB's recording, all 32 channels as EEG: removed {removed}. ", end="")
    print(
        f"Same channels as EEGPrep, run live, in {equal} of {len(settings)} settings of noise, correlation and share of time."
    )
    ours(raw, filtered=True, bridges=False)
    rows = []
    for name, more in (("criteria of clean_rawdata and still channels", {"bridges": False}), ("with bridges", {})):
        start = time.process_time()
        ours(raw, filtered=True, **more)
        cpu_s, peer_s = time.process_time() - start, float(answers["channels-warm"]["cpu_s"])
        rows.append((name, f"{cpu_s:.2f}", f"{peer_s:.2f}", f"{cpu_s / peer_s:.2f}"))
    table("32 channels, 238 s, flat lines and bad channels, one thread | our CPU s | EEGPrep CPU s | ratio", rows)


def thinned(folder: Path) -> None:
    """What thinning to twice the low-pass changes."""
    rows = []
    for name, raw in (
        ("EEGMAT 00, 500 Hz", whole_eegmat(folder, "00")),
        ("EEGMAT 11, 500 Hz", whole_eegmat(folder, "11")),
        ("face13, 256 Hz", face13(folder)),
    ):
        scores, cpu = [], []
        for thin in (False, True):
            start = time.process_time()
            decisions = BadChannels(thin=thin, bridges=False, most_bad_fraction=1.0).apply(
                Recording(raw.copy()), seed=1
            )[1]
            cpu.append(time.process_time() - start)
            scores.append({d.name: d for d in decisions.detectors}["ransac"])
        change = max(abs(scores[0].scores[c] - scores[1].scores[c]) for c in scores[0].scores)
        rows.append((name, f"{change:.4f}", str(scores[0].bad == scores[1].bad), f"{cpu[0]:.2f}", f"{cpu[1]:.2f}"))
    table(
        "recording | largest change of a channel's share of bad time | same bad channels | CPU s, all samples | CPU s, thinned",
        rows,
    )


def whole_eegmat(folder: Path, subject: str) -> mne.io.BaseRaw:
    """A recording of EEGMAT at its own rate."""
    raw = mne.io.read_raw_edf(folder / "eegmat" / f"Subject{subject}_1.edf", preload=True)
    raw.drop_channels([name for name in raw.ch_names if "A2-A1" in name or "ECG" in name])
    raw.rename_channels({name: name.removeprefix("EEG ").strip() for name in raw.ch_names})
    return without_drifts(raw.set_montage("standard_1020"))


def face13(folder: Path) -> mne.io.BaseRaw:
    """The recording with known bad channels C1 and C10, without the marks of the pipeline that found them."""
    eeg = folder / "pylossless-face13" / "sub-s01" / "eeg"
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "raw.edf"
        path.write_bytes(lzma.decompress((eeg / "sub-s01_task-faceO_eeg.edf.xz").read_bytes()))
        raw = mne.io.read_raw_edf(path, preload=True)
        raw = mne.io.RawArray(raw.get_data(), raw.info)  # without the annotations, and without the file
    with (eeg / "sub-s01_space-CapTrak_electrodes.tsv").open(encoding="utf-8-sig") as stream:
        places = {
            row["name"]: [float(row[axis]) for axis in "xyz"]
            for row in csv.DictReader(stream, delimiter="\t")
            if row["x"] != "n/a"
        }
    return raw.set_montage(mne.channels.make_dig_montage(places, coord_frame="head"), on_missing="ignore")


def really_bad(folder: Path) -> None:
    """C1 and C10 of face13."""
    raw = face13(folder)
    flags: dict[str, Callable[..., frozenset[str]]] = {"PyPREP": pyprep, "MNE LOF": lof}
    answer = ask_eegprep({"channels-face": question(raw, options=DEFAULT_OPTIONS), "nolocs-face": question(raw)})
    found = {
        "eegmill clean_rawdata": ours(raw, filtered=True),
        "eegmill nolocs": ours(raw, filtered=True, method="clean_rawdata_nolocs"),
        "eegmill prep": ours(raw, filtered=True, method="prep"),
    }
    found |= {name: detect(raw, filtered=True) for name, detect in flags.items()}
    for key, name in (("channels-face", "EEGPrep"), ("nolocs-face", "EEGPrep nolocs")):
        if answer:
            found[name] = frozenset(c for c, bad in zip(raw.ch_names, answer[key]["bad"], strict=True) if bad)
    rows = [
        (name, *("found" if c in bads else "missed" for c in ("C1", "C10")), str(len(bads)))
        for name, bads in found.items()
    ]
    table("face13 (128 channels, 1119 s) | C1 | C10 | bad channels in all", rows)
    bridges = BadChannels(most_bad_fraction=1.0).apply(Recording(raw.copy()), seed=1)[1].bridges
    print(
        f"\nBridges found: {', '.join('-'.join(b.channels) for b in bridges)}; PyLossless lists A9, A10, A11, A12, A25, A26."
    )


def interpolated(folder: Path) -> None:
    """Channels left out and rebuilt, beside MNE and EEGPrep."""
    for name, raw in (("EEGLAB", eeglab_sample(folder)), ("EEGMAT 00", eegmat(folder, "00"))):
        raw = without_drifts(raw)
        places = np.array([channel["loc"][:3] for channel in raw.info["chs"]])
        from eegmill.signal.sphere import sphere_centre

        origin = tuple(sphere_centre(places))
        rng = np.random.default_rng(0)
        draws = [sorted(rng.choice(len(raw.ch_names), 3, replace=False).tolist()) for _ in range(10)]
        variants = {
            "eegmill (1e-3, 2, 500), default": {},
            "eegmill (1e-5, 4, 500)": {"regularization": 1e-5, "stiffness": 4},
            "eegmill (0, 4, 7)": {"regularization": 0.0, "stiffness": 4, "terms": 7},
        }
        asked = {}
        for i, bads in enumerate(draws):
            asked[f"interpolation-{i}-a"] = question(raw, bads=bads, options=(1e-5, 4, 500))
            asked[f"interpolation-{i}-b"] = question(raw, bads=bads, options=(0, 4, 7))
        answers = ask_eegprep(asked)
        errors, gaps = defaultdict(list), defaultdict(list)
        for i, bads in enumerate(draws):
            names = [raw.ch_names[b] for b in bads]
            truth = raw.get_data(picks=names)
            marked = raw.copy()
            marked.info["bads"] = names
            results = {
                v: Interpolate(**p).apply(Recording(marked.copy()), seed=1)[0].raw.get_data(picks=names)
                for v, p in variants.items()
            }
            results["MNE"] = marked.copy().interpolate_bads(origin=origin).get_data(picks=names)
            if answers:
                results["EEGPrep (1e-5, 4, 500)"] = answers[f"interpolation-{i}-a"]["data"] * 1e-6
                results["EEGPrep (0, 4, 7)"] = answers[f"interpolation-{i}-b"]["data"] * 1e-6
            for variant, data in results.items():
                errors[variant].append(np.linalg.norm(data - truth) / np.linalg.norm(truth))
                near = "eegmill (0, 4, 7)" if "(0, 4, 7)" in variant else "eegmill (1e-5, 4, 500)"
                gaps[variant].append(np.abs(data - results[near]).max() * 1e6 if variant not in variants else np.nan)
        rows = [
            (v, f"{np.mean(errors[v]):.4f}", "" if np.isnan(gaps[v][0]) else f"{np.max(gaps[v]):.2e}") for v in errors
        ]
        table(
            f"{name}: 3 channels rebuilt, 10 draws | relative error | largest difference from ours with these parameters, µV",
            rows,
        )


INTERPOLATION = """
With the same parameters MNE and eegmill rebuild the same. EEGPrep's kernel takes 1 minus the chord between two places for the cosine of
their angle, as EEGLAB does: another function than Perrin's. It is rougher, which pays with 19 channels and costs with 30. Order 2 is nearly as rough with the right angle."""


def robust(folder: Path) -> None:
    """The robust reference beside PyPREP's."""
    from pyprep.reference import Reference as PyprepReference

    raw = without_drifts(mne.io.read_raw_eeglab(folder / "eeglab-sample" / "eeglab_data.set", preload=True))
    clean_mean = raw.get_data().mean(axis=0)
    spoiled = raw.copy()
    for i in (3, 20):
        spoiled._data[i] += np.random.default_rng(i).normal(scale=500e-6, size=raw.n_times)
    rows = []
    for name, data in (("as recorded", raw), ("Fz and P3 with 500 µV of noise", spoiled)):
        start = time.process_time()
        done, decisions = Reference(to="robust").apply(Recording(data.copy()), seed=1)
        cpu_s = time.process_time() - start
        mine = (data.get_data() - done.raw.get_data())[0]
        start = time.process_time()
        theirs = PyprepReference(data.copy(), {"ref_chs": data.ch_names, "reref_chs": data.ch_names}, random_state=1)
        theirs.perform_reference()
        peer_s = time.process_time() - start
        distance = [np.std(x - clean_mean) * 1e6 for x in (mine, theirs.reference_signal, data.get_data().mean(axis=0))]
        left_out = f"{', '.join(decisions.left_out)} / {', '.join(sorted(map(str, theirs.interpolated_channels)))}"
        rows.append(
            (
                name,
                left_out,
                f"{np.corrcoef(mine, theirs.reference_signal)[0, 1]:.4f}",
                *(f"{d:.2f}" for d in distance),
                f"{cpu_s:.2f}",
                f"{peer_s:.2f}",
            )
        )
    head = "EEGLAB's recording | left out, ours / PyPREP | correlation of the references | µV from the clean average: ours | PyPREP | plain average | our CPU s | PyPREP CPU s"
    table(head, rows)


def main() -> None:
    """Print the section."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument(
        "--figure", type=Path, default=Path(__file__).parents[2] / "docs" / "figures" / "bad_channels.svg"
    )
    arguments = parser.parse_args()
    folder = Path(os.environ["EEGMILL_DATA"])
    print("## Bad channels, interpolation and references")
    print("\n### Beside EEGPrep 0.4.0")
    beside_eegprep(folder)
    print("\n### Injected faults\n")
    print(
        "Faults put into 120 s of EEGLAB's recording and of two of EEGMAT, as they were recorded. A tenth of the channels, or one pair."
    )
    print(
        "Of a bridged pair, one channel counts. What a method finds before the fault is no false alarm. Ours and EEGPrep run in the order"
    )
    print(
        "of their recipes: flat lines (and for ours clipped channels), a drift filter (0.25 to 0.75 Hz), bad channels. PyPREP and MNE run"
    )
    print("behind the same drift filter.")
    tallies, bases, lines = judge(folder, arguments.seeds)
    methods = print_tallies(tallies)
    table("found before any fault | EEGLAB | EEGMAT 00 | EEGMAT 11", bases)
    print("\n" + "\n".join(lines))
    plot(tallies, methods, arguments.figure)
    print(WHY)
    bridged(folder)
    print("\n### Really bad channels")
    really_bad(folder)
    print("\n### Fewer samples for RANSAC at high rates")
    thinned(folder)
    print("\n### Interpolation")
    interpolated(folder)
    print(INTERPOLATION)
    print("\n### Robust reference")
    robust(folder)


if __name__ == "__main__":
    main()
