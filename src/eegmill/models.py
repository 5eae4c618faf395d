"""The bases of every model: frozen, strict, without NaN; and of those that a person writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

if TYPE_CHECKING:
    import ast

TRUTHS = frozenset({"y", "yes", "n", "no", "true", "false", "on", "off"})
"""What YAML 1.1 reads as true or false, in lower case; in quotes, and for YAML 1.2, it is text."""
OTHER_KIND = "other_kind"
"""Type of the problem of a truth in place of a number, or a number in place of a truth."""
Place = tuple[str | int, ...]


class Frozen(BaseModel):
    """A model that never changes and refuses unknown keys, NaN and infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Written(Frozen):
    """A model whose values a person writes: true is no number, and a number is neither true nor false.

    Pydantic takes either for the other: ``loud_sd: true`` would be a limit of 1. Text that is a number counts as it
    (YAML 1.1 reads ``1e-6`` as text), and so does 3.0 where a whole number is wanted; nothing is lost by that.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _of_the_kind_written(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        read = handler(values)
        if isinstance(values, Mapping):
            written = ((name, value) for name, value in values.items() if name in cls.model_fields)
            found = [one for name, value in written for one in _taken_for_another(value, getattr(read, name), (name,))]
            if found:
                raise ValidationError.from_exception_data(cls.__name__, [_problem(*one) for one in found])
        return read


def _taken_for_another(given: Any, read: Any, place: Place) -> Iterator[tuple[Any, Place]]:
    """Values that were read as another kind than was written, and where; models within look after their own."""
    if isinstance(read, bool):
        if not (isinstance(given, bool) or (isinstance(given, str) and given.strip().lower() in TRUTHS)):
            yield given, place
    elif isinstance(read, int | float):
        if isinstance(given, bool):
            yield given, place
    elif isinstance(read, tuple) and isinstance(given, list | tuple):
        for index, (inner, its) in enumerate(zip(given, read, strict=False)):
            yield from _taken_for_another(inner, its, (*place, index))
    elif isinstance(read, dict) and isinstance(given, Mapping):
        for key in given:
            if key in read:
                yield from _taken_for_another(given[key], read[key], (*place, key))


def _problem(given: Any, place: Place) -> InitErrorDetails:
    message = "a number is wanted, not true or false" if isinstance(given, bool) else "true or false is wanted"
    return InitErrorDetails(type=PydanticCustomError(OTHER_KIND, message), loc=place, input=given)


def field_descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The docstrings below a model's fields, by field, those of its bases included.

    They are read from the source where somebody wants to see them. Pydantic's ``use_attribute_docstrings`` would
    parse every module as it is imported, a quarter of a second in each process.
    """
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base is not BaseModel and issubclass(base, BaseModel):
            found.update(_own_descriptions(base))
    return found


@cache
def _own_descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    import ast
    import inspect

    found = {}
    body = _definition(model).body
    for field, text in pairwise(body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(docstring))):
                found[name] = inspect.cleandoc(docstring)
    return found


def _definition(model: type[BaseModel]) -> ast.ClassDef:
    """The definition of a class, found by its name: ``inspect.getsource`` takes ten times as long."""
    import ast
    import inspect

    node: ast.AST = _parsed(str(inspect.getsourcefile(model)))
    for name in model.__qualname__.replace("<locals>.", "").split("."):
        node = next(one for one in ast.walk(node) if getattr(one, "name", "") == name)
    assert isinstance(node, ast.ClassDef)
    return node


@cache
def _parsed(file: str) -> ast.Module:
    import ast

    return ast.parse(Path(file).read_bytes())
