"""Which module of a package imports which, read from the source without running it.

A *room* is a folder of the package, or a module that lies directly in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Import:
    """One import: both modules by their dotted names (``eegmill.files.atomic``, ``scipy.signal``), and where it stands."""

    importer: str
    imported: str
    line: int
    in_function: bool = False
    for_types: bool = False
    """Whether it stands under ``if TYPE_CHECKING`` and is never run."""

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def imports_of(package: Path) -> list[Import]:
    """All imports in a package's folder, of its own modules and of others, sorted."""
    modules = {_dotted(path, package): path for path in package.rglob("*.py")}
    found = []
    for importer, path in modules.items():
        base = importer if path.name == "__init__.py" else importer.rpartition(".")[0]
        for node, in_function, for_types in _statements(ast.parse(path.read_bytes())):
            for imported in _imported(node, base, modules):
                found.append(Import(importer, imported, node.lineno, in_function, for_types))
    return sorted(found)


def room_of(module: str) -> str:
    """The room of a module of the package: ``files`` of ``eegmill.files.atomic``, empty for the package itself."""
    return module.partition(".")[2].partition(".")[0]


def circles(edges: Iterable[tuple[str, str]]) -> list[frozenset[str]]:
    """The largest groups of nodes in which each leads to each."""
    following: dict[str, set[str]] = {}
    for start, end in edges:
        following.setdefault(start, set()).add(end)
    reached = {node: _reached(node, following) for node in following}
    groups = {
        frozenset(other for other in ends if node in reached.get(other, ()))
        for node, ends in reached.items()
        if node in ends
    }
    return sorted(groups, key=sorted)


def _reached(start: str, following: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(following[start])
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo.extend(following.get(node, ()))
    return found


def _dotted(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _statements(
    node: ast.AST, *, in_function: bool = False, for_types: bool = False
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool, bool]]:
    """Import statements below a node, each with whether it stands in a function and under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, in_function, for_types
        inside = in_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        typed = for_types or (isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"))
        yield from _statements(child, in_function=inside, for_types=typed)


def _imported(node: ast.Import | ast.ImportFrom, base: str, modules: Iterable[str]) -> Iterator[str]:
    """Names of the modules that a statement imports; ``base`` is the package that it stands in."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    above = base.rsplit(".", node.level - 1)[0] if node.level else ""
    source = ".".join(part for part in (above, node.module) if part)
    for alias in node.names:
        submodule = f"{source}.{alias.name}"
        yield submodule if submodule in modules else source
