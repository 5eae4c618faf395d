"""Recipes: ordered lists of steps, read from a name, a file or a list, and refused where the order makes no sense."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ..errors import ConfigurationError
from ..files.shipped import workflow_root
from ..recipe import Recipe
from ..steps import STEPS, Step
from .models import Configuration, EpochsChoice, explained


def load_recipe(recipe: str | Path | Sequence[dict[str, Any]], *, epochs: EpochsChoice | None = None) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    recipe
        The name of a recipe that ships with eegmill, the path of a YAML file, or a list such as
        ``[{"highpass": {"cutoff_hz": 1}}, {"reference": {}}]``.
    epochs
        Epochs to cut at the end, instead of those that the recipe cuts.

    Raises
    ------
    ConfigurationError
        For an unknown recipe, step or parameter (with the nearest known one), and for an order that makes no sense.
    """
    if not isinstance(recipe, str | Path | Sequence):
        msg = f"A recipe is a name, a file or a list of steps, not {recipe!r}."
        raise ConfigurationError(msg)
    name = recipe_name(recipe)
    entries = _read(_find(str(recipe))) if isinstance(recipe, str | Path) else list(recipe)
    steps = [read_step(entry, name) for entry in _with_epochs(entries, epochs)]
    if not steps:
        msg = f"Recipe '{name}' has no steps; known steps are: {', '.join(STEPS)}."
        raise ConfigurationError(msg)
    check_order(steps, name)
    return Recipe(name, tuple(steps))


def recipe_name(recipe: str | Path | Sequence[dict[str, Any]]) -> str:
    """What a recipe is called, without its steps, which are slow to load.

    Raises
    ------
    ConfigurationError
        If no recipe has this name.

    Examples
    --------
    >>> recipe_name("eegprep"), recipe_name([{"highpass": {}}])
    ('eegprep', 'custom')
    """
    return _find(str(recipe)).stem if isinstance(recipe, str | Path) else "custom"


def configured_recipe(configuration: Configuration) -> Recipe:
    """The recipe that a configuration asks for."""
    return load_recipe(configuration.recipe, epochs=configuration.epochs)


def is_shipped(recipe: str) -> bool:
    """Whether a recipe of this name ships with eegmill: it goes before a file of the same name."""
    return (workflow_root() / "config" / "recipes" / f"{recipe}.yaml").is_file()


def recipe_text(recipe: Recipe) -> str:
    """A recipe as YAML with all parameters, defaults included: reads back as the same recipe."""
    steps = [{step.name: step.model_dump(mode="json")} for step in recipe.steps]
    return yaml.safe_dump({"name": recipe.name, "steps": steps}, sort_keys=True, allow_unicode=True, width=120)


def recorded_recipe(text: str) -> Recipe:
    """Read what `recipe_text` wrote.

    Raises
    ------
    ConfigurationError
        If it is no recipe, or names a step or parameter that this eegmill does not know.
    """
    content = yaml.safe_load(text)
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list):
        msg = "The recorded recipe holds no steps; it was altered."
        raise ConfigurationError(msg)
    return Recipe(str(content.get("name")), load_recipe([_renamed(entry) for entry in content["steps"]]).steps)


def _renamed(entry: Any) -> Any:
    """A recorded step with the present names of its parameters: another version may have written it."""
    if not isinstance(entry, dict) or len(entry) != 1:
        return entry
    ((name, parameters),) = entry.items()
    if name not in STEPS or not isinstance(parameters, dict):
        return entry
    former = STEPS[name].former_names
    return {name: {former.get(key, key): value for key, value in parameters.items()}}


