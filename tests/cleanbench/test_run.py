"""Questions and answers as files, and a bench that goes on where it was broken off."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import mne
import numpy as np

from eegmill.config.recipes import load_recipe
from validation.cleanbench import run as bench
from validation.cleanbench.contestants import Contestant, absent, contestants
from validation.cleanbench.exchange import Answer, Question, failed
from validation.cleanbench.ours import is_filter, trials_of, up_to_bad_channels
from validation.cleanbench.run import Work, run
from validation.cleanbench.stability import StabilityScore
from validation.cleanbench.tasks import Effects, Task, load_score
from validation.peers.cleaners import answered

QUESTION = Question(
    data=np.arange(8.0).reshape(2, 4) * 1e-6,
    sfreq_hz=250.0,
    names=("Fz", "Cz"),
    positions=np.zeros((2, 3)),
    line_hz=50.0,
    onsets=np.array([1]),
    targets=np.array([True]),
)


def test_a_question_reads_back_as_it_was_written(tmp_path: Path) -> None:
    QUESTION.save(tmp_path / "q.npz")
    back = Question.load(tmp_path / "q.npz")
    assert np.allclose(back.data, QUESTION.data, rtol=1e-6, atol=0)
    assert (back.names, back.sfreq_hz, back.only_channels) == (("Fz", "Cz"), 250.0, False)
    assert back.targets.dtype == bool


def test_an_answer_reads_back_as_it_was_written(tmp_path: Path) -> None:
    answer = Answer(QUESTION.data, 250.0, ("Fz", "Cz"), bad_channels=("Cz",), n_removed=2, found=("gain",))
    answer.save(tmp_path / "a.npz")
    back = Answer.load(tmp_path / "a.npz")
    assert (back.bad_channels, back.n_removed, back.found, back.physical) == (("Cz",), 2, ("gain",), True)


def test_a_pipeline_that_fails_has_answered_with_its_error() -> None:
    def clean(question: Question) -> Answer:
        msg = "no\nchannels"
        raise ValueError(msg)

    assert answered(QUESTION, clean).error == "ValueError: no channels"


def test_every_shipped_recipe_takes_part() -> None:
    names = {one.name for one in contestants(None)}
    shipped = (Path(__file__).parents[2] / "config" / "recipes").glob("*.yaml")
    assert {f"eegmill {path.stem}" for path in shipped} <= names


def test_a_peer_takes_part_where_its_python_is_and_else_is_told(tmp_path: Path) -> None:
    python = tmp_path / "pyprep" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert "PyPREP + ICLabel" in {one.name for one in contestants(tmp_path)}
    told = absent(tmp_path)
    assert any("eegprep==0.4.0" in line for line in told)
    assert not any("pyprep" in line for line in told)


def test_results_of_changed_code_are_not_taken(tmp_path: Path) -> None:
    source = tmp_path / "recipe.yaml"
    source.write_text("a")
    before = Contestant("x", sys.executable, "program", "x", (source,)).key
    source.write_text("b")
    assert Contestant("x", sys.executable, "program", "x", (source,)).key != before


@dataclass(frozen=True)
class Two(Task):
    """Two recordings, one question each."""

    name = "two"
    chunk = 2

    def items(self):
        return ["first", "second"]

    def questions(self, item):
        yield item, QUESTION

    def score(self, item, load, answers):
        answer = answers[item]
        if answer.error:
            return StabilityScore(0.0, 0.0, 0.0, 0.0, answer.error)
        return StabilityScore(0.0, 0.0, float(np.abs(answer.data - load(item).data).max()), 0.0, answer.error)


def answering(monkeypatch, asked: list[str]) -> None:
    def copied(contestant, questions, folder):
        for path in questions:
            asked.append(path.stem)
            answer = replace(failed(ValueError("none")), error="", data=Question.load(path).data)
            answer.save(folder / path.parent.name / f"{path.stem}.out.npz")
        return ""

    monkeypatch.setattr(bench, "_run", copied)


def test_a_bench_that_was_broken_off_asks_only_for_what_is_lacking(tmp_path: Path, monkeypatch) -> None:
    asked: list[str] = []
    answering(monkeypatch, asked)
    one = Contestant("x", sys.executable, "program", "x", ())
    work = Work(tmp_path)
    run(Two(), [one], work)
    work.result(one, Two(), "second").unlink()
    run(Two(), [one], work)
    assert asked == ["first", "second", "second"]
    assert load_score(StabilityScore, work.result(one, Two(), "first")).change == 0.0


def test_questions_and_answers_are_cleared_away(tmp_path: Path, monkeypatch) -> None:
    answering(monkeypatch, [])
    run(Two(), [Contestant("x", sys.executable, "program", "x", ())], Work(tmp_path))
    assert not list(tmp_path.rglob("*.npz"))


def test_a_program_that_ends_without_an_answer_is_an_error_in_its_own_words(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(bench, "_run", lambda contestant, questions, folder: "ModuleNotFoundError: eegprep")
    one = Contestant("x", sys.executable, "program", "x", ())
    run(Two(), [one], Work(tmp_path))
    assert "eegprep" in load_score(StabilityScore, Work(tmp_path).result(one, Two(), "first")).error


def test_only_what_filters_the_written_signal_goes_into_the_filters_of_a_recipe() -> None:
    filters = [step.name for step in load_recipe("eegprep").steps if is_filter(step)]
    assert filters == ["clean_drifts", "line_noise"]


def test_a_recipe_asked_for_bad_channels_ends_where_it_last_judges_channels() -> None:
    steps = up_to_bad_channels(load_recipe("eegprep").steps)
    assert steps[-1].decides == "channels"
    assert not any(step.makes_components for step in steps)


def test_epochs_belong_to_the_nearest_stimulus_at_any_rate() -> None:
    info = mne.create_info(["Cz"], 100.0, "eeg")
    question = replace(QUESTION, onsets=np.array([250, 500, 750]), targets=np.array([True, False, True]))
    events = np.array([[100, 0, 1], [300, 0, 1]])
    epochs = mne.EpochsArray(np.zeros((2, 1, 10)), info, events, verbose="error")
    assert trials_of(epochs, question).tolist() == [0, 2]


def test_the_default_recipe_is_asked_all_seeds_and_others_the_first() -> None:
    default, other = (Contestant(name, "", "", name, (), is_default=name == "d") for name in ("d", "o"))
    effects = Effects(seeds=20, other_seeds=3)
    asked = {one.name: sum(effects.asks(one, item) for item in effects.items()) for one in (default, other)}
    assert asked == {"d": 40, "o": 6}


def test_exactly_one_recipe_is_the_default() -> None:
    assert sum(one.is_default for one in contestants(None)) == 1
