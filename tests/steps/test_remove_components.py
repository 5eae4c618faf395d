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


def labelled(raw, labels):
    """A decomposition whose components are bad and have these labels, by index."""
    case = judged(raw, set(labels))
    named = tuple(one.model_copy(update={"label": labels.get(one.index, "brain")}) for one in case.components)
    return replace(case, components=named)


def activations(case, data):
    ica = case.ica
    weights = ica.unmixing_matrix_ @ ica.pca_components_[: ica.n_components_]
    return weights @ (data - ica.pca_mean_[:, None])


def test_targeted_keeps_eye_components_outside_their_events():
    raw = recording(8, seconds=60.0)
    case = labelled(raw, {2: "eye"})
    before = activations(case, raw.get_data())
    cleaned, decisions = RemoveComponents(mode="targeted").apply(case, seed=1)
    after = activations(case, cleaned.raw.get_data())
    changed = np.abs(after[2] - before[2]) > 1e-9
    (told,) = decisions.targeted
    assert (told.index, told.part) == (2, "eye events")
    assert 0 < told.fraction <= changed.mean() < 0.5
    np.testing.assert_allclose(np.delete(after, 2, axis=0), np.delete(before, 2, axis=0), atol=1e-9)


def test_targeted_takes_muscle_components_out_in_their_band_alone():
    raw = recording(8, seconds=60.0)
    case = labelled(raw, {1: "muscle"})
    before = activations(case, raw.get_data())[1]
    cleaned, _ = RemoveComponents(mode="targeted").apply(case, seed=1)
    after = activations(case, cleaned.raw.get_data())[1]
    frequency_hz = np.fft.rfftfreq(before.size, 0.01)
    was, now = (np.abs(np.fft.rfft(course)) ** 2 for course in (before, after))
    assert now[frequency_hz < 8].sum() == pytest.approx(was[frequency_hz < 8].sum(), rel=0.01)
    assert now[frequency_hz > 16].sum() < 0.01 * was[frequency_hz > 16].sum()


def test_targeted_takes_other_components_out_as_a_whole():
    raw = recording(8)
    case = labelled(raw.copy(), {0: "heart", 3: "brain"})
    targeted, decisions = RemoveComponents(mode="targeted").apply(case, seed=1)
    whole, _ = RemoveComponents().apply(labelled(raw.copy(), {0: "heart", 3: "brain"}), seed=1)
    np.testing.assert_array_equal(targeted.raw.get_data(), whole.raw.get_data())
    assert decisions.targeted == ()


def test_a_component_that_its_probability_of_eye_condemns_is_one_of_the_eyes_whatever_is_likelier():
    case = labelled(recording(8), {2: "brain"})
    seen = tuple(one.model_copy(update={"reason": "eye 0.410 >= 0.4"}) for one in case.components)
    _, decisions = RemoveComponents(mode="targeted").apply(replace(case, components=seen), seed=1)
    assert [(told.index, told.part) for told in decisions.targeted] == [(2, "eye events")]


def test_less_is_taken_of_a_component_the_less_certain_it_is():
    taken = []
    for certainty in (1.0, 0.5, 0.1):
        case = labelled(recording(8, seconds=60.0), {2: "eye"})
        seen = tuple(one.model_copy(update={"certainty": certainty}) for one in case.components)
        taken.append(RemoveComponents(mode="targeted").apply(replace(case, components=seen), seed=1)[1].removed_percent)
    assert taken[0] > taken[1] > taken[2]


def test_only_components_that_go_whole_lower_the_rank():
    case = labelled(recording(8), {0: "heart", 1: "eye", 2: "muscle"})
    cleaned, decisions = RemoveComponents(mode="targeted").apply(case, seed=1)
    assert cleaned.rank == 7
    assert decisions.removed == (0, 1, 2)
