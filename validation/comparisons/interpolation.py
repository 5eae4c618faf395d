"""Interpolation beside MNE and EEGPrep, and the robust reference beside PyPREP."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from eegmill.recording import Recording
from eegmill.signal.sphere import sphere_centre
from eegmill.steps.interpolate import Interpolate
from eegmill.steps.reference import Reference
from validation.comparisons.bad_channel_methods import Questions, ask_eegprep, question, without_drifts
from validation.comparisons.faults import clean_recordings
from validation.markdown import print_table
from validation.processes import Arrays
from validation.recordings import eeglab_sample
from validation.synthetic import Samples

if TYPE_CHECKING:
    import mne

N_DRAWS, N_LEFT_OUT = 10, 3
VARIANTS: dict[str, dict[str, Any]] = {
    "eegmill (1e-3, 2, 500), default": {},
    "eegmill (1e-5, 4, 500)": {"regularization": 1e-5, "stiffness": 4},
    "eegmill (0, 4, 7)": {"regularization": 0.0, "stiffness": 4, "terms": 7},
}


def interpolated() -> None:
    """Channels left out and rebuilt, beside MNE and EEGPrep."""
    recordings = clean_recordings()
    for name in ("EEGLAB", "EEGMAT 00"):
        raw = without_drifts(recordings[name])
        head = (
            f"{name}: {N_LEFT_OUT} channels rebuilt, {N_DRAWS} draws | relative error "
            "| largest difference from ours with these parameters, µV"
        )
        print_table(head, rebuilt_rows(raw))
    print(INTERPOLATION)


def rebuilt_rows(raw: mne.io.BaseRaw) -> list[tuple[str, ...]]:
    """A row for each way: mean error over the draws, and how far others are from ours with the same parameters."""
    generator = np.random.default_rng(0)
    draws = [sorted(generator.choice(len(raw.ch_names), N_LEFT_OUT, replace=False).tolist()) for _ in range(N_DRAWS)]
    asked: Questions = {}
    for i, bads in enumerate(draws):
        asked[f"interpolation-{i}-a"] = question(raw, bads=bads, options=(1e-5, 4, 500))
        asked[f"interpolation-{i}-b"] = question(raw, bads=bads, options=(0, 4, 7))
    answers = ask_eegprep(asked)
    errors, gaps = defaultdict(list), defaultdict(list)
    for i, bads in enumerate(draws):
        names = [raw.ch_names[bad] for bad in bads]
        truth = raw.get_data(picks=names)
        results = rebuilt(raw, names, {key[-1]: answer for key, answer in answers.items() if f"-{i}-" in key})
        for variant, data in results.items():
            errors[variant].append(float(np.linalg.norm(data - truth) / np.linalg.norm(truth)))
            near = "eegmill (0, 4, 7)" if "(0, 4, 7)" in variant else "eegmill (1e-5, 4, 500)"
            gap = float(np.abs(data - results[near]).max() * 1e6)
            gaps[variant].append(float("nan") if variant in VARIANTS else gap)
    return [(v, f"{np.mean(errors[v]):.4f}", "" if np.isnan(gaps[v][0]) else f"{np.max(gaps[v]):.2e}") for v in errors]


def rebuilt(raw: mne.io.BaseRaw, names: list[str], answers: dict[str, Arrays]) -> dict[str, Samples]:
    """Some channels rebuilt from the others in every way, in V, shape (n_names, n_times)."""
    positions = np.array([channel["loc"][:3] for channel in raw.info["chs"]])
    marked = raw.copy()
    marked.info["bads"] = names
    results = {}
    for variant, parameters in VARIANTS.items():
        done, _ = Interpolate(**parameters).apply(Recording(marked.copy()), seed=1)
        results[variant] = done.raw.get_data(picks=names)
    origin = tuple(sphere_centre(positions))
    results["MNE"] = marked.copy().interpolate_bads(origin=origin).get_data(picks=names)
    if answers:
        results["EEGPrep (1e-5, 4, 500)"] = answers["a"]["data"] * 1e-6
        results["EEGPrep (0, 4, 7)"] = answers["b"]["data"] * 1e-6
    return results


INTERPOLATION = """
With the same parameters MNE and eegmill rebuild the same. EEGPrep's kernel takes 1 minus the chord between two places for the cosine of
their angle, as EEGLAB does: another function than Perrin's. It is rougher, which pays with 19 channels and costs with 30. Order 2 is nearly as rough with the right angle."""


ROBUST = (
    "EEGLAB's recording | left out, ours / PyPREP | correlation of the references | µV from the clean average: ours "
    "| PyPREP | plain average | our CPU s | PyPREP CPU s"
)


def robust() -> None:
    """The robust reference beside PyPREP's."""
    from pyprep.reference import Reference as PyprepReference

    raw = without_drifts(eeglab_sample())
    clean_mean = raw.get_data().mean(axis=0)
    spoiled = raw.copy()
    for i in (3, 20):
        spoiled._data[i] += np.random.default_rng(i).normal(scale=500e-6, size=raw.n_times)
    rows = []
    for name, data in (("as recorded", raw), ("Fz and P3 with 500 µV of noise", spoiled)):
        start = time.process_time()
        done, decisions = Reference(to="robust").apply(Recording(data.copy()), seed=1)
        cpu_s = time.process_time() - start
        mine = (data.get_data() - done.raw.get_data())[0]
        start = time.process_time()
        theirs = PyprepReference(data.copy(), {"ref_chs": data.ch_names, "reref_chs": data.ch_names}, random_state=1)
        theirs.perform_reference()
        peer_s = time.process_time() - start
        distance = [np.std(x - clean_mean) * 1e6 for x in (mine, theirs.reference_signal, data.get_data().mean(axis=0))]
        left_out = f"{', '.join(decisions.left_out)} / {', '.join(sorted(map(str, theirs.interpolated_channels)))}"
        alike = np.corrcoef(mine, theirs.reference_signal)[0, 1]
        times = (f"{cpu_s:.2f}", f"{peer_s:.2f}")
        rows.append((name, left_out, f"{alike:.4f}", *(f"{value:.2f}" for value in distance), *times))
    print_table(ROBUST, rows)
