"""Names of parameters and marked-up texts as people read them."""

from __future__ import annotations

import re

UNITS = {"hz": "Hz", "s": "s", "ms": "ms", "uv": "µV", "v": "V", "m": "m", "db": "dB", "mb": "MB", "percent": "%"}
"""The last part of a name, where it is a unit."""
CITATION = re.compile(r" ?\[@[^\]]*\]")


def plain(name: str) -> str:
    """A name without underscores, its unit as it is written.

    Examples
    --------
    >>> plain("cutoff_hz"), plain("max_bad_fraction"), plain("s")
    ('cutoff (Hz)', 'max bad fraction', 's')
    """
    stem, _, last = name.rpartition("_")
    return f"{stem.replace('_', ' ')} ({UNITS[last]})" if stem and last in UNITS else name.replace("_", " ")


def unquoted(docstring: str) -> str:
    """A line of a docstring without its marks.

    Examples
    --------
    >>> unquoted("Mark as ``BAD_flat``, see `annotate`.")
    'Mark as BAD_flat, see annotate.'
    """
    return docstring.replace("`", "")


def uncited(sentence: str) -> str:
    """A sentence of the methods text without its references.

    Examples
    --------
    >>> uncited("By ICLabel [@piontonachini2019; @x2020].")
    'By ICLabel.'
    """
    return CITATION.sub("", sentence)
