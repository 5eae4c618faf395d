"""The ICLabel network on one thread: its features, and its probabilities."""

from __future__ import annotations

import warnings
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

CLASSES = ("brain", "muscle", "eye", "heart", "line_noise", "channel_noise", "other")


def label_probabilities(raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA) -> NDArray[np.float64]:
    """Probabilities of the seven classes (n_components x 7, in the order of ``CLASSES``).

    Pion-Tonachini, Kreutz-Delgado & Makeig, NeuroImage 198 (2019): the default network, on topographies, spectra and
    autocorrelations, averaged over mirrored and sign-flipped topographies.

    Parameters
    ----------
    raw
        The channels of ``ica`` with positions, in volts, average reference, 1 to 100 Hz.
    """
    from mne import use_log_level
    from mne_icalabel.iclabel import get_iclabel_features

    with use_log_level("error"), warnings.catch_warnings():
        # It warns of every departure from extended infomax on 1-100 Hz; what departs is recorded by the step.
        warnings.simplefilter("ignore")
        topographies, spectra, autocorrelations = get_iclabel_features(raw, ica)
    return probabilities(topographies, spectra, autocorrelations)


def probabilities(
    topographies: NDArray[Any], spectra: NDArray[Any], autocorrelations: NDArray[Any]
) -> NDArray[np.float64]:
    """Run the network on features (32 x 32 x 1 x n, 1 x 100 x 1 x n, 1 x 100 x 1 x n)."""
    mirrored = topographies[:, ::-1]
    feeds = {
        "topo": np.concatenate([topographies, -topographies, mirrored, -mirrored], axis=3),
        "psds": np.tile(spectra, (1, 1, 1, 4)),
        "autocorr": np.tile(autocorrelations, (1, 1, 1, 4)),
    }
    images = {name: np.transpose(feed, (3, 2, 0, 1)).astype(np.float32) for name, feed in feeds.items()}
    return np.asarray(_session().run(None, images)[0], dtype=np.float64)


@cache
def _session() -> Any:
    """The network of mne-icalabel; its own session would use all cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    network = files("mne_icalabel.iclabel.network") / "assets" / "ICLabelNet.onnx"
    return onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
