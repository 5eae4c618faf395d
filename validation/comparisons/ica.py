"""ICA, ICLabel and component removal against MATLAB, EEGPrep, pylossless and injected blinks.

Prints a Markdown section. Needs the folder of real recordings (EEGMILL_DATA) and, for the live comparison, a Python with
EEGPrep 0.4.0 (EEGPREP_PYTHON), best with torch, without which its own ICLabel network does not run; a part that lacks either says so.
"""

from __future__ import annotations

import csv
import hashlib
import lzma
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mne
import numpy as np
from ica_blinks import blinks
from ica_labels import eegprep_iclabel

from eegmill.recording import Recording
from eegmill.signal.ica.iclabel_network import CLASSES
from eegmill.steps.ica import Ica
from eegmill.steps.iclabel import Iclabel
from eegmill.steps.remove_components import RemoveComponents, subtract

DATA = Path(os.environ.get("EEGMILL_DATA", ""))
EEGPREP = os.environ.get("EEGPREP_PYTHON", "")

EEGPREP_PICARD = """
import sys, time, contextlib, os
import numpy as np
from eegprep import eeg_picard
data = np.load(sys.argv[1])
n, points = data.shape
EEG = dict(data=data, nbchan=n, pnts=points, trials=1, srate=128.0, chanlocs=[], icaact=None)
started = time.process_time()
with contextlib.redirect_stdout(open(os.devnull, "w")):
    EEG = eeg_picard(EEG)
np.savez(sys.argv[2], weights=EEG["icaweights"] @ EEG["icasphere"], cpu_s=time.process_time() - started)
"""


def main() -> None:
    """Print all parts, or only the digest of one run."""
    if "--digest" in sys.argv:
        sys.stdout.write(digest() + "\n")
        return
    sys.stdout.write("## ICA, ICLabel and component removal\n\n")
    for part in (matlab, eegprep_picard, labels, pylossless, identity, methods, blinks):
        sys.stdout.write("\n".join([*part(), "", ""]))
        sys.stdout.flush()


def sample() -> mne.io.BaseRaw:
    """EEGLAB's sample recording: 30 EEG and 2 EOG channels, 128 Hz, 238 s; high-passed at 1 Hz."""
    raw = mne.io.read_raw_eeglab(DATA / "eeglab-sample" / "eeglab_data.set", preload=True, verbose="error")
    raw.set_channel_types({"EOG1": "eog", "EOG2": "eog"}, verbose="error")
    return raw.filter(1.0, None, verbose="error")


def matlab() -> list[str]:
    """Removal of three components: ours against MATLAB's."""
    folder = DATA / "mne-testing"
    raw, theirs = (
        mne.io.read_raw_eeglab(folder / name, preload=True, verbose="error")
        for name in ("test_raw.set", "test_raw.cleaned.set")
    )
    subtract(raw, mne.preprocessing.read_ica_eeglab(folder / "test_raw.set", verbose="error"), [4, 11, 19])
    difference = np.abs(raw.get_data() - theirs.get_data()).max()
    within = np.allclose(raw.get_data(), theirs.get_data(), rtol=1e-5, atol=1e-8)
    return [
        "### Removal against EEGLAB (MATLAB)",
        "",
        f"Components 4, 11, 19 of `mne-testing`: largest difference {difference:.1e} V; "
        f"{'within' if within else 'NOT within'} rtol 1e-5, atol 1e-8 V.",
    ]


def run_eegprep(code: str, *arguments: str) -> None:
    """Run code in EEGPrep's own environment, on one thread."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    subprocess.run([EEGPREP, "-c", code, *arguments], check=True, capture_output=True, env={**os.environ, **one})


def eegprep_picard() -> list[str]:
    """EEGPrep's Picard and ours on the same samples."""
    title = ["### Picard against EEGPrep 0.4.0, live", ""]
    if not EEGPREP:
        return [*title, "Not run: EEGPREP_PYTHON is not set."]
    raw = sample().drop_channels(["T8"])
    samples_uv = raw.get_data(picks="eeg") * 1e6
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.npy"), Path(folder, "out.npz")
        np.save(source, samples_uv)
        run_eegprep(EEGPREP_PICARD, str(source), str(target))
        with np.load(target) as archive:
            weights, their_cpu_s = archive["weights"], float(archive["cpu_s"])
    started = time.process_time()
    fitted, decisions = Ica(fit_highpass_hz=None, extended=False).apply(Recording(raw), seed=1)
    cpu_s = time.process_time() - started
    n = len(weights)
    match = np.abs(np.corrcoef(fitted.ica.get_sources(raw).get_data(), weights @ samples_uv)[:n, n:]).max(axis=0)
    return [
        *title,
        f"`eeglab-sample`, {n} channels, 238 s, `ica: {{extended: false}}`: every component of EEGPrep has one of ours that "
        f"correlates at least {match.min():.9f} with it. {decisions.iterations} iterations, {cpu_s:.1f} CPU s "
        f"(EEGPrep {their_cpu_s:.1f} CPU s).",
    ]


def labels() -> list[str]:
    """Probabilities beside EEGPrep's."""
    return eegprep_iclabel(DATA, EEGPREP)


