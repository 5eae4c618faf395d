"""What is measured in a universe, against planted signals."""

from __future__ import annotations

import mne
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.benchmark import Split, score
from eegmill.chain import Chain, run_steps
from eegmill.config.recipes import load_recipe
from eegmill.multiverse.decoding import Decoded, auc, decoded
from eegmill.multiverse.grid import Measures
from eegmill.multiverse.measures import Measured, binned, measured, source_trials
from eegmill.recording import Recording
from eegmill.records import original_times_s
from eegmill.signal.types import Mask
from eegmill.steps.epochs import cut, event_onsets

NAMES = ["Fz", "Cz", "Pz", "Oz", "C3", "C4"]
SFREQ_HZ = 100.0
MEASURES = Measures.model_validate(
    {
        "trials": {"events": ["a", "b"], "epoch_s": [-0.2, 0.6], "baseline_s": None},
        "erp": {"channels": ["Pz", "Oz"], "window_s": [0.2, 0.4]},
        "decoding": {"folds": 4},
    }
)


def recording(difference_uv: float = 5.0, noise_uv: float = 1.0, n_trials: int = 40) -> Recording:
    """Trials every second, a and b in turn; those of a are higher at Pz and Oz from 0.2 to 0.4 s."""
    rng = np.random.default_rng(0)
    x = 1e-6 * noise_uv * rng.standard_normal((len(NAMES), round((n_trials + 2) * SFREQ_HZ)))
    onsets_s = 1.0 + np.arange(n_trials)
    for onset_s in onsets_s[::2]:
        start = round((onset_s + 0.2) * SFREQ_HZ)
        x[2:4, start : start + 21] += 1e-6 * difference_uv
    raw = mne.io.RawArray(x, mne.create_info(NAMES, SFREQ_HZ, "eeg"), verbose="error")
    return Recording(raw.set_annotations(mne.Annotations(onsets_s, 0.0, ["a", "b"] * (n_trials // 2))))


def of(found: Measured) -> dict[str, float]:
    return {value.measure: value.value for value in found.values}


def measure(start: Recording, steps: list[dict[str, object]] | None = None, measures: Measures = MEASURES) -> Measured:
    trials = source_trials(start, measures.trials)
    chain = run_steps(Chain(start), load_recipe(steps).steps, seed=1) if steps else Chain(start)
    return measured(chain, measures, trials)


def test_a_planted_difference_is_measured_with_its_error() -> None:
    values = of(measure(recording(difference_uv=5.0, noise_uv=1.0)))
    # A trial's mean is over 2 channels and 21 samples of noise of 1 µV; each condition has 20 trials.
    expected_error = np.sqrt(2 / 20 / 42)
    assert values["erp"] == pytest.approx(5.0, abs=4 * expected_error)
    assert values["erp_error"] == pytest.approx(expected_error, rel=0.4)
    assert 19 < values["erp_freedom"] < 38.1
    assert (values["n_trials_a"], values["n_trials_b"], values["erp_channels"]) == (20, 20, 2)


def test_a_planted_difference_is_decoded_and_noise_is_not() -> None:
    planted, noise = measure(recording()), measure(recording(difference_uv=0.0))
    assert of(planted)["decoding"] == pytest.approx(1.0)
    assert ((planted.decisions > 0) == (np.arange(40) % 2 == 0)).all()
    assert of(noise)["decoding"] == pytest.approx(0.5, abs=3 * of(noise)["decoding_chance_error"])


def test_the_power_of_a_sine_is_half_its_amplitude_squared() -> None:
    start = recording(0.0, 1e-3)
    start.raw._data += 1e-6 * 10 * np.sin(2 * np.pi * 10 * start.raw.times)
    values = of(measure(start))
    assert values["power_alpha"] == pytest.approx(10 * np.log10(50), abs=0.01)
    assert values["power_beta"] < 0


def test_bad_stretches_count_in_no_power() -> None:
    start = recording(0.0, 1.0)
    start.raw._data[:, 1000:1400] *= 1000
    start.raw.annotations.append(10.0, 4.0, "BAD_x")
    assert of(measure(start))["power_alpha"] < 10


def test_trials_in_bad_stretches_are_missing_and_the_others_keep_their_numbers() -> None:
    start = recording()
    start.raw.annotations.append(5.1, 0.3, "BAD_x")  # the trial at 5 s is that of index 4
    found = measure(start)
    assert found.trials.tolist() == [index for index in range(40) if index != 4]


def test_trials_keep_their_numbers_when_samples_are_cut_out() -> None:
    start = recording()
    start.raw._data[:, 1000:1200] *= 1000
    found = measure(start, [{"windows": {"action": "cut", "window_s": 0.5}}])
    assert 30 < len(found.trials) < 40
    whole = measure(recording())
    late = found.trials > 15
    np.testing.assert_allclose(found.amplitudes_uv[late], whole.amplitudes_uv[found.trials[late]], atol=1e-9)


def test_trials_are_recognised_at_another_sampling_rate() -> None:
    found = measure(recording(), [{"resample": {"sfreq_hz": 50}}])
    assert found.trials.tolist() == list(range(40))


def test_epochs_that_the_recipe_cuts_around_the_events_are_taken() -> None:
    baseline = {"epochs": {"events": ["a", "b"], "tmin": -0.2, "tmax": 0.6, "baseline": [-0.2, 0.0]}}
    start = recording()
    start.raw._data += 1e-3
    assert np.abs(measure(start, [baseline]).amplitudes_uv).max() < 10
    assert np.abs(measure(start).amplitudes_uv).min() > 990


def test_channels_that_are_bad_or_missing_are_not_averaged_and_counted() -> None:
    start = recording()
    start.raw.info["bads"] = ["Pz"]
    values = of(measure(start))
    assert (values["erp_channels"], round(values["erp"])) == (1, 5)
    start.raw.info["bads"] = ["Pz", "Oz"]
    values = of(measure(start))
    assert values["erp_channels"] == 0
    assert np.isnan(values["erp"])


def test_channels_that_the_recording_does_not_have_are_told() -> None:
    wanted = MEASURES.model_copy(update={"erp": MEASURES.erp.model_copy(update={"channels": ("Pz", "P1", "P2")})})  # type: ignore[union-attr]
    assert measure(recording(), measures=wanted).notes == ("erp: P1, P2 not in the recording",)


def test_a_recording_without_the_events_has_no_trials() -> None:
    start = recording()
    start.raw.set_annotations(None)
    found = measure(start)
    assert len(found.trials) == 0
    assert "erp" not in of(found)
    assert np.isfinite(of(found)["power_alpha"])


def test_a_cleaned_recording_is_not_changed_by_measuring_it() -> None:
    start = recording()
    before = start.raw.get_data().copy()
    measure(start)
    np.testing.assert_array_equal(start.raw.get_data(), before)


@given(st.lists(st.tuples(st.floats(0.5, 20), st.floats(0.1, 3)), max_size=4), st.floats(0, 60))
def test_what_was_cut_out_is_put_back_into_the_time(cuts: list[tuple[float, float]], time_s: float) -> None:
    onsets = np.cumsum([gap + duration for gap, duration in cuts]) if cuts else np.empty(0)
    segments = [(float(end - duration), duration) for end, (_, duration) in zip(onsets, cuts, strict=True)]
    if any(onset - 1e-6 <= time_s < onset + duration + 1e-6 for onset, duration in segments):
        return
    clean_s = time_s - sum(duration for onset, duration in segments if onset < time_s)
    assert original_times_s(np.array([clean_s]), [Cut(segments)])[0] == pytest.approx(time_s)  # type: ignore[list-item]


class Cut:
    """The record of a step that cut these segments out, as far as it is asked for them."""

    def __init__(self, segments: list[tuple[float, float]]) -> None:
        self.removed_segments = [Stretch(onset_s, duration_s) for onset_s, duration_s in segments]

    def read_back(self) -> Cut:
        return self


class Stretch:
    def __init__(self, onset_s: float, duration_s: float) -> None:
        self.onset_s, self.duration_s = onset_s, duration_s


SPLIT = Split(by="blocks", n_folds=5, gap_s=0.0)


def of_noise(is_first: Mask, *, seed: int, split: Split = SPLIT) -> Decoded:
    x = np.random.default_rng(seed).standard_normal((len(is_first), 3))
    return decoded(x, is_first, np.arange(len(is_first), dtype=float), duration_s=0.8, split=split)


def test_the_decoding_of_a_universe_is_the_score_of_the_benchmark() -> None:
    start = recording(difference_uv=0.5)
    found = measure(start)
    epochs = cut(start.raw, event_onsets(start.raw), -0.2, 0.6, None, reject_by_annotation=True)
    scored = score(
        binned(epochs, np.arange(40), 0.05),
        ["a", "b"] * 20,
        ["one"] * 40,
        model={"ridge": {"penalty": 6 * 12}},
        seed=7,
        split=Split(by="blocks", n_folds=4),
        onsets_s=1.0 + np.arange(40),
        duration_s=0.81,
        n_bootstrap=0,
    )
    assert of(found)["decoding"] == scored.value
    np.testing.assert_array_equal(found.decisions, -np.array(scored.decisions, dtype=float))


def test_the_labels_of_a_fold_say_nothing_to_its_decisions() -> None:
    labels = np.random.default_rng(2).random((20, 400)) < 0.5
    assert np.mean([of_noise(one, seed=2).score for one in labels]) == pytest.approx(0.5, abs=0.03)


def test_scores_without_meaning_are_significant_as_often_as_they_should_be() -> None:
    is_first = np.arange(60) % 2 == 0
    found = [of_noise(is_first, seed=seed) for seed in range(60)]
    deviations = np.array([(one.score - 0.5) / one.chance_error for one in found])
    assert np.std(deviations) == pytest.approx(1.0, abs=0.25)
    assert np.mean(np.abs(deviations) > 1.96) < 0.12


def test_trials_nearer_than_the_gap_are_not_learned_from() -> None:
    found = of_noise(np.arange(20) % 2 == 0, seed=0, split=Split(by="blocks", n_folds=2, gap_s=30.0))
    assert np.isnan(found.score)
    assert "gap of 30 s leaves nothing to learn from" in found.note


def test_events_that_do_not_take_turns_are_not_decoded_and_the_reason_is_told() -> None:
    found = of_noise(np.arange(40) < 20, seed=0)
    assert np.isnan(found.decisions).all()
    assert "items of 'first' alone" in found.note


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(3)
    decisions, is_first = rng.integers(0, 5, 30).astype(float), rng.random(30) < 0.4
    pairs = [(one > other) + 0.5 * (one == other) for one in decisions[is_first] for other in decisions[~is_first]]
    assert auc(decisions, is_first)[0] == pytest.approx(np.mean(pairs))
