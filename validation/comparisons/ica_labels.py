"""ICLabel's probabilities beside those of EEGPrep 0.4.0, run live: with its own network where its Python has torch."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import mne
import numpy as np

from eegmill.signal.ica.iclabel_features import Features, features
from eegmill.signal.ica.iclabel_network import probabilities

BOUND = 1e-4

EEGPREP_LABELS = """
import sys, time, contextlib, importlib.util, os
import numpy as np
from eegprep import ICL_feature_extractor, clean_drifts, eeg_picard, iclabel, pop_loadset
source, located, target, corrected, n_components = sys.argv[1:]
if corrected == "True":
    pinv = np.linalg.pinv
    np.linalg.pinv = lambda x: pinv(x, rcond=max(x.shape) * np.finfo(float).eps)
EEG = pop_loadset(source)
with contextlib.redirect_stdout(open(os.devnull, "w")):
    if source == located:
        eeg = [i for i, place in enumerate(EEG["chanlocs"]) if not place["labels"].startswith("EOG")]
        EEG.update(data=EEG["data"][eeg], chanlocs=EEG["chanlocs"][eeg], nbchan=len(eeg))
        EEG = eeg_picard(clean_drifts(EEG, (0.25, 0.75), 80.0), n_components=int(n_components))
    else:
        EEG["chanlocs"] = pop_loadset(located)["chanlocs"]
started = time.process_time()
maps, spectra, lags = ICL_feature_extractor(EEG, True)
found = dict(maps=maps, spectra=spectra, lags=lags, cpu_s=time.process_time() - started)
if importlib.util.find_spec("torch"):
    started = time.process_time()
    EEG = iclabel(EEG)
    found.update(table=EEG["etc"]["ic_classification"]["ICLabel"]["classifications"], all_s=time.process_time() - started)
np.savez(target, data=EEG["data"], mixing=EEG["icawinv"], sfreq=EEG["srate"], **found)
"""


@dataclass(frozen=True)
class Case:
    """A decomposition that EEGPrep labels."""

    title: str
    source: Path
    located: Path
    """The recording that has the positions; EEGPrep decomposes it itself where it is the source."""
    corrected: bool = False
    """Whether EEGPrep's pseudo-inverse drops what is rounding, relative max(shape)·eps."""
    n_components: int = 29
    inverted: bool = False
    """Whether ours, too, takes the pseudo-inverse of the referenced unmixing for the topographies."""


def eegprep_iclabel(data: Path, python: str) -> list[str]:
    """The largest difference of any probability, for EEGLAB's decomposition and for one of EEGPrep's own."""
    lines = ["### ICLabel against EEGPrep 0.4.0, live", ""]
    if not python:
        return [*lines, "Not run: EEGPREP_PYTHON is not set."]
    located = data / "eeglab-sample" / "eeglab_data.set"
    own = "EEGPrep's Picard, of `eeglab-sample` behind its drift filter"
    cases = (
        Case(
            "EEGLAB's, of `mne-testing`, positions of `eeglab-sample`", data / "mne-testing" / "test_raw.set", located
        ),
        Case(f"{own}, 29 components of 30 channels", located, located),
        Case(f"{own}, 30 components", located, located, n_components=30),
        Case("the same, its pseudo-inverse corrected", located, located, n_components=30, corrected=True),
        Case(
            "the same, topographies as it makes them", located, located, n_components=30, corrected=True, inverted=True
        ),
    )
    lines += [
        f"| decomposition | components | EEGPrep's own network (bound {BOUND:g}) | its features, our network | features, CPU s | EEGPrep |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [line for case in cases for line in compared(case, python)]
    return [
        *lines,
        "",
        "An average reference takes one dimension from a full decomposition. EEGPrep's pseudo-inverse then inverts rounding (its unmixing",
        "reaches 2.5e12), and makes topographies that are no projections of components any more: those of ours are the stored ones,",
        "referenced. With both put right or copied, the same decomposition gets the same labels.",
        "",
        "Largest difference of any of the 7 probabilities. EEGPrep's network is netICL.mat in torch, ours the same in ONNX. The",
        "decompositions behind the published reference rows (`eeglab_data_with_ica_tmp.set`, `eeglab_data_epochs_ica.set`) are not",
        "among the recordings here, so those rows themselves cannot be repeated.",
    ]


def compared(case: Case, python: str) -> Iterator[str]:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "out.npz")
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        command = [python, "-c", EEGPREP_LABELS, str(case.source), str(case.located), str(target)]
        command += [str(case.corrected), str(case.n_components)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, **one})
        with np.load(target) as archive:
            theirs = dict(archive)
    samples_uv = theirs["data"].astype(np.float64)
    samples_uv -= samples_uv.mean(axis=0)
    data = (positions(case), lambda unmixing: unmixing @ samples_uv, float(theirs["sfreq"]))
    started = time.process_time()
    ours = features(theirs["mixing"], *data)
    cpu_s = time.process_time() - started
    if case.inverted:
        ours = replace(ours, topographies=features(inverted_twice(theirs["mixing"]), *data).topographies)
    table = probabilities(ours)
    through_ours = Features(
        topographies=theirs["maps"][:, :, 0].transpose(2, 0, 1),
        spectra=theirs["spectra"][0, :, 0].T,
        autocorrelations=theirs["lags"][0, :, 0].T,
    )
    own = f"{np.abs(table - theirs['table']).max():.1e}" if "table" in theirs else "not run: its Python has no torch"
    near = f"{np.abs(table - probabilities(through_ours)).max():.1e}"
    yield f"| {case.title} | {len(table)} | {own} | {near} | {cpu_s:.2f} | {float(theirs['cpu_s']):.2f} |"


def inverted_twice(mixing: np.ndarray) -> np.ndarray:
    """Topographies as EEGPrep has them after an average reference: the pseudo-inverse of the scaled unmixing."""
    referenced = mixing - mixing.mean(axis=0)
    scale = np.sqrt(np.mean(referenced**2, axis=0))
    return np.linalg.pinv(np.linalg.pinv(referenced, rcond=1e-10) * scale[:, None], rcond=1e-10)


def positions(case: Case) -> np.ndarray:
    """Electrodes in metres, shape (n_channels, 3)."""
    info = mne.io.read_raw_eeglab(case.located, verbose="error").info
    left_out = ("EOG1", "EOG2") if case.source == case.located else ()
    return np.array([channel["loc"][:3] for channel in info["chs"] if channel["ch_name"] not in left_out])
