"""What a job asks of a cluster."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.config.models import load_configuration
from eegmill.config.recipes import configured_recipe
from eegmill.files.tables import read_tsv
from eegmill.lock import LockedFile, LockedRecording
from eegmill.recipe import Recipe
from eegmill.workflow.resources import (
    BESIDE_MB,
    CHEAP,
    EXPENSIVE,
    MARGIN,
    QUEUE_MIN,
    UNKNOWN_MB,
    Need,
    allotment_for,
    clean_need,
    features_need,
    fetch_need,
    signal_mb,
)

RULES = Path(__file__).parents[2] / "workflow" / "rules"
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
    for need in (lambda entry: clean_need(entry, recipe("eegprep")), features_need, fetch_need):
        assert need(small).memory_mb <= need(large).memory_mb
        assert need(small).time_s <= need(large).time_s


def test_a_recipe_with_an_ica_asks_for_more_time() -> None:
    entry = recording(10**9)
    assert clean_need(entry, recipe("minimal")).time_s < clean_need(entry, recipe("eegprep")).time_s


def test_recordings_one_after_another_ask_for_the_largest_memory_and_the_sum_of_times() -> None:
    allotment = allotment_for([Need(900, 600), Need(300, 1200), Need(400, 600)])
    assert (allotment.mem_mb, allotment.runtime_min) == (BESIDE_MB + 900, QUEUE_MIN + 40)


def test_recordings_side_by_side_ask_for_the_memory_of_the_largest_together() -> None:
    allotment = allotment_for([Need(900, 600), Need(300, 1200), Need(400, 600)], side_by_side=2)
    assert (allotment.mem_mb, allotment.runtime_min) == (BESIDE_MB + 1300, QUEUE_MIN + 30)


NEEDS = st.lists(st.builds(Need, st.floats(1, 1e5), st.floats(0, 1e5)), min_size=1, max_size=20)


@given(NEEDS, st.integers(1, 8))
def test_a_group_has_time_whatever_the_order_in_which_its_recordings_run(needs: list[Need], at_once: int) -> None:
    free_at_s = [0.0] * at_once
    for need in sorted(needs, key=lambda need: need.time_s):  # shortest first ends last
        first = free_at_s.index(min(free_at_s))
        free_at_s[first] += need.time_s
    allotment = allotment_for(needs, side_by_side=at_once)
    assert (allotment.runtime_min - QUEUE_MIN) * 60 >= max(free_at_s) - 1e-6


def test_every_measured_recording_has_what_it_took() -> None:
    rows = read_tsv(MEASURED)
    assert len(rows) >= 8
    for row in rows:
        line = EXPENSIVE if row["expensive"] == "1" else CHEAP
        size = float(row["signal_mb"])
        assert line.base_mb + line.mb_per_mb * size >= float(row["peak_mb"])
        assert line.base_s + line.s_per_mb * size >= float(row["cpu_s"])


def test_no_measured_recording_is_given_twice_the_memory_that_it_took() -> None:
    for row in read_tsv(MEASURED):
        line = EXPENSIVE if row["expensive"] == "1" else CHEAP
        assert MARGIN * (line.base_mb + line.mb_per_mb * float(row["signal_mb"])) <= 2 * float(row["peak_mb"])


@pytest.mark.parametrize("file", sorted(RULES.glob("*.smk")), ids=lambda file: file.stem)
def test_every_rule_asks_for_cores_memory_and_time_and_tells_its_job_so(file: Path) -> None:
    for rule in re.split(r"^(?:rule|checkpoint) ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        if "eegmill.workflow" in rule:
            wanted = ("threads:", "mem_mb=", "runtime=", "attempt=", "{GIVEN}")
            assert [word for word in wanted if word not in rule] == [], rule.partition(":")[0]


def test_what_a_job_is_given_is_derived_so_that_snakemake_loads_no_pandas_to_note_it() -> None:
    named = [name for file in RULES.glob("*.smk") for name in re.findall(r"params:\n +\w+=(\w+),", file.read_text())]
    plan = (RULES / "plan.smk").read_text(encoding="utf-8")
    assert named
    for name in named:
        assert re.search(rf"def {name}\([^)]*\b(?:input|output|threads|resources)\b", plan), name
