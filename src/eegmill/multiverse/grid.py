"""The grid of a multiverse: a recipe, what could be done otherwise, and what is measured; read and checked."""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from ..bids.paths import DEFAULT_RECIPE
from ..config.datasets import is_path
from ..config.models import Api, Select, explain
from ..config.recipes import is_shipped, read_step
from ..errors import ConfigurationError
from ..models import Written

MAX_UNIVERSES = 20_000
AS_IT_IS = "as it is"

Entry = str | dict[str, Any]
"""A step as a recipe file has it."""
Option = Entry | tuple[Entry, ...] | None
"""What stands in the place of the steps of a choice: one step, several, or none."""


class Choice(Written):
    """One thing that could be done otherwise."""

    steps: tuple[str, ...] = ()
    """Steps of the recipe, one behind the other, in whose place the options stand; by default the one of its name.
    ``reference#2`` is the second of its name."""
    base: str = AS_IT_IS
    """What the way of the recipe itself is called."""
    options: dict[str, Option] = Field(min_length=1)
    """What else could be done, by name: a step, a list of steps, or null, which leaves them out."""

    @field_validator("steps", mode="before")
    @classmethod
    def _listed(cls, steps: Any) -> Any:
        return [steps] if isinstance(steps, str) else steps

    @field_validator("options", mode="before")
    @classmethod
    def _named(cls, options: Any) -> Any:
        if not isinstance(options, Mapping):
            return options
        for name in options:
            if isinstance(name, bool) or name is None:
                msg = f"the name {name!r} of an option is what YAML makes of off, on, no, yes, or nothing: quote it"
                raise ValueError(msg)
        return {str(name): option for name, option in options.items()}

    @model_validator(mode="after")
    def _two_names(self) -> Choice:
        if self.base in self.options:
            msg = f"'{self.base}' is the recipe's own way and an option: call one of them otherwise"
            raise ValueError(msg)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all ways, the recipe's own first."""
        return self.base, *self.options


class Trials(Written):
    """Epochs around events; where a recipe cuts epochs around these events itself, its own are taken."""

    events: tuple[str, ...] = Field(min_length=1, max_length=2)
    """One condition, or two to be compared: the first less the second."""
    epoch_s: tuple[float, float] = (-0.2, 0.8)
    """Start and end, from the event."""
    baseline_s: tuple[float | None, float | None] | None = (None, 0.0)
    """Interval whose mean is subtracted; None: none."""

    @model_validator(mode="after")
    def _in_order(self) -> Trials:
        if self.epoch_s[0] >= self.epoch_s[1]:
            msg = f"'epoch_s' must end after it starts, not {self.epoch_s}"
            raise ValueError(msg)
        if self.baseline_s is not None:
            start = self.epoch_s[0] if self.baseline_s[0] is None else self.baseline_s[0]
            end = self.epoch_s[1] if self.baseline_s[1] is None else self.baseline_s[1]
            if not _within((start, end), self.epoch_s):
                msg = f"'baseline_s' {self.baseline_s} must be an interval inside {self.epoch_s}, or null"
                raise ValueError(msg)
        if len(set(self.events)) < len(self.events):
            msg = f"'{self.events[0]}' cannot be compared with itself"
            raise ValueError(msg)
        return self


class Erp(Written):
    """The mean amplitude over channels and a window of time."""

    channels: tuple[str, ...] = Field(min_length=1)
    window_s: tuple[float, float]
    """Start and end, from the event."""


class Decoding(Written):
    """How well a classifier that has not seen a trial tells its condition: the benchmark's score, split by blocks."""

    folds: int = Field(default=5, ge=2, le=50)
    """Blocks of successive trials, of which each is tested by a model of the others."""
    gap_s: float = Field(default=2.0, ge=0)
    """Trials nearer than this to a tested one are not trained on."""
    bin_s: float = Field(default=0.05, gt=0)
    """The signal from the event on is averaged in bins of this length."""


class Conclusion(Written):
    """What is concluded, and asked of every universe."""

    measure: str
    """``erp``, ``decoding`` or ``power_<band>``."""
    between: tuple[str, str] | None = None
    """Two patterns of names (``<dataset>/<recording>``), such as ``*_task-rest`` and ``*_task-arithmetic``: the mean of
    the first less that of the second, tested over recordings, paired where ``*`` stands for the same in both. None: the
    measure itself against chance, tested over the trials of these recordings."""
    direction: Literal["above", "below", "as in the recipe"] = "as in the recipe"
    """Of the difference to 0, or to chance; by default the one that the recipe itself gives."""
    alpha: float = Field(default=0.05, gt=0, lt=1)
    """Two-sided: a universe keeps the conclusion if its direction is right and its p value is below this."""


class Measures(Written):
    """What is measured in each universe; what recipes decide is counted in any case."""

    trials: Trials | None = None
    erp: Erp | None = None
    decoding: Decoding | None = None
    bands: dict[str, tuple[float, float]] = {"theta": (4.0, 8.0), "alpha": (8.0, 13.0), "beta": (13.0, 30.0)}
    """Bands of which the power is taken, in Hz, by name."""

    @model_validator(mode="after")
    def _have_trials(self) -> Measures:
        if (self.erp or self.decoding) and self.trials is None:
            msg = "'erp' and 'decoding' need 'trials'"
            raise ValueError(msg)
        if self.decoding and self.trials and len(self.trials.events) != 2:
            msg = "'decoding' tells two events apart: name two in 'trials.events'"
            raise ValueError(msg)
        if self.erp and self.trials and not _within(self.erp.window_s, self.trials.epoch_s):
            msg = f"'erp.window_s' {self.erp.window_s} must lie in 'trials.epoch_s' {self.trials.epoch_s}"
            raise ValueError(msg)
        return self

    def check(self, conclusion: Conclusion) -> None:
        """Refuse a conclusion about what is not measured."""
        by_trials = [name for name in ("erp", "decoding") if getattr(self, name) is not None]
        known = [*by_trials, *(f"power_{band}" for band in self.bands)]
        if conclusion.measure not in known:
            msg = f"the conclusion is about '{conclusion.measure}', and measured are: {', '.join(known) or 'none'}"
            raise ValueError(msg)
        if not conclusion.between and conclusion.measure not in by_trials:
            msg = f"'{conclusion.measure}' is compared with nothing: say 'between' which recordings"
            raise ValueError(msg)


