"""The digest of a decomposition, its labels and the cleaned samples of EEGLAB's sample recording.

    python -m validation.comparisons.ica_digest

Prints the SHA-256 as JSON.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

from eegmill.recording import Recording
from eegmill.signal.ica.iclabel_network import CLASSES
from eegmill.steps.ica import Ica
from eegmill.steps.iclabel import Iclabel
from eegmill.steps.remove_components import RemoveComponents
from validation.recordings import eeglab_sample

if TYPE_CHECKING:
    import mne


def high_passed_sample() -> mne.io.BaseRaw:
    """EEGLAB's sample recording: 30 EEG and 2 EOG channels, 128 Hz, 238 s; high-passed at 1 Hz."""
    raw = eeglab_sample().set_channel_types({"EOG1": "eog", "EOG2": "eog"}, verbose="error")
    return raw.filter(1.0, None, verbose="error")


def digest() -> str:
    """SHA-256 over the bits of all three."""
    done, _ = Ica(max_iterations=60).apply(Recording(high_passed_sample()), seed=1)
    done, labels = Iclabel().apply(done, seed=1)
    done, _ = RemoveComponents().apply(done, seed=1)
    assert done.ica is not None
    probabilities = np.array([[getattr(component, name) for name in CLASSES] for component in labels.components])
    parts = (done.ica.unmixing_matrix_, probabilities, done.raw.get_data())
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


if __name__ == "__main__":
    print(json.dumps(digest()))
