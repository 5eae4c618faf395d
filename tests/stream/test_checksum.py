"""The checksum of a window is CRC-32, whoever counts it."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st


@given(st.binary())
def test_isal_counts_as_zlib_does(content: bytes) -> None:
    isal_zlib = pytest.importorskip("isal.isal_zlib", reason="needs isal: pip install 'eegmill[stream]'")
    assert isal_zlib.crc32(memoryview(content)) == zlib.crc32(content)
