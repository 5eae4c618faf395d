"""Bad channels that MNE-BIDS-Pipeline finds with its defaults, on the faults of ``faults.py``, as a Markdown section.

    python -m validation.comparisons.mbp

``MBP_PYTHON`` names a Python that has mne-bids-pipeline.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import mne

from validation.comparisons.bad_channel_methods import METHODS
from validation.comparisons.faults import FAULTS, Trial, clean_recordings, trials
from validation.comparisons.injected_faults import Tally
from validation.markdown import print_table
from validation.processes import interpreter

PEER = "MNE-BIDS-Pipeline"
CONFIG = """
bids_root = {root!r}
deriv_root = {derivatives!r}
task = "faults"
task_is_rest = True
rest_epochs_duration = 2.0
rest_epochs_overlap = 0.0
epochs_tmin = 0.0
baseline = None
ch_types = ["eeg"]
n_jobs = 1
"""
WITH_MEG_OPTIONS = "find_flat_channels_meg = True\nfind_noisy_channels_meg = True\n"
STEPS = "init,preprocessing/data_quality"


def middle_doses() -> Iterator[Trial]:
    """Both recordings as they are, and with each fault at its middle dose."""
    recordings = {name: raw for name, raw in clean_recordings().items() if name != "EEGMAT 11"}
    middle = {fault: list(doses)[1] for fault, (_, doses) in FAULTS.items()}
    for trial in trials(recordings, 1):
        if trial.fault == "none" or trial.dose == middle[trial.fault]:
            yield trial


def write_bids(todo: list[Trial], root: Path) -> None:
    """Each trial as a subject."""
    from mne_bids import BIDSPath, write_raw_bids

    for number, trial in enumerate(todo):
        raw = mne.io.RawArray(trial.raw.get_data(), trial.raw.info, verbose="error")
        raw.info["line_freq"] = 50.0
        path = BIDSPath(root=root, subject=f"{number:02}", task="faults", datatype="eeg")
        write_raw_bids(raw, path, format="BrainVision", allow_preload=True, verbose="error")


def run_pipeline(python: str, root: Path, options: str = "", *, subject: str | None = None) -> tuple[Path, str]:
    """Run the step that deals with bad channels; its folder, and the error (without paths) if it failed."""
    derivatives = root.parent / ("defaults" if not options else "options")
    config = root.parent / f"{derivatives.name}.py"
    config.write_text(CONFIG.format(root=str(root), derivatives=str(derivatives)) + options, encoding="utf-8")
    command = [str(Path(python).with_name("mne_bids_pipeline")), f"--config={config}", f"--steps={STEPS}", "--no-cache"]
    command += [f"--subject={subject}"] if subject else []
    result = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    lines = [line.strip() for line in (result.stdout + result.stderr).splitlines() if line.strip()]
    print("\n".join(lines[-3:]), file=sys.stderr)
    if result.returncode == 0:
        return derivatives, ""
    error = next((line for line in reversed(lines) if "Error" in line), lines[-1])
    return derivatives, error.partition(" from BIDSPath")[0]


def found_by_pipeline(derivatives: Path, number: int) -> frozenset[str]:
    """What the step wrote down for a subject."""
    (path,) = (derivatives / f"sub-{number:02}").rglob("*_bads.tsv")
    with path.open(encoding="utf-8", newline="") as stream:
        return frozenset(row["name"] for row in csv.DictReader(stream, delimiter="\t"))


def tallies_of(todo: list[Trial], derivatives: Path) -> dict[tuple[str, str], Tally]:
    """Counts by method and fault, ours and PyPREP's as in the section on bad channels."""
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    before: dict[tuple[str, str], frozenset[str]] = {}
    for number, trial in enumerate(todo):
        found = {PEER: found_by_pipeline(derivatives, number)}
        found |= {method: METHODS[method](trial.raw) for method in ("eegmill clean_rawdata", "eegmill prep", "PyPREP")}
        for method, channels in found.items():
            if trial.fault == "none":
                before[method, trial.recording] = channels
            else:
                tallies[method, trial.fault].add(trial, channels, before[method, trial.recording])
    return tallies


def print_tallies(tallies: dict[tuple[str, str], Tally]) -> None:
    """Recall by fault, then recall, precision and false alarms over all."""
    methods = list(dict.fromkeys(method for method, _ in tallies))
    faults = list(dict.fromkeys(fault for _, fault in tallies))
    rows = []
    for fault in faults:
        dose = list(FAULTS[fault][1])[1]
        rows.append((f"{fault}, {dose}", *(f"{tallies[m, fault].hits} of {tallies[m, fault].faulty}" for m in methods)))
    hits = {m: sum(tallies[m, f].hits for f in faults) for m in methods}
    faulty = {m: sum(tallies[m, f].faulty for f in faults) for m in methods}
    false = {m: sum(sum(tallies[m, f].false) for f in faults) for m in methods}
    rows.append(("**all: recall**", *(f"**{hits[m] / faulty[m]:.2f}**" for m in methods)))
    precision = {m: f"{hits[m] / (hits[m] + false[m]):.2f}" if hits[m] + false[m] else "nothing found" for m in methods}
    rows.append(("**precision**", *(f"**{precision[m]}**" for m in methods)))
    rows.append(("false alarms", *(str(false[m]) for m in methods)))
    print_table("fault, dose | " + " | ".join(methods), rows)


def main() -> None:
    """Print the section."""
    print("## Bad channels: MNE-BIDS-Pipeline\n")
    python = interpreter("MBP_PYTHON")
    if not python:
        print("Not run: MBP_PYTHON names no interpreter that has mne-bids-pipeline.")
        return
    ask = "from importlib.metadata import version; print(version('mne-bids-pipeline'), version('mne'))"
    pipeline, its_mne = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.split()
    todo = list(middle_doses())
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "bids"
        write_bids(todo, root)
        derivatives, failure = run_pipeline(python, root)
        if failure:
            sys.exit(f"MNE-BIDS-Pipeline failed: {failure}")
        print(
            f"{PEER} {pipeline} (MNE {its_mne}) on EEGLAB's recording and one of EEGMAT, 120 s each, written as BIDS: as they are,"
        )
        print(
            "and with each fault at its middle dose. Its one step on bad channels, `preprocessing/data_quality`, was run with its defaults."
        )
        print_tallies(tallies_of(todo, derivatives))
        _, refusal = run_pipeline(python, root, WITH_MEG_OPTIONS, subject="00")
    print(
        "\nIt looks for no bad EEG channels: what `channels.tsv` marks stays bad, and the options `find_flat_channels_meg` and"
    )
    print(
        "`find_noisy_channels_meg`, off by default, are for MEG. Both switched on, on the first of these recordings: ",
        end="",
    )
    print(f"`{refusal}`" if refusal else "it runs to its end.")


if __name__ == "__main__":
    main()
