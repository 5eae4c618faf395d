"""The tree of recipes: recipes that share a beginning share its work, and each ends as it would alone, bit for bit."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from .chain import Chain, run_steps
from .records import Override
from .steps.contract import Step


@dataclass(frozen=True)
class Ended:
    """Where recipes ended on a recording: those that are equal, or that a rejection or an error ended together."""

    recipes: tuple[int, ...]
    """Their indices."""
    chain: Chain
    """As `run_steps` gives it, and its receiver's own. Behind an error: of no use but for the steps before."""
    error: Exception | None = None
    """What the next step raised."""


def run_tree(
    chain: Chain, recipes: Sequence[Sequence[Step]], *, seed: int, overrides: Sequence[Override] = ()
) -> Iterator[Ended]:
    """Run many recipes on one recording, and each step that they have in common from the start once.

    The walk is depth first. The recording is copied where the tree branches, and the last branch takes the original:
    so at most one recording more than the depth of branching is in memory. What a step raises ends the recipes behind
    it and no others, but for exhausted memory, which ends all.

    Parameters
    ----------
    chain
        The start. It is used up.
    recipes
        The steps of each recipe.

    Yields
    ------
    Ended
        Each recipe once, in the order of the walk: a recipe comes before those that go on behind it.
    """
    waiting = [_Fork(chain, _grown(recipes))]
    del chain  # here and below: a name would keep a recording in memory while others grow out of it
    while waiting:
        branch, start = waiting[-1].next()
        if not waiting[-1].branches:
            waiting.pop()
        try:
            start = run_steps(start, [branch.step], seed=seed, overrides=overrides)
        except MemoryError:
            raise
        except Exception as error:  # whatever it is, the other recipes do not meet it
            yield Ended(tuple(branch.all()), start, error)
            del start
            continue
        if start.rejected is not None:
            yield Ended(tuple(branch.all()), start)
        elif branch.ends:
            yield Ended(tuple(branch.ends), copied(start) if branch.branches else start)
        if start.rejected is None and branch.branches:
            waiting.append(_Fork(start, branch.branches))
        del start


def copied(chain: Chain) -> Chain:
    """A chain whose recording can be changed without changing that of the other."""
    recording = chain.recording
    own = replace(
        recording,
        raw=recording.raw.copy(),
        ica=copy.deepcopy(recording.ica),
        epochs=None if recording.epochs is None else recording.epochs.copy(),
        aside=copy.deepcopy(recording.aside),
    )
    return replace(chain, recording=own)


@dataclass
class _Branch:
    """A step, and what follows it in the recipes that have come to it."""

    step: Step
    ends: list[int] = field(default_factory=list)
    """Recipes whose last step it is."""
    behind: dict[str, _Branch] = field(default_factory=dict)

    @property
    def branches(self) -> list[_Branch]:
        """What follows it."""
        return list(self.behind.values())

    def all(self) -> Iterator[int]:
        """The recipes that run through it."""
        yield from self.ends
        for branch in self.branches:
            yield from branch.all()


@dataclass
class _Fork:
    """A recording from which branches are still to grow."""

    chain: Chain
    branches: list[_Branch]

    def next(self) -> tuple[_Branch, Chain]:
        """The next branch with a recording of its own: the last one gets the original."""
        branch, *self.branches = self.branches
        return branch, copied(self.chain) if self.branches else self.chain


def _grown(recipes: Sequence[Sequence[Step]]) -> list[_Branch]:
    """The branches of the root: steps are the same if their records would be."""
    root: dict[str, _Branch] = {}
    for index, steps in enumerate(recipes):
        if not steps:
            msg = f"the recipe of index {index} has no steps"
            raise ValueError(msg)
        behind = root
        for step in steps:
            branch = behind.setdefault(f"{step.name} {step.version} {step.model_dump_json()}", _Branch(step))
            behind = branch.behind
        branch.ends.append(index)
    return list(root.values())
