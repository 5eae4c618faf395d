"""By which criteria a decision turns, counted over all runs."""

from __future__ import annotations

from eegmill.perturbation.counting import decisions_of
from eegmill.perturbation.judgement import Judgement
from eegmill.perturbation.result import Decision, PerturbedRun, Stability
from eegmill.steps.contract import Margin

FP1 = ("channel", "Fp1")


def margin(criterion: str, score: float, *, limit: float = 4.0) -> Margin:
    return Margin(kind="channel", name="Fp1", criterion=criterion, score=score, limit=limit, uncertainty=limit / 8)


def run(noise: float | None, share: float | None, *, below: float = 0.8, reason: str = "") -> Judgement:
    """One in which the noise of Fp1 has a score, or the share of its time, or both."""
    scores = {} if noise is None else {"noisiness": margin("noisiness: robust z", noise)}
    if share is not None:
        scores["ransac"] = margin(f"ransac: share of the time with a correlation below {below}", share, limit=0.5)
    margins = {FP1: max(scores.values(), key=lambda one: one.away)} if scores and not reason else {}
    bad = bool(reason) or any(one.bad for one in scores.values())
    return Judgement(
        judged=(FP1,),
        bad=frozenset([FP1] if bad else []),
        margins=margins,
        criteria={FP1: scores},
        reasons={FP1: reason or "noisy"} if bad else {},
    )


def decided(*runs: Judgement) -> Decision:
    (found,) = decisions_of(runs[0], runs[1:], {})
    return found


def lines(found: Decision) -> list[str]:
    runs = tuple(PerturbedRun(f"noise {i}") for i in range(found.n_runs))
    return Stability("rest", "eegmill", 1, (found,), runs, 0.0).lines()


def test_a_channel_that_turns_by_another_criterion_shows_that_one_too() -> None:
    found = decided(run(2.0, 0.1), run(2.1, 0.7), run(2.2, 0.1))
    assert (found.margin and found.margin.criterion_name, found.n_turned) == ("noisiness", 1)
    assert found.scores == (2.0, 2.2)
    (other,) = found.turned_by
    assert (other.words.partition(":")[0], other.score, other.lowest, other.highest) == ("ransac", 0.1, 0.1, 0.7)
    (told,) = [line for line in lines(found) if line.startswith("  turned by")]
    assert "1 of 2" in told
    assert "0.1 to 0.7" in told
    assert "ransac" in told


def test_scores_are_those_of_every_run_whatever_decided_there() -> None:
    assert decided(run(5.0, 0.1), run(3.0, 0.9), run(4.5, 0.9)).scores == (3.0, 5.0)


def test_a_criterion_whose_words_hold_a_number_of_the_run_is_one_criterion() -> None:
    found = decided(run(None, 0.8, below=0.796), run(None, 0.4, below=0.791))
    assert found.scores == (0.4, 0.8)
    assert [one.words for one in found.turned_by] == ["ransac: share of the time with a correlation below 0.796"]
    assert not any(line.startswith("  turned by") for line in lines(found))


def test_a_criterion_that_has_a_score_only_where_it_finds_something_turns() -> None:
    assert [one.n_bad for one in decided(run(1.0, None), run(1.0, 0.7)).turned_by] == [1]


def test_where_nothing_that_turned_it_has_a_score_the_reason_is_told() -> None:
    found = decided(run(1.0, 0.1), run(1.0, 0.1, reason="still: share of the time without movement 0.06"))
    assert found.turned_by == ()
    assert any("without movement 0.06" in line for line in lines(found))
    assert found.row()["turned_by"] == "still: share of the time without movement 0.06"


def test_a_firm_decision_shows_no_other_criterion() -> None:
    found = decided(run(9.0, 0.6), run(9.0, 0.4))
    assert (found.n_turned, found.turned_by, len(found.criteria)) == (0, (), 2)
