"""CPU seconds of 128 universes, walked as a tree, against 128 single runs.

    python -m validation.benchmarks.multiverse [RECORDING ...]

On real recordings with two grids of the folder ``config``, less what concerns events where a recording has none. Of the single
runs a random sample is run, and its mean stands for all; each of the sample is also compared with its universe of the tree, bit
for bit. Measuring is not part of these seconds: it costs the same in both.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import yaml

from eegmill.chain import Chain, run_steps
from eegmill.files.shipped import workflow_root
from eegmill.multiverse.grid import load_grid
from eegmill.multiverse.universes import Universe, multiverse_of
from eegmill.recipe_tree import copied, run_tree
from eegmill.recording import Recording
from validation.markdown import print_table
from validation.recordings import eeglab_path, eegmat, face13

if TYPE_CHECKING:
    import mne

SEED = 20260101
SAMPLE = 12
EARLY = {
    "line_noise": {"options": {"left out": None}},
    "bad_channels": {"options": {"left out": None}},
    "asr": {"options": {"left out": None}},
    "windows": {"options": {"left out": None}},
    "reference": {"options": {"as recorded": None}},
    "lowpass": {"options": {"none": None}},
    "interpolate": {"options": {"left out": None}},
}
"""Four choices before the ICA: it is fitted 16 times."""


def eeglab() -> mne.io.BaseRaw:
    """EEGLAB's sample recording as a file gives it, with its events."""
    import mne

    raw = mne.io.read_raw_eeglab(eeglab_path(), preload=True, verbose="error")
    raw.info["line_freq"] = 60.0
    return raw


def rest(subject: str) -> mne.io.BaseRaw:
    """A subject of EEGMAT at rest."""
    raw = eegmat(subject)
    raw.info["line_freq"] = 50.0
    return raw


def faces() -> mne.io.BaseRaw:
    """Two minutes of every second channel of face13."""
    import mne

    raw = face13().crop(60.0, 180.0, include_tmax=False)
    raw.pick(raw.ch_names[::2])
    return mne.io.RawArray(raw.get_data(), raw.info, verbose="error")


RECORDINGS: dict[str, tuple[str, Callable[[], mne.io.BaseRaw]]] = {
    "eeglab": ("EEGLAB's sample, 32 channels, 128 Hz, 238 s", eeglab),
    "eegmat": ("EEGMAT 00 at rest, 19 channels, 500 Hz, 182 s", partial(rest, "00")),
    "eegmat31": ("EEGMAT 31 at rest, 19 channels, 500 Hz, 80 s", partial(rest, "31")),
    "face13": ("face13, 64 of its 128 channels, 256 Hz, 120 s of it", faces),
}


def grids() -> dict[str, dict[str, Any]]:
    """The grids, by what they show."""
    folder = workflow_root() / "config"
    late = yaml.safe_load((folder / "multiverse_eegprep.yaml").read_text(encoding="utf-8"))
    factorial = yaml.safe_load((folder / "multiverse_factorial.yaml").read_text(encoding="utf-8"))
    return {
        "eegprep, two choices before the ICA": late,
        "eegprep, four choices before the ICA": late | {"choices": EARLY},
        "factorial without ICA, autoreject last": factorial,
    }


def without_events(values: dict[str, Any]) -> dict[str, Any]:
    """The grid for a recording without events: epochs of 2 s, and overlapping ones in the place of another baseline."""
    recipe = [{"epochs": {"length_s": 2}} if "epochs" in entry else entry for entry in values["recipe"]]
    choices = dict(values["choices"])
    if "baseline" in choices:
        choices["baseline"] = {
            "steps": "epochs",
            "options": {"overlapping": {"epochs": {"length_s": 2, "overlap_s": 1}}},
        }
    return {**values, "recipe": recipe, "choices": choices, "measures": {}, "conclusion": None}


