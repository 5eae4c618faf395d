"""Results in words: how few there are is said."""

from __future__ import annotations

import pytest

from eegmill.benchmark.sentences import cautions, said_of, sentence
from eegmill.benchmark.summary import SummaryRow

ROW = SummaryRow(
    cohort="c",
    target="t",
    features="power",
    model="logistic",
    metric="roc_auc",
    value=0.71,
    low=0.48,
    high=0.9,
    chance=0.5,
    p_value=0.25,
    n_relabellings=8,
    exact=True,
    least_p=0.25,
    n_items=90,
    n_groups=3,
    n_units=6,
    design="within",
    over="subjects",
    one_unit_each=True,
)


def test_an_interval_that_spans_chance_is_said_to():
    assert sentence(ROW) == (
        "logistic on power: ROC AUC 0.71, 3 subjects: the interval 0.48 to 0.90 spans chance (0.50); "
        "p = 0.25 of all 8 relabellings, and cannot be below 0.25."
    )


@pytest.mark.parametrize(("low", "high", "words"), [(0.6, 0.9, "is above chance"), (0.2, 0.4, "is below chance")])
def test_an_interval_beside_chance_is_said_to_be(low, high, words):
    assert words in sentence(ROW.model_copy(update={"low": low, "high": high}))


def test_few_subjects_are_warned_of_and_many_are_not():
    few, many = (" ".join(cautions(ROW.model_copy(update={"n_groups": n}))) for n in (3, 40))
    assert "3 subjects: an interval drawn over so few" in few
    assert "so few" not in many


def test_windows_are_not_said_to_be_independent():
    assert any("90 items are no more than 6 independent" in words for words in cautions(ROW))


def test_one_recording_says_nothing_of_other_people():
    blocks = ROW.model_copy(update={"design": "blocks", "over": "blocks", "n_groups": 1, "one_unit_each": False})
    assert "nothing of other people" in cautions(blocks)[0]
    assert "1 recording:" in sentence(blocks)


def test_what_was_refused_says_why():
    refused = SummaryRow(cohort="c", target="t", features="power", model="ridge", refused="There is one subject.")
    assert sentence(refused) == "ridge on power: no score. There is one subject."
    assert cautions(refused) == []


def test_the_best_of_several_is_said_to_have_been_picked():
    others = [ROW.model_copy(update={"model": model}) for model in ("dummy", "ridge")]
    assert said_of([ROW, *others])[-1].startswith("2 pipelines were tried")
    assert not any("were tried" in words for words in said_of([ROW, others[0]]))
