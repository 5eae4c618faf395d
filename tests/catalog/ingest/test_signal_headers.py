"""Headers tell channels, rate and length as the readers of whole files do."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.catalog.ingest.signal_headers import SignalHeader, read_header

VHDR = """Brain Vision Data Exchange Header File Version 1.0
[Common Infos]
DataFile={data}
NumberOfChannels=2
SamplingInterval=2000
[Binary Infos]
BinaryFormat=INT_16
[Channel Infos]
; a comment
Ch1=Fp1,,0.1,µV
Ch2=a\\1b,,0.1,µV
[Comment]
Free = words [with] brackets
"""


def edf(signals: list[tuple[str, int]], *, records: int, record_s: str = "1") -> bytes:
    """An EDF header of signals (label, samples a record)."""
    fixed = "0".ljust(8) + " " * 228 + str(records).ljust(8) + record_s.ljust(8) + str(len(signals)).ljust(4)
    labels = "".join(label.ljust(16) for label, _ in signals)
    samples = "".join(str(count).ljust(8) for _, count in signals)
    return (fixed + labels + " " * 200 * len(signals) + samples + " " * 32 * len(signals)).encode()


def test_edf_leaves_annotations_out_and_takes_the_fastest_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    path.write_bytes(edf([("Fp1", 256), ("Temp", 1), ("EDF Annotations", 60)], records=10))
    assert read_header(path) == SignalHeader(("Fp1", "Temp"), 256.0, 2560)


def test_an_edf_that_was_never_finished_has_no_length(tmp_path: Path) -> None:
    path = tmp_path / "a.bdf"
    path.write_bytes(edf([("Fp1", 50)], records=-1, record_s="0.5"))
    assert read_header(path) == SignalHeader(("Fp1",), 100.0, None)


def test_brainvision_takes_its_length_from_the_data_file(tmp_path: Path) -> None:
    (tmp_path / "a.vhdr").write_text(VHDR.format(data="a.eeg"), encoding="utf-8")
    (tmp_path / "a.eeg").write_bytes(bytes(400))
    assert read_header(tmp_path / "a.vhdr") == SignalHeader(("Fp1", "a,b"), 500.0, 100)


def test_brainvision_without_its_data_has_no_length(tmp_path: Path) -> None:
    (tmp_path / "a.vhdr").write_text(VHDR.format(data="gone.eeg"), encoding="utf-8")
    assert read_header(tmp_path / "a.vhdr") == SignalHeader(("Fp1", "a,b"), 500.0, None)


@pytest.mark.parametrize("name", ["a.edf", "a.bdf", "a.vhdr", "a.set"])
@pytest.mark.parametrize("content", [b"", b"junk", bytes(300), b"[Common Infos]\n", edf([], records=1)])
def test_what_makes_no_sense_has_no_header(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert read_header(tmp_path / name) is None


def test_headers_agree_with_mne(shared_data: Path) -> None:
    import mne

    for path in sorted((shared_data / "eegmat").glob("*.edf")):
        raw = mne.io.read_raw_edf(path, verbose="error")
        assert read_header(path) == SignalHeader(tuple(raw.ch_names), raw.info["sfreq"], raw.n_times)
