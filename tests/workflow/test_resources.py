"""What a job asks of a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.config.models import load_configuration
from eegmill.config.recipes import configured_recipe
from eegmill.files.tables import read_tsv
from eegmill.lock import LockedFile, LockedRecording
from eegmill.recipe import Recipe
from eegmill.workflow.resources import CHEAP, EXPENSIVE, UNKNOWN_MB, clean_resources, fetch_resources, signal_mb

MEASURED = Path(__file__).parents[2] / "validation" / "benchmarks" / "resources.tsv"


def recording(size: int | None, name: str = "sub-01_eeg.edf") -> LockedRecording:
    files = (
        LockedFile(path=name, url="file:///x", role="raw", size=size),
        LockedFile(path="sub-01_eeg.json", url="file:///y", role="sidecar", size=10**9),
    )
    return LockedRecording(recording="sub-01", folder="sub-01", datatype="eeg", raw=name, entities={}, files=files)


def recipe(name: str) -> Recipe:
    return configured_recipe(load_configuration({"recipe": name}))


@pytest.mark.parametrize(("name", "mb"), [("a.edf", 4.0), ("a.BDF", 8 / 3), ("a.fdt", 2.0), ("a.new", 4.0)])
def test_the_signal_is_as_large_as_its_format_can_hold(name: str, mb: float) -> None:
    assert signal_mb(recording(10**6, name)) == pytest.approx(mb)


def test_a_signal_of_unknown_size_is_thought_large() -> None:
    assert signal_mb(recording(None)) == UNKNOWN_MB


@given(st.integers(0, 10**11), st.integers(0, 10**9))
def test_a_larger_recording_never_asks_for_less(size: int, more: int) -> None:
    small, large = recording(size + 1), recording(size + 1 + more)
    for asked in (lambda entry: clean_resources(entry, recipe("eegprep")), fetch_resources):
        assert asked(small).mem_mb <= asked(large).mem_mb
        assert asked(small).runtime_min <= asked(large).runtime_min


def test_a_recipe_with_an_ica_asks_for_more_time() -> None:
    entry = recording(10**9)
    assert clean_resources(entry, recipe("minimal")).runtime_min < clean_resources(entry, recipe("eegprep")).runtime_min


def test_every_measured_recording_has_what_it_took() -> None:
    rows = read_tsv(MEASURED)
    assert len(rows) >= 8
    for row in rows:
        line = EXPENSIVE if row["expensive"] == "1" else CHEAP
        size = float(row["signal_mb"])
        assert line.base_mb + line.mb_per_mb * size >= float(row["peak_mb"])
        assert line.base_s + line.s_per_mb * size >= float(row["cpu_s"])
