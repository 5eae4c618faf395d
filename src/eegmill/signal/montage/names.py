"""Clean electrode names: what a recorder adds to ``Fp1`` is taken off."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

PREFIX = re.compile(r"^(?:EEG|POL|RAW)[ _.:-]+(?=[^\d\s])", re.IGNORECASE)
SUFFIX = re.compile(r"[ _-]+(?:REF|C?LER?|AR|AVE?|AVG|AVR|CAR|ORG)$", re.IGNORECASE)
SEPARATOR = re.compile(r"\s*[:/_>\u2012-\u2015\u2192\u2212-]\s*|\s+")
"""What recorders write between an electrode and its reference: ``F3:M2``, ``F3/M2``, ``F3 - M2``, ``F3 M2``."""
IN_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]+)[)\]]$")
"""A reference in brackets: ``Fp1 (A1)``."""
DOTS = re.compile(r"\.+$")
DOUBLED = re.compile(r"^(\w+) \1$", re.IGNORECASE)
EAR_REFERENCE = re.compile(r"-(?:[AM][12]){1,2}$|-\(?[AM]1\+[AM]2\)?(?:/2)?$", re.IGNORECASE)
OLD_NAMES: Mapping[str, str] = {"T3": "T7", "T4": "T8", "T5": "P7", "T6": "P8"}
"""Names of the 10-20 system before 1991, and where these electrodes are today (Klem et al. 1999)."""


def clean_name(name: str, standard: Mapping[str, str]) -> str:
    """Take prefix, reference suffix and trailing dots off a channel name.

    ``EEG Fp1-REF``, ``EEG FP1`` and ``Fp1.`` all become ``Fp1``. ``EEG A2-A1`` becomes ``A2-A1``: two electrodes make
    a bipolar channel, not an electrode with its reference, and so do ``FP1F7`` and ``FP1 F7``. A name that nothing or
    only a number would be left of stays.

    Parameters
    ----------
    name : str
    standard : mapping
        Lower-case names to the way the 10-05 system writes them.
    """
    bare = SUFFIX.sub("", PREFIX.sub("", name.strip()))
    bare = DOUBLED.sub(r"\1", DOTS.sub("", bare)).strip()
    pair = SEPARATOR.split(IN_BRACKETS.sub(r"-\1", bare))
    if len(pair) == 1 and bare.lower() not in standard:
        pair = bare.split(".")
    if len(pair) == 1 and bare.lower() not in standard:
        pair = _glued(bare, standard) or pair
    if len(pair) == 2 and all(part.lower() in standard for part in pair):
        return "-".join(standard[part.lower()] for part in pair)
    return "-".join(standard.get(part.lower(), part) for part in bare.split("-")) or name


def _glued(name: str, standard: Mapping[str, str]) -> list[str] | None:
    """Two electrodes written as one word, ``FP1F7``; None for any other word."""
    parts = ([name[:at], name[at:]] for at in range(2, len(name) - 1))
    return next((pair for pair in parts if all(part.lower() in standard for part in pair)), None)


def renamed(names: Sequence[str], standard: Iterable[str]) -> dict[str, str]:
    """Old name to clean name, of those channels whose name changes.

    Where two channels would get one name, both keep theirs.
    """
    by_lower = {name.lower(): name for name in standard}
    wish = {name: clean_name(name, by_lower) for name in names}
    while clash := {name for name, count in Counter(wish.values()).items() if count > 1}:
        wish = {old: old if new in clash else new for old, new in wish.items()}
    return {old: new for old, new in wish.items() if old != new}


def site(name: str) -> str:
    """Where a channel lies: the present name of its electrode, without a reference at the ears.

    ``T7`` for ``T3``, and ``C3`` for ``C3-M2``. A bipolar channel between two scalp electrodes lies nowhere.
    """
    electrode = EAR_REFERENCE.sub("", name)
    return OLD_NAMES.get(electrode, electrode)