class Grid(Written):
    """A multiverse as its file says it."""

    output: str = Field(default="results", min_length=1)
    """Folder that everything is written to, in ``multiverse/<name of the grid's file>``."""
    datasets: tuple[str, ...] = ()
    """Dataset IDs or BIDS folders."""
    api: Api = Api()
    select: Select = Select()
    files: tuple[str, ...] = ()
    """Single recordings, wherever they lie."""
    recipe: str | tuple[dict[str, Any], ...] = DEFAULT_RECIPE
    overrides: str | None = None
    seed: int = Field(default=20260101, ge=0, lt=2**31)
    choices: dict[str, Choice] = Field(min_length=1)
    measures: Measures = Measures()
    conclusion: Conclusion | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Grid:
        if not (self.datasets or self.files):
            msg = "name recordings under 'datasets' or 'files'"
            raise ValueError(msg)
        if self.conclusion:
            self.measures.check(self.conclusion)
        n_universes = math.prod(len(choice.names) for choice in self.choices.values())
        if n_universes > MAX_UNIVERSES:
            msg = f"{n_universes} combinations are more than {MAX_UNIVERSES}: leave choices or options out"
            raise ValueError(msg)
        return self


def read_grid(path: Path) -> Grid:
    """Read and check the file of a grid; paths in it count from its folder.

    Raises
    ------
    ConfigurationError
        If it cannot be read, or a key or value is wrong: names it, with the nearest known one.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        msg = f"The grid '{path}' cannot be read: {reason}."
        raise ConfigurationError(msg) from None
    if not isinstance(values, dict):
        msg = f"The grid '{path.name}' must hold keys and values; its keys are: {', '.join(Grid.model_fields)}."
        raise ConfigurationError(msg)
    return located(load_grid(values), path.parent)


def load_grid(values: Mapping[str, Any]) -> Grid:
    """Check a grid, as read from YAML, and all that its choices say of steps.

    Raises
    ------
    ConfigurationError
        Names every wrong key with its value and what is right.
    """
    try:
        grid = Grid.model_validate(values)
    except ValidationError as error:
        lines = [_explained(dict(problem)) for problem in error.errors()]
        raise ConfigurationError("\n".join(dict.fromkeys(lines))) from None
    for name, choice in grid.choices.items():
        for option, entries in choice.options.items():
            for entry in listed(entries):
                _check_entry(entry, f"{name}: {option}")
    return grid


def located(grid: Grid, folder: Path) -> Grid:
    """The grid with paths that hold wherever it is read: they are looked for in ``folder``, then here."""

    def found(text: str) -> str:
        path = Path(text).expanduser()
        bases = (base for base in (folder, Path()) if (base / path).exists())
        return next((str((base / path).absolute()) for base in bases), str(path))

    recipe = grid.recipe
    return grid.model_copy(
        update={
            "output": str(Path(grid.output).expanduser()),
            "datasets": tuple(found(entry) if is_path(entry) else entry for entry in grid.datasets),
            "files": tuple(found(file) for file in grid.files),
            "recipe": found(recipe) if isinstance(recipe, str) and not is_shipped(recipe) else recipe,
            "overrides": found(grid.overrides) if grid.overrides else None,
        }
    )


def listed(option: Option) -> tuple[Entry, ...]:
    """The steps of an option."""
    if option is None:
        return ()
    return option if isinstance(option, tuple) else (option,)


def _explained(problem: Mapping[str, Any]) -> str:
    """One sentence on a problem; within a choice the keys of `Choice` are the known ones."""
    place = [str(part) for part in problem["loc"]]
    if problem["type"] == "value_error":
        where = f"Grid: key '{'.'.join(place)}'" if place else "Grid"
        return f"{where}: {problem['msg'].removeprefix('Value error, ')}."
    if place[0] == "choices" and len(place) == 3 and problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(place[2], Choice.model_fields, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(Choice.model_fields)}."
        return f"Grid: choice '{place[1]}' has no key '{place[2]}'; {hint}"
    return explain(problem, Grid).replace("Configuration key", "Grid: key")


def _check_entry(entry: Entry, where: str) -> None:
    """Refuse a step that is unknown, or has wrong parameters, before any recipe is made of it."""
    try:
        read_step(entry, where)
    except ConfigurationError as error:
        raise ConfigurationError(str(error).replace("Recipe", "Grid,", 1)) from None


def combinations(grid: Grid) -> Iterator[tuple[str, ...]]:
    """The names of the ways taken, one a choice, of every combination; the first is the recipe itself."""
    return itertools.product(*(choice.names for choice in grid.choices.values()))


def _within(inner: tuple[float, float], outer: tuple[float, float]) -> bool:
    return outer[0] <= inner[0] < inner[1] <= outer[1]
