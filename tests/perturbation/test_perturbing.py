"""What a perturbation does to a recording."""

from __future__ import annotations

import mne
import numpy as np

from eegmill.perturbation.perturbing import Perturbation, perturbations
from eegmill.recording import Recording
from eegmill.records import Override
from eegmill.testing.recordings import raw_eeg, scalp_eeg

DATA = scalp_eeg(4, duration_s=12.0, sfreq_hz=100.0)


def recording() -> Recording:
    raw = raw_eeg(DATA, sfreq_hz=100.0)
    raw.set_annotations(mne.Annotations([4.0], 0.5, "go"))
    return Recording(raw)


def test_the_first_second_goes_and_what_is_marked_stays_on_its_samples() -> None:
    raw = Perturbation("", start_s=1.0).recording(recording()).raw
    np.testing.assert_array_equal(raw.get_data(), DATA[:, 100:])
    assert (raw.first_samp, raw.annotations.onset.tolist()) == (0, [3.0])


def test_the_last_second_goes() -> None:
    raw = Perturbation("", end_s=1.0).recording(recording()).raw
    np.testing.assert_array_equal(raw.get_data(), DATA[:, :-100])


def test_each_perturbation_changes_one_thing() -> None:
    for one in perturbations(noise_runs=2, seed_runs=2):
        assert (one.noise_seed is not None) + bool(one.start_s) + bool(one.end_s) + bool(one.seed_shift) == 1


def test_a_segment_is_cut_to_what_is_left() -> None:
    given = [Override(kind="segment", onset_s=onset_s, duration_s=1.0, decision="bad") for onset_s in (0.0, 0.5, 11.5)]
    moved = Perturbation("", start_s=1.0).overrides(given, 12.0)
    assert [(one.onset_s, one.duration_s) for one in moved] == [(0.0, 0.5), (10.5, 0.5)]
