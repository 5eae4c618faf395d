"""Bursts of known place and size in a real recording: what each ASR finds, and what is left of the error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from validation.comparisons.asr_repair import repaired
from validation.markdown import print_table
from validation.processes import Arrays, answers_of
from validation.synthetic import Samples

CUTOFFS = (5.0, 10.0, 20.0, 30.0)
AMPLITUDES_UV = (50.0, 100.0, 200.0, 500.0)
PEERS = ("asrpy", "meegkit", "mnedenoise")
EEGPREP = {"EEGPrep": False, "EEGPrep corrected": True}
PROGRAMS = ("eegmill", *EEGPREP, *PEERS)
N_BURSTS = 24
FIGURE = Path(__file__).parents[2] / "docs" / "figures" / "asr_bursts.svg"
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
WHY = """
Where asrpy is ahead of ours (50 µV, 100 µV, 500 µV): its defaults were put into ours one at a time, cutoff 20; all figures are ours but the first row.

| choice | 50 µV: recall, others changed, after | 100 µV | 500 µV |
|---|---|---|---|
| asrpy | 0.964, 0.096, 7.72 | 0.996, 0.123, 5.86 | 1.000, 0.096, 4.57 |
| none: ours | 0.952, 0.067, 7.97 | 1.000, 0.088, 6.13 | 1.000, 0.187, 5.40 |
| covariance blocks of 100 samples, not 10 | 0.952, 0.067, 7.56 | 1.000, 0.094, 6.14 | 1.000, 0.113, 5.33 |
| its calibration samples | 0.952, 0.078, 7.56 | 0.998, 0.079, 5.94 | 1.000, 0.092, 4.56 |
| both | 0.952, 0.068, 8.01 | 0.990, 0.068, 5.86 | 1.000, 0.128, 5.41 |
| calibration windows of 0.5 s, not 1 s | 0.973, 0.181, 7.35 | 0.990, 0.070, 5.86 | 1.000, 0.124, 5.32 |
| a tenth of the channels may be bad, not 0.075 | 0.952, 0.072, 7.55 | 1.000, 0.086, 6.13 | 1.000, 0.222, 5.43 |
| tolerances -3.5 and 5, not 5.5 | 0.966, 0.089, 7.59 | 1.000, 0.118, 5.87 | 1.000, 0.108, 5.04 |
| ours, another 2.5 % of the recording left out of the calibration, 8 times: least to most | 0.952-0.987, 0.055-0.147, 7.32-7.68 | 0.990-1.000, 0.069-0.113, 5.83-6.17 | 1.000, 0.110-0.175, 5.04-5.40 |

The filter, the updates and the repair are alike; what differs is the calibration. No choice of asrpy's is better throughout (its samples win at
500 µV with blocks of 10 and lose with its own blocks of 100), and leaving out 2.5 % of the samples moves ours about as far: the cells
show how the calibration happened to fall, not a better method. The defaults stay EEGPrep's, to which ours is held. Swaps and omissions made by hand on 2026-11-24."""

Setting = tuple[str, float, float]
"""A program, an amplitude in µV and a cutoff."""
Score = tuple[float, ...]
Burst = tuple[Samples, NDArray[np.bool_]]
"""Samples in µV, shape (n_channels, n_times), and where the bursts are, shape (n_times,)."""


def with_bursts(uv: Samples, sfreq_hz: float, amplitude_uv: float) -> Burst:
    """The recording with 24 bursts, and the mask of their samples.

    Half are muscle-like (20 to 50 Hz), half movement-like (1 to 4 Hz); each lasts 0.4 to 1.2 s, has its own random
    topography, and an RMS of ``amplitude_uv`` in its strongest channel.
    """
    generator = np.random.default_rng(11)
    dirty, mask = uv.copy(), np.zeros(uv.shape[1], dtype=bool)
    spacing = uv.shape[1] // N_BURSTS
    for k in range(N_BURSTS):
        n_samples = round(generator.uniform(0.4, 1.2) * sfreq_hz)
        start = k * spacing + int(generator.integers(0, spacing - n_samples))
        band = (20, 50) if k % 2 else (1, 4)
        noise = generator.standard_normal(n_samples + 8 * round(sfreq_hz))
        wave = sosfiltfilt(butter(4, band, "bandpass", fs=sfreq_hz, output="sos"), noise)[4 * round(sfreq_hz) :][
            :n_samples
        ]
        pattern = generator.standard_normal(len(uv))
        wave *= amplitude_uv / wave.std()
        dirty[:, start : start + n_samples] += np.outer(pattern / np.abs(pattern).max(), wave)
        mask[start : start + n_samples] = True
    return dirty, mask


def score(clean: Samples, dirty: Samples, done: Samples, mask: NDArray[np.bool_]) -> Score:
    """Recall, part of the other samples changed, and error in the bursts before, after, and elsewhere (µV RMS)."""
    changed = np.abs(done - dirty).max(axis=0) > 1e-6
    rms = [np.sqrt(np.mean((x - clean)[:, where] ** 2)) for x, where in ((dirty, mask), (done, mask), (done, ~mask))]
    return float(changed[mask].mean()), float(changed[~mask].mean()), *map(float, rms), float(np.abs(done).max())


def settings() -> list[tuple[float, float]]:
    """Amplitudes and cutoffs: all cutoffs at one amplitude, all amplitudes at one cutoff."""
    return [(a, c) for a in AMPLITUDES_UV for c in CUTOFFS if a == AMPLITUDES_UV[2] or c == CUTOFFS[2]]


