"""ICLabel's probabilities beside those of EEGPrep 0.4.0, run live: with its own network where its Python has torch."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import mne
import numpy as np

from eegmill.signal.ica.iclabel_features import Features, features
from eegmill.signal.ica.iclabel_network import probabilities
from validation.markdown import table
from validation.processes import Arrays, answers_of
from validation.recordings import data_folder, eeglab_path
from validation.synthetic import Samples

BOUND = 1e-4


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

    def question(self) -> dict[str, object]:
        """What EEGPrep is asked."""
        paths = {"source": str(self.source), "located": str(self.located)}
        return {**paths, "corrected": self.corrected, "n_components": self.n_components}


def cases() -> dict[str, Case]:
    """The decompositions that are compared."""
    located = eeglab_path()
    own = "EEGPrep's Picard, of `eeglab-sample` behind its drift filter"
    theirs = "EEGLAB's, of `mne-testing`, positions of `eeglab-sample`"
    full = Case(f"{own}, 30 components", located, located, n_components=30)
    corrected = replace(full, title="the same, its pseudo-inverse corrected", corrected=True)
    return {
        "eeglab": Case(theirs, data_folder() / "mne-testing" / "test_raw.set", located),
        "picard": Case(f"{own}, 29 components of 30 channels", located, located),
        "full": full,
        "corrected": corrected,
        "inverted": replace(corrected, title="the same, topographies as it makes them", inverted=True),
    }


FULL = """
An average reference takes one dimension from a full decomposition. EEGPrep's pseudo-inverse then inverts rounding (its unmixing
reaches 2.5e12), and makes topographies that are no projections of components any more: those of ours are the stored ones,
referenced. With both put right or copied, the same decomposition gets the same labels.

Largest difference of any of the 7 probabilities. EEGPrep's network is netICL.mat in torch, ours the same in ONNX. The
decompositions behind the published reference rows (`eeglab_data_with_ica_tmp.set`, `eeglab_data_epochs_ica.set`) are not
among the recordings here, so those rows themselves cannot be repeated."""


def eegprep_iclabel() -> list[str]:
    """The largest difference of any probability, for EEGLAB's decomposition and for one of EEGPrep's own."""
    title = "### ICLabel against EEGPrep 0.4.0, live"
    questions = {key: case.question() for key, case in cases().items()}
    answers = answers_of("EEGPREP_PYTHON", "peers.eegprep_iclabel", questions)
    if not answers:
        return [title, "", "Not run: EEGPREP_PYTHON is not set."]
    head = (
        f"decomposition | components | EEGPrep's own network (bound {BOUND:g}) | its features, our network "
        "| features, CPU s | EEGPrep"
    )
    return [title, *table(head, [compared(case, answers[key]) for key, case in cases().items()]), FULL]


def compared(case: Case, theirs: Arrays) -> tuple[str, ...]:
    """One row of the table."""
    samples_uv = theirs["data"].astype(np.float64)
    samples_uv -= samples_uv.mean(axis=0)
    data = (positions(case), lambda unmixing: unmixing @ samples_uv, float(theirs["sfreq"]))
    started = time.process_time()
    found = features(theirs["mixing"], *data)
    cpu_s = time.process_time() - started
    if case.inverted:
        found = replace(found, topographies=features(inverted_twice(theirs["mixing"]), *data).topographies)
    ours = probabilities(found)
    through_ours = Features(
        topographies=theirs["maps"][:, :, 0].transpose(2, 0, 1),
        spectra=theirs["spectra"][0, :, 0].T,
        autocorrelations=theirs["lags"][0, :, 0].T,
    )
    own = f"{np.abs(ours - theirs['table']).max():.1e}" if "table" in theirs else "not run: its Python has no torch"
    near = f"{np.abs(ours - probabilities(through_ours)).max():.1e}"
    return case.title, str(len(ours)), own, near, f"{cpu_s:.2f}", f"{float(theirs['cpu_s']):.2f}"


def inverted_twice(mixing: Samples) -> Samples:
    """Topographies as EEGPrep has them after an average reference: the pseudo-inverse of the scaled unmixing."""
    referenced = mixing - mixing.mean(axis=0)
    scale = np.sqrt(np.mean(referenced**2, axis=0))
    return np.linalg.pinv(np.linalg.pinv(referenced, rcond=1e-10) * scale[:, None], rcond=1e-10)


def positions(case: Case) -> Samples:
    """Electrodes in metres, shape (n_channels, 3)."""
    info = mne.io.read_raw_eeglab(case.located, verbose="error").info
    left_out = ("EOG1", "EOG2") if case.source == case.located else ()
    return np.array([channel["loc"][:3] for channel in info["chs"] if channel["ch_name"] not in left_out])
