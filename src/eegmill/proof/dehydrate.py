"""A derivative without what can be made again: kilobytes to publish, with the manifests of the whole."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from ..derivative.features import computed_with
from ..derivative.index import indexed_by
from ..errors import DerivativeError
from ..features.tables import FOLDER as FEATURES
from ..files.atomic import write_bytes
from ..models import Frozen
from ..provenance.compare import channel_count, read_samples
from ..provenance.dehydrated import NAME, NOTE, README, Dehydrated, Sketch, is_made_again, write_dehydrated
from ..provenance.manifest import NAME as MANIFEST
from ..provenance.manifest import RECORDS_NAME, read_manifest
from .publishable import copy_files, new_folder, refuse_unpublishable

SAMPLES = (".eeg", ".fdt")
N_KEPT = 16
"""Samples of each signal that are kept, evenly over its length."""


class DehydrateReport(Frozen):
    """What was written."""

    folder: str
    kept_bytes: int
    left_out_bytes: int
    left_out: int
    """Files."""

    @property
    def summary(self) -> str:
        """One sentence."""
        share = self.kept_bytes / max(self.kept_bytes + self.left_out_bytes, 1)
        return (
            f"{self.folder}: {self.kept_bytes / 1e6:.2f} MB of {(self.kept_bytes + self.left_out_bytes) / 1e6:.2f} MB "
            f"({share:.1%}); {self.left_out} files are left out, and 'eegmill rehydrate' makes them again."
        )


def dehydrate(derivative: Path, folder: Path | None = None) -> DehydrateReport:
    """Copy a derivative without what can be made again.

    Parameters
    ----------
    folder
        Where to, a folder that does not exist; by default beside the derivative, with ``-dehydrated`` in its name.

    Raises
    ------
    DerivativeError
        If eegmill did not make the derivative, it is not as its manifest says, it is dehydrated already, or the folder
        exists.
    """
    derivative = derivative.resolve()
    folder = folder or derivative.with_name(f"{derivative.name}-dehydrated")
    _refuse(derivative, folder)
    told = read_manifest(derivative)
    tables = {path: computed_with(derivative / path) for path in told if path.startswith(f"{FEATURES}/")}
    left_out = sorted(path for path in told if is_made_again(path) or tables.get(path))
    kept = [*sorted(told.keys() - set(left_out)), MANIFEST, RECORDS_NAME]
    content = Dehydrated(
        files={path: (derivative / path).stat().st_size for path in left_out},
        kept_bytes=sum((derivative / path).stat().st_size for path in kept),
        signals={path: sketch(derivative / path) for path in left_out if path.endswith(SAMPLES)},
        features={PurePosixPath(path).stem: asked for path, asked in tables.items() if asked},
        index=indexed_by(derivative),
    )
    with new_folder(folder) as staged:
        copy_files(derivative, staged, kept)
        write_bytes(staged / README, (staged / README).read_bytes() + NOTE.encode())
        write_dehydrated(staged, content)
    written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return DehydrateReport(
        folder=folder.name, kept_bytes=written, left_out_bytes=sum(content.files.values()), left_out=len(left_out)
    )


def _refuse(derivative: Path, folder: Path) -> None:
    refuse_unpublishable(derivative, folder)
    if (derivative / NAME).is_file():
        msg = f"'{derivative.name}' is dehydrated already."
        raise DerivativeError(msg)


def sketch(data: Path) -> Sketch:
    """Some samples of a signal, and the range of each channel.

    Raises
    ------
    DerivativeError
        If the file does not hold whole samples of its channels.
    """
    import numpy as np

    samples = read_samples(data, channel_count(data))
    if samples is None:
        msg = f"'{data.name}' does not hold whole samples of its channels."
        raise DerivativeError(msg)
    at = np.unique(np.linspace(0, max(len(samples) - 1, 0), N_KEPT).round().astype(int))[: len(samples)]
    return Sketch(
        n_times=len(samples),
        at=tuple(int(place) for place in at),
        samples=tuple(tuple(_short(value) for value in samples[place]) for place in at),
        spans=tuple(_short(value) for value in np.ptp(samples, axis=0)) if len(samples) else (),
    )


def _short(value: float) -> float:
    """The shortest number that is the same float32."""
    import numpy as np

    return float(str(np.float32(value)))
