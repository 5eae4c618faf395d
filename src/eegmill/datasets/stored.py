"""Windows of a cleaned recording without reading the whole of it: its tables say where they are, its file has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..derivative.eeglab import PER_UNIT
from ..derivative.windows import SAMPLE_BYTES, CleanedFiles
from ..errors import DerivativeError
from ..reading.channels import MNE_TYPES
from ..reading.events import apply_events
from ..stream.sources import Folder

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray


@dataclass(frozen=True)
class StoredSamples:
    """Samples of some channels where they lie: multiplexed float32."""

    folder: Folder
    file: str
    n_channels: int
    """Of the file."""
    picks: tuple[int, ...]
    to_si: NDArray[np.float64]
    """What makes volts of the number of each picked channel."""
    nbytes: int = 0
    """In memory."""

    def window(self, start: int, n_times: int) -> NDArray[np.float32]:
        """Samples of the picked channels, (n_channels, n_times), in volts.

        Raises
        ------
        DerivativeError
            If the file is gone, or shorter than it was.
        """
        frame = SAMPLE_BYTES * self.n_channels
        content, _ = self.folder.stretch(self.file, start * frame, n_times * frame)
        if len(content) != n_times * frame:
            msg = f"'{self.file}' ends before sample {start + n_times}: it was altered since its windows were listed."
            raise DerivativeError(msg)
        picked = np.frombuffer(content, "<f4").reshape(n_times, self.n_channels)[:, self.picks]
        volts: NDArray[np.float32] = (picked.astype(float) * self.to_si).T.astype(np.float32, order="C")
        return volts


def raw_without_samples(files: CleanedFiles) -> mne.io.BaseRaw:
    """Names, types and bad channels, events and marked segments of a cleaned recording; no sample is read.

    Raises
    ------
    DerivativeError
        If its tables and its file do not belong together.
    """
    import mne

    if files.n_times == 0:
        msg = f"'{files.recording}' holds no samples."
        raise DerivativeError(msg)
    raw = mne.io.read_raw_brainvision(files.derivative / files.paths.signal, preload=False, verbose="error")
    names = [row["name"] for row in files.channel_rows]
    if raw.ch_names != names:
        raw.rename_channels(dict(zip(raw.ch_names, names, strict=True)), verbose="error")
    kinds = {row["name"]: MNE_TYPES.get(row["type"], "misc") for row in files.channel_rows}
    raw.set_channel_types(kinds, on_unit_change="ignore", verbose="error")
    raw.info["bads"] = [row["name"] for row in files.channel_rows if row["status"] == "bad"]
    apply_events(raw, files.event_rows, [])
    return raw


def stored_samples(files: CleanedFiles, folder: Folder, names: tuple[str, ...]) -> StoredSamples:
    """Samples of channels of a cleaned recording, by their names."""
    rows = {row["name"]: (index, row["units"]) for index, row in enumerate(files.channel_rows)}
    return StoredSamples(
        folder=folder,
        file=files.paths.signal_data.as_posix(),
        n_channels=len(rows),
        picks=tuple(rows[name][0] for name in names),
        to_si=np.array([1 / PER_UNIT if rows[name][1] == "µV" else 1.0 for name in names]),
    )
