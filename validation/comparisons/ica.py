"""ICA, ICLabel and component removal against MATLAB, EEGPrep, pylossless and injected blinks, as a Markdown section.

    python -m validation.comparisons.ica

``EEGPREP_PYTHON`` names a Python with EEGPrep 0.4.0, best with torch, without which its own ICLabel network does not run.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import mne
import numpy as np
from numpy.typing import NDArray

from eegmill.recording import Recording
from eegmill.steps.ica import Ica
from eegmill.steps.iclabel import Iclabel
from eegmill.steps.remove_components import subtract
from validation.comparisons.ica_blinks import blinks
from validation.comparisons.ica_digest import high_passed_sample
from validation.comparisons.ica_labels import eegprep_iclabel
from validation.markdown import table
from validation.processes import answers_of, output_of
from validation.recordings import data_folder, face13, face13_folder, face13_table


def main() -> None:
    """Print all parts."""
    sys.stdout.write("## ICA, ICLabel and component removal\n\n")
    for part in (matlab, eegprep_picard, eegprep_iclabel, pylossless, identity, methods, blinks):
        sys.stdout.write("\n".join([*part(), "", ""]))
        sys.stdout.flush()


def matlab() -> list[str]:
    """Removal of three components: ours against MATLAB's."""
    folder = data_folder() / "mne-testing"
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


def eegprep_picard() -> list[str]:
    """EEGPrep's Picard and ours on the same samples."""
    title = ["### Picard against EEGPrep 0.4.0, live", ""]
    raw = high_passed_sample().drop_channels(["T8"])
    samples_uv = raw.get_data(picks="eeg") * 1e6
    answers = answers_of("EEGPREP_PYTHON", "peers.eegprep_picard", {"sample": {"data": samples_uv, "sfreq": 128.0}})
    if not answers:
        return [*title, "Not run: EEGPREP_PYTHON is not set."]
    weights, their_cpu_s = answers["sample"]["weights"], float(answers["sample"]["cpu_s"])
    started = time.process_time()
    fitted, decisions = Ica(fit_highpass_hz=None, extended=False).apply(Recording(raw), seed=1)
    cpu_s = time.process_time() - started
    assert fitted.ica is not None
    n = len(weights)
    match = np.abs(np.corrcoef(fitted.ica.get_sources(raw).get_data(), weights @ samples_uv)[:n, n:]).max(axis=0)
    return [
        *title,
        f"`eeglab-sample`, {n} channels, 238 s, `ica: {{extended: false}}`: every component of EEGPrep has one of ours that "
        f"correlates at least {match.min():.9f} with it. {decisions.iterations} iterations, {cpu_s:.1f} CPU s "
        f"(EEGPrep {their_cpu_s:.1f} CPU s).",
    ]


def with_their_marks(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """The recording ``face13`` with the segments that PyLossless found bad."""
    bad = [row for row in face13_table("sub-s01_task-faceO_events.tsv") if row["trial_type"].lower().startswith("bad")]
    onsets, durations = ([float(row[column]) for row in bad] for column in ("onset", "duration"))
    return raw.set_annotations(mne.Annotations(onsets, durations, ["BAD_theirs"] * len(bad)))


def pylossless() -> list[str]:
    """Labels of the stored decomposition against the stored labels."""
    rows = face13_table("sub-s01_task-faceO_iclabels.tsv")
    stored = [row["ic_type"].replace("ch_noise", "channel_noise") for row in rows]
    ica = mne.preprocessing.read_ica(face13_folder() / "sub-s01_task-faceO_ica2_ica.fif", verbose="error")
    raw = with_their_marks(face13())
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


def identity() -> list[str]:
    """Digests of fresh processes with one and two BLAS threads."""
    digests = [output_of("comparisons.ica_digest", threads=threads)[:16] for threads in (1, 1, 2)]
    verdict = "identical bits" if len(set(digests)) == 1 else f"DIFFERENT bits: {', '.join(digests)}"
    return [
        "### Identity",
        "",
        f"Unmixing, probabilities and cleaned samples of two runs and of one and two BLAS threads: {verdict}.",
    ]


CHOICES: dict[str, dict[str, Any]] = {
    "picard (default: extended)": {},
    "picard, not extended (EEGPrep's)": {"extended": False},
    "picard, orthogonal": {"ortho": True},
    "infomax, extended": {"method": "infomax"},
    "fastica": {"method": "fastica"},
}


def methods() -> list[str]:
    """CPU seconds and mutual information reduction per method."""
    raw = high_passed_sample()
    rows = []
    for name, parameters in CHOICES.items():
        started = time.process_time()
        fitted, decisions = Ica(fit_highpass_hz=None, **parameters).apply(Recording(raw), seed=1)
        cpu_s = time.process_time() - started
        converged = "yes" if decisions.converged else "no"
        rows.append(
            (name, f"{cpu_s:.1f}", str(decisions.iterations), converged, f"{information_gain(raw, fitted.ica):.3f}")
        )
    head = "method | CPU s | iterations | converged | mutual information removed, nats per sample"
    return ["### Methods on `eeglab-sample` (30 channels, 238 s, 128 Hz, one thread)", *table(head, rows)]


def information_gain(raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA) -> float:
    """Mutual information removed by a full decomposition (Delorme et al., PLOS ONE 2012), by histograms of 100 bins."""
    unmixing = ica.unmixing_matrix_ @ ica.pca_components_
    samples = raw.get_data(picks=ica.ch_names)
    entropies = [sum(map(entropy, signals)) for signals in (samples, unmixing @ samples)]
    return float(np.linalg.slogdet(unmixing)[1] + entropies[0] - entropies[1])


def entropy(x: NDArray[np.float64]) -> float:
    """Differential entropy of a signal, in nats."""
    counts, edges = np.histogram((x - x.mean()) / x.std(), bins=100, range=(-8, 8))
    shares = counts[counts > 0] / counts.sum()
    return float(np.log(x.std()) + np.log(edges[1] - edges[0]) - shares @ np.log(shares))


if __name__ == "__main__":
    main()
