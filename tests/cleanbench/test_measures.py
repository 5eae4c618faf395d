"""The numbers of CleanBench: effects, trials, decoding, significance, stability, faults, intervals."""

from __future__ import annotations

from dataclasses import replace

import mne
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.cleanbench import erp, stability
from validation.cleanbench.channels import Counts, FaultScore, counted
from validation.cleanbench.decoding import stretches
from validation.cleanbench.exchange import Answer, Question
from validation.cleanbench.head import CAPS, cap_info
from validation.cleanbench.intervals import bootstrap, ratio_of_means
from validation.cleanbench.recordings import positions
from validation.cleanbench.significance import significant_share
from validation.cleanbench.tables import precision
from validation.cleanbench.trials import trials_of, untouched, with_all_channels

RATE_HZ, N_TRIALS = 100.0, 60
NAMES = tuple(CAPS["32"].split())


def made(effect_uv: float = 2.0) -> Question:
    """Noise with a difference at all times of P3 at Pz, and the difference alone."""
    rng = np.random.default_rng(0)
    onsets = 100 + 110 * np.arange(N_TRIALS)
    targets = np.arange(N_TRIALS) % 2 == 0
    erp_alone = np.zeros((len(NAMES), onsets[-1] + 200))
    for onset in onsets[targets]:
        erp_alone[NAMES.index("Pz"), onset + 28 : onset + 53] = effect_uv * 1e-6
    brain = erp_alone + 1e-6 * rng.standard_normal(erp_alone.shape)
    raw = mne.io.RawArray(brain, cap_info("32", RATE_HZ), verbose="error")
    return Question(brain, RATE_HZ, NAMES, positions(raw), 50.0, onsets, targets, np.array([brain, erp_alone]))


@pytest.fixture(scope="module")
def question() -> Question:
    return made()