def check_order(steps: Sequence[Step], name: str) -> None:
    """Refuse an order of steps that makes no sense, with the reason.

    Raises
    ------
    ConfigurationError
        If a step lacks another that it needs before it, follows one that it must not follow, works at frequencies that
        are gone by then, or on components that no longer fit.
    """
    check_bands(steps, name)
    _check_components(steps, name)
    seen: set[str] = set()
    unitless = ""
    for step in steps:
        if unitless and step.acts_on != "epochs":
            msg = f"Recipe '{name}': step '{step.name}' must not follow '{unitless}': samples are no longer in volts."
            raise ConfigurationError(msg)
        unitless = step.name if step.ends_volts else unitless
        for needed, reason in step.needs.items():
            if needed not in seen:
                msg = f"Recipe '{name}': step '{step.name}' needs '{needed}' before it: {reason}."
                raise ConfigurationError(msg)
        for earlier, reason in {**_earlier_changes(step, seen), **step.never_after}.items():
            if earlier in seen:
                msg = f"Recipe '{name}': step '{step.name}' must not follow '{earlier}': {reason}."
                raise ConfigurationError(msg)
        seen.add(step.name)
    _check_copies(steps, name)


def check_bands(steps: Sequence[Step], name: str) -> None:
    """Refuse filters of which one takes away what another leaves or works on.

    Raises
    ------
    ConfigurationError
        If nothing is left between a high-pass and a low-pass (or half of a new rate), or if a step works at a frequency
        that is gone by then.
    """
    lowest: tuple[float, str] = (0.0, "")
    highest: tuple[float, str] = (math.inf, "")
    nothing_above_hz = math.inf
    for step in steps:
        gone = [hz for hz in step.wanted_hz() if hz >= nothing_above_hz]
        low, high = step.band_hz()
        lowest = max(lowest, (low or 0.0, step.name))
        if high is not None:
            highest = min(highest, (high, step.name))
            nothing_above_hz = min(nothing_above_hz, high + (_slope_hz(high) if step.acts_on == "signal" else 0))
        if lowest[0] >= highest[0]:
            msg = (
                f"Recipe '{name}': '{lowest[1]}' at {lowest[0]:g} Hz and '{highest[1]}', which ends at {highest[0]:g} "
                "Hz, leave nothing of the signal: exchange or correct the frequencies."
            )
            raise ConfigurationError(msg)
        if gone:
            msg = (
                f"Recipe '{name}': step '{step.name}' works at {gone[0]:g} Hz, and '{highest[1]}' before it leaves "
                f"nothing above {highest[0]:g} Hz: exchange the two, or correct the frequency."
            )
            raise ConfigurationError(msg)


def _slope_hz(cutoff_hz: float) -> float:
    """How far a low-pass of MNE's design reaches beyond its cutoff."""
    return max(0.25 * cutoff_hz, 2.0)


def _check_components(steps: Sequence[Step], name: str) -> None:
    """Refuse to label or remove components behind a step after which they no longer fit."""
    maker, between = "", list[Step]()
    for step in steps:
        if maker in step.needs and between:
            spoiler = between[0]
            msg = (
                f"Recipe '{name}': '{spoiler.name}' must not lie between '{maker}' and '{step.name}': "
                f"{spoiler.spoils_components()}."
            )
            raise ConfigurationError(msg)
        if step.makes_components:
            maker, between = step.name, []
        elif step.spoils_components():
            between.append(step)


def _check_copies(steps: Sequence[Step], name: str) -> None:
    """Refuse what makes no sense while decisions are made on a copy of the signal, and copies without an end."""
    opened = ""
    for step in steps:
        problem = _problem_of_copies(step, opened)
        if problem:
            msg = f"Recipe '{name}': {problem}."
            raise ConfigurationError(msg)
        opened = step.name if step.sets_aside else "" if step.puts_back else opened
    if opened:
        back = next(known for known in STEPS if STEPS[known].puts_back)
        msg = f"Recipe '{name}': '{opened}' sets the signal aside: write '{back}' behind the last step that decides."
        raise ConfigurationError(msg)


def _problem_of_copies(step: Step, opened: str) -> str:
    """Why the step must not stand here: behind ``opened``, which set the signal aside, or where nothing has."""
    if step.puts_back:
        return "" if opened else f"'{step.name}' finds nothing that was set aside: leave it out"
    if opened and step.sets_aside:
        return f"'{step.name}' stands where '{opened}' has set the signal aside already: leave it out"
    reason = step.not_on_a_copy() if opened else ""
    return f"'{step.name}' must not stand where the signal is set aside by '{opened}': {reason}" if reason else ""


