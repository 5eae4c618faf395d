"""What one source file imports, found in its text: modules of eegmill by name, and libraries."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .libraries import LOADERS as FINDERS
from .libraries import distributions

LOADERS = frozenset({"import_module", "__import__"})


class UnfollowedImport(Exception):
    """A module imports what a digest cannot follow: a change there would not be noticed."""


@dataclass(frozen=True)
class Source:
    """A source file: all that its imports depend on."""

    path: str
    """Relative to the root package, with forward slashes."""
    package: str
    """The dotted name that its relative imports start from."""
    text: bytes
    functions: bool = True
    """Whether imports inside functions count."""

    @property
    def root(self) -> str:
        """The name of the root package."""
        return self.package.partition(".")[0]


@dataclass(frozen=True)
class Imports:
    """What a source file imports."""

    names: frozenset[str]
    """Dotted names inside the root package: modules, or names in modules."""
    libraries: frozenset[str]
    """Distributions that it computes with."""


def imports_of(source: Source) -> Imports:
    """Find all imports of a source file.

    Raises
    ------
    UnfollowedImport
        If the name of a module is made up at run time.
    """
    nodes = tuple(_nodes(source.text))
    counted = (item.node for item in nodes if not item.for_types and (source.functions or not item.in_function))
    return Imports(
        frozenset(name for node in counted for name in _named(node, source)),
        distributions(item.node for item in nodes),
    )


@dataclass(frozen=True)
class _Node:
    """A node of a module that may import something."""

    node: ast.AST
    in_function: bool = False
    for_types: bool = False
    """Whether only type checkers read it."""


def _nodes(text: bytes) -> Iterator[_Node]:
    """Statements; and expressions too where the text names a loader: walking over them takes most of the time."""
    deep = any(loader.encode() in text for loader in LOADERS | FINDERS)
    tree = ast.parse(text)
    yield from _walk([tree], _Node(tree), deep=deep)


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


def _named(node: ast.AST, source: Source) -> Iterator[str]:
    """Dotted names inside the root package that a node imports: a module, or a name in a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] == source.root)
    elif isinstance(node, ast.ImportFrom):
        base = _base(node, source)
        if base.split(".")[0] == source.root:
            yield from (f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and _loads(node.func):
        yield from _loaded(node, source)


def _base(node: ast.ImportFrom, source: Source) -> str:
    """The absolute name that a ``from … import`` starts from."""
    if node.level == 0:
        return node.module or ""
    parts = source.package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _loads(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in LOADERS


def _loaded(node: ast.Call, source: Source) -> Iterator[str]:
    """The module that a call imports; only a name that stands there can be followed."""
    name = node.args[0] if node.args else None
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        msg = f"{source.path}, line {node.lineno}: imports a module whose name is made up as it runs."
        raise UnfollowedImport(msg)
    if name.value.split(".")[0] == source.root:
        yield name.value
