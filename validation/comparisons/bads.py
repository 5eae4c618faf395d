"""Bad channels, interpolation and references beside EEGPrep, PyPREP and MNE, as a Markdown section.

    python -m validation.comparisons.bads [--seeds N] [--figure PATH]

``EEGPREP_PYTHON`` names a Python that has EEGPrep 0.4.0.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from eegmill.recording import Recording
from eegmill.steps.bad_channels import BadChannels
from validation.comparisons.bad_channel_methods import (
    CRITERIA_ONLY,
    DEFAULT_OPTIONS,
    ask_eegprep,
    lof,
    ours,
    pyprep,
    question,
    without_drifts,
)
from validation.comparisons.injected_faults import fault_section
from validation.comparisons.interpolation import interpolated, robust
from validation.markdown import print_table
from validation.processes import Arrays
from validation.recordings import eeglab_sample, eegmat, face13

if TYPE_CHECKING:
    import mne

FIGURE = Path(__file__).parents[2] / "docs" / "figures" / "bad_channels.svg"
SETTINGS = tuple(product((4.0, 3.0, 99.0), (0.8, 0.9, 0.95), (0.1, 0.3, 0.5)))
"""Noise, correlation and share of time."""


def beside_eegprep() -> None:
    """Masks on EEGLAB's whole recording for many settings, and CPU time."""
    raw = without_drifts(eeglab_sample())
    asked = {f"channels-{i:03}": question(raw, options=setting) for i, setting in enumerate(SETTINGS)}
    asked["channels-warm"] = question(raw, options=DEFAULT_OPTIONS, warm=True)
    answers = ask_eegprep(asked)
    if not answers:
        print("\nEEGPrep was not run: EEGPREP_PYTHON names no interpreter.")
        return
    removed = ", ".join(sorted(ours(raw, filtered=True)))
    print(f"\nEEGLAB's recording, all 32 channels as EEG: removed {removed}. ", end="")
    equal = equal_masks(raw, answers)
    print(
        f"Same channels as EEGPrep, run live, in {equal} of {len(SETTINGS)} settings of noise, correlation and share of time."
    )
    ours(raw, filtered=True, bridges=False)
    rows = []
    for name, bridges in (("criteria of clean_rawdata and still channels", False), ("with bridges", True)):
        start = time.process_time()
        ours(raw, filtered=True, bridges=bridges)
        cpu_s, peer_s = time.process_time() - start, float(answers["channels-warm"]["cpu_s"])
        rows.append((name, f"{cpu_s:.2f}", f"{peer_s:.2f}", f"{cpu_s / peer_s:.2f}"))
    print_table("32 channels, 238 s, flat lines and bad channels, one thread | our CPU s | EEGPrep CPU s | ratio", rows)


def equal_masks(raw: mne.io.BaseRaw, answers: dict[str, Arrays]) -> int:
    """In how many settings our criteria alone find what EEGPrep finds."""
    equal = 0
    for i, (noise, correlation, broken) in enumerate(SETTINGS):
        parameters = {"noise_sd": noise, "correlation": correlation, "max_broken_fraction": broken}
        theirs = {name for name, bad in zip(raw.ch_names, answers[f"channels-{i:03}"]["bad"], strict=True) if bad}
        equal += ours(raw, filtered=True, **CRITERIA_ONLY, **parameters) == theirs
    return equal


def thinned() -> None:
    """What thinning to twice the low-pass changes."""
    rows = []
    for name, raw in (
        ("EEGMAT 00, 500 Hz", without_drifts(eegmat("00"))),
        ("EEGMAT 11, 500 Hz", without_drifts(eegmat("11"))),
        ("face13, 256 Hz", face13()),
    ):
        found, cpu = [], []
        for thin in (False, True):
            start = time.process_time()
            step = BadChannels(thin=thin, bridges=False, max_bad_fraction=1.0)
            decisions = step.apply(Recording(raw.copy()), seed=1)[1]
            cpu.append(time.process_time() - start)
            found.append(next(detector for detector in decisions.detectors if detector.name == "ransac"))
        whole, thin_scores = ({channel: score or 0.0 for channel, score in one.scores.items()} for one in found)
        change = max(abs(whole[channel] - thin_scores[channel]) for channel in whole)
        rows.append((name, f"{change:.4f}", str(found[0].bad == found[1].bad), f"{cpu[0]:.2f}", f"{cpu[1]:.2f}"))
    head = "recording | largest change of a channel's share of bad time | same bad channels | CPU s, all samples | CPU s, thinned"
    print_table(head, rows)


def really_bad() -> None:
    """C1 and C10 of face13."""
    raw = face13()
    flags: dict[str, Callable[..., frozenset[str]]] = {"PyPREP": pyprep, "MNE LOF": lof}
    answer = ask_eegprep({"channels-face": question(raw, options=DEFAULT_OPTIONS), "nolocs-face": question(raw)})
    found = {
        "eegmill clean_rawdata": ours(raw, filtered=True),
        "eegmill nolocs": ours(raw, filtered=True, method="clean_rawdata_nolocs"),
        "eegmill prep": ours(raw, filtered=True, method="prep"),
    }
    found |= {name: detect(raw, filtered=True) for name, detect in flags.items()}
    for key, name in (("channels-face", "EEGPrep"), ("nolocs-face", "EEGPrep nolocs")):
        if answer:
            found[name] = frozenset(c for c, bad in zip(raw.ch_names, answer[key]["bad"], strict=True) if bad)
    rows = [
        (name, *("found" if c in bads else "missed" for c in ("C1", "C10")), str(len(bads)))
        for name, bads in found.items()
    ]
    print_table("face13 (128 channels, 1119 s) | C1 | C10 | bad channels in all", rows)
    bridges = BadChannels(max_bad_fraction=1.0).apply(Recording(raw.copy()), seed=1)[1].bridges
    print(
        f"\nBridges found: {', '.join('-'.join(b.channels) for b in bridges)}; PyLossless lists A9, A10, A11, A12, A25, A26."
    )


def main() -> None:
    """Print the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--figure", type=Path, default=FIGURE)
    arguments = parser.parse_args()
    print("## Bad channels, interpolation and references")
    print("\n### Beside EEGPrep 0.4.0")
    beside_eegprep()
    fault_section(arguments.seeds, arguments.figure)
    print("\n### Really bad channels")
    really_bad()
    print("\n### Fewer samples for RANSAC at high rates")
    thinned()
    print("\n### Interpolation")
    interpolated()
    print("\n### Robust reference")
    robust()


if __name__ == "__main__":
    main()
