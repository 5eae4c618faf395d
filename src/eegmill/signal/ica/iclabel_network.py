"""The ICLabel network on one thread."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats
    from .iclabel_features import Features

CLASSES = ("brain", "muscle", "eye", "heart", "line_noise", "channel_noise", "other")


BATCH = 16
"""Components that the network sees at once: it needs 1.3 MB for each, and the probabilities are the same bits."""


def probabilities(features: Features) -> Floats:
    """Probabilities of the seven classes (n_components, 7; in the order of ``CLASSES``).

    The default network of Pion-Tonachini, Kreutz-Delgado & Makeig, NeuroImage 198 (2019), as mne-icalabel ships it:
    averaged over the topography, its mirror image, and both with the opposite sign.
    """
    parts = features.topographies, features.spectra, features.autocorrelations
    batches = (tuple(part[first : first + BATCH] for part in parts) for first in range(0, len(parts[0]), BATCH))
    return np.concatenate([_of_batch(*batch) for batch in batches])


def _of_batch(images: Floats, spectra: Floats, autocorrelations: Floats) -> Floats:
    """The same for a few components.

    ``images`` (n_components, 32, 32), ``spectra`` and ``autocorrelations`` (n_components, 100).
    """
    mirrored = images[:, :, ::-1]
    feeds = {
        "topo": np.concatenate([images, -images, mirrored, -mirrored])[:, None],
        "psds": np.tile(spectra, (4, 1))[:, None, None],
        "autocorr": np.tile(autocorrelations, (4, 1))[:, None, None],
    }
    outputs = _session().run(None, {name: feed.astype(np.float32) for name, feed in feeds.items()})
    return np.asarray(outputs[0], dtype=np.float64)


@cache
def _session() -> Any:
    """The network, on one thread; mne-icalabel's own session would use all cores, and its import takes seconds."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # it would keep what the largest batch needed: 160 MB for 128 components
    package = find_spec("mne_icalabel")
    assert package is not None
    assert package.origin is not None
    network = Path(package.origin).parent / "iclabel" / "network" / "assets" / "ICLabelNet.onnx"
    return onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
