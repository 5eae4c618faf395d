"""What is compared: cohorts, targets, features and models, as a user writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from ..config.features import is_file_of_features, wanted_features
from ..config.models import explain
from ..errors import ConfigurationError
from ..features.tree import choose
from ..models import Written
from .metrics import Kind
from .models import MODELS, Model, model_of
from .splits import Split

NAME = r"^[\w-]+$"


class Selected(Written):
    """Which recordings of the derivatives are taken: empty lists take all."""

    subject: tuple[str, ...] = Field(default=(), description="subject labels, in quotes: `['01', '02']`")
    session: tuple[str, ...] = Field(default=(), description="session labels")
    task: tuple[str, ...] = Field(default=(), description="task labels")
    run: tuple[str, ...] = Field(default=(), description="run labels")


class Cohort(Written):
    """People who are compared: the cleaned recordings of one or more derivatives."""

    derivatives: tuple[str, ...] = Field(min_length=1, description="folders of derivatives that eegmill made")
    select: Selected = Selected()
    participants: str | None = Field(
        default=None, description="a table of people instead of `participants.tsv`, with a column `participant_id`"
    )

    @field_validator("derivatives", mode="before")
    @classmethod
    def _listed(cls, derivatives: Any) -> Any:
        return [derivatives] if isinstance(derivatives, str) else derivatives


class Target(Written):
    """What is to be predicted, and of which pieces of a recording."""

    of: Literal["task", "events", "participants"] = Field(
        description="`task`: the task of a recording; `events`: what happened; `participants`: a column of the table"
    )
    column: str | None = Field(default=None, description="`participants`: which column, such as `age`")
    kind: Kind = Field(default="classification", description="`classification`, or `regression` of numbers")
    classes: dict[str, tuple[str, ...]] = Field(
        default={}, description="labels, and the tasks, events or cells that mean them; none: each is its own label"
    )
    cohorts: tuple[str, ...] = Field(default=(), description="of these cohorts alone")
    window_s: float = Field(default=4.0, gt=0, description="length of windows; not for events")
    step_s: float | None = Field(default=None, gt=0, description="between the starts of windows; null: side by side")
    average: bool = Field(default=False, description="one item a recording: the mean of its windows' features")
    tmin: float = Field(default=-0.2, description="`events`: start of an epoch, seconds from the event")
    tmax: float = Field(default=0.8, description="`events`: end of an epoch, seconds from the event")
    baseline: tuple[float | None, float | None] | None = Field(
        default=None, description="`events`: interval whose mean is subtracted; null: none"
    )
    splits: Split = Split()

    @model_validator(mode="after")
    def _makes_sense(self) -> Target:
        problem = next((words for words, wrong in self._problems().items() if wrong), "")
        if problem:
            raise ValueError(problem)
        return self

    def _problems(self) -> dict[str, bool]:
        values = [value for listed in self.classes.values() for value in listed]
        return {
            "a value stands twice in 'classes'": len(set(values)) < len(values),
            "'of: participants' needs 'column', and nothing else has one": (self.of == "participants")
            != (self.column is not None),
            "'of: events' needs 'classes', such as {target: [square], reaction: [rt]}": self.of == "events"
            and not self.classes,
            "a regression predicts a column of the participants": self.kind == "regression"
            and self.of != "participants",
            "a regression has no 'classes'": self.kind == "regression" and bool(self.classes),
            "'classes' needs two labels at least": len(self.classes) == 1,
            "'tmax' must be after 'tmin'": self.tmax <= self.tmin,
            "blocks of time need labels that change within a recording: 'of: events'": self.splits.by == "blocks"
            and self.of != "events",
        }


class Features(Written):
    """What a model is given of each item: features, or the signal itself."""

    features: tuple[str | dict[str, Any], ...] = Field(
        default=(), description="families (`spectral`), names, `{name: parameters}`, YAML files of them"
    )
    signal: bool = Field(default=False, description="the signal of the EEG channels, for models of covariances")
    band_hz: tuple[float | None, float | None] | None = Field(
        default=None, description="`signal`: the band that is kept, such as `[8, 30]`; null: all"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Features:
        if self.signal == bool(self.features):
            msg = "either 'features' are listed, or 'signal: true'"
            raise ValueError(msg)
        return self


class Benchmark(Written):
    """A benchmark: cohorts × targets × features × models × seeds."""

    name: str = Field(pattern=NAME, description="of its folder, below `benchmark/` of the output folder")
    output: str = Field(default="results", min_length=1, description="folder that everything is written to")
    cohorts: dict[str, Cohort] = Field(min_length=1, description="by name")
    targets: dict[str, Target] = Field(min_length=1, description="by name")
    features: dict[str, Features] = Field(min_length=1, description="by name")
    models: tuple[str | dict[str, dict[str, Any] | None], ...] = Field(
        default=("dummy", "logistic"), min_length=1, description="names, or `{name: parameters}`"
    )
    seeds: tuple[int, ...] = Field(default=(1, 2, 3), min_length=1, description="of models, folds and draws")
    n_bootstrap: int = Field(default=1000, ge=0, description="draws of the intervals")
    n_permutations: int = Field(
        default=200, ge=0, description="relabellings of the p-value, with the first seed; all of them if they are fewer"
    )

    @field_validator("cohorts", "targets", "features")
    @classmethod
    def _simple_names(cls, named: dict[str, Any]) -> dict[str, Any]:
        for name in named:
            if not name or not name.replace("-", "_").isidentifier():
                msg = f"'{name}' is no name: letters, digits, '_' and '-', with a letter first"
                raise ValueError(msg)
        return named

    @model_validator(mode="after")
    def _known_cohorts(self) -> Benchmark:
        for name, target in self.targets.items():
            unknown = [cohort for cohort in target.cohorts if cohort not in self.cohorts]
            if unknown:
                msg = f"target '{name}' names the cohort '{unknown[0]}', and there are: {', '.join(self.cohorts)}"
                raise ValueError(msg)
        averaged = [name for name, target in self.targets.items() if target.average]
        signals = [name for name, chosen in self.features.items() if chosen.signal]
        if averaged and signals:
            msg = f"'average' of target '{averaged[0]}' is of features, and '{signals[0]}' is the signal itself"
            raise ValueError(msg)
        if len(set(self.seeds)) < len(self.seeds):
            msg = "a seed stands twice in 'seeds'"
            raise ValueError(msg)
        return self

    @property
    def named_models(self) -> dict[str, Model]:
        """The models by what they are called in tables: their name, with the parameters that were given."""
        return {_label(given): model_of(given) for given in self.models}


def _label(given: str | Mapping[str, Any]) -> str:
    if isinstance(given, str):
        return given
    ((name, parameters),) = given.items()
    listed = ", ".join(f"{key}={value}" for key, value in sorted((parameters or {}).items()))
    return f"{name}({listed})" if listed else name


def load_benchmark(values: Mapping[str, Any], folder: Path | None = None) -> Benchmark:
    """Check the configuration of a benchmark, as read from YAML.

    Parameters
    ----------
    folder
        Where the YAML file lies: paths are looked for there, then in the working directory.

    Raises
    ------
    ConfigurationError
        Names every wrong key with its value and what is right; an unknown key, model or feature with the nearest known
        one.

    Examples
    --------
    >>> load_benchmark({"nam": "first"})
    Traceback (most recent call last):
    eegmill.errors.ConfigurationError: Configuration key 'nam' is not known; did you mean 'name'?
    """
    try:
        found = Benchmark.model_validate(values)
    except ValidationError as error:
        problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        unknown = [problem for problem in problems if problem["type"] == "extra_forbidden"]
        lines = [explain(dict(problem), Benchmark) for problem in unknown or problems]
        raise ConfigurationError("\n".join(dict.fromkeys(lines))) from None
    located = _located(found, folder)
    for chosen in located.features.values():
        choose(chosen.features)
    _refuse_idle_models(located)
    return located


def _refuse_idle_models(benchmark: Benchmark) -> None:
    kinds = {target.kind for target in benchmark.targets.values()}
    given = {"signal" if chosen.signal else "features" for chosen in benchmark.features.values()}
    for label, model in benchmark.named_models.items():
        if not given & set(model.takes):
            lacking = "'signal: true'" if "signal" in model.takes else "'features'"
            msg = f"The model '{label}' takes {model.takes[0]}, and no entry of 'features' has {lacking}: add one."
            raise ConfigurationError(msg)
        if not kinds & set(model.kinds):
            fitting = ", ".join(name for name, one in MODELS.items() if kinds & set(one.kinds))
            msg = f"The model '{label}' does no {' or '.join(sorted(kinds))}; these do: {fitting}."
            raise ConfigurationError(msg)


def _located(benchmark: Benchmark, folder: Path | None) -> Benchmark:
    """The configuration with paths that hold wherever it is read."""
    cohorts = {
        name: cohort.model_copy(
            update={
                "derivatives": tuple(_path(one, folder) for one in cohort.derivatives),
                "participants": _path(cohort.participants, folder) if cohort.participants else None,
            }
        )
        for name, cohort in benchmark.cohorts.items()
    }
    features = {
        name: chosen.model_copy(
            update={
                "features": wanted_features(
                    _path(one, folder) if is_file_of_features(one) else one for one in chosen.features
                )
            }
        )
        for name, chosen in benchmark.features.items()
    }
    output = str(Path(benchmark.output).expanduser())
    return benchmark.model_copy(update={"cohorts": cohorts, "features": features, "output": output})


def _path(text: str, folder: Path | None) -> str:
    path = Path(text).expanduser()
    found = next((base / path for base in (folder, Path()) if base is not None and (base / path).exists()), path)
    return str(found.absolute())
