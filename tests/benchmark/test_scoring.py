"""Scores: planted effects are found at their size, what means nothing gives chance, and nothing leaks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from eegmill.benchmark import Split, score
from eegmill.benchmark.models import MODELS, model_of
from eegmill.benchmark.trial import CannotLearn
from eegmill.errors import ConfigurationError

N_SUBJECTS, N_ITEMS = 20, 10
SUBJECTS = np.repeat([f"sub-{k:02d}" for k in range(N_SUBJECTS)], N_ITEMS)
PATIENTS = np.where(np.repeat(np.arange(N_SUBJECTS) % 2, N_ITEMS), "patient", "control")
IDENTITY = np.eye(N_SUBJECTS)[np.repeat(np.arange(N_SUBJECTS), N_ITEMS)]
"""Features that say who it is, and nothing else."""
ON_FEATURES = [name for name, model in MODELS.items() if "features" in model.takes and "classification" in model.kinds]


def planted(n_subjects: int, n_items: int, *, effect: float, seed: int):
    """One feature that differs by ``effect`` standard deviations between two classes, in each subject."""
    generator = np.random.default_rng(seed)
    y = np.tile(["a", "b"], n_subjects * n_items // 2)
    x = generator.standard_normal((len(y), 1)) + effect * (y == "b")[:, None]
    return x, y, np.repeat(np.arange(n_subjects), n_items)


@pytest.mark.parametrize("model", ON_FEATURES)
def test_who_it_is_helps_no_model_to_tell_what_it_is(model):
    parameters = {"random_forest": {"n_trees": 20}, "gradient_boosting": {"n_trees": 5}}.get(model, {})
    found = score(IDENTITY, PATIENTS, SUBJECTS, model={model: parameters}, seed=1, n_bootstrap=0)
    assert {one.metric: one.value for one in found.measured} == {"roc_auc": 0.5, "balanced_accuracy": 0.5}


def test_the_same_features_would_tell_everything_if_subjects_were_mixed():
    from sklearn.model_selection import KFold, cross_val_score

    estimator = model_of("logistic").estimator("classification", 1)
    mixed = cross_val_score(estimator, IDENTITY, PATIENTS, cv=KFold(5, shuffle=True, random_state=0))
    assert mixed.mean() == 1.0


def test_a_planted_effect_has_the_area_that_theory_gives():
    x, y, groups = planted(10, 400, effect=1.0, seed=0)
    found = score(x, y, groups, model="logistic", seed=1)
    measured = found.measured[0]
    assert measured.value == pytest.approx(stats.norm.cdf(1 / np.sqrt(2)), abs=0.015)
    assert measured.low < stats.norm.cdf(1 / np.sqrt(2)) < measured.high
    assert found.measured[1].value == pytest.approx(stats.norm.cdf(0.5), abs=0.015)


def test_a_planted_line_explains_the_share_that_theory_gives():
    generator = np.random.default_rng(0)
    age = generator.normal(40, 10, 600)
    x = (age + generator.normal(0, 5, 600))[:, None]
    found = score(x, age, np.arange(600), model="ridge", seed=1, kind="regression", n_bootstrap=200)
    r2, mae = found.measured
    assert r2.value == pytest.approx(1 - 1 / (1 + (10 / 5) ** 2), abs=0.03)
    assert mae.value < mae.chance
    assert found.design == "between"


def test_what_means_nothing_has_p_values_of_all_sizes():
    found = []
    for seed in range(25):
        x, y, groups = planted(4, 10, effect=0.0, seed=seed)
        found.append(score(x, y, groups, model="ridge", seed=seed, n_bootstrap=0, n_permutations=9).measured[0].p_value)
    assert stats.kstest(found, stats.uniform(0, 1.1).cdf).pvalue > 0.01
    assert 0.35 < np.mean(found) < 0.75


def test_what_means_something_has_a_small_p():
    x, y, groups = planted(4, 20, effect=2.0, seed=3)
    assert score(x, y, groups, model="ridge", seed=1, n_permutations=39).measured[0].p_value == 1 / 40


def test_recordings_with_one_label_each_cannot_have_a_small_p():
    generator = np.random.default_rng(0)
    units = np.repeat(np.arange(6), 30)
    y = np.tile(np.repeat(["rest", "task"], 30), 3)
    x = generator.standard_normal((180, 1)) + 3.0 * (y == "task")[:, None]
    found = score(x, y, np.repeat(np.arange(3), 60), model="ridge", seed=1, units=units, n_permutations=200)
    assert (found.exact, found.n_relabellings, found.n_units) == (True, 8, 6)
    assert found.measured[0].p_value >= 1 / 8


def test_windows_taken_for_independent_would_have_a_small_p():
    """Each recording has an offset of its own, whatever its label: what units guard against."""
    generator = np.random.default_rng(5)
    units = np.repeat(np.arange(6), 30)
    y = np.tile(np.repeat(["rest", "task"], 30), 3)
    x = generator.standard_normal((180, 1)) + np.repeat([0, 2.0, 0, 2, 0, 2], 30)[:, None]
    groups = np.repeat(np.arange(3), 60)
    wrong = score(x, y, groups, model="ridge", seed=1, n_permutations=39)
    right = score(x, y, groups, model="ridge", seed=1, units=units, n_permutations=99)
    assert wrong.measured[0].p_value == 1 / 40
    assert right.measured[0].p_value >= 0.125


def test_scores_of_subjects_are_those_of_scikit_learn():
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

    x, y, groups = planted(5, 40, effect=0.7, seed=1)
    found = score(x, y, groups, model="logistic", seed=1)
    estimator = model_of("logistic").estimator("classification", 1)
    decisions = cross_val_predict(estimator, x, y, groups=groups, cv=LeaveOneGroupOut(), method="decision_function")
    for name, value in found.measured[0].of_groups.items():
        own = groups == int(name)
        assert value == pytest.approx(roc_auc_score(y[own], decisions[own]))


def test_the_same_arguments_give_the_same_scores():
    x, y, groups = planted(4, 20, effect=0.5, seed=2)
    first, second = (
        score(x, y, groups, model={"random_forest": {"n_trees": 10}}, seed=7, n_permutations=2) for _ in range(2)
    )
    assert first == second


def test_scores_read_back_from_json_are_the_same():
    x, y, groups = planted(4, 20, effect=0.5, seed=2)
    found = score(x, y, groups, model="ridge", seed=7, n_permutations=5)
    assert type(found).model_validate_json(found.model_dump_json()) == found


def test_a_subject_without_one_class_is_trained_on_and_not_scored():
    x, y, groups = planted(5, 20, effect=2.0, seed=2)
    y[groups == 4] = "a"
    found = score(x, y, groups, model="ridge", seed=1)
    assert found.design == "within"
    assert list(found.measured[0].of_groups) == ["0", "1", "2", "3"]


def test_blocks_of_one_recording_say_what_the_interval_is_drawn_over():
    x, y, groups = planted(1, 100, effect=2.0, seed=2)
    found = score(
        x, y, groups, model="ridge", seed=1, split=Split(by="blocks"), onsets_s=np.arange(100.0), duration_s=1.0
    )
    assert (found.design, found.over, len(found.folds)) == ("blocks", "blocks", 5)
    assert found.value > 0.85


def test_neighbours_that_know_each_other_are_learnt_from_without_a_gap_and_not_with_one():
    """The signal stays as it is for five items, and so does the label: neighbours give the label away."""
    generator = np.random.default_rng(0)
    steps = np.repeat(np.arange(60), 5)
    y = np.tile(["a", "b"], 30)[steps]
    x = generator.standard_normal((60, 200))[steps]
    onsets = np.arange(300.0)
    known = {"model": "logistic", "seed": 1, "onsets_s": onsets, "duration_s": 1.0, "n_bootstrap": 0}
    # Blocks of 12 s end within a run of five, blocks of 15 s at its end.
    near, far = (
        score(x, y, np.zeros(300), split=Split(by="blocks", n_folds=25, gap_s=gap_s), **known).value
        for gap_s in (0.0, 5.0)
    )
    assert near > 0.65
    assert abs(far - 0.5) < 0.1


def test_without_times_there_are_no_blocks():
    x, y, groups = planted(1, 20, effect=1.0, seed=2)
    with pytest.raises(ConfigurationError, match="onsets_s"):
        score(x, y, groups, model="ridge", seed=1, split=Split(by="blocks"))


@pytest.mark.parametrize("model", ["riemann", {"riemann": {"covariance": "xdawn", "n_filters": 2}}, "csp_lda"])
def test_models_of_covariances_find_a_planted_source(model):
    pytest.importorskip("pyriemann")
    generator = np.random.default_rng(0)
    y = np.tile(["a", "b"], 60)
    x = generator.standard_normal((120, 6, 100))
    wave = np.sin(np.linspace(0, 20, 100))
    x += 1.5 * (y == "b")[:, None, None] * generator.standard_normal(6)[None, :, None] * wave
    found = score(x, y, np.repeat(np.arange(4), 30), model=model, seed=1, n_bootstrap=0)
    assert found.value > 0.95


def test_a_model_of_covariances_works_where_the_reference_took_a_rank():
    pytest.importorskip("pyriemann")
    generator = np.random.default_rng(0)
    y = np.tile(["a", "b"], 30)
    x = generator.standard_normal((60, 5, 200)) * np.where(y == "b", 1.5, 1.0)[:, None, None]
    x -= x.mean(axis=1, keepdims=True)
    for model in ("riemann", "csp_lda"):
        assert score(x, y, np.repeat(np.arange(3), 20), model=model, seed=1, n_bootstrap=0).value > 0.95


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("riemann", "takes signal"),
        ("logistics", "did you mean 'logistic'"),
        ({"logistic": {"penalti": 1}}, "did you mean 'penalty'"),
        ({"ridge": {}, "logistic": {}}, "one name"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(model, message):
    x, y, groups = planted(3, 4, effect=1.0, seed=2)
    with pytest.raises(ConfigurationError, match=message):
        score(x, y, groups, model=model, seed=1)


@pytest.mark.parametrize("model", [name for name in ON_FEATURES if name != "dummy"])
def test_features_that_have_no_value_at_all_do_no_harm(model):
    x, y, groups = planted(3, 20, effect=3.0, seed=2)
    x = np.column_stack([x, np.full(len(x), np.nan)])
    x[::7, 0] = np.nan
    assert score(x, y, groups, model=model, seed=1, n_bootstrap=0).value > 0.85


def test_a_model_that_fails_says_so():
    _, y, groups = planted(3, 20, effect=1.0, seed=2)
    with pytest.raises(CannotLearn, match="'riemann' cannot learn"):
        score(np.zeros((60, 3, 50)) * np.nan, y, groups, model="riemann", seed=1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": ["a"] * 12}, "nothing to tell apart"),
        ({"y": [1.0, np.nan] * 6, "kind": "regression"}, "6 of 12 items have no number"),
        ({"groups": [1, 2]}, "groups 2"),
    ],
)
def test_items_that_do_not_fit_are_refused(changes, message):
    x, y, groups = planted(3, 4, effect=1.0, seed=2)
    given = {"x": x, "y": y, "groups": groups, "kind": "classification", **changes}
    with pytest.raises(ConfigurationError, match=message):
        score(given["x"], given["y"], given["groups"], model="ridge", seed=1, kind=given["kind"])


@pytest.mark.parity
def test_scores_of_subjects_are_those_of_moabb(tmp_path, monkeypatch):
    pytest.importorskip("moabb")
    monkeypatch.setenv("MNE_DATA", str(tmp_path))
    from moabb.datasets.fake import FakeDataset
    from moabb.evaluations import CrossSubjectEvaluation
    from moabb.paradigms import LeftRightImagery

    dataset = FakeDataset(["left_hand", "right_hand"], n_subjects=5, n_sessions=1, n_runs=2, seed=12)
    paradigm = LeftRightImagery(fmin=8, fmax=32)
    x, y, about = paradigm.get_data(dataset)
    pipelines = {name: model_of(name).estimator("classification", 1) for name in ("riemann", "csp_lda")}
    evaluation = CrossSubjectEvaluation(
        paradigm=paradigm, datasets=[dataset], overwrite=True, hdf5_path=str(tmp_path), random_state=1
    )
    theirs = evaluation.process(pipelines)
    for name in pipelines:
        wanted = theirs[theirs.pipeline == name].set_index("subject").score.to_dict()
        assert score(x, y, about.subject, model=name, seed=1).measured[0].of_groups == pytest.approx(wanted)


@pytest.mark.parametrize("nothing", [None, float("nan"), ""])
@pytest.mark.parametrize("of", ["y", "groups", "units"])
def test_nothing_is_no_class_and_no_person(of, nothing) -> None:
    arrays = {"y": ["a", "b"] * 4, "groups": [1, 1, 2, 2, 3, 3, 4, 4], "units": list(range(8))}
    arrays[of] = [nothing, *arrays[of][1:]]
    with pytest.raises(ConfigurationError, match=r"1 of 8 items have no (label|group|unit): leave them out"):
        score(np.zeros((8, 1)), **arrays, model="dummy", seed=0)  # type: ignore[arg-type]
