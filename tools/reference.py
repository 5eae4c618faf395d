"""Reference pages of the site, written from the code as the site is built: commands, Python, files."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, get_args

from pydantic import BaseModel

MADE = "This page is written from the code as the site is built.\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; what would end a cell is escaped."""
    lines = [tuple(head), *(tuple(" ".join(cell.split()).replace("|", "\\|") for cell in row) for row in rows)]
    lines.insert(1, ("---",) * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def commands_page() -> str:
    """Every command with its arguments and options."""
    import typer

    from eegmill.cli.app import app

    group: Any = typer.main.get_command(app)
    parts = [
        "# Commands\n",
        MADE,
        "`eegmill COMMAND --help` prints the same. What follows `--` after `run` goes to Snakemake.\n",
    ]
    parts += [part for name, command in group.commands.items() for part in _command(name, command)]
    return "\n".join(parts)


def _command(name: str, command: Any) -> Iterator[str]:
    below = getattr(command, "commands", None)
    yield f"## eegmill {name}\n\n{inspect.cleandoc(command.help or '')}\n"
    if below:
        for inner, part in below.items():
            yield from (text.replace("## eegmill", "### eegmill", 1) for text in _command(f"{name} {inner}", part))
        return
    rows = [(_written(parameter), _default(parameter), parameter.help or "") for parameter in command.params]
    if rows:
        yield table(("argument or option", "default", "meaning"), rows)


def _written(parameter: Any) -> str:
    names = [*parameter.opts, *parameter.secondary_opts] if parameter.param_type_name == "option" else [parameter.name]
    return ", ".join(f"`{name}`" for name in names)


def _default(parameter: Any) -> str:
    if parameter.required:
        return "must be given"
    return f"`{parameter.default}`" if parameter.default not in (None, "", (), [], False) else ""


def python_page() -> str:
    """Every public name of the package and of its public rooms, with its docstring."""
    import eegmill

    parts = ["# Python\n", MADE, "`help(eegmill.clean)` prints the same.\n"]
    for name in eegmill.__all__:
        thing = getattr(eegmill, name)
        if isinstance(thing, ModuleType):
            inner = (f"eegmill.{name}.{part}" for part in getattr(thing, "__all__", ()) if not part.startswith("DS"))
            parts += [f"## eegmill.{name}\n\n{_docstring(thing)}", *(_public(path, "###") for path in inner)]
        elif not name.startswith("__"):
            parts.append(_public(f"eegmill.{name}", "##"))
    return "\n".join(parts)


def _public(path: str, mark: str) -> str:
    module, _, name = path.rpartition(".")
    thing = getattr(importlib.import_module(module), name)
    if not callable(thing):
        return f"{mark} {path}\n"
    parts = [f"{mark} {path}\n", f"```python\n{name}{_signature(thing)}\n```\n", _docstring(thing)]
    methods = inspect.getmembers(thing, inspect.isfunction) if inspect.isclass(thing) else []
    for method, function in methods:
        if not method.startswith("_") and function.__doc__:
            parts.append(f"**`{method}{_signature(function)}`**\n\n{_docstring(function)}")
    return "\n".join(parts)


def _signature(thing: Any) -> str:
    try:
        return str(inspect.signature(thing)).replace("'", "")
    except (TypeError, ValueError):
        return "(…)"


def _docstring(thing: Any) -> str:
    text = inspect.getdoc(thing) or ""
    return f"```text\n{text}\n```\n" if "\n" in text else f"{text.replace('``', '`')}\n"


def files_page() -> str:
    """Files of a derivative, columns of its tables, keys of the record."""
    from eegmill.derivative import channels, components, epochs, window_table
    from eegmill.derivative.readme import TEXT
    from eegmill.records import RecordingRecord

    files = TEXT.split("## What is where\n\n")[1].split("\n\n")[0].replace("{optional}", "")
    windows = ((f"`{name}`", kind, unit, what) for name, (kind, unit, what) in window_table.COLUMNS.items())
    return "\n".join(
        [
            "# Files\n",
            MADE,
            f"## What a derivative holds\n\n{files}\n",
            "## `*_channels.tsv`\n",
            _columns(channels.DESCRIPTIONS),
            "## `*_desc-ica_components.tsv`\n",
            _columns(components.DESCRIPTIONS),
            "## `*_desc-epochs_epochs.tsv`\n",
            _columns(epochs.DESCRIPTIONS),
            "## `index.parquet`\n",
            table(("column", "type", "unit", "meaning"), windows),
            "## `*_desc-preproc_qc.json`: the record\n",
            *_models(RecordingRecord, set()),
        ]
    )


def _columns(descriptions: Mapping[str, Any]) -> str:
    return table(("column", "meaning"), ((f"`{name}`", _described(told)) for name, told in descriptions.items()))


def _described(told: Any) -> str:
    """What BIDS says of a column, in one sentence."""
    if isinstance(told, str):
        return told
    units = f" ({told['Units']})" if told.get("Units") else ""
    levels = "; ".join(f"`{level}`: {meaning}" for level, meaning in told.get("Levels", {}).items())
    return str(told.get("Description", "")) + units + (f": {levels}" if levels else "")


def _models(model: type[BaseModel], seen: set[type]) -> Iterator[str]:
    """The keys of a model, then those of the models in it."""
    from eegmill.models import field_descriptions

    seen.add(model)
    told = field_descriptions(model)
    kinds = {name: str(field.annotation) for name, field in model.model_fields.items()}
    rows = ((f"`{name}`", f"`{_plain(kind)}`", told.get(name, "")) for name, kind in kinds.items())
    yield f"### {model.__name__}\n\n{inspect.getdoc(model) or ''}\n"
    yield table(("key", "type", "meaning"), rows)
    for field in model.model_fields.values():
        for inner in _inside(field.annotation):
            if inner not in seen:
                yield from _models(inner, seen)


def _plain(kind: str) -> str:
    """A type as one reads it.

    >>> _plain("tuple[eegmill.records.StepRecord, ...]")
    'tuple[StepRecord, ...]'
    """
    return re.sub(r"<class '([^']*)'>", r"\1", re.sub(r"\b(typing|eegmill\.\w+)\.", "", kind))


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _inside(argument)
