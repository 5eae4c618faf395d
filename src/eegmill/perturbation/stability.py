"""``eegmill.stability``: a recording cleaned as it is and under small perturbations, and what turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bars import bar
from ..bids.paths import DEFAULT_RECIPE
from ..cleaning import file_of, recording_of
from ..config.overrides import overrides_of
from ..config.recipes import load_recipe
from ..records import Override
from .perturbing import perturbations
from .result import Stability
from .study import Study, decisions_by_hand

if TYPE_CHECKING:
    import mne

NOISE_RUNS, SEED_RUNS = 2, 1
"""How often noise is drawn, and how many other seeds are taken, where nobody says."""


def stability(
    raw: mne.io.BaseRaw | str | Path,
    recipe: str | Path | Sequence[dict[str, Any]] = DEFAULT_RECIPE,
    *,
    noise_runs: int = NOISE_RUNS,
    seed_runs: int = SEED_RUNS,
    seed: int = 20260101,
    overrides: str | Path | Sequence[Override | Mapping[str, Any]] = (),
    verbose: bool | None = None,
) -> Stability:
    """Tell how firm the decisions on a recording are: clean it again with small changes, and count what turns.

    The changes: white noise on the EEG channels, whose SD is a hundredth of that of the fast activity of a typical
    channel; the first second dropped; the last second dropped; another seed. Each takes as long as ``eegmill.clean``.

    Components are compared by their time courses, whatever their numbers, and stretches of time in the recording as it
    came. Findings of ``inspect`` that make no channel bad, and epochs that a step drops, are not compared.

    Parameters
    ----------
    raw
        Any MNE Raw with EEG channels, in volts; or the path of a recording. It stays as it is.
    recipe
        A name (``"eegmill"``), the path of a recipe file, or a list of steps.
    noise_runs
        How often noise is drawn.
    seed_runs
        How many other seeds are taken.
    seed
        Seed that all random numbers come from.
    overrides
        A person's decisions on channels and segments, as in ``eegmill.clean``.
    verbose
        Whether to show how far it is; None: in a terminal and in a notebook.

    Returns
    -------
    Stability
        ``.decisions``, ``.runs``, ``.turned``, ``.untold``, ``.change_mean``, ``.sentence``; printed, a table.

    Raises
    ------
    ConfigurationError
        If the recipe or an override is wrong, or the recording is shorter than 10 s.
    RecordingError
        If a file cannot be read.
    Rejected
        If the recording is rejected as it is.

    Examples
    --------
    >>> import eegmill
    >>> from eegmill.testing.recordings import raw_eeg, scalp_eeg
    >>> found = eegmill.stability(raw_eeg(scalp_eeg(8)), [{"highpass": {"cutoff_hz": 1.0}}], noise_runs=1, seed_runs=0)
    >>> [run.perturbation for run in found.runs]
    ['noise 1', 'first second dropped', 'last second dropped']
    >>> found.turned
    ()
    """
    checked = load_recipe(recipe)
    perturbed = perturbations(noise_runs=noise_runs, seed_runs=seed_runs)
    file = file_of(raw)
    name = file.entry.recording if file else ""
    given = decisions_by_hand(overrides_of(overrides, name), checked)
    study = Study(name, checked, seed, given, perturbed)
    with bar("stability", study.n_steps, verbose=verbose) as begin:
        return study.measured(recording_of(raw, file), begin)
