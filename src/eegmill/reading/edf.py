"""EDF and BDF: the header held against the file, and faults of its text mended.

MNE stops at a clock of hour 24 and reads what lies behind the end that the header says. So the header is read here, and
MNE gets one that it can read.

References
----------
EDF: Kemp et al. 1992, doi:10.1016/0013-4694(92)90009-7.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from ..errors import RecordingError

EDF_SUFFIXES = (".edf", ".bdf")
ANNOTATIONS = ("EDF Annotations", "BDF Annotations")
WIDTHS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
"""Bytes of the fields of a signal: label, transducer, unit, physical and digital limits, filters, samples, reserved."""
RECORDS, RECORD_S, HEADER_BYTES = slice(236, 244), slice(244, 252), slice(184, 192)
BDF_START, EDF_START = b"\xffBIOSEMI", b"0       "
DATE, TIME, PATIENT = slice(168, 176), slice(176, 184), slice(8, 88)


@dataclass(frozen=True)
class EdfHeader:
    """What the header says, and what the file holds."""

    path: Path
    content: bytes
    """All bytes of the header."""
    labels: tuple[str, ...]
    samples: tuple[int, ...]
    """Samples of each signal in a record."""
    n_records_declared: int
    record_s: float
    size: int
    """Bytes of the file."""

    @property
    def may_pause(self) -> bool:
        """Whether the header says that records need not follow each other: EDF+D, BDF+D."""
        return self.content[192:197] in (b"EDF+D", b"BDF+D")

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample."""
        return 3 if self.is_bdf else 2

    @property
    def is_bdf(self) -> bool:
        """Whether it is a BDF file: by its first bytes or, where these say nothing, by its name."""
        by_start = {BDF_START: True, EDF_START: False}
        return by_start.get(self.content[:8], self.path.suffix.lower() == ".bdf")

    @property
    def has_its_suffix(self) -> bool:
        """Whether the file is called what it is."""
        return self.is_bdf == (self.path.suffix.lower() == ".bdf")

    @property
    def record_bytes(self) -> int:
        """Bytes of one record."""
        return self.sample_bytes * sum(self.samples)

    @property
    def n_records_present(self) -> int:
        """Whole records that lie in the file."""
        return (self.size - len(self.content)) // self.record_bytes if self.record_bytes else 0

    @property
    def n_records(self) -> int:
        """Records to read: not more than there are, and not more than the header says."""
        declared = self.n_records_declared
        return self.n_records_present if declared < 0 else min(declared, self.n_records_present)

    @property
    def missing_fraction(self) -> float:
        """Share of the records that the header promises and the file does not have."""
        declared = self.n_records_declared
        return 1 - self.n_records / declared if declared > 0 else 0.0

    @property
    def signals(self) -> list[int]:
        """Indices of the signals that are no annotations."""
        return [index for index, label in enumerate(self.labels) if label not in ANNOTATIONS]

    @property
    def max_samples(self) -> int:
        """Samples a record of the fastest signal: the recording's own rate."""
        return max(self.samples[index] for index in self.signals)

    @cached_property
    def annotation_bytes(self) -> list[bytes]:
        """The annotation signals of each record, end to end."""
        import numpy as np

        columns = [index for index, label in enumerate(self.labels) if label in ANNOTATIONS]
        if not columns or not self.n_records:
            return []
        shape = (self.n_records, self.record_bytes)
        records = np.memmap(self.path, np.uint8, "r", offset=len(self.content), shape=shape)
        edges = self.sample_bytes * np.concatenate([[0], np.cumsum(self.samples)])
        parts = [records[:, edges[index] : edges[index + 1]] for index in columns]
        return [bytes(row) for row in np.concatenate(parts, axis=1)]


def read_header(path: Path) -> EdfHeader | None:
    """The header of a file, or None if it makes no sense."""
    with path.open("rb") as stream:
        start = stream.read(256)
        fixed = _blanked(start)
        try:
            n_signals = int(fixed[252:256])
            content = start + stream.read(256 * n_signals)
            fields = _fields(_blanked(content), n_signals)
            return EdfHeader(
                path=path,
                content=content,
                labels=tuple(cell.decode("latin-1").strip() for cell in fields[0]),
                samples=tuple(int(cell) for cell in fields[8]),
                n_records_declared=int(fixed[RECORDS]),
                record_s=float(fixed[RECORD_S].replace(b",", b".")),
                size=path.stat().st_size,
            )
        except (ValueError, IndexError):
            return None


def _blanked(content: bytes) -> bytes:
    """A header with blanks where some recorders write NUL."""
    return content.replace(b"\0", b" ")


def _fields(content: bytes, n_signals: int) -> list[list[bytes]]:
    if n_signals < 1 or len(content) < 256 * (n_signals + 1):
        raise ValueError
    fields, start = [], 256
    for width in WIDTHS:
        fields.append([content[start + width * index : start + width * (index + 1)] for index in range(n_signals)])
        start += width * n_signals
    return fields


