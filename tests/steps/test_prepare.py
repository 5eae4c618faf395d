from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.recording import Recording
from eegmill.signal.channels import positions_m
from eegmill.steps.import_notes import suspicion
from eegmill.steps.prepare import Import
from eegmill.steps.reference import Reference
from signals_signal import NAMES, apply, cut, noise


def typed(names, **kinds):
    raw = noise(names=names)
    raw.set_channel_types(kinds, on_unit_change="ignore", verbose="error")
    return raw


def test_names_are_cleaned_and_the_old_ones_kept_in_the_record():
    recording, decisions = apply(Import(), noise(names=["EEG Fp1-REF", "Fz.", "CZ", "Pz"]))
    assert recording.raw.ch_names == ["Fp1", "Fz", "Cz", "Pz"]
    assert decisions.renamed == {"EEG Fp1-REF": "Fp1", "Fz.": "Fz", "CZ": "Cz"}


def test_types_follow_the_names():
    recording, decisions = apply(Import(), noise(names=["Fz", "Cz", "VEOG", "ECG ECG", "EEG A2-A1", "Status"]))
    assert decisions.types_changed == {"VEOG": "eog", "ECG": "ecg", "A2-A1": "misc", "Status": "stim"}
    assert recording.raw.get_channel_types() == ["eeg", "eeg", "eog", "ecg", "misc", "stim"]


def test_types_from_the_sidecar_win():
    assert apply(Import(), typed(["Fz", "Cz", "VEOG"], VEOG="misc"))[0].raw.get_channel_types()[2] == "misc"


def test_a_signal_that_is_no_eeg_is_put_aside_where_the_name_says_nothing():
    raw = noise(names=["Fz", "Cz", "Pz", "Oz", "K1", "K2"])
    raw._data[4] = 0.0
    raw._data[4, 500:600] = 1e-6
    raw._data[5] *= 1e5
    assert apply(Import(), raw)[1].types_changed == {"K1": "stim", "K2": "misc"}


def test_positions_come_from_the_template_where_there_are_none():
    recording, decisions = apply(Import(), noise(names=["Fz", "T3", "Pz", "nowhere"]))
    assert decisions.template == "colin27_1005"
    assert decisions.template_channels == ("Fz", "T3", "Pz")
    assert decisions.unknown_positions == ("nowhere",)
    assert positions_m(recording.raw, [0, 1, 2]) is not None


def test_positions_of_the_recording_win():
    raw = noise(names=NAMES).set_montage("biosemi64")
    before = positions_m(raw, list(range(16)))
    decisions = apply(Import(), raw)[1]
    assert (decisions.template, decisions.template_channels) == (None, ())
    assert positions_m(raw, list(range(16))) == before


def test_channels_without_position_are_put_aside_if_asked():
    recording, decisions = apply(Import(unknown_positions="misc"), noise(names=["Fz", "Cz", "nowhere"]))
    assert recording.raw.get_channel_types() == ["eeg", "eeg", "misc"]
    assert decisions.types_changed == {"nowhere": "misc"}


def test_meg_is_dropped_and_said_so():
    recording, decisions = apply(
        Import(), typed(["MEG 0111", "MEG 0112", "Fz"], **{"MEG 0111": "mag", "MEG 0112": "grad"})
    )
    assert recording.raw.ch_names == ["Fz"]
    assert decisions.dropped == {"MEG 0111": "mag", "MEG 0112": "grad"}


def test_a_recording_without_eeg_is_rejected_with_what_it_has():
    raw = typed(["a", "b", "c"], a="mag", b="mag", c="ecg")
    with pytest.raises(Rejected, match="1 ecg, 2 mag"):
        apply(Import(), raw)


def test_channels_that_are_eeg_by_type_only_are_rejected():
    with pytest.raises(Rejected, match="1 ecg, 1 eog"):
        apply(Import(), noise(names=["ECG", "EOG"]))


def test_a_short_recording_is_rejected_with_its_duration():
    with pytest.raises(Rejected, match=r"2\.00 s, and at least 10 s"):
        apply(Import(), noise(seconds=2))
    assert apply(Import(min_duration_s=1), noise(seconds=2))[1].duration_s == 2.0


def test_a_channel_with_nan_becomes_bad_and_zero_where_nan():
    raw = noise()
    raw._data[1, 10:15] = np.nan
    recording, decisions = apply(Import(), raw)
    assert recording.raw.info["bads"] == ["Fp2"]
    assert recording.bad_channels[0].reasons == ("5 samples are NaN",)
    assert decisions.nan_samples == {"Fp2": 5}
    assert np.isfinite(raw.get_data()).all()


