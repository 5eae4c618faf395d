"""Digests: of files, of JSON values, and of the code that did the work."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path

import rfc8785

from ..errors import DerivativeError


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical(value: object) -> bytes:
    """A JSON value in the one form that RFC 8785 allows (JSON Canonicalization Scheme).

    Raises
    ------
    DerivativeError
        If the value holds NaN, infinity, an integer beyond 2**53 or something that is not JSON.

    Examples
    --------
    >>> canonical({"b": 1.0, "a": [True, None]})
    b'{"a":[true,null],"b":1}'
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # what is not JSON is refused at run time
    except (rfc8785.CanonicalizationError, ValueError) as error:
        msg = f"This value has no canonical JSON form: {error}."
        raise DerivativeError(msg) from error


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON of a value, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def source_digest(module_names: Iterable[str]) -> str:
    """SHA-256 over the source text of modules, which are found but not imported.

    The order and repetition of names do not matter; line ends do not either.

    Raises
    ------
    DerivativeError
        If a module has no source file.
    """
    whole = hashlib.sha256()
    for name in sorted(set(module_names)):
        text = _source(name).replace(b"\r\n", b"\n")
        whole.update(f"{name}\0{len(text)}\0".encode() + text)
    return whole.hexdigest()


def _source(module_name: str) -> bytes:
    try:
        spec = importlib.util.find_spec(module_name)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        msg = f"Module '{module_name}' has no source file, so its digest cannot be taken."
        raise DerivativeError(msg)
    return Path(spec.origin).read_bytes()
