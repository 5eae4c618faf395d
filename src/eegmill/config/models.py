"""The configuration of a run: every key, its type, its default, and what is said when one is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, Field, Tag, ValidationError, field_validator, model_validator

from ..bids.paths import DEFAULT_RECIPE
from ..credit import Credit
from ..errors import ConfigurationError
from ..models import OTHER_KIND, Written
from .allowed import allowed_values
from .datasets import is_path
from .query import DatasetQuery

LIST, QUERY = "a list", "a query"
"""How datasets may be given; they stand in the places of pydantic's errors."""


SAID_BY_ALLOWED = re.compile("_type$|_parsing$|_from_float$|^literal_|^greater_|^less_|^finite_|" + OTHER_KIND)
"""Pydantic's names of problems that a list of what is allowed solves; others need their own words."""


def _form(datasets: Any) -> str:
    return QUERY if isinstance(datasets, Mapping | DatasetQuery) else LIST


Datasets = Annotated[
    Annotated[tuple[str, ...], Tag(LIST)] | Annotated[DatasetQuery, Tag(QUERY)],
    Discriminator(_form),
]


class Api(Written):
    """Where dataset IDs are looked up."""

    url: str = Field(
        default="embedded",
        min_length=1,
        description="`embedded`: the catalogue shipped with eegmill, no network; or a URL such as `https://data.eegdash.org`",
    )
    database: str = Field(default="eegdash", min_length=1, description="database of the metadata API")


class Select(Written):
    """Which recordings of a dataset are taken: empty lists take all."""

    subject: tuple[str, ...] = Field(default=(), description="subject labels, in quotes: `['01', '02']`")
    session: tuple[str, ...] = Field(default=(), description="session labels")
    task: tuple[str, ...] = Field(default=(), description="task labels")
    run: tuple[str, ...] = Field(default=(), description="run labels")
    modality: str = Field(default="eeg", description="recording modality")
    query: dict[str, Any] = Field(default={}, description="a further MongoDB filter on the records")


class EpochsChoice(Written):
    """Epochs cut at the end of the recipe."""

    events: tuple[str, ...] | None = Field(
        default=None, description="event names; null cuts pieces of equal length, tmax - tmin"
    )
    tmin: float = Field(default=-0.2, description="start, seconds from the event")
    tmax: float = Field(default=0.8, description="end, seconds from the event")
    baseline: tuple[float | None, float | None] | None = Field(
        default=(None, 0.0), description="baseline, seconds from the event"
    )
    autoreject: bool = Field(default=True, description="repair and reject epochs by autoreject")

    @model_validator(mode="after")
    def _in_order(self) -> EpochsChoice:
        if self.tmax <= self.tmin:
            msg = f"'tmax' ({self.tmax:g} s) must be after 'tmin' ({self.tmin:g} s)"
            raise ValueError(msg)
        return self

    def steps(self) -> tuple[dict[str, dict[str, Any]], ...]:
        """The entries of a recipe that cut these epochs and repair them: the keys are named after their steps."""
        cut: dict[str, Any] = {"length_s": round(self.tmax - self.tmin, 9)}
        if self.events is not None:
            cut = {"events": self.events, "tmin": self.tmin, "tmax": self.tmax, "baseline": self.baseline}
        return {"epochs": cut}, {"autoreject": {}}


class FeatureWindows(Written):
    """What features are computed of."""

    length_s: float | None = Field(
        default=2.0, gt=0, description="length of the windows; null makes one window of a whole recording"
    )
    step_s: float | None = Field(default=None, gt=0, description="between the starts of windows; null: side by side")
    epochs: bool = Field(default=False, description="of the epochs that the recipe cuts, instead of windows")


class IndexChoice(Written):
    """The index of windows that every derivative has."""

    window_s: float = Field(
        default=2.0, gt=0, description="length of the windows, seconds; where epochs are cut, they are indexed instead"
    )
    split: dict[str, float] | None = Field(
        default=None, description="shares of the subjects, by a hash with the seed: `{train: 0.8, test: 0.2}`"
    )

    @field_validator("split")
    @classmethod
    def _whole(cls, split: dict[str, float] | None) -> dict[str, float] | None:
        if split is not None and (min(split.values(), default=0) <= 0 or abs(sum(split.values()) - 1) > 1e-9):
            msg = "the shares of a split are above 0 and add up to 1, such as {train: 0.8, test: 0.2}"
            raise ValueError(msg)
        return split


