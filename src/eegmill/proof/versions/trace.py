"""A recording made again step by step, and what it was after each of them: for a process in another environment.

``python -m eegmill.proof.versions.trace DERIVATIVE RECORDING RAW TRACE ARRAYS`` writes a line of JSON a step into the
file TRACE, as soon as the step is done, and the numbers into the folder ARRAYS, under their SHA-256: what two
environments agree on lies there once.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ...chain import Chain, run_steps
from ...models import Frozen
from ...provenance.origin import read_origin
from ...reading.recording import read_recording
from ...workflow.rebuild import read_recipe, recorded_overrides

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...recording import Recording

READ = "read"
"""Name of what comes before the first step: the file and its sidecars, as the libraries read them."""


class TracedArray(Frozen):
    """Numbers of a recording behind a step, by their digest."""

    kind: str
    """``signal``, ``set aside``, ``epochs`` or ``mixing``."""
    unit: str
    """Of a sample as it is stored, ``V``; empty where it has none."""
    shape: tuple[int, ...]
    sha256: str
    """Over the samples as little-endian float64, in the order of the shape."""

    @property
    def file(self) -> str:
        """Its name in the folder of arrays."""
        return f"{self.sha256}-{'x'.join(str(length) for length in self.shape)}.npy"


class TracedStep(Frozen):
    """What a recording is behind one step."""

    name: str
    decisions: dict[str, Any] = {}
    """Those of its record; of reading, what it found."""
    labels: dict[str, str] = {}
    """Components and their labels, where there are some."""
    arrays: tuple[TracedArray, ...] = ()
    ended: str = ""
    """Why the chain ends here: the recording was rejected, or an exception."""
    rejected: bool = False


def trace(derivative: Path, name: str, *, raw_root: Path, out: Path, arrays: Path) -> None:
    """Make a recording again, and tell of every step.

    Whatever exception a step ends with is told as well: what another library raises is what is looked for.

    Parameters
    ----------
    raw_root
        The raw dataset, which has the files of the recording.
    out
        The file of lines; it is written anew.
    arrays
        A folder that is there.
    """
    origin, recipe = read_origin(derivative, any_version=True), read_recipe(derivative)
    entry, seed = origin.lock.recording(name), int(origin.config["seed"])
    overrides = recorded_overrides(derivative, entry)
    in_volts, doing = True, READ
    with out.open("w", encoding="utf-8") as lines:
        try:
            chain = Chain(read_recording(raw_root, entry))
            found = _arrays(chain.recording, arrays, unit="V")
            _tell(lines, TracedStep(name=READ, decisions=_read(chain.recording), arrays=found))
            for step in recipe.steps:
                doing = step.name
                chain = run_steps(chain, [step], seed=seed, overrides=overrides)
                if chain.rejected is not None:
                    _tell(lines, TracedStep(name=doing, ended=chain.rejected, rejected=True))
                    return
                in_volts = in_volts and not step.ends_volts
                _tell(lines, _behind(chain, arrays, unit="V" if in_volts else ""))
        except Exception as error:
            _tell(lines, TracedStep(name=doing, ended=f"{type(error).__name__}: {error}"))


def read_trace(path: Path) -> tuple[TracedStep, ...]:
    """The steps that were told, in their order; a line that a dying process left half is none."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.is_file() else []
    return tuple(TracedStep.model_validate_json(line) for line in lines)


def _tell(lines: TextIO, step: TracedStep) -> None:
    lines.write(step.model_dump_json() + "\n")
    lines.flush()


def _read(recording: Recording) -> dict[str, Any]:
    """What reading decided: it has no record of its own."""
    raw = recording.raw
    return {
        "sfreq_hz": float(raw.info["sfreq"]),
        "channels": dict(zip(raw.ch_names, raw.get_channel_types(), strict=True)),
        "bad_channels": list(raw.info["bads"]),
        "annotations": [
            {"onset_s": float(mark["onset"]), "duration_s": float(mark["duration"]), "label": str(mark["description"])}
            for mark in raw.annotations
        ],
        "notes": list(recording.notes),
    }


def _behind(chain: Chain, arrays: Path, *, unit: str) -> TracedStep:
    """The recording behind the last step that was run."""
    done, recording = chain.steps[-1], chain.recording
    labels = {str(component.index): component.label for component in recording.components}
    found = _arrays(recording, arrays, unit=unit)
    return TracedStep(name=done.name, decisions=done.decisions, labels=labels, arrays=found)


def _arrays(recording: Recording, folder: Path, *, unit: str) -> tuple[TracedArray, ...]:
    found = [_kept(recording.raw.get_data(), folder, kind="signal", unit=unit)]
    if recording.aside is not None:
        found.append(_kept(recording.aside.removed, folder, kind="set aside", unit=unit))
    if recording.epochs is not None:
        found.append(_kept(recording.epochs.get_data(verbose="error"), folder, kind="epochs", unit=unit))
    if recording.ica is not None:
        found.append(_kept(recording.ica.get_components(), folder, kind="mixing", unit=""))
    return tuple(found)


def _kept(values: NDArray[np.floating[Any]], folder: Path, *, kind: str, unit: str) -> TracedArray:
    import numpy as np

    values = np.ascontiguousarray(values, dtype="<f8")
    digest = hashlib.sha256(values.data).hexdigest()
    kept = TracedArray(kind=kind, unit=unit, shape=values.shape, sha256=digest)
    if not (folder / kept.file).exists():
        np.save(folder / kept.file, values)
    return kept


def main(arguments: list[str]) -> None:
    """Trace what the command line names."""
    derivative, name, raw_root, out, arrays = arguments
    trace(Path(derivative), name, raw_root=Path(raw_root), out=Path(out), arrays=Path(arrays))


if __name__ == "__main__":
    main(sys.argv[1:])