def untouched_answer(question: Question, **more: object) -> Answer:
    return replace(Answer(question.data, RATE_HZ, NAMES, through=question.through), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def score(question: Question) -> erp.ErpScore:
    """That of a pipeline that changes nothing."""
    return erp.score(question, untouched_answer(question), frozenset())


def test_a_pipeline_that_changes_nothing_keeps_the_effect_and_has_no_error(score: erp.ErpScore) -> None:
    assert score.p3 == pytest.approx(score.p3_brain)
    assert score.p3_filtered == pytest.approx(score.p3_true)
    assert score.vs_brain == pytest.approx(0.0, abs=1e-9)
    assert score.lost == 0.0


def test_the_true_effect_is_the_one_put_in_less_its_share_of_the_average(score: erp.ErpScore) -> None:
    assert score.p3_true == pytest.approx(2.0 * (1 - 1 / len(NAMES)), rel=1e-6)


def test_half_the_signal_leaves_half_the_effect(question: Question) -> None:
    whole, half = (untouched_answer(question, data=share * question.data) for share in (1.0, 0.5))
    of_whole, of_half = (erp.difference(trials_of(one, question), question.targets, *erp.P3) for one in (whole, half))
    assert of_half == pytest.approx(0.5 * of_whole)


def test_an_error_in_a_truly_bad_channel_is_not_counted(question: Question) -> None:
    spoiled = question.data.copy()
    spoiled[0] += np.random.default_rng(1).standard_normal(spoiled.shape[1])
    score = erp.score(question, untouched_answer(question, data=spoiled), frozenset({NAMES[0]}))
    assert score.vs_brain == pytest.approx(0.0, abs=1e-6)


def test_trials_that_touch_bad_seconds_are_lost(question: Question) -> None:
    onset_s = question.onsets[3] / RATE_HZ
    bad_s = np.array([[onset_s - 0.1, onset_s + 0.1]])
    assert 3 not in untouched(question, bad_s)
    assert len(untouched(question, bad_s)) == N_TRIALS - 1


def test_a_pipeline_that_leaves_too_few_trials_is_told_with_what_it_lost(question: Question) -> None:
    all_bad = untouched_answer(question, bad_s=np.array([[0.0, 60.0]]))
    score = erp.score(question, all_bad, frozenset())
    assert "trials left" in score.error
    assert score.lost > 0.8


def test_epochs_are_taken_as_they_are(question: Question) -> None:
    whole = trials_of(untouched_answer(question), question)
    cut = untouched_answer(question, data=whole.data[:5], kept=np.arange(5))
    assert np.allclose(trials_of(cut, question).data, whole.data[:5])


def test_the_last_sample_of_mnes_epochs_is_left_out(question: Question) -> None:
    whole = trials_of(untouched_answer(question), question)
    longer = np.concatenate([whole.data[:5], whole.data[:5, :, -1:]], axis=2)
    assert np.allclose(
        trials_of(untouched_answer(question, data=longer, kept=np.arange(5)), question).data, whole.data[:5]
    )


def test_channels_in_another_order_are_put_in_order(question: Question) -> None:
    turned = untouched_answer(question, data=question.data[::-1], names=NAMES[::-1])
    assert np.array_equal(with_all_channels(turned, question), question.data)


def test_a_channel_that_a_pipeline_dropped_is_interpolated(question: Question) -> None:
    smooth = np.outer(question.positions[:, 2], np.ones(300))  # a field that splines know
    dropped = Answer(smooth[1:], RATE_HZ, NAMES[1:])
    assert with_all_channels(dropped, question)[0] == pytest.approx(smooth[0], abs=0.02)


def test_a_rejected_recording_gives_no_amplitudes(question: Question) -> None:
    score = erp.score(question, Answer(np.empty((0, 0)), 1.0, (), error="Rejected: all flat"), frozenset())
    assert np.isnan(score.p3)
    assert (score.lost, score.auc, score.error) == (1.0, 0.5, "Rejected: all flat")


def test_samples_without_a_unit_have_no_amplitudes_but_can_be_decoded(question: Question) -> None:
    score = erp.score(question, untouched_answer(question, data=1e6 * question.data, physical=False), frozenset())
    assert np.isnan(score.p3)
    assert score.auc > 0.9


def test_the_measurement_error_is_that_of_mne(question: Question) -> None:
    trials = trials_of(untouched_answer(question), question)
    standards = trials.data[~question.targets]
    epochs = mne.EpochsArray(standards, mne.create_info(list(NAMES), RATE_HZ, "eeg"), tmin=-0.2, verbose="error")
    theirs = mne.stats.erp.compute_sme(epochs, start=0.3, stop=0.5)[NAMES.index("Pz")]
    values = np.tile(trials.mean(*erp.P3)[~question.targets], 2)
    ours = erp.measurement_error(values, np.arange(len(values)) < len(values) // 2)
    assert ours == pytest.approx(theirs, rel=0.05)  # MNE divides by n, not by n - 1


@given(st.integers(20, 300), st.integers(2, 10))
def test_no_trial_is_tested_twice_and_neighbours_of_the_test_do_not_train(count: int, folds: int) -> None:
    tested = np.concatenate([test for _, test in stretches(count, folds)])
    assert np.array_equal(tested, np.arange(count))
    for train, test in stretches(count, folds):
        assert not {int(i) for i in train} & {int(i) + shift for i in test for shift in (-1, 0, 1)}


def test_an_effect_at_one_electrode_is_significant_in_few_channels(question: Question) -> None:
    trials = trials_of(untouched_answer(question), question)
    none = trials_of(untouched_answer(made(0.0), data=made(0.0).data), question)
    assert significant_share(none, question.targets) < significant_share(trials, question.targets) < 0.5


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20))
def test_the_interval_of_a_mean_lies_within_the_values(values: list[float]) -> None:
    found = bootstrap(np.array(values), resamples=50)
    room = 1e-9 * max(1.0, *map(abs, values))
    assert min(values) - room <= found.low <= found.high <= max(values) + room


def test_equal_values_have_an_interval_without_width_and_nan_is_left_out() -> None:
    found = bootstrap(np.array([3.0, 3.0, np.nan]))
    assert (found.value, found.low, found.high) == (3.0, 3.0, 3.0)


