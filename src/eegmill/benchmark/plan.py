"""What a benchmark has to do: recordings to cut, models to score, each by a digest of all that it depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError
from ..features.tree import extensions
from ..files.atomic import write_text
from ..models import Frozen
from ..workflow.fingerprint import code_digest
from .cohorts import Member, members_of
from .configuration import Benchmark, Features, Target
from .models import Model, model_of

DIGITS = 16
LABELS_OF_TARGET = ("cohorts", "splits", "kind", "column")
"""Keys of a target that do not change how a recording is cut."""

CODE = {"items": "cutting.py", "scores": "labelling.py", "results": "running.py"}
"""Whose code, with all that it imports, the digests of a stage are made of."""


class Cutting(Frozen):
    """A recording to be cut into items."""

    member: Member
    target: Target
    features: Features
    digest: str

    @property
    def file(self) -> str:
        """Its name in the cache."""
        return f"items/{self.member.recording}.{self.digest}.npz"


class Scoring(Frozen):
    """A model to be scored on a cohort."""

    cohort: str
    target: str
    features: str
    model: str
    """As tables call it."""
    parameters: dict[str, Any]
    """``{name: parameters}``, complete."""
    seed: int
    n_permutations: int
    cuttings: tuple[str, ...]
    """Digests of the recordings of the cohort, cut, in the order of its members."""
    digest: str

    @property
    def estimator(self) -> Model:
        """The model with its parameters."""
        return model_of(self.parameters)

    @property
    def file(self) -> str:
        """Its name in the cache."""
        return f"scores/{self.cohort}.{self.target}.{self.features}.{self.digest}.json"


class Plan(Frozen):
    """All that a benchmark has to do: enough for jobs on other machines that see the same folders."""

    benchmark: Benchmark
    members: dict[str, tuple[Member, ...]]
    """By cohort."""
    cuttings: dict[str, Cutting]
    """By digest."""
    scorings: tuple[Scoring, ...]
    """In the order of the tables."""

    @property
    def folder(self) -> Path:
        """Where the results are."""
        return Path(self.benchmark.output) / "benchmark" / self.benchmark.name

    @property
    def work(self) -> Path:
        """Where what is computed on the way is: by digest, so that it is found again."""
        return Path(self.benchmark.output) / "work" / "benchmark"

    @property
    def digest(self) -> str:
        """Of all that is asked."""
        return _digest(self.benchmark.model_dump(mode="json"), [one.digest for one in self.scorings], _code("results"))

    @property
    def file(self) -> str:
        """Its own name in the cache."""
        return f"plans/{self.benchmark.name}.{self.digest}.json"

    @property
    def receipt(self) -> str:
        """The name in the cache of what says that the results were written."""
        return f"results/{self.benchmark.name}.{self.digest}.json"

    def cuttings_of(self, scoring: Scoring) -> tuple[Cutting, ...]:
        """What a model is scored on: the recordings of its cohort, cut."""
        return tuple(self.cuttings[digest] for digest in scoring.cuttings)


def plan_of(benchmark: Benchmark) -> Plan:
    """Look at the cohorts, and say what there is to do.

    Raises
    ------
    ConfigurationError
        If a cohort is empty or holds a recording twice.
    DerivativeError
        If a folder is no derivative.
    """
    members = {name: members_of(name, cohort) for name, cohort in benchmark.cohorts.items()}
    cuttings: dict[str, Cutting] = {}
    scorings: list[Scoring] = []
    for cohort, target, features in _combinations(benchmark):
        found = [
            Cutting(member=member, target=target[1], features=features[1], digest=digest)
            for member in members[cohort]
            for digest in [cut_digest(member, target[1], features[1])]
        ]
        cuttings.update({cutting.digest: cutting for cutting in found})
        scorings += _scorings(benchmark, cohort, target, features, found)
    if not scorings:
        msg = "No model of 'models' fits a pair of target and features: there is nothing to score."
        raise ConfigurationError(msg)
    return Plan(benchmark=benchmark, members=members, cuttings=cuttings, scorings=tuple(scorings))


def write_plan(plan: Plan) -> Path:
    """Write a plan into the cache, for jobs elsewhere."""
    path = plan.work / plan.file
    write_text(path, plan.model_dump_json())
    return path


def read_plan(path: Path) -> Plan:
    """Read what `write_plan` wrote.

    Raises
    ------
    ConfigurationError
        If it is no plan of this eegmill.
    """
    try:
        return Plan.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        msg = f"'{path}' is no plan of a benchmark of this eegmill: {' '.join(str(error).split())[:200]}."
        raise ConfigurationError(msg) from None


def _combinations(benchmark: Benchmark) -> Iterator[tuple[str, tuple[str, Target], tuple[str, Features]]]:
    pairs = product(benchmark.targets.items(), benchmark.cohorts, benchmark.features.items())
    for target, cohort, features in pairs:
        if not target[1].cohorts or cohort in target[1].cohorts:
            yield cohort, target, features


def _scorings(
    benchmark: Benchmark,
    cohort: str,
    target: tuple[str, Target],
    features: tuple[str, Features],
    cuttings: Iterable[Cutting],
) -> Iterator[Scoring]:
    takes = "signal" if features[1].signal else "features"
    items = [(cutting.digest, cutting.member.name, cutting.member.person) for cutting in cuttings]
    for label, model in benchmark.named_models.items():
        if takes in model.takes and target[1].kind in model.kinds:
            parameters = {model.name: model.model_dump(mode="json")}
            for number, seed in enumerate(benchmark.seeds):
                n_permutations = 0 if number else benchmark.n_permutations
                asked = [target[1].model_dump(mode="json"), parameters, seed, benchmark.n_bootstrap, n_permutations]
                yield Scoring(
                    cohort=cohort,
                    target=target[0],
                    features=features[0],
                    model=label,
                    parameters=parameters,
                    seed=seed,
                    n_permutations=n_permutations,
                    cuttings=tuple(digest for digest, *_ in items),
                    digest=_digest(cohort, target[0], features[0], label, asked, items, _code("scores")),
                )


def cut_digest(member: Member, target: Target, features: Features) -> str:
    """Digest of all that the items of a recording depend on."""
    cutting = target.model_dump(mode="json", exclude=set(LABELS_OF_TARGET))
    if target.of != "events":
        cutting["classes"] = {}
    given = features.model_dump(mode="json")
    return _digest(member.recording, member.sha256, cutting, given, extensions(), _code("items"))


@cache
def _code(stage: str) -> str:
    here = Path(__file__).parent
    return code_digest(here / CODE[stage])


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:DIGITS]
