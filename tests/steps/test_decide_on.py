"""Deciding on one copy of the signal and writing another."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

import eegmill
import eegmill.signal.aside
from eegmill.chain import Chain, run_steps
from eegmill.config.recipes import load_recipe
from eegmill.derivative.channels import channel_rows
from eegmill.derivative.sidecar import software_filters
from eegmill.errors import ConfigurationError
from eegmill.provenance.methods import recording_paragraph
from eegmill.recipe_tree import run_tree
from eegmill.recording import Recording
from eegmill.steps.remove_components import artefact_projection
from signals_signal import cut, noise

if TYPE_CHECKING:
    import mne

GENTLE = {"highpass": {"cutoff_hz": 0.1}}
BETWEEN = [{"bad_channels": {}}, {"windows": {}}, {"ica": {}}, {"iclabel": {}}]


def drifting(*, n_channels: int = 8, seconds: float = 30.0) -> mne.io.RawArray:
    """Noise on slow waves of 200 µV and an offset of 5 mV."""
    raw = noise(n_channels, seconds=seconds)
    raw._data += 2e-4 * np.sin(2 * np.pi * 0.3 * raw.times) + 5e-3
    return raw.set_montage("standard_1020", verbose="error")


def after(raw: mne.io.BaseRaw, recipe: list[object]) -> Recording:
    return run_steps(Chain(Recording(raw.copy())), load_recipe(recipe).steps, seed=1).recording


def test_without_a_decision_between_what_is_written_is_what_it_was():
    raw = cut(drifting(), 11.0, 11.3)
    gentle = after(raw, [GENTLE]).raw.get_data()
    written = after(raw, [GENTLE, "decide_on", "restore"]).raw.get_data()
    np.testing.assert_allclose(written, gentle, rtol=0, atol=1e-15 * np.abs(gentle).max())


def test_the_copy_is_what_a_high_pass_would_leave():
    raw = drifting()
    copy = Chain(Recording(raw.copy()))
    step, _ = load_recipe(["decide_on", "restore"]).steps
    copy = run_steps(copy, [step], seed=1).recording.raw.get_data()
    filtered = after(raw, [{"highpass": {"cutoff_hz": 1.0}}]).raw.get_data()
    np.testing.assert_allclose(copy, filtered, rtol=0, atol=6e-8 * 5.3e-3)


def test_what_waits_in_a_file_gives_the_same_bits(monkeypatch):
    raw = drifting(n_channels=16, seconds=60.0)
    raw._data[:, 3000:3100] *= 20.0
    recipe = ["decide_on", "asr", "restore"]
    in_memory = after(raw, recipe).raw.get_data()
    monkeypatch.setattr(eegmill.signal.aside, "LARGE_BYTES", 0)
    assert after(raw, recipe).raw.get_data().tobytes() == in_memory.tobytes()


def test_a_channel_with_nan_is_left_as_it_was():
    raw = drifting()
    raw._data[2, 7] = np.nan
    before = raw._data[2].copy()
    np.testing.assert_array_equal(after(raw, ["decide_on", "restore"]).raw.get_data()[2], before)


def test_decisions_are_those_of_the_copy_and_stay():
    raw = drifting(seconds=60.0)
    raw._data[3] = 0.0
    raw._data[:, 2000:2200] *= 30.0
    decided = after(raw, ["decide_on", *BETWEEN, "restore"])
    filtered = after(raw, [{"highpass": {"cutoff_hz": 1.0}}, *BETWEEN])
    assert decided.bad_channels == filtered.bad_channels != ()
    assert decided.raw.info["bads"] == filtered.raw.info["bads"]
    assert decided.raw.annotations == filtered.raw.annotations
    assert len(decided.raw.annotations) > 0
    assert [component.label for component in decided.components] == [c.label for c in filtered.components]
    assert decided.rank == filtered.rank


def test_components_are_unmixed_from_the_signal_that_is_written():
    raw = drifting(seconds=60.0)
    steps = load_recipe([GENTLE, "decide_on", "ica", "iclabel", "restore", "remove_components"]).steps
    bad = eegmill.records.Override(kind="component", name="1", decision="bad")
    whole = run_steps(Chain(Recording(raw.copy())), steps, seed=1, overrides=[bad]).recording
    kept = after(raw, [GENTLE]).raw.get_data()
    assert whole.ica is not None
    P = artefact_projection(whole.ica, [1])
    by_hand = kept - P @ (kept - whole.ica.pca_mean_[:, None])
    np.testing.assert_allclose(whole.raw.get_data(), by_hand, rtol=0, atol=1e-12)


def test_asr_rebuilds_what_was_set_aside_by_the_same_matrices():
    raw = drifting(n_channels=16, seconds=60.0)
    rng = np.random.default_rng(1)
    raw._data[:, 3000:3100] += rng.standard_normal((16, 1)) * 2e-3 * rng.standard_normal(100)
    decided = after(raw, ["decide_on", "asr", "restore"])
    left_alone = after(raw, ["decide_on", {"asr": {"mode": "reject"}}, "restore"])
    copy = after(raw, [{"highpass": {"cutoff_hz": 1.0}}, "asr"])
    untouched = after(raw, [{"highpass": {"cutoff_hz": 1.0}}])
    changed = np.abs(copy.raw.get_data() - untouched.raw.get_data()).max(axis=0) > 1e-9
    slow = decided.raw.get_data() - copy.raw.get_data()
    slow_before = left_alone.raw.get_data() - untouched.raw.get_data()
    assert changed.any()
    assert np.abs(slow - slow_before)[:, changed].max() > 1e-6
    np.testing.assert_allclose(slow[:, ~changed], slow_before[:, ~changed], rtol=0, atol=1e-8)


def test_the_band_that_is_told_is_that_of_what_is_written():
    rows = channel_rows(after(drifting(), [GENTLE, "decide_on", "restore"]))
    assert {row["low_cutoff"] for row in rows} == {0.1}


def test_the_sidecar_tells_the_filter_of_the_copy_as_one_that_is_not_written():
    record = eegmill.clean(drifting(), [GENTLE, "decide_on", "restore"]).record
    filters = software_filters(record, None)
    assert filters["eegmill highpass"]["highpass_hz"] == 0.1
    assert "not_written" not in filters["eegmill highpass"]
    assert "the samples here were not" in filters["eegmill decide_on"]["not_written"]


def test_the_methods_text_says_that_decisions_were_made_on_a_copy():
    text = recording_paragraph(eegmill.clean(drifting(), [GENTLE, "decide_on", "restore"]).record)
    assert "What follows was decided on a copy" in text
    assert "without the filter of the copy, which reaches down to 0.1 Hz" in text


def test_a_recording_goes_on_from_where_its_chain_was_kept():
    steps = load_recipe([GENTLE, "decide_on", "ica", "iclabel", "restore", "remove_components"]).steps
    kept = run_steps(Chain(Recording(drifting())), steps[:3], seed=1)
    again = pickle.loads(pickle.dumps(kept))
    first, second = (run_steps(chain, steps[3:], seed=1).recording.raw.get_data() for chain in (kept, again))
    np.testing.assert_array_equal(first, second)


def test_recipes_that_share_the_copy_end_as_each_would_alone():
    raw = drifting(n_channels=16, seconds=60.0)
    raw._data[:, 3000:3100] *= 50.0
    recipes = [load_recipe(["decide_on", *steps, "restore"]).steps for steps in (["asr"], ["windows"], [])]
    ends = run_tree(Chain(Recording(raw.copy())), recipes, seed=1)
    together = {index: end.chain.recording.raw.get_data() for end in ends for index in end.recipes}
    for index, steps in enumerate(recipes):
        alone = run_steps(Chain(Recording(raw.copy())), steps, seed=1).recording.raw.get_data()
        np.testing.assert_array_equal(together[index], alone)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (["restore"], "'restore' needs 'decide_on' before it: nothing was set aside before it"),
        (["decide_on"], "'decide_on' sets the signal aside: write 'restore' behind"),
        (["decide_on", "decide_on", "restore"], "'decide_on' has set the signal aside already"),
        (["decide_on", "restore", "restore"], "'restore' finds nothing that was set aside"),
        (["decide_on", {"resample": {"sfreq_hz": 50}}, "restore"], "it changes the time axis"),
        (["decide_on", {"windows": {"action": "cut"}}, "restore"], "it takes samples out"),
        (["decide_on", "reference", "restore"], "it would change the copy"),
        (["decide_on", "line_noise", "restore"], "it would change the copy"),
        (["decide_on", "interpolate", "restore"], "it changes channels"),
        (["decide_on", {"epochs": {}}, "restore"], "it makes or changes epochs"),
        (
            ["decide_on", "ica", "remove_components", "restore"],
            "'remove_components' must not stand where the signal is set aside",
        ),
    ],
)
def test_what_makes_no_sense_on_a_copy_is_refused(recipe, words):
    with pytest.raises(ConfigurationError) as error:
        load_recipe(recipe)
    assert words in str(error.value)
    assert str(error.value).count(". ") == 0
