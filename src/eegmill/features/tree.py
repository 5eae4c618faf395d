"""From names to values: which features are meant, and each preprocessor run once a batch of windows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any

from ..errors import ConfigurationError
from ..signal.types import Floats
from .bank import FEATURES, signal
from .bank.spatial import TRAINABLE, CommonSpatialPattern
from .contract import Feature, Preprocessor, Windows, defaults_of, part_of

TRANSFORMS: dict[str, Callable[..., Windows]] = {
    function.__name__: function for function in (signal.envelope, signal.bandpass_filter)
}
"""What makes windows of windows: features can be computed behind it."""


@dataclass(frozen=True)
class Choice:
    """A feature that is wanted, with the parameters that differ from their defaults."""

    feature: Feature | CommonSpatialPattern
    parameters: Mapping[str, Any] = field(default_factory=dict)
    transforms: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """Names and parameters of what makes the windows that it is computed from, the first one first."""

    @property
    def label(self) -> str:
        """Its name in tables: parameters and transforms that are no defaults belong to it."""
        steps = [_call(name, given) for name, given in self.transforms]
        return ".".join([*steps, _call(self.feature.name, self.parameters)])


Wanted = str | Mapping[str, Any] | Feature | CommonSpatialPattern | Choice
"""A feature or a family by name, one with parameters (``{"signal_quantile": {"q": 0.9}}``), or itself."""


def _call(name: str, given: Mapping[str, Any]) -> str:
    return name + (f"({', '.join(f'{key}={_text(given[key])}' for key in sorted(given))})" if given else "")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=list)


@cache
def known() -> Mapping[str, Feature]:
    """All features by name: those of this package, then those of others (entry points ``eegmill.features``).

    An entry point names a `Feature`, or a sequence of them.

    Raises
    ------
    ConfigurationError
        If another package brings a feature of a name that is taken, or no feature.
    """
    from importlib.metadata import entry_points

    found = {feature.name: feature for feature in FEATURES}
    for point in sorted(entry_points(group="eegmill.features"), key=lambda point: point.name):
        brought = point.load()
        for feature in (brought,) if isinstance(brought, Feature) else brought:
            if not isinstance(feature, Feature) or feature.name in found:
                msg = f"The entry point '{point.name}' of 'eegmill.features' brings no new feature: {feature!r}."
                raise ConfigurationError(msg)
            found[feature.name] = feature
    return found


def extensions() -> tuple[str, ...]:
    """The packages that bring features, with their versions: values depend on them."""
    from importlib.metadata import entry_points

    points = entry_points(group="eegmill.features")
    return tuple(sorted(f"{point.dist.name} {point.dist.version}" for point in points if point.dist))


def names(family: str | None = None) -> tuple[str, ...]:
    """Names of all features that need no training, or of those of a family, in the order of the table."""
    return tuple(name for name, feature in known().items() if family in (None, feature.family))


def families() -> tuple[str, ...]:
    """Names of the families, in the order of the table."""
    return tuple(dict.fromkeys(feature.family for feature in known().values()))


def choose(wanted: Wanted | Iterable[Wanted]) -> tuple[Choice, ...]:
    """The features that are meant, in order, each once.

    Parameters
    ----------
    wanted : str, mapping, Feature, CommonSpatialPattern, Choice, or several of them
        See ``Wanted``. A transform takes its parameters and ``features``:
        ``{"bandpass_filter": {"f_min": 8, "f_max": 12, "features": ["signal_std"]}}``.

    Raises
    ------
    ConfigurationError
        If a name or a parameter is unknown, or a trainable feature is wanted by its name.
    """
    several = [wanted] if isinstance(wanted, str | Mapping | Feature | CommonSpatialPattern | Choice) else list(wanted)
    chosen = [choice for one in several for choice in _choices(one)]
    return tuple({choice.label: choice for choice in chosen}.values())


def to_values(wanted: Wanted | Iterable[Wanted]) -> list[Any]:
    """What is wanted as plain values, for JSON, YAML and the configuration; ``choose`` reads them back.

    A fitted feature is the mapping of its name to what it has learned.

    Examples
    --------
    >>> to_values([{"envelope": {"features": ["signal_mean"]}}, {"signal_quantile": {"q": 0.9}}])
    [{'envelope': {'features': ['signal_mean']}}, {'signal_quantile': {'q': 0.9}}]
    """
    return [_value(choice) for choice in choose(wanted)]


def _value(choice: Choice) -> Any:
    feature = choice.feature
    given = feature.to_values() if isinstance(feature, CommonSpatialPattern) else dict(choice.parameters)
    value: Any = {feature.name: given} if given else feature.name
    for name, parameters in reversed(choice.transforms):
        value = {name: {**parameters, "features": [value]}}
    return value


def _choices(wanted: Wanted) -> list[Choice]:
    if isinstance(wanted, Choice):
        return [wanted]
    if isinstance(wanted, Feature | CommonSpatialPattern):
        return [Choice(wanted)]
    if isinstance(wanted, str):
        return [Choice(feature) for feature in _named(wanted)]
    return [choice for name, given in wanted.items() for choice in _with_parameters(name, given or {})]


def _named(name: str) -> list[Feature]:
    if name in known():
        return [known()[name]]
    if name in families():
        return [known()[one] for one in names(name)]
    if name in {cls.__name__ for cls in TRAINABLE}:
        msg = f"'{name}' has to be fitted before: make one, call its 'fit', and give it instead of its name."
        raise ConfigurationError(msg)
    raise ConfigurationError(_unknown("feature", name, [*families(), *known(), *TRANSFORMS]))


def _with_parameters(name: str, given: Mapping[str, Any]) -> list[Choice]:
    if name in TRANSFORMS:
        own = {key: value for key, value in given.items() if key != "features"}
        _check(name, own, defaults_of(TRANSFORMS[name]))
        step = (name, own)
        return [
            Choice(choice.feature, choice.parameters, (step, *choice.transforms))
            for choice in choose(given.get("features", ()))
        ]
    if name == CommonSpatialPattern.__name__:
        return [Choice(CommonSpatialPattern.from_values(given))]
    found = _named(name)
    for key in given:
        if not any(key in feature.parameters for feature in found):
            _check(name, given, {key: None for feature in found for key in feature.parameters})
    return [
        Choice(feature, {key: value for key, value in given.items() if _differs(feature, key, value)})
        for feature in found
    ]


def _differs(feature: Feature, key: str, value: Any) -> bool:
    return key in feature.parameters and _text(feature.parameters[key]) != _text(value)


def _check(name: str, given: Mapping[str, Any], taken: Mapping[str, Any]) -> None:
    for key in given:
        if key not in taken:
            raise ConfigurationError(_unknown(f"parameter of '{name}'", key, list(taken)))


def _unknown(kind: str, name: str, known_names: Sequence[str]) -> str:
    near = get_close_matches(name, known_names, n=3)
    return f"Unknown {kind}: '{name}'. " + (
        f"Is it {' or '.join(near)}?" if near else f"Known: {', '.join(known_names)}."
    )


class Batch:
    """Some windows, and what was computed of them: each preprocessor once for each set of parameters."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._made: dict[str, Any] = {}

    def values(self, choice: Choice) -> dict[str, Floats]:
        """Values by label: that of the choice, with ``_<part>`` behind it where the feature has several."""
        windows, key = self._transformed(choice)
        if isinstance(choice.feature, CommonSpatialPattern):
            found: Floats | Mapping[str, Floats] = choice.feature(windows)
        else:
            given = self._before(choice.feature.after, choice.parameters, windows, key)
            compute = choice.feature.compute
            found = compute(given, **part_of(compute, choice.parameters))
        if isinstance(found, Mapping):
            return {f"{choice.label}_{part}": values for part, values in found.items()}
        return {choice.label: found}

    def _transformed(self, choice: Choice) -> tuple[Windows, str]:
        windows, key = self._windows, ""
        for name, given in choice.transforms:
            key += f"{_call(name, given)}."
            if key not in self._made:
                self._made[key] = TRANSFORMS[name](windows, **given)
            windows = self._made[key]
        return windows, key

    def _before(self, node: Preprocessor | None, parameters: Mapping[str, Any], windows: Windows, key: str) -> Any:
        """What a preprocessor gives, computed the first time that it is wanted."""
        if node is None:
            return windows
        path = [node]
        while path[-1].after is not None:
            path.append(path[-1].after)
        given: Any = windows
        for step in reversed(path):
            own = part_of(step.compute, parameters)
            key += f"{_call(step.name, own)}>"
            if key not in self._made:
                self._made[key] = step.compute(given, **own)
            given = self._made[key]
        return given
