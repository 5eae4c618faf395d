from __future__ import annotations

import numpy as np
import pytest

from eegmill.errors import ConfigurationError, Rejected
from eegmill.recording import Recording
from eegmill.steps.reference import Reference
from signals_bads import raw_of, signals


def rereference(raw, to="average", *, bads=(), rank=None):
    raw.info["bads"] = list(bads)
    return Reference(to=to).apply(Recording(raw, rank=rank), seed=1)


def test_the_average_of_the_good_channels_is_subtracted_from_all_eeg_channels():
    data = signals()
    data[3] *= 100
    recording, decisions = rereference(raw_of(data.copy()), bads=["E4"])
    good = [i for i in range(24) if i != 3]
    np.testing.assert_allclose(recording.raw.get_data(), data - data[good].mean(axis=0), atol=1e-18)
    assert recording.reference == decisions.reference == "average of 23 good EEG channels"


def test_an_interpolated_channel_counts_in_the_average_and_is_not_called_good():
    recording, decisions = Reference().apply(Recording(raw_of(signals(24)), interpolated=("E4",)), seed=1)
    assert recording.reference == "average of 24 EEG channels, 1 of them interpolated"
    assert decisions.interpolated == ("E4",)


def test_other_channel_types_stay_as_they_are():
    data = signals()
    raw = raw_of(data.copy())
    raw.set_channel_types({"E4": "eog", "E5": "misc"}, verbose="error")
    np.testing.assert_array_equal(rereference(raw)[0].raw.get_data()[[3, 4]], data[[3, 4]])


def test_mne_knows_of_the_reference():
    assert rereference(raw_of(signals()))[0].raw.info["custom_ref_applied"]


def test_the_average_lowers_a_full_rank_by_one_and_only_once():
    recording, decisions = rereference(raw_of(signals()))
    assert (decisions.rank_before, decisions.rank, recording.rank) == (24, 23, 23)
    assert Reference().apply(recording, seed=1)[0].rank == 23


def test_a_rank_known_to_be_lower_is_kept():
    assert rereference(raw_of(signals()), rank=12)[0].rank == 12


def test_none_changes_nothing_but_tells_the_rank():
    data = signals()
    recording, decisions = rereference(raw_of(data.copy()), "none")
    np.testing.assert_array_equal(recording.raw.get_data(), data)
    assert (recording.reference, decisions.rank) == ("as recorded", 24)


@pytest.mark.parametrize("to", [("E3",), ("E3", "E7")])
def test_named_channels_become_the_reference(to):
    recording, _ = rereference(raw_of(signals()), to)
    np.testing.assert_allclose(recording.raw.get_data(picks=list(to)).mean(axis=0), 0, atol=1e-18)
    assert recording.rank == 23


@pytest.mark.parametrize("pair", [("M1", "M2"), ("TP9", "TP10"), ("A1", "A2"), ("m1", "m2")])
def test_mastoids_go_by_several_names(pair):
    raw = raw_of(signals())
    raw.rename_channels({"E3": pair[0], "E7": pair[1]}, verbose="error")
    assert rereference(raw, "mastoids")[1].channels == pair


def test_missing_mastoids_are_told_with_what_there_is():
    with pytest.raises(ConfigurationError, match=r"M1 and M2.*the recording has E1, E2"):
        rereference(raw_of(signals()), "mastoids")


def test_an_unknown_channel_is_told_with_its_neighbours():
    with pytest.raises(ConfigurationError, match=r"no channel 'E33'; it has .*E3"):
        rereference(raw_of(signals()), ("E33",))


def test_an_empty_list_is_no_reference():
    with pytest.raises(ConfigurationError, match="empty"):
        rereference(raw_of(signals()), ())


def test_a_bad_channel_is_no_reference():
    with pytest.raises(Rejected, match="E3 is bad"):
        rereference(raw_of(signals()), ("E3",), bads=["E3"])


def test_one_channel_has_no_average():
    with pytest.raises(Rejected, match="there is 1"):
        rereference(raw_of(signals(1)))


def test_no_good_channel_has_no_average():
    with pytest.raises(Rejected):
        rereference(raw_of(signals(2)), bads=["E1", "E2"])


