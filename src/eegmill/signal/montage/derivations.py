"""Derivations: channels that were recorded, or subtracted, between two electrodes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from .template import ten_five_names

NUMBERED = re.compile(r"^(E\d{1,3}|[A-H]\d{1,2})$", re.IGNORECASE)
"""Electrodes of numbered caps (EGI, BioSemi), in the names of derivations."""
SITE = re.compile(r"^[a-z]{2,3}\d{0,2}'?$")
"""What may be an electrode that no system knows: ``LF``, ``RSP``, ``LAH1``."""
NO_SITES = frozenset(
    {"ref", "le", "re", "lm", "ar", "av", "ave", "avg", "avr", "car", "org", "cle", "ler", "com", "cm", "cms", "drl"}
    | {"gnd", "raw", "uv", "mv", "ch", "eeg", "exg", "ecg", "emg", "eog", "dc", "nc", "lap", "csd", "aux", "bip"}
)
"""Words beside the dash of a name that are no electrodes: references of the whole recording, units, kinds."""
REPEATED = re.compile(r"-\d+$")
"""Number of a name that a file has several times: ``T8-P8-0``, ``T8-P8-1``."""
LAPLACIAN = re.compile(r"(?:^|[^a-z])(?:lap|laplac\w*|csd|hjorth)(?:[^a-z]|$)|(?<=[\dz])(?:lap|csd)$", re.IGNORECASE)


def electrodes_of(name: str) -> tuple[str, str] | None:
    """The two electrodes of a derivation, in lower case; None for a channel of one electrode.

    Examples
    --------
    >>> electrodes_of("Fp1-F7"), electrodes_of("Fp1"), electrodes_of("Cz-1"), electrodes_of("LF-RF")
    (('fp1', 'f7'), None, None, ('lf', 'rf'))
    """
    first, dash, second = REPEATED.sub("", name.lower()).partition("-")
    both = dash and _is_electrode(first) and _is_electrode(second)
    return (first, second) if both and first != second else None


def is_laplacian(name: str) -> bool:
    """Whether a name says that the neighbours of the electrode were subtracted (Hjorth 1975, Perrin et al. 1989).

    Examples
    --------
    >>> is_laplacian("C3 Laplacian"), is_laplacian("C3-lap"), is_laplacian("Overlap")
    (True, True, False)
    """
    return LAPLACIAN.search(name) is not None


def _is_electrode(part: str) -> bool:
    if part in _known_electrodes() or NUMBERED.match(part):
        return True
    return SITE.match(part) is not None and part not in NO_SITES


def derivations(names: Sequence[str]) -> tuple[str, ...]:
    """Those EEG channels that share no reference with the others, so that no common one can be subtracted from them.

    Channels of one electrode share the reference of the recording. Where all channels are derivations against one and
    the same electrode (``F3-Cz``, ``P4-Cz``), that is the reference of the recording, and none is told. A Laplacian has
    its neighbours for a reference.
    """
    pairs = {name: pair for name in names if (pair := electrodes_of(name)) is not None}
    against = Counter(second for _, second in pairs.values())
    if len(pairs) == len(names) and len(against) == 1:
        return ()
    return tuple(name for name in names if name in pairs or is_laplacian(name))


@cache
def _known_electrodes() -> frozenset[str]:
    return frozenset(name.lower() for name in ten_five_names())
