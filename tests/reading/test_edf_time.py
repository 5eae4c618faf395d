from __future__ import annotations

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edf_files import SFREQ, make_edf
from eegmill.errors import RecordingError
from eegmill.reading.edf import read_header
from eegmill.reading.edf_time import annotations_of, clock_of
from eegmill.reading.events import apply_events
from eegmill.reading.raw_files import open_file, open_raw
from eegmill.signal.timeline import continuous_spans

PAUSED = [0.0, 1.0, 2.0, 62.0, 63.0, 64.0]
"""Starts of six records of a second: the recorder stops for a minute after the third."""


def told(raw):
    return [(float(a["onset"]), float(a["duration"]), str(a["description"])) for a in raw.annotations]


def test_a_pause_is_a_break_at_its_sample_and_events_keep_their_samples(tmp_path):
    tals = {1: [b"+1.5\x14early\x14\0"], 4: [b"+63.25\x152\x14late\x14\0"]}
    notes: list[str] = []
    raw = open_raw(make_edf(tmp_path / "a.edf", tals=tals, starts=PAUSED), notes)
    assert told(raw) == [(1.5, 0.0, "early"), (3.0, 0.0, "EDGE boundary"), (4.25, 1.75, "late")]
    assert continuous_spans(raw) == [(0, 3 * SFREQ), (3 * SFREQ, 6 * SFREQ)]
    assert "the recorder paused 1 times (59 s at 3 s)" in notes[0]


def test_an_annotation_across_a_pause_lasts_as_long_as_its_samples(tmp_path):
    raw = open_raw(make_edf(tmp_path / "a.edf", tals={2: [b"+2\x1561\x14both\x14\0"]}, starts=PAUSED), [])
    assert (2.0, 2.0, "both") in told(raw)


def test_an_annotation_in_a_pause_is_left_out_and_noted_with_its_time(tmp_path):
    notes: list[str] = []
    raw = open_raw(make_edf(tmp_path / "a.edf", tals={2: [b"+30\x14lost\x14\0"]}, starts=PAUSED), notes)
    assert [name for _, _, name in told(raw)] == ["EDGE boundary"]
    assert "'lost' at 30 s" in notes[0]


def test_records_that_go_back_in_time_are_refused(tmp_path):
    with pytest.raises(RecordingError, match=r"record 4 starts at 1 s, before record 3 has ended \(3 s\)"):
        open_raw(make_edf(tmp_path / "a.edf", tals={}, starts=[0, 1, 2, 1, 2, 3]), [])


def test_a_recording_that_says_to_have_no_pauses_is_read_whatever_its_records_say(tmp_path):
    notes: list[str] = []
    raw = open_raw(make_edf(tmp_path / "a.edf", tals={}, starts=[0] * 6, kind=b"EDF+C"), notes)
    assert raw.n_times == 6 * SFREQ
    assert "taken as without pauses, as its header says" in notes[0]


def test_annotations_outside_the_signal_are_noted_with_their_times(tmp_path):
    notes: list[str] = []
    tals = {0: [b"-2.5\x14before\x14\0", b"+nan\x14never\x14\0"], 1: [b"+45\x14behind\x14\0", b"+1\x14in\x14\0"]}
    raw = open_raw(make_edf(tmp_path / "a.edf", tals=tals), notes)
    assert told(raw) == [(1.0, 0.0, "in")]
    assert notes == [
        "3 annotations lie outside the 6 s of the signal and are left out: "
        "'before' at -2.5 s, 'never' at nan s, 'behind' at 45 s"
    ]


def test_latin_1_is_read_and_noted(tmp_path):
    notes: list[str] = []
    tals = {1: ["+1.5\x14Öffnen café\x14\0".encode("latin-1")], 2: ["+2\x14größer\x14\0".encode()]}
    raw = open_raw(make_edf(tmp_path / "a.edf", tals=tals), notes)
    assert told(raw) == [(1.5, 0.0, "Öffnen café"), (2.0, 0.0, "größer")]
    assert "1 annotations are no UTF-8: read as Latin-1 ('Öffnen café')" in notes[0]


def test_annotations_that_make_no_sense_are_noted(tmp_path):
    notes: list[str] = []
    open_raw(make_edf(tmp_path / "a.edf", tals={1: [b"nonsense\0", b"+x\x14a\x14\0"]}), notes)
    assert "2 annotations make no sense" in notes[0]


def test_the_signal_starts_with_the_first_record_whatever_fraction_of_a_second_it_has(tmp_path):
    starts = [number + 0.25 for number in range(6)]
    raw = open_raw(make_edf(tmp_path / "a.edf", tals={1: [b"+1.75\x14x\x14\0"]}, starts=starts), [])
    assert told(raw) == [(1.5, 0.0, "x")]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.floats(0, 5.9).map(lambda x: round(x, 3)), st.sampled_from(["a", "b c", "ü", "S  1"])
        ),
        max_size=6,
    )
)
def test_annotations_of_a_recording_without_pauses_are_those_that_mne_reads(tmp_path_factory, wanted):
    tals: dict[int, list[bytes]] = {}
    for record, onset, text in wanted:
        tals.setdefault(record, []).append(f"+{onset:g}\x14{text}\x14\0".encode())
    path = make_edf(tmp_path_factory.mktemp("edf") / "a.edf", tals=tals)
    ours, theirs = open_raw(path, []), mne.io.read_raw_edf(path, preload=True, verbose="error")
    assert sorted(told(ours)) == sorted(told(theirs))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.0, 3.0, 60.0]), min_size=5, max_size=5), st.integers(0, 5), st.floats(0, 0.99))
def test_every_moment_of_a_record_is_found_at_its_sample(tmp_path_factory, pauses, record, within):
    starts = [0.0]
    for pause in pauses:
        starts.append(starts[-1] + 1 + pause)
    header = read_header(make_edf(tmp_path_factory.mktemp("edf") / "a.edf", tals={}, starts=starts))
    clock = clock_of(header, annotations_of(header, [])[1], [])
    if any(pauses):
        assert clock.in_signal(starts[record] + within) == pytest.approx(record + within)
        assert clock.n_pauses == np.count_nonzero(pauses)
    else:
        assert clock is None


def events(tmp_path, rows):
    notes: list[str] = []
    opened = open_file(make_edf(tmp_path / "a.edf", tals={}, starts=PAUSED), [])
    apply_events(opened.raw, rows, notes, clock=opened.clock)
    return [(onset, name) for onset, _, name in told(opened.raw) if name != "EDGE boundary"], notes


def test_onsets_of_events_tsv_count_the_pauses(tmp_path):
    found, notes = events(tmp_path, [{"onset": "1", "trial_type": "a"}, {"onset": "63.5", "trial_type": "b"}])
    assert found == [(1.0, "a"), (4.5, "b")]
    assert "pauses included" in notes[0]


def test_samples_of_events_tsv_do_not_count_the_pauses(tmp_path):
    row = {"onset": "63.5", "sample": str(int(4.5 * SFREQ)), "trial_type": "b"}
    found, notes = events(tmp_path, [row])
    assert found == [(4.5, "b")]
    assert "at their 'sample'" in notes[0]


def test_onsets_that_lie_in_a_pause_were_counted_without_pauses(tmp_path):
    found, _ = events(tmp_path, [{"onset": "1", "trial_type": "a"}, {"onset": "4.5", "trial_type": "b"}])
    assert found == [(1.0, "a"), (4.5, "b")]