OF_THE_MACHINE = frozenset({"recordings_per_job", "shard"})
"""Keys that say how a run is carried out: no result depends on them, and no derivative has them."""


class Configuration(Written):
    """The configuration of a run."""

    output: str = Field(default="results", min_length=1, description="folder that everything is written to")
    datasets: Datasets = Field(
        default=("eegmill-sample",),
        description="dataset IDs, BIDS folders, tables of recordings that `eegmill init` wrote; or `{query: {…}}`",
    )
    shard: tuple[str, ...] = Field(
        default=(), description="of these datasets alone, by name: `eegmill run` goes through many in parts"
    )
    api: Api = Api()
    select: Select = Select()
    recipe: str | tuple[dict[str, Any], ...] = Field(
        default=DEFAULT_RECIPE,
        description="a recipe by name (`eegmill`, `eegprep`, `prep`, `autoreject`, `minimal`, `decoding`, "
        "`neuralbench`), a recipe file, or a list of steps",
    )
    overrides: str | None = Field(
        default=None,
        description="a TSV of decisions by a person: dataset recording kind name onset duration decision reason",
    )
    derivative: str | None = Field(
        default=None,
        description="folder of the derivative, for one dataset; null puts it below the raw files in `output`",
    )
    seed: int = Field(default=20260101, ge=0, lt=2**31, description="seed that all random numbers come from")
    epochs: EpochsChoice | None = Field(default=None, description="cut epochs at the end")
    features: tuple[str | dict[str, Any], ...] = Field(
        default=(),
        description="features of windows: families (`spectral`), names, `{name: parameters}`, YAML files of them",
    )
    feature_windows: FeatureWindows = FeatureWindows()
    index: IndexChoice = IndexChoice()
    credit: Credit = Credit()
    recordings_per_job: int | None = Field(
        default=None,
        ge=1,
        description="recordings that one job cleans at most; null: so many that loading and queueing are worth it",
    )

    @field_validator("datasets", mode="before")
    @classmethod
    def _listed(cls, datasets: Any) -> Any:
        return [datasets] if isinstance(datasets, str) else datasets

    @field_validator("datasets")
    @classmethod
    def _safe_ids(cls, datasets: tuple[str, ...] | DatasetQuery) -> tuple[str, ...] | DatasetQuery:
        if isinstance(datasets, DatasetQuery):
            return datasets
        if not datasets:
            msg = "name at least one dataset, or leave the key out for the sample"
            raise ValueError(msg)
        for dataset in datasets:
            if not is_path(dataset) and (not dataset or re.search(r"[^\w.-]", dataset)):
                msg = f"'{dataset}' is no dataset ID (letters, digits, '-', '_', '.'); a folder is './{dataset}'"
                raise ValueError(msg)
        if len(set(datasets)) < len(datasets):
            msg = "a dataset is named twice"
            raise ValueError(msg)
        return datasets

    @property
    def listed(self) -> tuple[str, ...]:
        """The datasets by ID or path.

        Raises
        ------
        ConfigurationError
            If they are a query that nobody has put to a catalogue yet.
        """
        if isinstance(self.datasets, DatasetQuery):
            msg = "The datasets are a query: 'eegmill run' puts it to the catalogue and lists what it finds."
            raise ConfigurationError(msg)
        return self.datasets


def load_configuration(values: Mapping[str, Any]) -> Configuration:
    """Check a configuration, as read from YAML.

    Raises
    ------
    ConfigurationError
        Names every wrong key with its value and what is right; an unknown key with the nearest known one.

    Examples
    --------
    >>> load_configuration({"seed": 1}).seed
    1
    >>> load_configuration({"recipi": "prep"})
    Traceback (most recent call last):
    eegmill.errors.ConfigurationError: Configuration key 'recipi' is not known; did you mean 'recipe'?
    """
    try:
        return Configuration.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError("\n".join(explained(error, Configuration))) from None


def index_choice(window_s: float, shares: Sequence[str]) -> IndexChoice:
    """What a command line asks of an index, checked as a configuration is; shares are written ``train=0.8``.

    Raises
    ------
    ConfigurationError
        Names what is wrong.
    """
    pairs = (share.partition("=") for share in shares)
    split = {name: share for name, _, share in pairs} or None
    return load_configuration({"index": {"window_s": window_s, "split": split}}).index


