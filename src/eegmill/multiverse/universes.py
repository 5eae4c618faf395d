"""The universes of a grid: every combination of its choices that makes a recipe, and why the others make none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from ..chain import recipe_digest
from ..config.datasets import is_path, name_of
from ..config.overrides import OverrideRow, check_kinds, read_overrides
from ..config.recipes import check_order, load_recipe, read_step
from ..errors import ConfigurationError
from ..recipe import Recipe
from ..steps.contract import Step
from .grid import Choice, Grid, combinations, listed

FOLDER, INPUTS = "multiverse", "inputs"


@dataclass(frozen=True)
class Universe:
    """One combination of choices."""

    number: int
    """Counted over all combinations, dropped ones included; 0 is the recipe itself."""
    ways: tuple[str, ...]
    """The way taken at each choice."""
    recipe: Recipe


@dataclass(frozen=True)
class Dropped:
    """A combination that is not run."""

    number: int
    ways: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Multiverse:
    """A grid with its universes."""

    name: str
    grid: Grid
    universes: tuple[Universe, ...]
    dropped: tuple[Dropped, ...]
    overrides: tuple[OverrideRow, ...] = ()

    @property
    def folder(self) -> Path:
        """Where the results are."""
        return Path(self.grid.output) / FOLDER / self.name

    @property
    def inputs(self) -> Path:
        """Where locks, raw files and receipts are: apart from those of runs, whose selections are others."""
        return Path(self.grid.output) / FOLDER / INPUTS

    @property
    def choices(self) -> Mapping[str, Choice]:
        """The choices by name."""
        return self.grid.choices

    def universe(self, number: int) -> Universe:
        """The universe of a number.

        Raises
        ------
        ConfigurationError
            If there is none, or it was dropped: says why.
        """
        for universe in self.universes:
            if universe.number == number:
                return universe
        reasons = [dropped.reason for dropped in self.dropped if dropped.number == number]
        why = reasons[0] if reasons else f"they are counted from 0 to {len(self.universes) + len(self.dropped) - 1}."
        msg = f"There is no universe {number}: {why}"
        raise ConfigurationError(msg)


def multiverse_of(name: str, grid: Grid) -> Multiverse:
    """Make the recipes of all combinations.

    A combination is dropped if its order of steps makes no sense, if it lacks the step that a person's decision is laid
    over, or if an earlier combination gives the same recipe.

    Raises
    ------
    ConfigurationError
        If the grid has a name that no folder should have, the recipe itself makes no sense, a choice is about steps
        that it does not have, two choices are about the same step, or a person judged components.
    """
    if name == INPUTS or not re.fullmatch(r"\w[\w .,()+-]*", name):
        msg = f"A grid cannot be called '{name}', as the folder of its results is: use letters, digits, '-' and '_'."
        raise ConfigurationError(msg)
    base = load_recipe(grid.recipe).steps
    places = _places(base, grid.choices)
    overrides = read_overrides(Path(grid.overrides)) if grid.overrides else ()
    _refuse_components(overrides)
    options = {
        name: {way: tuple(read_step(entry, name) for entry in listed(option)) for way, option in choice.options.items()}
        for name, choice in grid.choices.items()
    }
    universes: list[Universe] = []
    dropped: list[Dropped] = []
    known: dict[str, int] = {}
    for number, ways in enumerate(combinations(grid)):
        taken = dict(zip(grid.choices, ways, strict=True))
        chosen = {places[name]: options[name].get(way) for name, way in taken.items()}
        recipe = Recipe(f"universe-{number}", _assembled(base, chosen))
        reason = _why_not(recipe, overrides, known)
        if reason:
            dropped.append(Dropped(number, ways, reason))
        else:
            known[recipe_digest(recipe)] = number
            universes.append(Universe(number, ways, recipe))
    return Multiverse(name, grid, tuple(universes), tuple(dropped), overrides)


def _refuse_components(overrides: Sequence[OverrideRow]) -> None:
    for row in overrides:
        if row.override.kind == "component":
            msg = (
                f"Overrides, line {row.line}, judge component '{row.override.name}', and each universe has its own "
                "decomposition, with other numbers: leave it out."
            )
            raise ConfigurationError(msg)


def grid_text(multiverse: Multiverse) -> str:
    """The grid as YAML with everything in it but paths: recordings by name, the recipe with all its parameters."""
    grid = multiverse.grid
    recipe = multiverse.universes[0].recipe if multiverse.universes[0].number == 0 else load_recipe(grid.recipe)
    values = grid.model_dump(mode="json", exclude={"output"}) | {
        "datasets": [name_of(Path(entry)) if is_path(entry) else entry for entry in grid.datasets],
        "files": [Path(file).name for file in grid.files],
        "recipe": [{step.name: step.model_dump(mode="json")} for step in recipe.steps],
        "overrides": Path(grid.overrides).name if grid.overrides else None,
    }
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=120)


def _assembled(base: Sequence[Step], chosen: Mapping[range, tuple[Step, ...] | None]) -> tuple[Step, ...]:
    """The recipe with the steps of each choice in the place of its own; None keeps the recipe's."""
    replaced = {place.start: (place, steps) for place, steps in chosen.items() if steps is not None}
    steps: list[Step] = []
    index = 0
    while index < len(base):
        place, others = replaced.get(index, (range(index, index + 1), (base[index],)))
        steps += others
        index = place.stop
    return tuple(steps)


def _why_not(recipe: Recipe, overrides: Sequence[OverrideRow], known: Mapping[str, int]) -> str:
    if not recipe.steps:
        return "No step is left."
    try:
        check_order(recipe.steps, recipe.name)
        check_kinds([row.override for row in overrides], recipe.steps)
    except ConfigurationError as error:
        return str(error)
    same = known.get(recipe_digest(recipe))
    return "" if same is None else f"It is the same recipe as universe {same}."


def _places(base: Sequence[Step], choices: Mapping[str, Choice]) -> dict[str, range]:
    """Where the steps of each choice stand in the recipe."""
    names = _numbered(base)
    places: dict[str, range] = {}
    for name, choice in choices.items():
        place = _place(name, choice.steps or (name,), names)
        for other, taken in places.items():
            if set(place) & set(taken):
                shared = names[min(set(place) & set(taken))]
                msg = f"Grid: the choices '{other}' and '{name}' are both about '{shared}': make one choice of them."
                raise ConfigurationError(msg)
        places[name] = place
    return places


def _place(choice: str, steps: Sequence[str], names: Sequence[str]) -> range:
    wanted = [step if "#" in step else f"{step}#1" for step in steps]
    missing = [step for step, name in zip(steps, wanted, strict=True) if name not in names]
    if missing:
        there = ", ".join(name.removesuffix("#1") for name in names)
        hint = "" if len(steps) > 1 or missing[0] != choice else "; 'steps' names those that it is about"
        msg = f"Grid: choice '{choice}' is about the step '{missing[0]}', and the recipe has {there}{hint}."
        raise ConfigurationError(msg)
    start = names.index(wanted[0])
    if list(names[start : start + len(wanted)]) != wanted:
        msg = (
            f"Grid: the steps {', '.join(steps)} of choice '{choice}' do not stand one behind the other in the recipe."
        )
        raise ConfigurationError(msg)
    return range(start, start + len(wanted))


def _numbered(base: Sequence[Step]) -> list[str]:
    """``reference#2`` for the second of its name."""
    names = [step.name for step in base]
    return [f"{name}#{names[: index + 1].count(name)}" for index, name in enumerate(names)]
