"""Channels, sampling frequency and length of a recording, each from the surest source that tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .signal_headers import SignalHeader

_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(\.[0-9]+)?")


def signal_fields(
    header: SignalHeader | None, channels: list[dict[str, str]], sidecar: Mapping[str, Any], fdt_bytes: int = 0
) -> dict[str, Any]:
    """The fields of a record that describe its signal.

    Parameters
    ----------
    header
        The file's own header, if it could be read.
    channels
        Rows of channels.tsv.
    sidecar
        The merged JSON sidecar.
    fdt_bytes
        Size of the ``.fdt`` file that holds an EEGLAB file's samples: 4 bytes for each sample of each channel.

    Returns
    -------
    dict
        ``ch_names``, ``nchans``, ``sampling_frequency`` (Hz), ``ntimes``, ``duration_seconds``, ``bad_channels`` and
        ``_metadata_provenance``; null where nothing tells.
    """
    nchans = _nchans(header, channels, sidecar)
    rate = _rate(header, channels, sidecar)
    ntimes = _ntimes(header, sidecar, rate[1], fdt_bytes / (4 * nchans[1]) if nchans[1] else 0.0)
    found = {"nchans": nchans, "sampling_frequency": rate, "ntimes": ntimes}
    bad = [row.get("name", "") for row in channels if row.get("status", "").lower() == "bad"]
    return {
        "ch_names": [row.get("name", "") for row in channels] or list(header.ch_names if header else ()) or None,
        **{name: value for name, (_, value) in found.items()},
        "duration_seconds": ntimes[1] / rate[1] if ntimes[1] and rate[1] else None,
        "_metadata_provenance": {name: origin for name, (origin, value) in found.items() if value},
        **({"bad_channels": bad, "bad_channels_count": len(bad)} if bad else {}),
    }


def cell_value(cell: str) -> int | float | str | None:
    """A cell of a table: a number where it is one (``01`` is a label), None where it is empty.

    Examples
    --------
    >>> [cell_value(cell) for cell in ("23", "20.94", "01", "F", "")]
    [23, 20.94, '01', 'F', None]
    """
    match = _NUMBER.fullmatch(cell)
    if match is None:
        return cell or None
    return float(cell) if match[1] else int(cell)


Found = tuple[str, float | None]
"""Where a value comes from, and the value."""


def _nchans(header: SignalHeader | None, channels: list[dict[str, str]], sidecar: Mapping[str, Any]) -> Found:
    counts = [value for name, value in sidecar.items() if name.endswith("ChannelCount") and isinstance(value, int)]
    told = len(header.ch_names) if header else None
    return _first(("binary_parser", told), ("channels_tsv", len(channels)), ("modality_sidecar", sum(counts)))


def _rate(header: SignalHeader | None, channels: list[dict[str, str]], sidecar: Mapping[str, Any]) -> Found:
    rates = {positive(row.get("sampling_frequency")) for row in channels}
    return _first(
        ("binary_parser", header.sampling_frequency if header else None),
        ("modality_sidecar", positive(sidecar.get("SamplingFrequency"))),
        ("channels_tsv", rates.pop() if len(rates) == 1 else None),
    )


def _ntimes(header: SignalHeader | None, sidecar: Mapping[str, Any], rate: float | None, by_size: float) -> Found:
    duration_s = positive(sidecar.get("RecordingDuration"))
    product = round(duration_s * rate) if duration_s and rate else None
    fits = ("binary_parser", int(by_size) if by_size.is_integer() else None)
    return _first(("binary_parser", header.ntimes if header else None), ("sidecar_arithmetic", product), fits)


def _first(*choices: Found) -> Found:
    return next((choice for choice in choices if choice[1]), ("", None))


def positive(value: object) -> float | None:
    """A number above 0, also where a file gives it as text; None for anything else."""
    number = cell_value(value.strip()) if isinstance(value, str) else value
    return float(number) if isinstance(number, int | float) and not isinstance(number, bool) and number > 0 else None