def test_a_mean_over_normal_noise_is_covered_about_as_often_as_promised() -> None:
    rng = np.random.default_rng(1)
    intervals = [bootstrap(rng.standard_normal(40), resamples=300) for _ in range(60)]
    covered = np.mean([one.low <= 0 <= one.high for one in intervals])
    assert 0.85 <= covered <= 1.0


def test_a_ratio_is_of_the_sums_not_the_mean_of_ratios() -> None:
    assert ratio_of_means(np.array([[1.0, 1.0], [1.0, 3.0]])) == 0.5


def test_dropping_the_start_moves_the_stimuli_along(question: Question) -> None:
    shorter = stability.perturbed(question, "dropped")
    at = int(question.onsets[1])
    assert np.array_equal(shorter.data[:, shorter.onsets[1]], question.data[:, at])


def test_what_fills_a_file_up_gets_no_noise():
    question = made()
    question.data[:, -200:] = question.data[:, -200:-199]
    noisy = stability.perturbed(question, "noise-1")
    changed = (noisy.data != question.data).all(axis=0)
    assert changed[:-200].all()
    assert not changed[-200:].any()


def test_one_percent_of_noise_is_one_percent_of_a_typical_channel(question: Question) -> None:
    noisy = stability.perturbed(question, "noise-1")
    added = (noisy.data - question.data).std()
    assert added == pytest.approx(0.01 * 1e-6, rel=0.1)


def test_nothing_changes_between_equal_answers(question: Question) -> None:
    answer = untouched_answer(question, bad_channels=("Fz",))
    score = stability.score(answer, {"noise-1": answer})
    assert (score.flips, score.untold, score.change) == (0.0, 0.0, 0.0)


def test_a_start_that_was_dropped_is_no_change_of_the_rest(question: Question) -> None:
    cut = round(stability.DROPPED_S * RATE_HZ)
    shorter = untouched_answer(question, data=question.data[:, cut:])
    assert stability.change(untouched_answer(question), shorter, stability.DROPPED_S) == pytest.approx(0.0, abs=1e-12)


def test_a_flip_that_was_called_borderline_is_told(question: Question) -> None:
    one = untouched_answer(question, bad_channels=("Fz", "Cz"), n_removed=2, borderline=("Cz",))
    other = untouched_answer(question, bad_channels=("Fz",), n_removed=1)
    assert stability.flips(one, other) == (2, 1)


def said(
    fault: str, channels: list[str], bad: list[str], findings: list[str] | None = None, at_s: list[float] | None = None
) -> FaultScore:
    return FaultScore("real", fault, "1", channels, at_s or [], bad, findings or [])


BEFORE = said("none", [], ["T7"], ["cut@5.00", "reference"])


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (said("noisy", ["Fz", "Cz"], ["Fz", "T7"]), Counts(1, 2, 0)),
        (said("noisy", ["Fz"], ["Fz", "Oz"]), Counts(1, 1, 1)),
        (said("bridged pair", ["Fz", "Cz"], ["Cz"]), Counts(1, 1, 0)),
        (said("held", [], [], ["held@3.00", "held@9.00", "cut@3.00"], [3.05, 8.95]), Counts(1, 1, 0)),
        (said("held", [], [], ["held@3.00", "rate"], [3.0, 9.0]), Counts(0, 1, 1)),
        (said("cut", [], [], ["cut@5.00", "cut@8.00"], [7.5]), Counts(0, 1, 0)),
        (said("reference", [], [], ["reference"]), Counts(0, 1, 0)),
        (said("rotation", [], [], ["montage"]), Counts(1, 1, 0)),
        (said("clock", [], [], ["rate"]), Counts(0, 1, 1)),
    ],
)
def test_hits_and_false_alarms_are_counted_beside_what_was_found_before(one: FaultScore, expected: Counts) -> None:
    assert counted(one, BEFORE) == expected


def test_precision_of_a_pipeline_that_calls_nothing_bad_is_not_a_number() -> None:
    assert np.isnan(precision(np.array([[0.0, 2.0, 0.0]])))
    assert precision(np.array([[3.0, 4.0, 1.0]])) == 0.75
