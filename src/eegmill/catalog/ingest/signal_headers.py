"""Channel names, sampling frequency and length from EDF, BDF and BrainVision headers, without reading signals."""

from __future__ import annotations

import re
from configparser import ConfigParser
from configparser import Error as ConfigError
from dataclasses import dataclass
from pathlib import Path

from ...bids.companions import companion
from ...bids.text import decoded

NOT_SIGNALS = ("EDF Annotations", "BDF Annotations")
SAMPLE_BYTES = {"INT_16": 2, "UINT_16": 2, "INT_32": 4, "IEEE_FLOAT_32": 4, "IEEE_FLOAT_64": 8}


@dataclass(frozen=True)
class SignalHeader:
    """What a file's own header says of its signals."""

    ch_names: tuple[str, ...]
    sampling_frequency: float
    ntimes: int | None


def read_header(path: Path) -> SignalHeader | None:
    """The header of a recording, or None for other formats, absent or empty files, and headers that make no sense.

    Parameters
    ----------
    path
        An ``.edf``, ``.bdf`` or ``.vhdr`` file.

    References
    ----------
    EDF: Kemp et al. 1992, doi:10.1016/0013-4694(92)90009-7. BrainVision Core Data Format 1.0.
    """
    readers = {".edf": _european, ".bdf": _european, ".vhdr": _brainvision}
    reader = readers.get(path.suffix.lower())
    if reader is None or not path.is_file():
        return None
    try:
        return reader(path)
    except (OSError, ValueError, KeyError, IndexError, ZeroDivisionError, ConfigError):
        return None


def _european(path: Path) -> SignalHeader:
    """EDF and BDF: 256 bytes, then a block of fields for each signal."""
    with path.open("rb") as stream:
        fixed = stream.read(256)
        signals = int(fixed[252:256])
        fields = stream.read(256 * signals)
    records, record_s = int(fixed[236:244]), float(fixed[244:252])
    names = _column(fields, 0, 16, signals)
    samples = [int(cell) for cell in _column(fields, 216 * signals, 8, signals)]
    kept = [number for number, name in enumerate(names) if name not in NOT_SIGNALS]
    # Slow channels (marks, temperature) may have fewer samples a record: the fastest is the recording's own rate.
    most = max(samples[number] for number in kept)
    ntimes = most * records if records >= 0 else None
    return SignalHeader(tuple(names[number] for number in kept), most / record_s, ntimes)


def _column(fields: bytes, start: int, width: int, signals: int) -> list[str]:
    cells = (fields[start + width * number : start + width * (number + 1)] for number in range(signals))
    return [cell.decode("latin-1").strip() for cell in cells]


def _brainvision(path: Path) -> SignalHeader:
    text = decoded(path.read_bytes())[0]
    body = text[text.index("[") :].split("[Comment]")[0]
    header = ConfigParser(interpolation=None, strict=False, delimiters=("=",), comment_prefixes=(";",))
    header.read_string(body)
    common, channels = header["Common Infos"], header["Channel Infos"]
    number = int(common["NumberOfChannels"])
    names = tuple(re.split(",", channels[f"Ch{one}"])[0].replace("\\1", ",") for one in range(1, number + 1))
    return SignalHeader(names, 1e6 / float(common["SamplingInterval"]), _brainvision_length(path, header, number))


def _brainvision_length(path: Path, header: ConfigParser, number: int) -> int | None:
    size = SAMPLE_BYTES.get(header.get("Binary Infos", "BinaryFormat", fallback=""))
    named = companion(path.name, header["Common Infos"]["DataFile"], lambda name: (path.parent / name).is_file())
    data = path.parent / (named.path or "")
    if size is None or not data.is_file() or data.stat().st_size == 0:
        return None
    return data.stat().st_size // (size * number)
