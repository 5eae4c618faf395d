"""The base of every model: frozen, strict, without NaN."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import ast


class Frozen(BaseModel):
    """A model that never changes and refuses unknown keys, NaN and infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


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
