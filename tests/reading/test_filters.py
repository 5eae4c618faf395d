from __future__ import annotations

import pytest

from eegmill.reading.filters import source_bands
from eegmill.recording import Band


@pytest.mark.parametrize(
    ("sidecar", "band"),
    [
        ({"SoftwareFilters": {"high-pass": {"cutoff (Hz)": 0.5}}}, Band(highpass_hz=0.5)),
        ({"HardwareFilters": {"Low cut": {"Frequency": "0.016"}}}, Band(highpass_hz=0.016)),
        (
            {"HardwareFilters": {"Lowpass": {"Cutoff": 100}}, "SoftwareFilters": {"LowPass": {"cutoff_hz": 40}}},
            Band(lowpass_hz=40),
        ),
        ({"SoftwareFilters": {"Anti-aliasing": {"half-amplitude (Hz)": 500, "Roll-off": "6dB"}}}, Band(lowpass_hz=500)),
    ],
)  # fmt: skip
def test_cutoffs_are_read_as_authors_write_them(sidecar, band):
    assert source_bands(["Cz"], [], sidecar) == {"Cz": band}


@pytest.mark.parametrize(
    "filters",
    [
        "n/a",
        None,
        {"notch": {"frequency (Hz)": 50}},
        {"bandpass": {"low cutoff (Hz)": 0.1, "high cutoff (Hz)": 40}},
        {"low-pass": {"order": 4}},
        {"low-pass": {"cutoff (Hz)": True}},
        {"eegmill highpass": {"cutoff_hz": 1.0}},
    ],
)
def test_nothing_is_guessed(filters):
    assert source_bands(["Cz"], [], {"SoftwareFilters": filters}) == {}


def test_the_table_wins_for_its_channel():
    rows = [{"name": "Cz", "low_cutoff": "0.1", "high_cutoff": "n/a"}, {"name": "EOG", "low_cutoff": "n/a"}]
    bands = source_bands(["Cz", "EOG"], rows, {"SoftwareFilters": {"high-pass": {"cutoff (Hz)": 0.5}}})
    assert bands == {"Cz": Band(highpass_hz=0.1), "EOG": Band(highpass_hz=0.5)}