@dataclass(frozen=True)
class Walk:
    """What walking a recording took, and where it led."""

    cpu_s: float
    bits: dict[int, str]
    """Digests of the universes, by number."""
    rejected: int
    ica_fits: int


def bits_of(chain: Chain) -> str:
    """SHA-256 of samples, epochs, marks and decisions."""
    recording, whole = chain.recording, hashlib.sha256()
    whole.update(recording.raw.get_data().tobytes())
    if recording.epochs is not None:
        whole.update(recording.epochs.get_data(verbose="error").tobytes())
    marks = [(one["onset"], one["duration"], one["description"]) for one in recording.raw.annotations]
    steps = [step.model_dump_json() for step in chain.steps]
    whole.update(repr((recording.raw.info["bads"], marks, steps, chain.rejected)).encode())
    return whole.hexdigest()


def as_tree(start: Chain, universes: tuple[Universe, ...]) -> Walk:
    """Walk all universes; what comparing them takes does not count."""
    bits: dict[int, str] = {}
    fits, rejected, apart_s, began_s = set(), 0, 0.0, time.process_time()
    for end in run_tree(start, [one.recipe.steps for one in universes], seed=SEED):
        paused_s = time.process_time()
        if end.error is not None:
            raise end.error
        digest = bits_of(end.chain)
        fits |= {repr(end.chain.times[: index + 1]) for index, one in enumerate(end.chain.times) if one.name == "ica"}
        rejected += len(end.recipes) if end.chain.rejected else 0
        bits |= {universes[index].number: digest for index in end.recipes}
        apart_s += time.process_time() - paused_s
    return Walk(time.process_time() - began_s - apart_s, bits, rejected, len(fits))


def alone(start: Chain, universe: Universe) -> tuple[float, str]:
    """CPU seconds and digest of a single run."""
    began_s = time.process_time()
    chain = run_steps(start, universe.recipe.steps, seed=SEED)
    return time.process_time() - began_s, bits_of(chain)


def row(recording: str, title: str, values: dict[str, Any]) -> tuple[str, ...]:
    """A row of the table: one recording, one grid."""
    words, read = RECORDINGS[recording]
    grid = load_grid(values if recording == "eeglab" else without_events(values))
    universes = multiverse_of(title, grid).universes
    start = Chain(Recording(read()))
    chosen = random.Random(1).sample(universes, min(SAMPLE, len(universes)))
    run_steps(copied(start), universes[0].recipe.steps, seed=SEED)  # whatever is loaded once is loaded here
    walk = as_tree(copied(start), universes)
    singles = [alone(copied(start), universe) for universe in chosen]
    mean_s = sum(cpu_s for cpu_s, _ in singles) / len(singles)
    equal = sum(digest == walk.bits[one.number] for (_, digest), one in zip(singles, chosen, strict=True))
    ratio = walk.cpu_s / (mean_s * len(universes))
    return (
        *(words, title, str(len(universes)), str(walk.ica_fits), f"{walk.cpu_s:.0f}"),
        *(f"{mean_s * len(universes):.0f}", f"**{ratio:.3f}**", f"{equal} of {len(singles)}", str(walk.rejected)),
    )


def main(recordings: list[str]) -> None:
    """Print the table."""
    print("## Multiverse\n")
    print(f"Single runs: the mean of {SAMPLE} drawn at random, run in the same process, times the number of universes.")
    rows = []
    for recording in recordings or list(RECORDINGS):
        for title, values in grids().items():
            if values["choices"].keys() >= {"autoreject"} and recording != "eeglab":
                continue  # it is about events
            rows.append(row(recording, title, values))
            print(" | ".join(rows[-1]), file=sys.stderr, flush=True)
    head = "recording | grid | universes | ICAs fitted | CPU s as a tree | CPU s one by one | ratio | equal bits | rejected"
    print_table(head, rows)


if __name__ == "__main__":
    main(sys.argv[1:])
