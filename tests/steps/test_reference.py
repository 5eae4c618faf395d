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
