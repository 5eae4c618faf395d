"""Headers and tables with anything in them: each recording is read, or refused in one sentence of ours."""

from __future__ import annotations

import warnings
from pathlib import Path

import mne
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edf_files import make_edf
from eegmill.derivative.brainvision import write_brainvision
from eegmill.errors import RecordingError
from eegmill.reading.channels import apply_channels
from eegmill.reading.contradictions import missing_fraction, note_contradictions
from eegmill.reading.electrodes import apply_electrodes
from eegmill.reading.raw_files import open_file
from eegmill.reading.references import named_references, own_references
from tiny_bids import make_raw

PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CELL = st.one_of(
    st.sampled_from(
        ["", "n/a", "EEG", "BIP", "Fz", "EEG Fz-REF", "Cz", "mV", "µV", "bad", "Cz, Pz", "1e400", "-3", "M2"]
    ),
    st.text(max_size=6),
)


@pytest.fixture(scope="module")
def edf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edf")
    return make_edf(folder / "a.edf", tals={1: [b"+1.5\x14go\x14\0"]}).read_bytes(), folder


@pytest.fixture(scope="module")
def brainvision(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vhdr")
    raw = make_raw(0, 2.0)
    raw.annotations.append(0.5, 0.25, "S  1")
    write_brainvision(raw, folder, "a")
    return (folder / "a.vhdr").read_text(encoding="utf-8"), (folder / "a.vmrk").read_text(encoding="utf-8"), folder


def opened_or_refused(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = open_file(path, [])
        except RecordingError as error:
            refusal = str(error)
        else:
            assert 0 <= found.missing_fraction <= 1
            assert found.raw.n_times > 0
            return
    assert path.stem in refusal
    assert "\n" not in refusal


@given(at=st.integers(0, 1023), cell=st.binary(min_size=1, max_size=16))
@PATIENT
def test_an_edf_header_with_anything_in_a_field_is_read_or_refused(edf, at, cell):
    content, folder = edf
    path = folder / "b.edf"
    path.write_bytes(content[:at] + cell + content[at + len(cell) :])
    opened_or_refused(path)


@given(share=st.floats(0, 1))
@PATIENT
def test_an_edf_file_cut_anywhere_is_read_or_refused(edf, share):
    content, folder = edf
    path = folder / "c.edf"
    path.write_bytes(content[: round(share * len(content))])
    opened_or_refused(path)


@given(lines=st.lists(st.integers(0, 60), max_size=4), words=st.lists(st.text(max_size=12), min_size=4, max_size=4))
@PATIENT
def test_a_brainvision_header_with_anything_in_its_lines_is_read_or_refused(brainvision, lines, words):
    header, _, folder = brainvision
    changed = header.splitlines()
    for line, word in zip(lines, words, strict=False):
        key, equals, _ = changed[line % len(changed)].partition("=")
        changed[line % len(changed)] = f"{key}{equals}{word}"
    path = folder / "a.vhdr"
    path.write_text("\n".join(changed), encoding="utf-8", errors="replace")
    opened_or_refused(path)


@given(line=st.integers(0, 30), word=st.text(max_size=20))
@PATIENT
def test_markers_with_anything_in_a_line_cost_no_samples(brainvision, line, word):
    header, markers, folder = brainvision
    (folder / "a.vhdr").write_text(header, encoding="utf-8")
    changed = markers.splitlines()
    changed[line % len(changed)] = word
    (folder / "a.vmrk").write_text("\n".join(changed), encoding="utf-8", errors="replace")
    opened_or_refused(folder / "a.vhdr")


@given(
    rows=st.lists(
        st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "type", "units", "reference", "status"), CELL)),
        max_size=6,
    ),
    reference=CELL,
)
@settings(max_examples=150, deadline=None)
def test_a_table_of_channels_with_anything_in_it_is_laid_over_the_recording(rows, reference):
    raw = mne.io.RawArray(np.zeros((3, 10)), mne.create_info(["Fz", "Cz", "Pz"], 100, "eeg"), verbose="error")
    sidecar = {"EEGReference": reference}
    bad = apply_channels(raw, rows, [])
    eeg = {name for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"}
    assert bad.keys() <= set(raw.ch_names)
    assert set(named_references(raw.ch_names, rows, sidecar)) <= set(raw.ch_names)
    assert own_references(raw, rows, sidecar, {}).keys() <= eeg


@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {"name": st.sampled_from(["Fz", "Cz", "Pz", "fz", "x"])},
            optional={axis: st.one_of(CELL, st.floats().map(str), st.integers(-200, 200).map(str)) for axis in "xyz"},
        ),
        max_size=6,
    ),
    unit=CELL,
    system=CELL,
)
@settings(max_examples=150, deadline=None)
def test_a_table_of_electrodes_with_anything_in_it_gives_finite_positions_or_none(rows, unit, system):
    raw = mne.io.RawArray(np.zeros((3, 10)), mne.create_info(["Fz", "Cz", "Pz"], 100, "eeg"), verbose="error")
    apply_electrodes(raw, rows, {"EEGCoordinateUnits": unit, "EEGCoordinateSystem": system}, [])
    places = np.array([channel["loc"][:3] for channel in raw.info["chs"]])
    assert np.all(np.isfinite(places) | np.isnan(places))


@given(values=st.dictionaries(st.sampled_from(["RecordingDuration", "SamplingFrequency", "EEGChannelCount"]), CELL))
@settings(max_examples=80, deadline=None)
def test_numbers_of_the_sidecar_may_be_anything(values):
    raw = mne.io.RawArray(np.zeros((1, 500)), mne.create_info(1, 100.0, "eeg"), verbose="error")
    note_contradictions(raw, values, [], [])
    assert 0 <= missing_fraction(raw, values) < 1
