"""A signal as EDF+: types in the labels, filters by channel, annotations with their durations.

The recording must end on a whole second, so edge values fill the last one, under an annotation ``BAD_ACQ_SKIP``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DerivativeError
from ..recording import Band
from ..signal.channels import in_volts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import mne
    from numpy.typing import NDArray

LABEL_CHARACTERS = 16
FIELD_CHARACTERS = 80
DIGITAL_RANGE = (-32767, 32767)


def write_edf(raw: mne.io.BaseRaw, path: Path, *, bands: Mapping[str, Band], reference: str = "") -> None:
    """Write EDF+ with 16 bits a sample, each channel over its own range; voltages in µV.

    Raises
    ------
    DerivativeError
        If the sampling rate is no whole number of Hz, or the name of a channel is too long for EDF.
    """
    import edfio

    sfreq = float(raw.info["sfreq"])
    if not sfreq.is_integer():
        msg = f"'.edf' cannot hold this recording ({sfreq:g} Hz is no whole number); 'set' and 'fif' can."
        raise DerivativeError(msg)
    n_missing = -raw.n_times % int(sfreq)
    signals = [
        edfio.EdfSignal(
            _filled(raw._data[index], n_missing) * (1e6 if volts else 1.0),
            sfreq,
            label=_label(name, kind),
            physical_dimension="uV" if volts else "",
            digital_range=DIGITAL_RANGE,
            prefiltering=_prefiltering(bands.get(name, Band())),
        )
        for index, (name, kind, volts) in enumerate(
            zip(raw.ch_names, raw.get_channel_types(), in_volts(raw), strict=True)
        )
    ]
    recording = edfio.Recording(additional=_additional(reference))
    edfio.Edf(signals, recording=recording, annotations=_annotations(raw, n_missing)).write(path)


def _filled(x: NDArray[np.float64], n_missing: int) -> NDArray[np.float64]:
    return np.pad(x, (0, n_missing), mode="edge")


def _label(name: str, kind: str) -> str:
    """``EEG Cz``, as EDF+ names standard signals; the name alone where that would be too long."""
    label = f"{kind.upper()} {name}"
    if len(label) <= LABEL_CHARACTERS:
        return label
    if len(name) > LABEL_CHARACTERS:
        msg = (
            f"'.edf' cannot hold the channel name '{name}': it has {LABEL_CHARACTERS} characters; 'set' and 'fif' can."
        )
        raise DerivativeError(msg)
    return name


def _prefiltering(band: Band) -> str:
    parts = [("HP", band.highpass_hz), ("LP", band.lowpass_hz)]
    return " ".join(f"{key}:{value:g}Hz" for key, value in parts if value)


def _additional(reference: str) -> tuple[str, ...]:
    """The reference as a field of the recording; EDF allows no blanks in it, and ASCII only."""
    text = re.sub(r"[^\x21-\x7e]+", "_", f"Reference:{reference}")
    return (text[: FIELD_CHARACTERS - len("Startdate X X X X ")],) if reference else ()


def _annotations(raw: mne.io.BaseRaw, n_missing: int) -> list[Any]:
    """Annotations, one for each channel that they are about: ``text@@channel``, as MNE reads them."""
    import edfio

    found = []
    for note in raw.annotations:
        onset_s, duration_s = float(note["onset"]), float(note["duration"])
        targets = [f"@@{name}" for name in note.get("ch_names") or ()] or [""]
        found += [edfio.EdfAnnotation(onset_s, duration_s or None, f"{note['description']}{to}") for to in targets]
    if n_missing:
        sfreq = float(raw.info["sfreq"])
        found.append(edfio.EdfAnnotation(raw.n_times / sfreq, n_missing / sfreq, "BAD_ACQ_SKIP"))
    return found