def test_bad_channels_follow_their_names_and_keep_their_reasons():
    raw = noise(names=["EEG Fp1", "EEG Fp2", "Cz"])
    recording = Recording(raw).mark_bad({"EEG Fp1": "broken"})
    raw.info["bads"] = ["EEG Fp1", "EEG Fp2"]
    done = Import().apply(recording, seed=1)[0]
    assert done.raw.info["bads"] == ["Fp1", "Fp2"]
    assert [(bad.name, bad.reasons) for bad in done.bad_channels] == [
        ("Fp1", ("broken",)),
        ("Fp2", ("marked bad in the recording",)),
    ]


def test_a_common_gap_makes_no_channel_bad():
    raw = noise()
    raw._data[:, 500:600] = np.nan
    recording, decisions = apply(Import(), raw)
    assert recording.raw.info["bads"] == []
    assert (len(decisions.gaps), decisions.discontinuities, decisions.nan_samples) == (1, 2, {})


@pytest.mark.parametrize("value", [0.0, np.nan, 1e-3])
def test_a_recording_without_any_signal_is_rejected(value):
    raw = noise()
    raw._data[:] = value
    with pytest.raises(Rejected, match="none is left"):
        apply(Import(), raw)


def test_constant_channels_and_discontinuities_are_noted():
    raw = cut(noise(), 5.0, 7.0)
    raw._data[2] = 3e-5
    decisions = apply(Import(), raw)[1]
    assert (decisions.constant_channels, decisions.discontinuities) == (("F3",), 2)


@pytest.mark.parametrize(("factor", "suspicious"), [(1e6, True), (1, False), (1e-6, True)])
def test_a_wrong_unit_is_suspected_and_not_corrected(factor, suspicious):
    raw = noise()
    raw._data *= factor
    before = raw.get_data()
    decisions = apply(Import(), raw)[1]
    assert bool(decisions.suspicious_amplitude) is suspicious
    assert Import().doubts(decisions) == (("size",) if suspicious else ())
    np.testing.assert_array_equal(raw.get_data(), before)


def test_the_unit_is_corrected_where_the_factor_is_given():
    raw = noise(names=["Fz", "Cz", "Status"])
    expected = raw.get_data() * 1e6
    decisions = apply(Import(unit_factor=1e-6), noise_in_microvolts := raw.copy().apply_function(lambda x: x * 1e6))[1]
    assert decisions.amplitude_uv == pytest.approx(6.7, abs=0.3)
    np.testing.assert_allclose(noise_in_microvolts.get_data() * 1e6, expected)


def test_an_offset_is_no_amplitude():
    raw = noise()
    raw._data += 0.04
    assert apply(Import(), raw)[1].suspicious_amplitude == ""


@pytest.mark.parametrize(("amplitude_uv", "word"), [(5001, "above"), (0.005, "below")])
def test_the_suspicion_says_which_way(amplitude_uv, word):
    assert word in suspicion(amplitude_uv)


@pytest.mark.parametrize("n_channels", [1, 271])
@pytest.mark.parametrize("sfreq", [100.0, 5000.0])
def test_few_and_many_channels_pass(n_channels, sfreq):
    recording = apply(Import(min_duration_s=0), noise(n_channels, seconds=1, sfreq=sfreq))[0]
    assert len(recording.raw.ch_names) == n_channels


def test_annotations_keep_time_and_duration():
    raw = noise()
    raw.annotations.append(3.25, 0.75, "square")
    kept = apply(Import(), raw)[0].raw.annotations
    assert (kept.onset[0], kept.duration[0], kept.description[0]) == (3.25, 0.75, "square")


ZOO = {
    "MB0400FU.EEG": (21, "colin27_1005"),
    "MB0400FU.EDF": (21, "colin27_1005"),
    "antio/test_CA_208.vhdr": (63, "colin27_1005"),
    "antio/test_CA_208.cnt": (63, "colin27_1005"),
    "test_raw_chanloc.set": (61, None),
    "chtypes_edf.edf": (29, "colin27_1005"),
    "test_reduced.edf": (136, None),
    "test_raw_hdf5.set": (256, None),
    "mne_test.bdf": (66, "colin27_1005"),
    "brainvision/test.vhdr": (26, "colin27_1005"),
    "brainvision/bv_dig_test.vhdr": (64, "colin27_1005"),
    "subsecond_starttime.edf": (3, "colin27_1005"),
    "test_utf8_annotations.edf": (5, None),
    "test_raw_event_duration.set": (1, None),
    "tiny_bids/sub-01/ses-eeg/eeg/sub-01_ses-eeg_task-rest_eeg.vhdr": (64, "colin27_1005"),
}


