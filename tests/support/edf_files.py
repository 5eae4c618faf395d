"""EDF files written byte by byte, so that any field can be wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

SFREQ = 50


def make_edf(
    path: Path,
    rates: Mapping[str, int] | None = None,
    *,
    n_records: int = 6,
    start: bytes = b"01.01.2000.00.00",
    tals: Mapping[int, Sequence[bytes]] | None = None,
    starts: Sequence[float] | None = None,
    declared: int | None = None,
    kind: bytes = b"EDF+D",
    units: Mapping[str, str] | None = None,
) -> Path:
    """Records of a second; the first channel counts its samples in microvolts, so that each tells its place."""
    rates = rates if rates is not None else {"Fz": SFREQ, "Cz": SFREQ}
    labels, samples = [*rates], [*rates.values()]
    if tals is not None:
        labels, samples = [*labels, "EDF Annotations"], [*samples, 60]
    n = len(labels)
    head = b"0".ljust(8) + b"X X X X".ljust(80) + b"Startdate X X X X".ljust(80) + start
    head += _cell(256 * (n + 1), 8) + kind.ljust(44) + _cell(n_records if declared is None else declared, 8)
    head += _cell(1, 8) + _cell(n, 4) + b"".join(_cell(label, 16) for label in labels) + b" " * 80 * n
    head += b"".join(_cell((units or {}).get(label, "uV"), 8) for label in labels)
    for value in (-32768, 32767, -32768, 32767):
        head += b"".join(_cell(value, 8) for _ in labels)
    head += b" " * 80 * n + b"".join(_cell(count, 8) for count in samples) + b" " * 32 * n
    body = b""
    for record in range(n_records):
        for count in rates.values():
            body += np.arange(record * count, (record + 1) * count, dtype="<i2").tobytes()
        if tals is not None:
            at = starts[record] if starts else record
            body += (f"+{at:g}".encode() + b"\x14\x14\0" + b"".join(tals.get(record, ()))).ljust(120, b"\0")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + body)
    return path


def _cell(value: object, width: int) -> bytes:
    return str(value).encode("latin-1").ljust(width)
