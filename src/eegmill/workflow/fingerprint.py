"""Digests of code: a job is done again when parameters, code or libraries that it uses change, not otherwise."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ..steps.contract import Step
from .libraries import LOADERS as FINDERS
from .libraries import distributions, versions

PACKAGE = Path(__file__).parents[1]
NAME = PACKAGE.name

HASHED_ELSEWHERE = {
    "steps/__init__.py": "imports a step when a recipe asks for it; the steps of a recipe are hashed one by one",
    "__init__.py": "imports nothing but errors and version until a user asks for more",
}
"""Modules whose functions import by a name made up at run time, each with the reason why that may be passed over."""

LOADERS = frozenset({"import_module", "__import__"})


class UnfollowedImport(Exception):
    """A module imports what a digest cannot follow: a change there would not be noticed."""


def steps_fingerprint(steps: Iterable[Step]) -> str:
    """SHA-256 over names, versions, parameters and code of steps, in their order."""
    text = "\n".join(f"{step.name} {step.version} {step.model_dump_json()} {step_code(type(step))}" for step in steps)
    return hashlib.sha256(text.encode()).hexdigest()


def step_code(step: type[Step]) -> str:
    """SHA-256 over the module of a step, every module of eegmill that it imports, and their libraries' versions."""
    return code_digest(Path(str(sys.modules[step.__module__].__file__)))


@cache
def code_digest(*modules: Path) -> str:
    """SHA-256 over source files, all that they use of eegmill, and the versions of their libraries.

    Raises
    ------
    UnfollowedImport
        If one of them imports a module of eegmill that is not found, or one whose name is made up at run time.
    """
    digest = hashlib.sha256()
    libraries: set[str] = set()
    for path in sorted(modules_used(*modules)):
        libraries |= _libraries(path) if path.suffix == ".py" else set()
        digest.update(f"{_relative(path)}\0".encode())
        digest.update(path.read_bytes())
    digest.update(versions(libraries).encode())
    return digest.hexdigest()


def modules_used(*modules: Path) -> frozenset[Path]:
    """Source files, the modules of eegmill that they import at any depth, and the data that lies beside these."""
    found: set[Path] = set()
    todo = list(modules)
    while todo:
        module = todo.pop()
        if module not in found:
            found.add(module)
            todo.extend(_imports(module))
    return frozenset(found | {path for module in found for path in _data_beside(module)})


@cache
def _imports(module: Path) -> frozenset[Path]:
    """Modules of eegmill that one module imports, the packages on the way to them included."""
    everywhere = _relative(module) not in HASHED_ELSEWHERE
    found = (item for item in _nodes(module) if not item.for_types and (everywhere or not item.in_function))
    named = {name for item in found for name in _named(item.node, module)}
    own = _dotted(module).split(".")[:-1] if module.name != "__init__.py" else _dotted(module).split(".")
    packages = {".".join(own[:depth]) for depth in range(1, len(own) + 1)}
    return frozenset(path for name in named | packages for path in _files_of(name, module))


@dataclass(frozen=True)
class _Node:
    """A node of a module that may import something."""

    node: ast.AST
    in_function: bool = False
    for_types: bool = False
    """Whether only type checkers read it."""


@cache
def _nodes(module: Path) -> tuple[_Node, ...]:
    """Statements; and expressions too where the text names a loader: walking over them takes most of the time."""
    text = module.read_bytes()
    deep = any(loader.encode() in text for loader in LOADERS | FINDERS)
    tree = ast.parse(text)
    return tuple(_walk([tree], _Node(tree), deep=deep))


def _walk(nodes: Iterable[ast.AST], around: _Node, *, deep: bool) -> Iterator[_Node]:
    for node in nodes:
        here = replace(around, node=node)
        yield here
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _walk(node.body, replace(here, for_types=True), deep=deep)
            yield from _walk(node.orelse, here, deep=deep)
        else:
            inside = here.in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            children = ast.iter_child_nodes(node) if deep else _statements(node)
            yield from _walk(children, replace(here, in_function=inside), deep=deep)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        children = getattr(node, name, ())
        yield from children if isinstance(children, list) else ()


def _named(node: ast.AST, module: Path) -> Iterator[str]:
    """Dotted names inside eegmill that a node imports: a module, or a name in a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] == NAME)
    elif isinstance(node, ast.ImportFrom):
        base = _base(node, module)
        if base.split(".")[0] == NAME:
            yield from (f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and _loads(node.func):
        yield from _loaded(node, module)


def _base(node: ast.ImportFrom, module: Path) -> str:
    """The absolute name that a ``from … import`` starts from."""
    if node.level == 0:
        return node.module or ""
    parts = _dotted(module).split(".")
    parts = parts[: len(parts) - node.level + (module.name == "__init__.py")]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _loads(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in LOADERS


def _loaded(node: ast.Call, module: Path) -> Iterator[str]:
    """The module that a call imports; only a name that stands there can be followed."""
    name = node.args[0] if node.args else None
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        msg = f"{_relative(module)}, line {node.lineno}: imports a module whose name is made up as it runs."
        raise UnfollowedImport(msg)
    if name.value.split(".")[0] == NAME:
        yield name.value


def _files_of(name: str, module: Path) -> Iterator[Path]:
    """The files that importing a dotted name reads: its packages, and the module that defines it."""
    parts = name.split(".")
    folder = PACKAGE
    if _has(folder / "__init__.py"):
        yield folder / "__init__.py"
    for position, part in enumerate(parts[1:], start=1):
        if _has(folder / part / "__init__.py"):
            folder /= part
            yield folder / "__init__.py"
        elif _has(folder / f"{part}.py"):
            yield folder / f"{part}.py"
            return
        elif position == len(parts) - 1 and position > 1:
            return  # a name that the package itself defines or hands on
        else:
            msg = f"{_relative(module)} imports '{name}', and there is no such module."
            raise UnfollowedImport(msg)


@cache
def _has(path: Path) -> bool:
    return path.is_file()


def _dotted(module: Path) -> str:
    parts = module.relative_to(PACKAGE).with_suffix("").parts
    return ".".join([NAME, *(parts[:-1] if parts[-1] == "__init__" else parts)])


def _relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@cache
def _libraries(module: Path) -> frozenset[str]:
    return distributions(item.node for item in _nodes(module))


@cache
def _data_beside(module: Path) -> tuple[Path, ...]:
    """Templates, schemas and tables in the package of a module: code reads them, so they count as code."""
    if module.parent == PACKAGE:
        return ()
    return tuple(path for path in _data_in(module.parent) if path.is_file())


@cache
def _data_in(folder: Path) -> tuple[Path, ...]:
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").is_file():
            found.extend(_data_in(path))
        elif path.is_file() and path.suffix not in {".py", ".pyc"}:
            found.append(path)
    return tuple(found)