def read(path):
    readers = {".EEG": mne.io.read_raw_nihon, ".cnt": mne.io.read_raw_ant}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNE_LOGGING_LEVEL", "ERROR")
        return readers.get(path.suffix, mne.io.read_raw)(path, preload=True, verbose="error")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ZOO)
def test_every_format_comes_through_or_is_refused_for_being_short(shared_data, name):
    raw = read(shared_data / "format-zoo" / name)
    if raw.times[-1] < 5:
        with pytest.raises(Rejected, match="at least 10 s"):
            apply(Import(), raw.copy())
    recording, decisions = apply(Import(min_duration_s=0), raw)
    n_eeg, template = ZOO[name]
    assert (recording.raw.get_channel_types().count("eeg"), decisions.template) == (n_eeg, template)
    assert decisions.suspicious_amplitude == ""


def test_clinical_names_are_cleaned_typed_and_located(shared_data):
    decisions = apply(Import(), read(shared_data / "eegmat" / "Subject00_1.edf"))[1]
    assert decisions.types_changed == {"A2-A1": "misc", "ECG": "ecg"}
    assert len(decisions.template_channels) == 19
    assert decisions.unknown_positions == ()


def test_channels_that_are_no_eeg_are_noted_with_the_reason():
    raw = noise(names=["Fz", "Cz", "Pz", "Oz", "VEO", "Package Num", "K1"])
    raw._data[6] = 1e-6 * (np.arange(raw.n_times) % 256)
    recording, decisions = apply(Import(), raw)
    assert decisions.types_changed == {"VEO": "eog", "Package Num": "misc", "K1": "misc"}
    assert recording.notes == (
        "no EEG but eog by name: VEO",
        "no EEG but misc by name: Package Num",
        "no EEG but misc by signal: K1",
    )


def test_a_counter_under_the_name_of_an_electrode_is_bad():
    raw = noise(8)
    raw._data[3] = 1e-6 * (np.arange(raw.n_times) % 100)
    recording, _ = apply(Import(), raw)
    assert recording.raw.info["bads"] == ["F4"]


def test_names_of_polysomnography_are_understood():
    names = ["F3:M2", "F4:M1", "C3:M2", "C4:M1", "E1", "E2", "Chin1-Chin2", "NEW AIR", "OX stat"]
    recording, decisions = apply(Import(), noise(names=names))
    assert recording.raw.get_channel_types() == ["eeg"] * 4 + ["eog", "eog", "emg", "resp", "bio"]
    assert recording.raw.ch_names[:4] == ["F3-M2", "F4-M1", "C3-M2", "C4-M1"]
    assert decisions.template_channels == ("F3-M2", "F4-M1", "C3-M2", "C4-M1")


def test_a_recording_without_any_position_says_so():
    assert apply(Import(), noise(names=["EXG Channel 0", "EXG Channel 1"]))[0].notes == (
        "no EEG channel has a position (2 channels)",
    )


@pytest.mark.parametrize("factor", [10.0, 100.0, 1e3, 1e6, 1e-6])
def test_a_channel_of_another_gain_is_bad_and_in_no_average(factor):
    raw = noise(16)
    raw._data[4] *= factor
    recording, decisions = apply(Import(), raw)
    assert recording.raw.info["bads"] == ["C3"]
    assert decisions.odd_gains == {"C3": pytest.approx(factor, rel=0.2)}
    assert "'C3' is bad: its amplitude is" in recording.notes[0]
    (margin,) = Import().margins(decisions)
    assert margin.bad
    assert (margin.name, margin.score) == ("C3", pytest.approx(max(factor, 1 / factor), rel=0.25))
    assert not margin.borderline
    assert Reference().apply(recording, seed=1)[1].channels == tuple(n for n in NAMES if n != "C3")


