"""Strict JSON: what every store can keep and give back unchanged, and nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import TypeAlias

from ..faults import DocumentError

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

MAX_BYTES = 16 * 1024 * 1024
"""MongoDB's limit for one document."""
MAX_DEPTH = 32
MAX_VALUES = 1_000_000
"""In one text; a value takes up to 30 times its bytes in memory."""
MAX_INTEGER = 2**63 - 1
MIN_INTEGER = -(2**63)


def parse(text: str | bytes, *, what: str = "The document", max_bytes: int = MAX_BYTES) -> JsonValue:
    """Read JSON text strictly.

    Parameters
    ----------
    text
        UTF-8 JSON.
    what
        How an error names the text.
    max_bytes
        Largest size allowed.

    Returns
    -------
    JsonValue
        The value.

    Raises
    ------
    DocumentError
        If the text is not RFC 8259 JSON, holds NaN, an infinity (``1e999`` too), an integer beyond 64 bits,
        a lone surrogate, more than 32 levels, about a million values or more, or more than ``max_bytes`` bytes.

    Examples
    --------
    >>> parse('{"nchans": 32}')
    {'nchans': 32}
    """
    decoded = _decode(text, what, max_bytes)
    if sum(map(decoded.count, ",[{")) > MAX_VALUES:  # in texts too, where there are never so many
        msg = f"{what} has more than {MAX_VALUES:,} commas and brackets. Send it in parts."
        raise DocumentError(msg)
    try:
        value: JsonValue = _DECODER.decode(decoded)
    except RecursionError:
        msg = f"{what} is nested deeper than {MAX_DEPTH} levels."
        raise DocumentError(msg) from None
    except ValueError as error:
        msg = f"{what} is not valid JSON: {error}."
        raise DocumentError(msg) from None
    check(value, what=what)
    return value


def check(value: object, *, what: str = "The document") -> None:
    """Refuse what JSON text or a store could not hold; walks without recursion.

    Raises
    ------
    DocumentError
        As for :func:`parse`, and for values that are not JSON at all.
    """
    # Iterators, not members, wait: a list of a million numbers would otherwise become a million tuples.
    waiting: list[Iterator[object]] = [iter((value,))]
    while waiting:
        for item in waiting[-1]:
            members = _members(item, what)
            if members is not None:
                waiting.append(members)
                break
        else:
            waiting.pop()
        if len(waiting) > MAX_DEPTH + 1:
            msg = f"{what} is nested deeper than {MAX_DEPTH} levels."
            raise DocumentError(msg)


def _members(item: object, what: str) -> Iterator[object] | None:
    """What a dict or list holds that is still to be checked; None of anything else, which is checked here."""
    if isinstance(item, dict):
        for key in item:
            _check_key(key, what)
        return iter(item.values())
    if isinstance(item, list):
        return iter(()) if _is_plain_text(item) else iter(item)
    _check_scalar(item, what)
    return None


def dumps(value: object) -> str:
    """Write JSON as the stores keep it: compact, UTF-8, keys in their order."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _decode(text: str | bytes, what: str, max_bytes: int) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        msg = f"{what} has {size} bytes, more than the {max_bytes} allowed."
        raise DocumentError(msg)
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        msg = f"{what} is not UTF-8: {error.reason} at byte {error.start}."
        raise DocumentError(msg) from None


def _is_plain_text(items: list[object]) -> bool:
    """Whether a list holds ASCII texts alone, as most long ones do: quicker than looking at each."""
    try:
        return "".join(items).isascii()  # type: ignore[arg-type]  # a list of anything else raises
    except TypeError:
        return False


def _check_key(key: object, what: str) -> None:
    if not isinstance(key, str):
        msg = f"{what} has the key {key!r}, which is not text."
        raise DocumentError(msg)
    if "\0" in key:
        msg = f"{what} has a key with a NUL character."
        raise DocumentError(msg)
    _check_scalar(key, what)


def _check_scalar(item: object, what: str) -> None:
    if isinstance(item, str):
        if not item.isascii():
            _check_encodes(item, what)
    elif isinstance(item, float):
        if not math.isfinite(item):
            msg = f"{what} holds {item}, which is not a number in JSON."
            raise DocumentError(msg)
    elif isinstance(item, int):
        if not MIN_INTEGER <= item <= MAX_INTEGER:
            msg = f"{what} holds an integer beyond 64 bits."
            raise DocumentError(msg)
    elif item is not None:
        msg = f"{what} holds a {type(item).__name__}, which is not JSON."
        raise DocumentError(msg)


def _check_encodes(item: str, what: str) -> None:
    try:
        item.encode("utf-8")
    except UnicodeEncodeError:
        msg = f"{what} holds half of a surrogate pair, which is not Unicode text."
        raise DocumentError(msg) from None


def _refuse_constant(name: str) -> float:
    msg = f"{name} is not a number in JSON"
    raise ValueError(msg)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        msg = f"{text[:20]} is too large for a number"
        raise ValueError(msg)
    return number


def _integer(text: str) -> int:
    if len(text) > 20:
        msg = f"{text[:20]}… is an integer beyond 64 bits"
        raise ValueError(msg)
    return int(text)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite, parse_int=_integer)
