"""GDF: the units that its header names, which MNE reads only in part.

References
----------
GDF: Schlögl 2013, arXiv:cs/0608052; codes of units: ISO/IEEE 11073-10101, table A.
"""

from __future__ import annotations

import struct
from pathlib import Path

VOLT = 4256
"""Code of the volt; a decimal factor is added to it."""
FACTORS = {0: "", 18: "m", 19: "u", 20: "n"}
"""Decimal factors by their codes."""


def units_of(path: Path) -> list[str]:
    """Unit of each channel as the header names it; empty where it names none or no voltage.

    Nothing where the file is no GDF.
    """
    with path.open("rb") as stream:
        fixed = stream.read(256)
        if len(fixed) < 256 or not fixed.startswith(b"GDF "):
            return []
        is_first = fixed[4:8] < b"1.90"
        n_channels = struct.unpack("<I" if is_first else "<H", fixed[252 : 256 if is_first else 254])[0]
        stream.seek(256 + n_channels * (96 if is_first else 102))
        cells = stream.read(n_channels * (8 if is_first else 2))
    if is_first:
        return [cells[start : start + 8].decode("latin-1").strip(" \0") for start in range(0, len(cells), 8)]
    return [_unit(code) for (code,) in struct.iter_unpack("<H", cells)]


def _unit(code: int) -> str:
    return f"{FACTORS[code - VOLT]}V" if code - VOLT in FACTORS else ""
