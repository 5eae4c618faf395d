"""Digests of steps: a job is redone when parameters or code of a step that it runs change, and not otherwise."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from .steps.contract import Step

PACKAGE = Path(__file__).parent


def steps_fingerprint(steps: Iterable[Step]) -> str:
    """SHA-256 over names, versions, parameters and code of steps, in their order."""
    text = "\n".join(f"{step.name} {step.version} {step.model_dump_json()} {step_code(type(step))}" for step in steps)
    return hashlib.sha256(text.encode()).hexdigest()


def step_code(step: type[Step]) -> str:
    """SHA-256 over the module of a step and every module of eegmill that it imports."""
    return code_digest(Path(str(sys.modules[step.__module__].__file__)))


@cache
def code_digest(*modules: Path) -> str:
    """SHA-256 over source files and every module of eegmill that they import, directly or not."""
    found: set[Path] = set()
    todo = list(modules)
    while todo:
        module = todo.pop()
        if module not in found:
            found.add(module)
            todo.extend(_imports(module))
    digest = hashlib.sha256()
    for module in sorted(found):
        digest.update(f"{module.relative_to(PACKAGE).as_posix()}\0".encode())
        digest.update(module.read_bytes())
    return digest.hexdigest()


@cache
def _imports(module: Path) -> tuple[Path, ...]:
    tree = ast.parse(module.read_bytes())
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level > 0]
    return tuple(path for node in nodes for path in _targets(module, node))


def _targets(module: Path, node: ast.ImportFrom) -> list[Path]:
    folder = module.parents[node.level - 1]
    base = folder.joinpath(*(node.module or "").split(".")) if node.module else folder
    if base.with_suffix(".py").is_file():
        return [base.with_suffix(".py")]
    inside = [base / f"{alias.name}.py" for alias in node.names]
    return [path for path in inside if path.is_file()]
