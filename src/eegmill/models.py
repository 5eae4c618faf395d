"""The base of every model: frozen, strict, without NaN."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A model that never changes and refuses unknown keys, NaN and infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def field_descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The docstrings below a model's fields, by field, those of its bases included.

    They are read from the source where somebody wants to see them. Pydantic's ``use_attribute_docstrings`` would
    parse every module as it is imported, a quarter of a second in each process.
    """
    import ast
    import inspect
    import textwrap

    found = {}
    for base in reversed(model.__mro__):
        if base is BaseModel or not issubclass(base, BaseModel):
            continue
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(definition, ast.ClassDef)
        for field, text in zip(definition.body, definition.body[1:], strict=False):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(docstring))):
                    found[name] = inspect.cleandoc(docstring)
    return found
