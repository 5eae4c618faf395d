"""Digests of steps: a job is redone when parameters, code or libraries of a step that it runs change, not otherwise."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ..steps.contract import Step
from .libraries import distributions, versions

PACKAGE = Path(__file__).parents[1]


def steps_fingerprint(steps: Iterable[Step]) -> str:
    """SHA-256 over names, versions, parameters and code of steps, in their order."""
    text = "\n".join(f"{step.name} {step.version} {step.model_dump_json()} {step_code(type(step))}" for step in steps)
    return hashlib.sha256(text.encode()).hexdigest()


def step_code(step: type[Step]) -> str:
    """SHA-256 over the module of a step, every module of eegmill that it imports, and their libraries' versions."""
    return code_digest(Path(str(sys.modules[step.__module__].__file__)))


@cache
def code_digest(*modules: Path) -> str:
    """SHA-256 over source files, every module of eegmill that they import, and the versions of their libraries."""
    found: set[Path] = set()
    libraries: set[str] = set()
    todo = list(modules)
    while todo:
        module = todo.pop()
        if module not in found:
            found.add(module)
            imports, named = _imports(module)
            libraries |= named
            todo.extend(imports)
    digest = hashlib.sha256()
    for module in sorted(found):
        digest.update(f"{module.relative_to(PACKAGE).as_posix()}\0".encode())
        digest.update(module.read_bytes())
    digest.update(versions(libraries).encode())
    return digest.hexdigest()


@cache
def _imports(module: Path) -> tuple[tuple[Path, ...], frozenset[str]]:
    """Modules of eegmill that a module imports, and the libraries that it computes with."""
    tree = ast.parse(module.read_bytes())
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level > 0]
    return tuple(path for node in nodes for path in _targets(module, node)), distributions(tree)


def _targets(module: Path, node: ast.ImportFrom) -> list[Path]:
    folder = module.parents[node.level - 1]
    base = folder.joinpath(*(node.module or "").split(".")) if node.module else folder
    if base.with_suffix(".py").is_file():
        return [base.with_suffix(".py")]
    inside = [base / f"{alias.name}.py" for alias in node.names]
    return [path for path in inside if path.is_file()]
