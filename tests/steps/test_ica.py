from __future__ import annotations

import pickle

import mne
import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.recording import Recording
from eegmill.steps import ica as module
from eegmill.steps.ica import Ica
from signals_ica import annotate, mixing, recording


def fit(raw, *, rank=None, seed=1, **parameters):
    return Ica(**{"fit_highpass_hz": None, **parameters}).apply(Recording(raw, rank=rank), seed=seed)


def topographies(ica):
    return ica.get_components()


def test_the_topographies_are_the_columns_of_the_mixing_matrix():
    fitted, decisions = fit(recording(6))
    A = mixing(6)
    cosines = np.abs(topographies(fitted.ica).T @ A) / np.outer(
        np.linalg.norm(topographies(fitted.ica), axis=0), np.linalg.norm(A, axis=0)
    )
    assert decisions.converged
    assert cosines.max(axis=1).min() > 0.99


def test_components_come_by_explained_variance_with_positive_peaks():
    fitted, _ = fit(recording(6))
    maps = topographies(fitted.ica)
    explained = (maps**2).sum(axis=0) * fitted.ica.get_sources(fitted.raw).get_data().var(axis=1)
    assert np.all(np.diff(explained) <= 0)
    assert np.all(maps[np.abs(maps).argmax(axis=0), range(6)] > 0)


def test_two_fits_give_identical_bits():
    first, second = (fit(recording(6))[0].ica.unmixing_matrix_ for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_an_average_reference_costs_one_component():
    raw = recording(6)
    raw._data -= raw._data.mean(axis=0)
    assert fit(raw)[1].n_components == 5


def test_a_known_rank_limits_the_components():
    assert fit(recording(6), rank=4)[1].n_components == 4


@pytest.mark.parametrize(("asked", "given"), [(3, 3), (99, 6), (0.999999, 6), (0.01, 2)])
def test_the_number_of_components_is_what_was_asked_for_up_to_the_rank(asked, given):
    assert fit(recording(6), n_components=asked)[1].n_components == given


@pytest.mark.parametrize(
    ("seconds", "decimate", "given"), [(4.5, None, 3), (4.5, 2, 3), (9.0, None, 4), (60.0, None, 6)]
)
def test_a_short_recording_is_split_into_fewer_components_and_it_is_told(seconds, decimate, given):
    _, decisions = fit(recording(6, seconds=seconds), min_seconds_per_weight=0.5, decimate=decimate)
    assert decisions.n_components == given
    assert bool(decisions.notes) is (given < 6)


def test_the_rate_says_nothing_of_how_many_components_a_recording_may_have():
    slow, fast = recording(6, seconds=9.0), recording(6, seconds=9.0).resample(400.0)
    assert {fit(raw, min_seconds_per_weight=0.5)[1].n_components for raw in (slow, fast)} == {4}


def test_bad_channels_and_other_types_take_no_part():
    raw = recording(8)
    raw.info["bads"] = ["F3"]
    raw.set_channel_types({"Fp1": "eog"}, verbose="error")
    fitted, _ = fit(raw)
    assert fitted.ica.ch_names == [name for name in raw.ch_names if name not in ("F3", "Fp1")]


def test_bad_segments_take_no_part():
    raw = recording(6)
    annotate(raw, 5.0, 4.0, "BAD_burst")
    assert fit(raw)[1].n_samples == 1600


def test_the_fit_is_on_a_high_passed_copy_and_the_recording_stays():
    raw = recording(6)
    raw._data += 1e-4 * np.sin(2 * np.pi * 0.05 * raw.times)
    before = raw.get_data()
    fitted, _ = fit(raw, fit_highpass_hz=1.0)
    A = mixing(6)
    maps = topographies(fitted.ica)
    cosines = np.abs(maps.T @ A) / np.outer(np.linalg.norm(maps, axis=0), np.linalg.norm(A, axis=0))
    assert cosines.max(axis=0).min() > 0.99
    np.testing.assert_array_equal(raw.get_data(), before)


def test_decimation_is_recorded_in_the_number_of_samples():
    assert fit(recording(6), decimate=4)[1].n_samples == 500


@pytest.mark.parametrize(("n_channels", "seconds", "words"), [(1, 10.0, "rank 1"), (8, 0.5, "50 good samples")])
def test_what_cannot_be_decomposed_is_skipped_with_the_reason(n_channels, seconds, words):
    fitted, decisions = fit(recording(n_channels, seconds=seconds))
    assert not decisions.applied
    assert words in decisions.why_not
    assert fitted.ica is None


def test_constant_channels_are_skipped_not_divided_by():
    raw = recording(6)
    raw._data[:] = 1e-5
    assert not fit(raw)[1].applied


def test_everything_marked_bad_is_skipped():
    raw = recording(6)
    annotate(raw, 0.0, 100.0, "BAD_all")
    assert fit(raw)[1].why_not == "BAD_ segments cover the whole recording"


def test_a_good_channel_with_nan_is_refused_by_name():
    raw = recording(6)
    raw._data[2, 10] = np.nan
    with pytest.raises(Rejected, match="F3"):
        fit(raw)


def test_the_recording_with_its_decomposition_can_be_pickled():
    fitted, _ = fit(recording(6))
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.ica.unmixing_matrix_, fitted.ica.unmixing_matrix_)


