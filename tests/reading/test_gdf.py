"""Units of GDF files."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from eegmill.reading.gdf import units_of
from eegmill.reading.raw_files import open_raw

N, SFREQ, SECONDS = 4, 100, 4


def make(path, units, *, first=True):
    """A GDF file of version 1.25 or 2.10 whose channels hold 0 to 399 steps of a unit each."""
    n = len(units)
    head = (b"GDF 1.25" if first else b"GDF 2.10") + b" " * 228
    head += struct.pack("<qII", SECONDS, 1, 1) + struct.pack("<I" if first else "<HH", *((n,) if first else (n, 0)))
    head = bytearray(head)
    if first:
        head[168:184], head[184:192] = b"2020010100000000", struct.pack("<q", 256 * (n + 1))
    else:
        head[84:236] = b"\0" * 152
        head[184:186] = struct.pack("<H", n + 1)
    labels = b"".join(f"E{index}".encode().ljust(16) for index in range(n))
    if first:
        cells = labels + b" " * 80 * n + b"".join(unit.encode().ljust(8) for unit in units)
        cells += struct.pack(f"<{2 * n}d{2 * n}q", *[0.0] * n, *[1000.0] * n, *[0] * n, *[1000] * n) + b" " * 80 * n
        cells += struct.pack(f"<{2 * n}i", *[SFREQ] * n, *[3] * n) + b" " * 32 * n
    else:
        cells = labels + b" " * 86 * n + struct.pack(f"<{n}H", *units)
        cells += struct.pack(f"<{4 * n}d", *[0.0] * n, *[1000.0] * n, *[0.0] * n, *[1000.0] * n) + b"\0" * 68 * n
        cells += struct.pack(f"<{3 * n}f", *[0.0] * 3 * n) + struct.pack(f"<{2 * n}i", *[SFREQ] * n, *[3] * n)
        cells = cells.ljust(256 * n, b"\0")
    counts = np.arange(SECONDS * SFREQ, dtype="<i2").reshape(SECONDS, 1, SFREQ)
    path.write_bytes(bytes(head) + cells + np.repeat(counts, n, axis=1).tobytes() + b"\0" * 8)
    return path


def test_units_of_the_first_versions_are_texts(tmp_path):
    path = make(tmp_path / "a.gdf", ["uV", "mV", "MV", ""])
    assert units_of(path) == ["uV", "mV", "MV", ""]
    raw = open_raw(path, [])
    assert raw.get_data()[0, 100] == pytest.approx(100e-6)
    assert raw._orig_units["E0"] == "uV"
    assert "is read as 1 V" in raw._orig_units["E1"]
    assert "is read as 1 V" in raw._orig_units["E2"]


def test_units_of_the_second_versions_are_codes(tmp_path):
    path = make(tmp_path / "a.gdf", [4275, 4274, 4256, 4276, 512, 0], first=False)
    assert units_of(path) == ["uV", "mV", "V", "nV", "", ""]
    raw = open_raw(path, [])
    assert [raw._orig_units[f"E{index}"] for index in (0, 1, 2)] == ["uV", "mV", "V"]
    assert "is read as 1 V" in raw._orig_units["E3"]


def test_another_format_has_none_here(tmp_path):
    (tmp_path / "a.gdf").write_bytes(b"0       " + b" " * 400)
    assert units_of(tmp_path / "a.gdf") == []
