"""Whether two runs, and one and two BLAS threads, give identical bits, step by step.

    python validation/comparisons/bits.py

``EEGMILL_DATA`` names the folder of real recordings. Each run is a process of its own, whose number of threads the environment sets. Each
step runs alone (``Step.apply``, as nothing but its own code limits threads) on the recording after ``import`` and ``clean_drifts``; what is
compared are SHA-256 of all samples and of the decisions. ``eegmill.clean`` is the whole recipe ``eegprep`` with 50 iterations of Picard.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RECORDINGS = {"eeglab-sample": "eeglab-sample/eeglab_data.set", "eegmat": "eegmat/Subject00_2.edf"}
RUNS = {"one thread": 1, "one thread again": 1, "two threads": 2}
CHILD = """
import hashlib, json, sys
from pathlib import Path
import mne
from eegmill.chain import Chain, run_steps
from eegmill.cleaning import clean
from eegmill.config.recipes import load_recipe
from eegmill.steps.contract import Recording
from threadpoolctl import threadpool_info

assert all(pool["num_threads"] == int(sys.argv[2]) for pool in threadpool_info() if pool["user_api"] == "blas")
path = Path(sys.argv[1])
read = mne.io.read_raw_eeglab if path.suffix == ".set" else mne.io.read_raw_edf
raw = read(path, preload=True, verbose="error")
raw.info["line_freq"] = 60.0 if path.suffix == ".set" else 50.0
start = run_steps(Chain(Recording(raw)), load_recipe([{"import": {}}, {"clean_drifts": {}}]).steps, seed=1)
ica = {"ica": {"max_iterations": 50}}
variants = {
    "line_noise, zapline": [{"line_noise": {"method": "zapline", "least_db": None}}],
    "bad_channels, clean_rawdata with RANSAC": [{"bad_channels": {}}],
    "bad_channels, without locations": [{"bad_channels": {"method": "clean_rawdata_nolocs"}}],
    "bad_channels, prep": [{"bad_channels": {"method": "prep"}}],
    "asr": [{"asr": {}}],
    "windows": [{"windows": {}}],
    "reference, average": [{"reference": {}}],
    "reference, robust": [{"reference": {"to": "robust"}}],
    "reference, REST": [{"reference": {"to": "REST"}}],
    "interpolate": [{"interpolate": {}}],
    "ica": [ica],
    "ica, iclabel": [ica, {"iclabel": {"eog_correlation": 0.8}}],
    "ica, iclabel, remove_components": [ica, {"iclabel": {}}, {"remove_components": {}}],
}

def digest(raw, decisions):
    found = hashlib.sha256(raw.get_data().tobytes())
    found.update(json.dumps(decisions, sort_keys=True).encode())
    return found.hexdigest()

samples = start.recording.raw.get_data()
digests = {"numpy alone: the covariance of all samples": hashlib.sha256((samples @ samples.T).tobytes()).hexdigest()}
for name, steps in variants.items():
    recording = Recording(start.recording.raw.copy(), rank=start.recording.rank)
    if name == "interpolate":
        recording = recording.mark_bad({recording.raw.ch_names[k]: "chosen" for k in (3, 9)})
    done = run_steps(Chain(recording), load_recipe(steps).steps, seed=1)
    digests[name] = digest(done.recording.raw, [done.rejected, *(step.decisions for step in done.steps)])
whole = load_recipe("eegprep").steps
steps = [{s.name: {**s.model_dump(mode="json"), **({"max_iterations": 50} if s.name == "ica" else {})}} for s in whole]
cleaned = clean(raw, steps, seed=1)
digests["eegmill.clean"] = digest(cleaned.raw, cleaned.record.model_dump(mode="json"))
print(json.dumps(digests))
"""


def digests(recording: Path, threads: int) -> dict[str, str]:
    """The digests of one run."""
    names = ("OMP", "OPENBLAS", "MKL")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "child.py"
        script.write_text(CHILD, encoding="utf-8")
        result = subprocess.run(
            [sys.executable, str(script), str(recording), str(threads)],
            env={**os.environ, **{f"{name}_NUM_THREADS": str(threads) for name in names}},
            capture_output=True,
            text=True,
            check=True,
        )
    found: dict[str, str] = json.loads(result.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    """Run, compare and print."""
    data = Path(os.environ["EEGMILL_DATA"])
    print("## Identical bits\n")
    print("The first line shows what the threads change where nobody takes care.\n")
    print("| step | " + " | ".join(f"{name}: two runs | {name}: one and two threads" for name in RECORDINGS) + " |")
    print("| --- |" + " --- | --- |" * len(RECORDINGS))
    runs = {name: [digests(data / path, threads) for threads in RUNS.values()] for name, path in RECORDINGS.items()}
    for step in next(iter(runs.values()))[0]:
        cells = []
        for first, again, two in runs.values():
            cells += ["equal" if first[step] == other[step] else "DIFFERENT" for other in (again, two)]
        print(f"| {step} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