def face13(folder: Path) -> mne.io.BaseRaw:
    """The recording of `pylossless-face13`, unpacked, with its positions."""
    stem = DATA / "pylossless-face13" / "sub-s01" / "eeg" / "sub-s01"
    unpacked = folder / "face13.edf"
    unpacked.write_bytes(lzma.decompress(stem.with_name(stem.name + "_task-faceO_eeg.edf.xz").read_bytes()))
    raw = mne.io.read_raw_edf(unpacked, preload=True, verbose="error")
    with stem.with_name(stem.name + "_space-CapTrak_electrodes.tsv").open(encoding="utf-8-sig") as stream:
        places = {row["name"]: [float(row[axis]) for axis in "xyz"] for row in csv.DictReader(stream, delimiter="\t")}
    raw.set_montage(mne.channels.make_dig_montage(places, coord_frame="head"), verbose="error")
    with stem.with_name(stem.name + "_task-faceO_events.tsv").open(encoding="utf-8-sig") as stream:
        bad = [row for row in csv.DictReader(stream, delimiter="\t") if row["trial_type"].lower().startswith("bad")]
    onsets, durations = ([float(row[column]) for row in bad] for column in ("onset", "duration"))
    raw.set_annotations(mne.Annotations(onsets, durations, ["BAD_theirs"] * len(bad)))
    return raw


def pylossless() -> list[str]:
    """Labels of the stored decomposition against the stored labels."""
    stem = DATA / "pylossless-face13" / "sub-s01" / "eeg"
    with (stem / "sub-s01_task-faceO_iclabels.tsv").open() as stream:
        stored = [row["ic_type"].replace("ch_noise", "channel_noise") for row in csv.DictReader(stream, delimiter="\t")]
    ica = mne.preprocessing.read_ica(stem / "sub-s01_task-faceO_ica2_ica.fif", verbose="error")
    with tempfile.TemporaryDirectory() as folder:
        raw = face13(Path(folder))
    same = agreeing(raw, ica, stored)
    on_all = agreeing(raw.set_annotations(None), ica, stored)
    return [
        "### Labels of pylossless",
        "",
        f"`pylossless-face13`, its own decomposition, outside its own bad segments: {same} of {len(stored)} components "
        f"({100 * same / len(stored):.0f} %) get the stored label; on all data {on_all} ({100 * on_all / len(stored):.0f} %). (Theirs were "
        "computed on 1 s epochs, and in the unit that MNE's ICA happens to give, which moves the spectrum feature.)",
    ]


def agreeing(raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA, stored: list[str]) -> int:
    """How many components of a decomposition get the stored label."""
    labelled, _ = Iclabel().apply(Recording(raw, ica=ica), seed=1)
    return sum(component.label == label for component, label in zip(labelled.components, stored, strict=True))


def digest() -> str:
    """SHA-256 over the bits of a decomposition, its labels and the cleaned samples."""
    done, _ = Ica(max_iterations=60).apply(Recording(sample()), seed=1)
    done, labels = Iclabel().apply(done, seed=1)
    done, _ = RemoveComponents().apply(done, seed=1)
    table = np.array([[getattr(component, name) for name in CLASSES] for component in labels.components])
    parts = (done.ica.unmixing_matrix_, table, done.raw.get_data())
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def identity() -> list[str]:
    """Digests of fresh processes with one and two BLAS threads."""
    digests = []
    for threads in ("1", "1", "2"):
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        run = subprocess.run(
            [sys.executable, __file__, "--digest"], check=True, capture_output=True, text=True, env=environment
        )
        digests.append(run.stdout.strip()[:16])
    verdict = "identical bits" if len(set(digests)) == 1 else f"DIFFERENT bits: {', '.join(digests)}"
    return [
        "### Identity",
        "",
        f"Unmixing, probabilities and cleaned samples of two runs and of one and two BLAS threads: {verdict}.",
    ]


def methods() -> list[str]:
    """CPU seconds and mutual information reduction per method."""
    raw = sample()
    choices = {
        "picard (default: extended)": {},
        "picard, not extended (EEGPrep's)": {"extended": False},
        "picard, orthogonal": {"ortho": True},
        "infomax, extended": {"method": "infomax"},
        "fastica": {"method": "fastica"},
    }
    rows = []
    for name, parameters in choices.items():
        started = time.process_time()
        fitted, decisions = Ica(fit_highpass_hz=None, **parameters).apply(Recording(raw), seed=1)
        cpu_s = time.process_time() - started
        rows.append(
            f"| {name} | {cpu_s:.1f} | {decisions.iterations} | {'yes' if decisions.converged else 'no'} "
            f"| {information_gain(raw, fitted.ica):.3f} |"
        )
    return [
        "### Methods on `eeglab-sample` (30 channels, 238 s, 128 Hz, one thread)",
        "",
        "| method | CPU s | iterations | converged | mutual information removed, nats per sample |",
        "|---|---:|---:|---|---:|",
        *rows,
    ]


def information_gain(raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA) -> float:
    """Mutual information removed by a full decomposition (Delorme et al., PLOS ONE 2012), by histograms of 100 bins."""
    unmixing = ica.unmixing_matrix_ @ ica.pca_components_
    samples = raw.get_data(picks=ica.ch_names)
    entropies = [sum(map(entropy, signals)) for signals in (samples, unmixing @ samples)]
    return float(np.linalg.slogdet(unmixing)[1] + entropies[0] - entropies[1])


def entropy(x: np.ndarray) -> float:
    """Differential entropy of a signal, in nats."""
    counts, edges = np.histogram((x - x.mean()) / x.std(), bins=100, range=(-8, 8))
    shares = counts[counts > 0] / counts.sum()
    return float(np.log(x.std()) + np.log(edges[1] - edges[0]) - shares @ np.log(shares))


if __name__ == "__main__":
    main()