def _earlier_changes(step: Step, seen: set[str]) -> dict[str, str]:
    """For a step that wants the signal as it was recorded: the steps before it that act on the signal."""
    if not step.never_after_signal:
        return {}
    return {name: step.never_after_signal for name in sorted(seen) if STEPS[name].acts_on == "signal"}


def _find(recipe: str) -> Path:
    shipped = workflow_root() / "config" / "recipes"
    candidate = shipped / f"{recipe}.yaml"
    if candidate.is_file():
        return candidate
    if Path(recipe).is_file():
        return Path(recipe)
    names = sorted(path.stem for path in shipped.glob("*.yaml"))
    near = difflib.get_close_matches(recipe, names, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"it is no file, and the recipes are: {', '.join(names)}."
    msg = f"Recipe '{recipe}' is not known; {hint}"
    raise ConfigurationError(msg)


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        msg = f"Recipe file '{path.name}' is not YAML: {' '.join(str(error).split())}."
        raise ConfigurationError(msg) from None
    steps = content.get("steps") if isinstance(content, dict) else content
    if not isinstance(steps, list):
        msg = f"Recipe file '{path.name}' must hold a list of steps under the key 'steps'."
        raise ConfigurationError(msg)
    return steps


def read_step(entry: Any, recipe: str) -> Step:
    """A step of a recipe as its file has it: a name, or a name with parameters.

    Raises
    ------
    ConfigurationError
        If it is unknown or its parameters are wrong; names the recipe, and the nearest known step or parameter.
    """
    if isinstance(entry, str):
        entry = {entry: {}}
    if not isinstance(entry, dict) or len(entry) != 1:
        msg = f"Recipe '{recipe}': each step is one name with its parameters, and this is not: {entry!r}."
        raise ConfigurationError(msg)
    ((name, parameters),) = entry.items()
    if name not in STEPS:
        near = difflib.get_close_matches(str(name), STEPS, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(STEPS)}."
        msg = f"Recipe '{recipe}': step '{name}' is not known; {hint}"
        raise ConfigurationError(msg)
    if parameters is not None and not isinstance(parameters, dict):
        known = ", ".join(STEPS[name].model_fields) or "it has none"
        msg = (
            f"Recipe '{recipe}', step '{name}': {parameters!r} is no parameter: write '{name}' alone, or with "
            f"parameters by name ({known}); to leave the step out, leave out its line."
        )
        raise ConfigurationError(msg)
    try:
        return STEPS[name].model_validate(parameters or {})
    except ValidationError as error:
        former = [line for problem in error.errors() if (line := _former(dict(problem), STEPS[name]))]
        text = "\n".join(former or explained(error, STEPS[name])).replace(
            "Configuration key", f"Recipe '{recipe}', step '{name}': parameter"
        )
        raise ConfigurationError(text) from None


def _former(problem: dict[str, Any], step: type[Step]) -> str:
    """What to say of a parameter under its former name; empty for any other problem."""
    key = str(problem["loc"][-1]) if problem["type"] == "extra_forbidden" else ""
    if key not in step.former_names:
        return ""
    return f"Configuration key '{key}' is now called '{step.former_names[key]}'."


def _with_epochs(entries: list[Any], epochs: EpochsChoice | None) -> list[Any]:
    """The entries with the epochs of the configuration at the end, in place of a recipe's own."""
    if epochs is None:
        return entries
    own = [entry for entry in entries if _is_about_epochs(entry)]
    kept = [entry for entry in entries if entry not in own]
    makes, *repairs = epochs.steps()
    repairs = [entry for entry in own if not STEPS[_name(entry)].makes_epochs] or repairs
    return [*kept, makes, *(repairs if epochs.autoreject else [])]


def _is_about_epochs(entry: Any) -> bool:
    return _name(entry) in STEPS and STEPS[_name(entry)].acts_on == "epochs"


def _name(entry: Any) -> str:
    return str(next(iter(entry), "")) if isinstance(entry, dict) else str(entry)