def test_mne_saves_and_reads_the_decomposition(tmp_path):
    fitted, _ = fit(recording(6))
    fitted.ica.save(tmp_path / "one_ica.fif", verbose="error")
    again = mne.preprocessing.read_ica(tmp_path / "one_ica.fif", verbose="error")
    sources = [ica.get_sources(fitted.raw).get_data() for ica in (fitted.ica, again)]
    np.testing.assert_allclose(sources[0], sources[1], rtol=1e-6)


def test_applying_without_exclusion_gives_the_recording_back():
    raw = recording(6)
    raw._data -= raw._data.mean(axis=0)
    fitted, _ = fit(raw)
    restored = fitted.ica.apply(raw.copy(), exclude=[], verbose="error")
    np.testing.assert_allclose(restored.get_data(), raw.get_data(), atol=1e-15)


@pytest.mark.parametrize("n_channels", [2, 32, 100])
def test_any_number_of_channels_is_decomposed(n_channels):
    fitted, decisions = fit(recording(n_channels, seconds=101.0), max_iterations=2)
    assert decisions.n_components == n_channels
    assert fitted.ica.n_components_ == n_channels


def test_a_fit_on_rounded_samples_finds_the_same_components(monkeypatch):
    exact = topographies(fit(recording(6))[0].ica)
    monkeypatch.setattr(module, "MAX_DOUBLES_BYTES", 0)
    np.testing.assert_allclose(topographies(fit(recording(6))[0].ica), exact, rtol=1e-4)


def test_the_recording_keeps_its_samples_though_they_wait_aside(monkeypatch):
    monkeypatch.setattr(module, "MAX_DOUBLES_BYTES", 0)
    raw = recording(6)
    before = raw.get_data()
    assert fit(raw)[0].raw.get_data().tobytes() == before.tobytes()


def test_a_fit_that_has_not_converged_is_noted_with_its_gradient():
    _, decisions = fit(recording(6), max_iterations=2)
    assert not decisions.converged
    assert "had not converged after 2 iterations" in decisions.notes[0]
    assert f"{decisions.gradient:.1g}" in decisions.notes[0]


@pytest.mark.parametrize("other", [{"method": "fastica"}, {"extended": False}, {"ortho": True}])
def test_only_extended_picard_fits_again(other):
    with pytest.raises(ValueError, match="fits again are made by Picard, extended and not orthogonal"):
        Ica(refits=2, **other)


def test_fits_again_are_counted_and_what_is_too_short_for_them_is_told():
    long, short = (recording(4, seconds=seconds) for seconds in (20.0, 5.0))
    (_, again), (_, alone) = (
        Ica(fit_highpass_hz=None, refits=2).apply(Recording(raw), seed=1) for raw in (long, short)
    )
    assert (again.n_refits, alone.n_refits) == (2, 0)
    assert not any("fitted again" in note for note in again.notes)
    assert "Not fitted again: one in 4 of 500 samples is less than 10 for each weight of 4 components" in alone.notes[0]