def mended(header: EdfHeader, notes: list[str]) -> bytes:
    """The header as MNE can read it; what was mended is noted.

    Raises
    ------
    RecordingError
        If the file holds no samples of any channel.
    """
    name = header.path.name
    if not header.signals or not any(header.samples[index] for index in header.signals):
        msg = (
            f"'{name}' holds no samples: it is an EDF+ file of annotations alone. Name the recording that it is about."
        )
        raise RecordingError(msg)
    content = bytearray(_blanked(header.content))
    if b"\0" in header.content:
        notes.append(f"'{name}': its header holds NUL bytes: read as blanks")
    if not header.has_its_suffix:
        kind = "a BDF" if header.is_bdf else "an EDF"
        notes.append(f"'{name}' is {kind} file, as its first bytes say: read as one")
    _mend_length(header, content, notes)
    _mend_clock(content, name, notes)
    _mend_text(content, len(header.labels))
    if header.record_s == 0:
        notes.append(f"'{name}': its header says that a record lasts 0 s; 1 s was assumed")
    return bytes(content)


def _mend_length(header: EdfHeader, content: bytearray, notes: list[str]) -> None:
    """Hold the records that the header promises against the size of the file."""
    name, declared, present = header.path.name, header.n_records_declared, header.n_records_present
    if header.n_records < 1:
        msg = (
            f"'{name}' holds no whole record: {header.size} bytes, of which the header takes {len(header.content)} and "
            f"a record {header.record_bytes}. Fetch it again, or ask the dataset's authors."
        )
        raise RecordingError(msg)
    offset = content[HEADER_BYTES].decode("latin-1").strip()
    if offset != str(len(content)):
        notes.append(f"'{name}': its header says to be {offset!r} bytes long, and is {len(content)}")
    if declared < 0:
        notes.append(f"'{name}': its header does not say how many records there are; the file holds {present}")
    elif present < declared:
        share = 100 * present / declared
        notes.append(
            f"'{name}' is cut short: it holds {present} of the {declared} records that its header promises "
            f"({share:.3g} %, {present * header.record_s:g} of {declared * header.record_s:g} s)"
        )
    elif present > declared:
        extra = header.size - len(content) - declared * header.record_bytes
        notes.append(
            f"'{name}': {extra} bytes lie behind the {declared} records that its header promises, and are not read"
        )
    content[RECORDS] = str(header.n_records).encode().ljust(8)
    content[HEADER_BYTES] = str(len(content)).encode().ljust(8)


def _mend_clock(content: bytearray, name: str, notes: list[str]) -> None:
    """Date and time are not used: a wrong one must not cost the samples."""
    date, time = (bytes(content[part]).decode("latin-1") for part in (DATE, TIME))
    try:
        datetime.strptime(f"{date} {time}", "%d.%m.%y %H.%M.%S")
    except ValueError:
        notes.append(f"'{name}': its header has the start {date.strip()!r} {time.strip()!r}, which is none: not used")
        content[DATE], content[TIME] = b"01.01.85", b"00.00.00"
        content[88:168] = b"X".ljust(80)  # holds the date again


def _mend_text(content: bytearray, n_signals: int) -> None:
    """Blank the texts that MNE takes apart or takes for ASCII, and that eegmill does not use."""
    if b"=" in content[PATIENT]:
        content[PATIENT] = b"X X X X".ljust(80)
    reserved = slice(len(content) - 32 * n_signals, len(content))
    if any(byte > 127 for byte in content[reserved]):
        content[reserved] = b" " * (32 * n_signals)


class MendedFile(io.RawIOBase):
    """A file with another header in front, and an end: nothing is copied."""

    def __init__(self, path: Path, header: bytes, size: int) -> None:
        self._file = path.open("rb")
        self._header = header
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Offset of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to an offset."""
        self._at = offset + {0: 0, 1: self._at, 2: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        stop = self._size if size is None or size < 0 else min(self._at + size, self._size)
        found = self._header[self._at : stop]
        rest = stop - max(self._at, len(self._header))
        if rest > 0:
            self._file.seek(stop - rest)
            found += self._file.read(rest)
        self._at += len(found)
        return found

    def close(self) -> None:
        """Close the file below."""
        self._file.close()
        super().close()


def note_rates(header: EdfHeader, notes: list[str]) -> None:
    """Note the channels that MNE brings to the rate of the fastest one."""
    slow: dict[int, list[str]] = {}
    for index in header.signals:
        if header.samples[index] != header.max_samples:
            slow.setdefault(header.samples[index], []).append(header.labels[index])
    for samples, labels in sorted(slow.items()):
        record_s = header.record_s or 1.0
        notes.append(
            f"channels stored at {samples / record_s:g} Hz were brought to {header.max_samples / record_s:g} Hz: "
            f"{', '.join(labels)}"
        )
