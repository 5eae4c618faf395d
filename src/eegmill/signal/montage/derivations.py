"""Derivations: channels that were recorded, or subtracted, between two electrodes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from .template import ten_five_names

NUMBERED = re.compile(r"^(E\d{1,3}|[A-H]\d{1,2})$", re.IGNORECASE)
"""Electrodes of numbered caps (EGI, BioSemi), in the names of derivations."""


def electrodes_of(name: str) -> tuple[str, str] | None:
    """The two electrodes of a derivation, in lower case; None for a channel of one electrode.

    Examples
    --------
    >>> electrodes_of("Fp1-F7"), electrodes_of("Fp1"), electrodes_of("Cz-1")
    (('fp1', 'f7'), None, None)
    """
    first, dash, second = name.lower().partition("-")
    known = _known_electrodes()
    both = dash and all(part in known or NUMBERED.match(part) for part in (first, second))
    return (first, second) if both and first != second else None


def derivations(names: Sequence[str]) -> tuple[str, ...]:
    """Those EEG channels that share no reference with the others, so that no common one can be subtracted from them.

    Channels of one electrode share the reference of the recording. Where all channels are derivations against one and
    the same electrode (``F3-Cz``, ``P4-Cz``), that is the reference of the recording, and none is told.
    """
    pairs = {name: pair for name in names if (pair := electrodes_of(name)) is not None}
    against = Counter(second for _, second in pairs.values())
    if len(pairs) == len(names) and len(against) == 1:
        return ()
    return tuple(pairs)


def _known_electrodes() -> frozenset[str]:
    return frozenset(name.lower() for name in ten_five_names())
