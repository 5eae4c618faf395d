from __future__ import annotations

from dataclasses import replace

import mne
import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.recording import Component, Recording
from eegmill.steps.ica import Ica
from eegmill.steps.remove_components import RemoveComponents, subtract
from signals_ica import recording


def judged(raw, bad):
    fitted = Ica(fit_highpass_hz=None).apply(Recording(raw, rank=len(raw.ch_names)), seed=1)[0]
    components = tuple(
        Component(index=i, label="eye", probability=0.95, status="bad" if i in bad else "good")
        for i in range(fitted.ica.n_components_)
    )
    return replace(fitted, components=components)


def test_the_result_is_that_of_mne():
    raw = recording(8)
    case = judged(raw, {0, 3})
    theirs = case.ica.apply(raw.copy(), exclude=[0, 3], verbose="error").get_data()
    ours = RemoveComponents().apply(case, seed=1)[0].raw.get_data()
    np.testing.assert_allclose(ours, theirs, atol=1e-15)


def test_the_rank_falls_by_the_number_removed():
    cleaned, decisions = RemoveComponents().apply(judged(recording(8), {1, 2}), seed=1)
    assert cleaned.rank == 6
    assert (decisions.removed, decisions.of) == ((1, 2), 8)


def test_the_variance_removed_is_recorded_per_channel_and_in_all():
    raw = recording(8)
    before = raw.get_data().var(axis=1)
    cleaned, decisions = RemoveComponents().apply(judged(raw, {0}), seed=1)
    after = cleaned.raw.get_data().var(axis=1)
    np.testing.assert_allclose([c.removed_percent for c in decisions.channels], 100 * (1 - after / before), rtol=1e-6)
    assert decisions.removed_percent == pytest.approx(100 * (1 - after.sum() / before.sum()))


def test_bad_channels_stay_as_they_are():
    raw = recording(8)
    raw.info["bads"] = ["C3"]
    before = raw.get_data(picks=["C3"])
    cleaned, _ = RemoveComponents().apply(judged(raw, {0}), seed=1)
    np.testing.assert_array_equal(cleaned.raw.get_data(picks=["C3"]), before)


def test_all_components_bad_rejects_the_recording():
    with pytest.raises(Rejected, match="All 4 independent components"):
        RemoveComponents().apply(judged(recording(4), {0, 1, 2, 3}), seed=1)


@pytest.mark.parametrize("with_ica", [True, False])
def test_without_bad_components_the_recording_stays(with_ica):
    raw = recording(4)
    before = raw.get_data()
    case = judged(raw, set()) if with_ica else Recording(raw)
    cleaned, decisions = RemoveComponents().apply(case, seed=1)
    np.testing.assert_array_equal(cleaned.raw.get_data(), before)
    assert decisions.removed == ()


def test_the_removal_equals_that_of_eeglab(shared_data):
    folder = shared_data / "mne-testing"
    raw, theirs = (
        mne.io.read_raw_eeglab(folder / name, preload=True, verbose="error")
        for name in ("test_raw.set", "test_raw.cleaned.set")
    )
    ica = mne.preprocessing.read_ica_eeglab(folder / "test_raw.set", verbose="error")
    subtract(raw, ica, [4, 11, 19])
    np.testing.assert_allclose(raw.get_data(), theirs.get_data(), rtol=1e-5, atol=1e-8)
