from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.derivative.brainvision import write_brainvision
from eegmill.provenance.compare import Tier, compare_files, first_difference, largest_difference
from tiny_bids import make_raw


@pytest.fixture
def compare(tmp_path):
    def run(name, recorded, remade):
        (tmp_path / "one").mkdir()
        (tmp_path / "two").mkdir()
        for folder, content in (("one", recorded), ("two", remade)):
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
        return compare_files(name, tmp_path / "one" / name, tmp_path / "two" / name)

    return run


@pytest.mark.parametrize(
    ("recorded", "remade", "tier"),
    [
        ({"a": 1}, {"a": 1}, Tier.BITS),
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', Tier.CONTENT),
        ({"a": 1, "Digest": {"SHA-256": "x"}}, {"a": 1, "Digest": {"SHA-256": "y"}}, Tier.CONTENT),
        ({"score": 0.5}, {"score": 0.50001}, Tier.NUMBERS),
        ({"iterations": 20}, {"iterations": 21}, Tier.NUMBERS),
        ({"score": 0.5}, {"score": 0.51}, Tier.DIFFERENT),
        ({"n": 20}, {"n": 21}, Tier.DIFFERENT),
        ({"label": "eye"}, {"label": "brain"}, Tier.DIFFERENT),
        ({"bad": True}, {"bad": 1}, Tier.DIFFERENT),
        ({"bad": ["C3"]}, {"bad": ["C3", "C4"]}, Tier.DIFFERENT),
        ({"a": 1}, {"a": 1, "b": None}, Tier.DIFFERENT),
        ({"a": 1}, "{", Tier.DIFFERENT),
    ],
)
def test_records_are_ranked(compare, recorded, remade, tier):
    found = compare("x_qc.json", recorded, remade)
    assert found.tier is tier
    assert bool(found.difference) == (tier is Tier.DIFFERENT)


@pytest.mark.parametrize(
    ("recorded", "remade", "tier"),
    [
        ("a\tb\n1\tx\n", "a\tb\n1\tx\n", Tier.BITS),
        ("a\tb\n1\tx\n", "a\tb\n1.0\tx\n", Tier.CONTENT),
        ("a\tb\n0.5\tx\n", "a\tb\n0.50001\tx\n", Tier.NUMBERS),
        ("a\tb\n0.5\tx\n", "a\tb\n0.5\ty\n", Tier.DIFFERENT),
        ("a\tb\n0.5\tx\n", "a\tb\n0.5\tx\n0.6\tx\n", Tier.DIFFERENT),
        ("a\tb\n3\tx\n", "a\tb\n4\tx\n", Tier.DIFFERENT),
    ],
)
def test_tables_are_ranked(compare, recorded, remade, tier):
    assert compare("x_channels.tsv", recorded, remade).tier is tier


def test_a_header_of_another_writer_has_the_same_content(compare):
    head = "Brain Vision Data Exchange Marker File, Version 1.0\n; Exported using pybv {}\nMk1=Comment,a,1,1,0\n"
    assert compare("x.vmrk", head.format("0.8.1"), head.format("0.9")).tier is Tier.CONTENT


def test_a_marker_elsewhere_is_different(compare):
    found = compare("x.vmrk", "Mk1=Comment,a,1,1,0\n", "Mk1=Comment,a,2,1,0\n")
    assert found.tier is Tier.DIFFERENT
    assert "Mk1=Comment,a,2,1,0" in found.difference


@pytest.mark.parametrize(("relative", "tier"), [(0, Tier.BITS), (2e-7, Tier.NUMBERS), (1e-5, Tier.DIFFERENT)])
def test_signals_are_ranked_by_their_largest_difference(tmp_path, relative, tier):
    raw = make_raw(0, 2.0)
    write_brainvision(raw, tmp_path / "one", "a")
    raw._data[2, 77] += relative * np.ptp(raw.get_data()[2])
    write_brainvision(raw, tmp_path / "two", "a")
    found = compare_files("a.eeg", tmp_path / "one" / "a.eeg", tmp_path / "two" / "a.eeg")
    assert found.tier is tier
    if relative:
        assert found.largest == pytest.approx(relative, rel=0.2)


def test_a_signal_that_is_cut_off_is_different(tmp_path):
    for folder, seconds in (("one", 2.0), ("two", 1.0)):
        write_brainvision(make_raw(0, seconds), tmp_path / folder, "a")
    found = compare_files("a.eeg", tmp_path / "one" / "a.eeg", tmp_path / "two" / "a.eeg")
    assert (found.tier, found.difference) == (Tier.DIFFERENT, "other number of samples")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_sample_that_is_not_finite_is_infinitely_far(value):
    recorded = np.ones((10, 2))
    remade = recorded.copy()
    remade[3, 1] = value
    assert largest_difference(recorded, remade) == math.inf


def test_a_constant_channel_may_not_change_at_all():
    recorded = np.zeros((10, 2))
    assert largest_difference(recorded, recorded) == 0
    assert largest_difference(recorded, recorded + 1e-12) == math.inf


@settings(deadline=None)
@given(st.recursive(st.integers() | st.text() | st.booleans(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_nothing_differs_from_itself(value):
    assert first_difference(value, json.loads(json.dumps(value))) == ""


@settings(deadline=None)
@given(st.lists(st.integers(), min_size=1), st.data())
def test_any_altered_integer_is_found(values, data):
    place = data.draw(st.integers(0, len(values) - 1))
    altered = [value + (i == place) for i, value in enumerate(values)]
    assert f"[{place}]" in first_difference(values, altered)


@pytest.mark.parametrize(("recorded", "remade"), [("01", "1"), ("10001", "10001.5")])
def test_names_that_look_like_numbers_are_compared_as_names(compare, recorded, remade):
    tables = (f"onset\ttrial_type\n1.0\t{event}\n" for event in (recorded, remade))
    assert compare("x_events.tsv", *tables).tier is Tier.DIFFERENT