def peer_answers(bursts: dict[float, Burst], sfreq_hz: float) -> dict[str, Arrays]:
    """What the other programs make of the bursts, by program, amplitude and cutoff."""
    questions: dict[str, dict[str, Any]] = {}
    peer_questions: dict[str, dict[str, Any]] = {}
    for amplitude, cutoff in settings():
        shared = {"data": bursts[amplitude][0], "sfreq": sfreq_hz, "cutoff": cutoff}
        key = f"{amplitude:g}-{cutoff:g}"
        for name, fixed in EEGPREP.items():
            questions[f"{name}-{key}"] = {**shared, "task": "asr", "maxmem": 64, "fixed": fixed}
        peer_questions |= {f"{peer}-{key}": shared for peer in PEERS}
    answers = answers_of("EEGPREP_PYTHON", "peers.eegprep_asr", questions)
    return answers | answers_of("ASR_PEERS_PYTHON", "peers.other_asr", peer_questions)


def scores_of(
    uv: Samples, sfreq_hz: float, bursts: dict[float, Burst], answers: dict[str, Arrays]
) -> dict[Setting, Score]:
    """The scores of ours and of all that answered."""
    scores: dict[Setting, Score] = {}
    for amplitude, cutoff in settings():
        dirty, mask = bursts[amplitude]
        scores["eegmill", amplitude, cutoff] = score(uv, dirty, repaired(dirty, sfreq_hz, cutoff=cutoff)[0], mask)
        for peer in PROGRAMS[1:]:
            answer = answers.get(f"{peer}-{amplitude:g}-{cutoff:g}")
            if answer is not None and "data" in answer:
                scores[peer, amplitude, cutoff] = score(uv, dirty, answer["data"], mask)
    return scores


BURSTS = f"""
### Bursts of known place in the sample recording

{N_BURSTS} bursts of random topography, half at 20-50 Hz and half at 1-4 Hz, 0.4 to 1.2 s each; the recording
before the injection counts as the truth, though it holds artefacts of its own that a low cutoff takes out too.
Each program calibrates itself on the recording with the bursts. EEGPrep (MaxMem 64) as shipped, and with its pseudo-
inverse corrected; the others with their defaults, which for asrpy and meegkit are other blocks and windows."""


def burst_section(uv: Samples, sfreq_hz: float) -> None:
    """Print the tables, and draw the figure."""
    bursts = {amplitude: with_bursts(uv, sfreq_hz, amplitude) for amplitude in AMPLITUDES_UV}
    answers = peer_answers(bursts, sfreq_hz)
    scores = scores_of(uv, sfreq_hz, bursts, answers)
    print(BURSTS)
    for title, keys in (
        ("Cutoffs, at an amplitude of 200 µV", [(AMPLITUDES_UV[2], cutoff) for cutoff in CUTOFFS]),
        ("Amplitudes, at a cutoff of 20", [(amplitude, CUTOFFS[2]) for amplitude in AMPLITUDES_UV]),
    ):
        print(f"\n{title}:")
        print_table(
            "program | µV | cutoff | recall | others changed | error before, µV | after, µV | elsewhere, µV | peak, µV",
            [_row(peer, key, scores) for key in keys for peer in PROGRAMS if (peer, *key) in scores],
        )
    for key, answer in answers.items():
        if "error" in answer:
            print(f"\n{key} failed: {answer['error']}")
    print(WHY)
    if {program for program, _, _ in scores} == set(PROGRAMS):
        draw(scores)
    else:
        print("\nThe figure stays as it is: not all programs ran.")


def _row(peer: str, key: tuple[float, float], scores: dict[Setting, Score]) -> tuple[str, ...]:
    recall, false, before, after, elsewhere, peak = scores[peer, *key]
    numbers = (f"{recall:.3f}", f"{false:.3f}", f"{before:.2f}", f"{after:.2f}", f"{elsewhere:.2f}", f"{peak:.4g}")
    return (peer, f"{key[0]:g}", f"{key[1]:g}", *numbers)


def draw(scores: dict[Setting, Score]) -> None:
    """Error inside and outside of the bursts over the cutoff, one line a program; a blow-up is off the scale."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "eegmill"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(7, 2.8), layout="constrained", sharex=True)
    for (axis, index), title in zip(((axes[0], 3), (axes[1], 4)), ("in the bursts", "elsewhere"), strict=True):
        for colour, peer in zip(COLOURS, PROGRAMS, strict=True):
            known = [cutoff for cutoff in CUTOFFS if (peer, AMPLITUDES_UV[2], cutoff) in scores]
            errors = [scores[peer, AMPLITUDES_UV[2], cutoff][index] for cutoff in known]
            width, order = (2.5, 3) if peer == "eegmill" else (1.2, 2)
            axis.plot(known, errors, marker="o", ms=3, color=colour, label=peer, lw=width, zorder=order)
        axis.set(title=f"error {title}", xlabel="cutoff", xticks=CUTOFFS, yscale="log", ylim=(0.05, 200))
    before = scores["eegmill", AMPLITUDES_UV[2], CUTOFFS[0]][2]
    axes[0].axhline(before, color="#777777", ls=":", lw=1, label="before")
    axes[0].set_ylabel("µV RMS")
    axes[0].legend(fontsize=7)
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(FIGURE, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