def explained(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """A sentence on each wrong key: of a value that may be of several kinds pydantic tells a problem for each."""
    found: dict[str, dict[str, Any]] = {}
    for told in error.errors():
        problem: dict[str, Any] = dict(told)
        place = _place(problem, model)
        named = place if problem["type"] == "extra_forbidden" else _key_of(place)
        key = ".".join(named)
        if key not in found or len(problem["loc"]) > len(found[key]["loc"]):
            found[key] = problem
    return list(dict.fromkeys(explain(problem, model) for problem in found.values()))


def explain(problem: Mapping[str, Any], model: type[BaseModel]) -> str:
    """One sentence on one problem that pydantic found."""
    place = _place(problem, model)
    known = _known_keys(model, place[:-1])
    where = ".".join(place)
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(place[-1], known, n=1, cutoff=0.5)
        hint = f"did you mean '{'.'.join([*place[:-1], near[0]])}'?" if near else f"known are: {', '.join(known)}."
        return f"Configuration key '{where}' is not known; {hint}"
    value = repr(problem["input"])
    shown = value if len(value) < 80 else value[:77] + "..."
    if problem["type"] == "string_type" and isinstance(problem["input"], bool):
        return (
            f"Configuration key '{where}' has the value {shown}, as YAML reads yes, no, on and off: write it in quotes."
        )
    if problem["type"] == "string_type" and isinstance(problem["input"], int | float):
        return f"Configuration key '{where}' is the number {shown}: write it in quotes, as it stands in the file names."
    return f"Configuration key '{where}' has the value {shown}: {_way_out(problem, model, place)}."


def _way_out(problem: Mapping[str, Any], model: type[BaseModel], place: list[str]) -> str:
    """What is right: in the model's own words, or all that its key may hold."""
    key = _key_of(place)
    holder = _holder(model, key[:-1])
    if not SAID_BY_ALLOWED.search(problem["type"]) or holder is None or not key or key[-1] not in holder.model_fields:
        return str(problem["msg"]).removeprefix("Value error, ")
    by_yaml = " (YAML reads yes, no, on and off as true and false)" if isinstance(problem["input"], bool) else ""
    return f"allowed: {allowed_values(holder)[key[-1]].replace('`', '')}{by_yaml}"


def _place(problem: Mapping[str, Any], model: type[BaseModel]) -> list[str]:
    """The keys and indices that lead to a problem, without the names that pydantic has for kinds of values."""
    place: list[str] = []
    for part in problem["loc"]:
        is_last = part == problem["loc"][-1] and problem["type"] == "extra_forbidden"
        if isinstance(part, int) or is_last or part in _known_keys(model, place) or _is_mapping(model, place):
            place.append(str(part))
    return [part for part in place if part not in (LIST, QUERY)]


def _is_mapping(model: type[BaseModel], place: list[str]) -> bool:
    return any(get_origin(kind) in (dict, Mapping) for kind in _kinds(model, place))


def _key_of(place: list[str]) -> list[str]:
    """A place without the indices at its end: what has a name."""
    while place and place[-1].isdecimal():
        place = place[:-1]
    return place


def _holder(model: type[BaseModel], place: list[str]) -> type[BaseModel] | None:
    """The model that holds what lies at a place."""
    return next((kind for kind in _kinds(model, place) if _is_model(kind)), None)


def _known_keys(model: type[BaseModel], place: list[str]) -> list[str]:
    holder = _holder(model, place)
    return list(holder.model_fields) if holder else []


def _kinds(model: type[BaseModel], place: list[str]) -> list[Any]:
    """What may lie at a place."""
    kinds: list[Any] = [model]
    for part in place:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
    return kinds


def _inside(kind: Any, part: str) -> list[Any]:
    """What a key leads to: the field of a model, the value of a mapping, an item of a tuple."""
    if _is_model(kind):
        field = kind.model_fields.get(part)
        return _alternatives(field.annotation) if field else []
    inner = {dict: get_args(kind)[1:], tuple: get_args(kind)}.get(get_origin(kind), ())
    return [one for argument in inner for one in _alternatives(argument)]


def _alternatives(annotation: Any) -> list[Any]:
    """The members of a union, or the annotation itself; each without what is said of it besides."""
    members = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return [get_args(member)[0] if get_origin(member) is Annotated else member for member in members]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