def test_a_channel_without_a_unit_is_brought_to_volts():
    raw = noise(8)
    wanted = raw.get_data()
    raw._data[2] *= 1e6
    raw._orig_units = dict.fromkeys(raw.ch_names, "µV") | {"F3": "n/a"}
    recording, decisions = apply(Import(), raw)
    np.testing.assert_allclose(recording.raw.get_data(), wanted)
    assert decisions.unit_factors == {"F3": pytest.approx(1e-6)}
    assert recording.raw.info["bads"] == []
    assert recording.notes == ("the unit is 'n/a': multiplied by 1e-06 to have an amplitude of EEG: F3",)


def test_positions_that_make_no_head_give_way_to_the_template():
    raw = noise(16).set_montage("biosemi64")
    for channel in raw.info["chs"]:
        channel["loc"][:3] = [0.09, 0.0, 0.0]
    recording, decisions = apply(Import(), raw)
    assert decisions.template == "colin27_1005"
    assert len(decisions.template_channels) == 16
    assert recording.notes == decisions.positions


def test_a_constant_channel_is_bad():
    raw = noise(8)
    raw._data[2] = 4e-5
    recording, decisions = apply(Import(), raw)
    assert decisions.constant_channels == ("F3",)
    assert recording.raw.info["bads"] == ["F3"]


def test_a_channel_of_zeros_that_the_recording_names_as_its_reference_is_kept_aside():
    raw = noise(8)
    raw._data[2] = 0
    recording, decisions = Import().apply(Recording(raw, online_reference=("F3",)), seed=1)
    assert decisions.online_reference == recording.online_reference == ("F3",)
    assert recording.raw.get_channel_types()[2] == "misc"
    assert recording.raw.info["bads"] == []
    assert "'F3' holds zeros and is the reference of the recording: kept aside" in recording.notes


def test_a_named_reference_that_is_no_zero_stays_eeg():
    recording, decisions = Import().apply(Recording(noise(8), online_reference=("F3",)), seed=1)
    assert decisions.online_reference == recording.online_reference == ()
    assert recording.raw.get_channel_types() == ["eeg"] * 8


def test_channels_with_a_reference_of_their_own_are_noted_with_what_says_so():
    raw = noise(names=["Fz", "Cz", "Pz", "Oz", "FP1F7", "C3-lap", "O1"])
    recording, decisions = Import().apply(
        Recording(raw, own_references={"O1": "channels.tsv has the type BIP"}), seed=1
    )
    by_name = "by their names"
    own = {"Fp1-F7": by_name, "C3-lap": by_name, "O1": "channels.tsv has the type BIP"}
    assert decisions.own_references == recording.own_references == own
    assert recording.notes == (
        "2 channels have a reference of their own (by their names) and enter no average: Fp1-F7, C3-lap",
        "1 channels have a reference of their own (channels.tsv has the type BIP) and enter no average: O1",
    )


@pytest.mark.parametrize("n", [3, 8])
def test_a_derivation_of_another_gain_is_bad(n):
    names = ["Fz", "Cz", "Pz", "Oz", "P3", "P4", *(f"{a}-{b}" for a, b in zip(NAMES[::2], NAMES[1::2], strict=True))]
    raw = noise(names=names[: 6 + n])
    raw._data[8] *= 100
    recording, _ = apply(Import(), raw)
    assert recording.raw.info["bads"] == [names[8]]


def test_names_that_nothing_places_are_noted_as_taken_for_eeg():
    recording, _ = apply(Import(), noise(names=["Fz", "Cz", "Pz", "Oz", "HL", "Vb"]))
    assert recording.notes == ("taken for EEG, though no template knows the names: HL, Vb",)


@pytest.mark.parametrize(("factor", "word"), [(100, "above 80"), (0.01, "below 0.2")])
def test_a_recording_of_another_gain_altogether_is_noted_with_its_amplitude(shared_data, factor, word):
    raw = read(shared_data / "eegmat" / "Subject31_1.edf")
    raw._data *= factor
    recording, _ = apply(Import(), raw)
    assert any(f"{4.59 * factor:.3g}"[:3] in note and word in note for note in recording.notes)


def test_few_channels_that_disagree_are_noted_and_the_possible_one_stays():
    raw = noise(names=["Fz", "Cz", "Pz"])
    raw._data[1:] *= 1000
    recording, _ = apply(Import(), raw)
    assert recording.raw.info["bads"] == ["Cz", "Pz"]
    raw = noise(names=["Fz", "Cz"])
    raw._data[1] *= 8
    recording, _ = apply(Import(), raw)
    assert recording.raw.info["bads"] == []
    assert "amplitudes of 2 channels differ by 6 times and more, too few to tell: Fz " in recording.notes[0]
