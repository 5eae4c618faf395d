"""Digests of code: a job is done again when parameters, code or libraries that it uses change, not otherwise."""

from __future__ import annotations

import atexit
import hashlib
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from ..steps.contract import Step
from .imports import Imports, Source, UnfollowedImport
from .kept_imports import KeptImports
from .libraries import versions

PACKAGE = Path(__file__).parents[1]
NAME = PACKAGE.name

HASHED_ELSEWHERE = {
    "steps/__init__.py": "imports a step when a recipe asks for it; the steps of a recipe are hashed one by one",
    "__init__.py": "imports nothing but errors and version until a user asks for more",
}
"""Modules whose functions import by a name made up at run time, each with the reason why that may be passed over."""


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
        libraries |= _found(path).libraries if path.suffix == ".py" else set()
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
    own = _package(module).split(".")
    packages = {".".join(own[:depth]) for depth in range(1, len(own) + 1)}
    try:
        return frozenset(path for name in _found(module).names | packages for path in _files_of(name))
    except _NoSuchModule as error:
        msg = f"{_relative(module)} imports '{error}', and there is no such module."
        raise UnfollowedImport(msg) from None


@cache
def _found(module: Path) -> Imports:
    relative = _relative(module)
    functions = relative not in HASHED_ELSEWHERE
    return _kept().of(Source(relative, _package(module), module.read_bytes(), functions=functions))


@cache
def _kept() -> KeptImports:
    kept = KeptImports()
    atexit.register(kept.keep)
    return kept


class _NoSuchModule(Exception):
    """A dotted name that no file defines."""


@cache
def _files_of(name: str) -> tuple[Path, ...]:
    """The files that importing a dotted name reads: its packages, and the module that defines it."""
    return tuple(_walked(name))


def _walked(name: str) -> Iterator[Path]:
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
            raise _NoSuchModule(name)


@cache
def _has(path: Path) -> bool:
    return path.is_file()


def _package(module: Path) -> str:
    return ".".join([NAME, *module.relative_to(PACKAGE).parts[:-1]])


def _relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


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
