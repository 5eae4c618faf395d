"""What is asked of every pipeline: items, each of one or several questions, and what is measured on the answers."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from validation.cleanbench import channels, erp, stability
from validation.cleanbench.contestants import Contestant
from validation.cleanbench.exchange import Answer, Question
from validation.cleanbench.head import CAPS
from validation.cleanbench.recordings import STABLE, question_of, simulated_question, sound, to_perturb
from validation.cleanbench.simulate import Simulated, simulate

Score = erp.ErpScore | stability.StabilityScore | channels.FaultScore
AS_IT_IS = "as-it-is"


@dataclass(frozen=True)
class Task(ABC):
    """A part of the bench: its items by name."""

    @property
    @abstractmethod
    def name(self) -> str:
        """As it is called on the command line."""

    @property
    @abstractmethod
    def chunk(self) -> int:
        """How many items share the start of a process."""

    def asks(self, contestant: Contestant, item: str) -> bool:  # noqa: ARG002 - for tasks that do not ask all of all
        """Whether a pipeline is asked this."""
        return True

    @abstractmethod
    def items(self) -> Sequence[str]:
        """Names of all items."""

    @abstractmethod
    def questions(self, item: str) -> Iterator[tuple[str, Question]]:
        """The questions of an item, by name."""

    @abstractmethod
    def score(self, item: str, load: Callable[[str], Question], answers: dict[str, Answer]) -> Score:
        """Measure the answers of an item; ``load`` reads a question again."""


@dataclass(frozen=True)
class Effects(Task):
    """Simulated effects whose truth is known: ``seeds`` recordings with each cap for the default recipe, fewer for all else."""

    seeds: int
    other_seeds: int
    name = "effects"
    chunk = 4

    def items(self) -> Sequence[str]:
        """Caps in turn, so that a bench that is broken off has both."""
        return [f"{cap}-{seed}" for seed in range(1, self.seeds + 1) for cap in CAPS]

    def asks(self, contestant: Contestant, item: str) -> bool:
        """All of the default recipe; of the others, which take most of the time, the first few."""
        return contestant.is_default or int(item.split("-")[1]) <= self.other_seeds

    def questions(self, item: str) -> Iterator[tuple[str, Question]]:
        """One recording."""
        yield item, simulated_question(_simulated(item))

    def score(self, item: str, load: Callable[[str], Question], answers: dict[str, Answer]) -> erp.ErpScore:
        """Amplitudes, errors, decoding."""
        return erp.score(load(item), answers[item], _bad_of(item))


@dataclass(frozen=True)
class Stability(Task):
    """Small changes of the input: the first ``count`` recordings of ``recordings.STABLE``."""

    count: int
    name = "stability"
    chunk = 5

    def items(self) -> Sequence[str]:
        """Recordings."""
        return STABLE[: self.count]

    def questions(self, item: str) -> Iterator[tuple[str, Question]]:
        """The recording as it is, and perturbed."""
        question = to_perturb(item)
        yield AS_IT_IS, question
        for perturbation in stability.PERTURBATIONS:
            yield perturbation, stability.perturbed(question, perturbation)

    def score(self, item: str, load: Callable[[str], Question], answers: dict[str, Answer]) -> stability.StabilityScore:  # noqa: ARG002
        """Decisions that flip, and how far the signal moves."""
        return stability.score(answers[AS_IT_IS], {name: answers[name] for name in stability.PERTURBATIONS})


@dataclass(frozen=True)
class Faults(Task):
    """Faults put into real recordings, at all doses or at the middle ones."""

    doses: bool
    name = "faults"
    chunk = 60

    def asks(self, contestant: Contestant, item: str) -> bool:
        """Faults of channels: all that look for bad channels. Others: the default recipe, as our recipes share a detector."""
        return contestant.is_default or (contestant.finds_channels and channels.kind(self._all[item].fault) != "whole")

    @cached_property
    def _all(self) -> dict[str, channels.Faulty]:
        return {item.name: item for item in channels.faulty_recordings(sound(), doses=self.doses)}

    def items(self) -> Sequence[str]:
        """Recordings with a fault, and as they are."""
        return list(self._all)

    def questions(self, item: str) -> Iterator[tuple[str, Question]]:
        """One recording, of which only the bad channels are asked for."""
        yield item, question_of(self._all[item].raw(), only_channels=True)

    def score(self, item: str, load: Callable[[str], Question], answers: dict[str, Answer]) -> channels.FaultScore:  # noqa: ARG002
        """What was called bad."""
        return channels.score(self._all[item], answers[item])


def _simulated(item: str) -> Simulated:
    cap, seed = item.split("-")
    return simulate(cap, seed=int(seed))


@cache
def _bad_of(item: str) -> frozenset[str]:
    """The channels that truly are bad: a short piece of the same seed has the same ones."""
    cap, seed = item.split("-")
    return frozenset(simulate(cap, seed=int(seed), duration_s=20.0).bad_channels)


def save_score(score: Score, path: Path) -> None:
    """Write a score as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(score)), encoding="utf-8")
    partial.replace(path)


def load_score(kind: Callable[..., Any], path: Path) -> Any:
    """Read a score, of ``ErpScore``, ``StabilityScore`` or ``FaultScore``."""
    return kind(**json.loads(path.read_text(encoding="utf-8")))