@pytest.mark.parametrize("kind", ["misc", "stim", "eog"])
def test_a_channel_that_is_no_eeg_is_no_reference(kind):
    raw = raw_of(signals())
    raw.set_channel_types({"E3": kind}, on_unit_change="ignore", verbose="error")
    with pytest.raises(Rejected, match=rf"'E3' \({kind}\) is no EEG, and was not filtered"):
        rereference(raw, ("E3", "E7"))


def test_mastoids_that_are_eeg_are_taken_before_those_that_are_not():
    raw = raw_of(signals())
    raw.rename_channels({"E3": "M1", "E7": "M2", "E9": "A1", "E10": "A2"}, verbose="error")
    raw.set_channel_types({"M1": "misc", "M2": "misc"}, on_unit_change="ignore", verbose="error")
    assert rereference(raw, "mastoids")[1].channels == ("A1", "A2")


def test_derivations_neither_count_in_the_average_nor_lose_it():
    data = signals(6)
    raw = raw_of(data.copy())
    names = ["Fz", "Cz", "Pz", "Oz", "Fp1-F7", "T3-T5"]
    raw.rename_channels(dict(zip(raw.ch_names, names, strict=True)), verbose="error")
    recording, decisions = rereference(raw)
    np.testing.assert_array_equal(recording.raw.get_data()[4:], data[4:])
    np.testing.assert_allclose(recording.raw.get_data()[:4], data[:4] - data[:4].mean(axis=0), atol=1e-18)
    assert decisions.derivations == ("Fp1-F7", "T3-T5")
    assert decisions.notes == ("2 channels keep their own reference: Fp1-F7, T3-T5",)


@pytest.mark.parametrize("names", [["Fpz-Cz", "Pz-Oz"], ["F3-M2", "F4-M1"], ["Fp1-F7", "Cz"]])
@pytest.mark.parametrize("to", ["average", "robust", "REST", "mastoids"])
def test_derivations_alone_are_not_referenced_anew(names, to):
    data = signals(2)
    raw = raw_of(data.copy())
    raw.rename_channels(dict(zip(raw.ch_names, names, strict=True)), verbose="error")
    recording, decisions = rereference(raw, to)
    np.testing.assert_array_equal(recording.raw.get_data(), data)
    assert not decisions.applied
    assert "have a reference of their own" in decisions.why_not
    assert recording.reference == "as recorded"


def test_derivations_against_one_electrode_have_an_average():
    raw = raw_of(signals(3))
    raw.rename_channels(dict(zip(raw.ch_names, ["F3-Cz", "F4-Cz", "Pz-Cz"], strict=True)), verbose="error")
    assert rereference(raw)[1].reference == "average of 3 good EEG channels"


def test_a_derivation_is_no_reference():
    raw = raw_of(signals())
    raw.rename_channels({"E3": "Fp1-F7"}, verbose="error")
    with pytest.raises(Rejected, match="has a reference of its own"):
        rereference(raw, ("Fp1-F7",))


@pytest.mark.parametrize("to", ["average", ("E3", "E7"), "robust"])
def test_the_reference_of_the_recording_comes_back_against_the_new_one(to):
    data = signals()
    data[5] = 0
    raw = raw_of(data.copy())
    raw.set_channel_types({"E6": "misc"}, on_unit_change="ignore", verbose="error")
    recording, decisions = Reference(to=to).apply(Recording(raw, online_reference=("E6",)), seed=1)
    x = recording.raw.get_data()
    np.testing.assert_allclose(x - x[5], data, atol=1e-18)
    assert np.ptp(x[5]) > 0
    assert recording.raw.get_channel_types() == ["eeg"] * 24
    assert decisions.restored == ("E6",)
    if to == "average":
        np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-18)


def test_channels_that_the_source_says_to_have_another_reference_enter_no_average():
    data = signals()
    recording = Recording(raw_of(data.copy()), own_references={"E2": "channels.tsv names the reference F7"})
    recording, decisions = Reference().apply(recording, seed=1)
    rest = [i for i in range(24) if i != 1]
    np.testing.assert_array_equal(recording.raw.get_data()[1], data[1])
    np.testing.assert_allclose(recording.raw.get_data()[rest], data[rest] - data[rest].mean(axis=0), atol=1e-18)
    assert decisions.derivations == ("E2",)


def test_a_channel_with_another_reference_is_none_for_others():
    recording = Recording(raw_of(signals()), own_references={"E2": "EEGReference says 'bipolar'"})
    with pytest.raises(Rejected, match="E2 has a reference of its own"):
        Reference(to=("E2",)).apply(recording, seed=1)
