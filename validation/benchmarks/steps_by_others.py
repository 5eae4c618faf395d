"""CPU seconds of what MNE, PyPREP, python-picard and MNE-ICALabel do in place of our steps, on a made recording.

    python -m validation.benchmarks.steps_by_others SIZE TARGET.npy ITERATIONS

SIZE is as ``64x600x500`` (channels, seconds, Hz); the filtered samples go to TARGET, shape (n_channels, n_times). Prints JSON: step, by
whom, CPU seconds.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import mne
import numpy as np
from mne_icalabel import label_components
from picard import picard
from pyprep import NoisyChannels

from eegmill.signal.filters.band import band_of
from eegmill.signal.ica.stages import Goal, staged_picard
from eegmill.signal.ica.to_mne import as_mne_ica
from eegmill.signal.ica.whitening import principal_components
from validation.synthetic import recording_of_size

warnings.filterwarnings("ignore")
mne.set_log_level("error")


class Times:
    """CPU seconds by step and by whom."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, float]] = []

    def of(self, step: str, by: str, work: Callable[[], Any]) -> Any:
        """Do some work, and keep what it took."""
        started = time.process_time()
        result = work()
        self.rows.append((step, by, time.process_time() - started))
        return result


def noisy_channels(raw: mne.io.BaseRaw) -> None:
    """PyPREP's noise and RANSAC."""
    noisy = NoisyChannels(raw, do_detrend=False, random_state=1)
    noisy.find_bad_by_hfnoise()
    noisy.find_bad_by_ransac(channel_wise=False)


def decompose(raw: mne.io.BaseRaw, iterations: int, times: Times) -> mne.preprocessing.ICA:
    """Both Picards on the same whitened samples, so many iterations; ours as MNE's object."""
    good = mne.pick_types(raw.info, eeg=True)
    samples = np.array([band_of(raw, 1.0, None).of(raw._data[pick]) for pick in good])
    whitening = principal_components(samples)
    white = whitening.whiten_in_place(samples, len(samples))
    found = times.of("ica", "ours", lambda: staged_picard(white, Goal(True, 1e-7), max_iterations=iterations, seed=1))
    same = {"ortho": False, "extended": True, "whiten": False, "centering": False, "tol": 1e-7, "max_iter": iterations}
    times.of("ica", "python-picard", lambda: picard(white, w_init=np.eye(len(white)), **same))
    info = mne.pick_info(raw.info, good)
    ica = as_mne_ica(info, whitening, found, method="picard", n_samples=white.shape[1])
    ica.method, ica.fit_params = "infomax", {"extended": True}
    return ica


def main(size: str, target: str, iterations: int) -> None:
    """Run all and print."""
    raw, times = recording_of_size(size), Times()
    drifts = "MNE's FIR, the same transition (3301 taps)"
    times.of("clean_drifts", drifts, lambda: raw.filter(0.75, None, l_trans_bandwidth=0.5))
    times.of("line_noise", "MNE's FIR notch", lambda: raw.notch_filter([50.0]))
    times.of("bad_channels", "PyPREP: noise and RANSAC alone", lambda: noisy_channels(raw))
    np.save(target, raw.get_data())
    raw.info["bads"] = [raw.ch_names[len(raw.ch_names) // 2]]
    ica = decompose(raw, iterations, times)
    copy = raw.copy().set_eeg_reference("average").filter(1.0, 100.0)
    label_components(copy.copy().crop(0, 10), ica, method="iclabel")  # its first call imports
    by = "MNE-ICALabel, onnxruntime, without its filter and reference"
    times.of("iclabel", by, lambda: label_components(copy, ica, method="iclabel"))
    times.of("interpolate", "MNE", lambda: raw.interpolate_bads())
    times.of("reference", "MNE", lambda: raw.set_eeg_reference("average"))
    print(json.dumps(times.rows))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
