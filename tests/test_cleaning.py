"""The chain of steps, and ``eegmill.clean``."""

from __future__ import annotations

from datetime import UTC, datetime

import mne
import numpy as np
import pytest

import eegmill
from eegmill.chain import Chain, run_steps, seed_of
from eegmill.config.recipes import load_recipe
from eegmill.errors import ConfigurationError
from eegmill.recording import Recording
from eegmill.records import Override

STEPS = [{"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}]


def raw(n_channels: int = 6, duration_s: float = 20.0) -> mne.io.BaseRaw:
    names = ["Fz", "Cz", "Pz", "Oz", "C3", "C4"][:n_channels]
    noise = np.random.default_rng(0).normal(scale=1e-5, size=(n_channels, round(100 * duration_s)))
    return mne.io.RawArray(noise, mne.create_info(names, 100.0, "eeg"), verbose="error")


def test_the_recording_given_stays_as_it_is() -> None:
    given = raw()
    before = given.get_data().copy()
    cleaned = eegmill.clean(given, STEPS, seed=1)
    np.testing.assert_array_equal(given.get_data(), before)
    assert not np.allclose(cleaned.raw.get_data(), before)


def test_the_same_seed_gives_the_same_bits() -> None:
    recipe = [*STEPS, {"ica": {"max_iterations": 10}}]
    first, second = (eegmill.clean(raw(), recipe, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.raw.get_data(), second.raw.get_data())
    assert first.record == second.record


def test_the_record_holds_every_parameter_after_defaults() -> None:
    record = eegmill.clean(raw(), STEPS).record
    assert [step.name for step in record.steps] == ["highpass", "reference"]
    assert record.steps[0].parameters["cutoff_hz"] == 1.0
    assert record.metrics["duration_s"] == 20.0


def test_an_unusable_recording_comes_back_rejected_with_the_reason() -> None:
    cleaned = eegmill.clean(raw(duration_s=1.0), [{"import": {}}, *STEPS])
    assert cleaned.record.status == "rejected"
    assert cleaned.record.reason.startswith("import: ")
    assert cleaned.record.steps == ()


def test_a_recording_without_eeg_is_rejected_and_says_what_it_has() -> None:
    given = raw()
    given.set_channel_types(dict.fromkeys(given.ch_names, "misc"), verbose="error")
    record = eegmill.clean(given, [{"import": {}}]).record
    assert record.status == "rejected"
    assert "misc" in record.reason


@pytest.mark.parametrize("recipe", [[{"import": {}}, *STEPS], STEPS])
def test_what_the_source_said_of_a_channel_outlives_a_persons_word(recipe: list[dict[str, object]]) -> None:
    given = raw().rename_channels({"C3": "EEG C3-REF"}, verbose="error")
    given.info["bads"] = ["EEG C3-REF"]
    name = "C3" if "import" in recipe[0] else "EEG C3-REF"
    word = Override(kind="channel", name=name, decision="good")
    done = run_steps(Chain(Recording(given)), load_recipe(recipe).steps, seed=1, overrides=[word]).recording
    assert (done.raw.info["bads"], done.source_bads) == ([], (name,))


def test_a_persons_decision_is_in_the_record() -> None:
    override = Override(kind="channel", name="Cz", decision="bad", reason="loose")
    record = eegmill.clean(raw(), STEPS, overrides=[override]).record
    assert record.overrides == (override,)
    assert [channel.name for channel in record.bad_channels] == ["Cz"]


def test_a_cropped_recording_keeps_its_events_in_place() -> None:
    given = raw()
    given.set_annotations(mne.Annotations([6.0], [0.5], ["tone"]))
    override = Override(kind="segment", onset_s=2.0, duration_s=1.0, decision="bad")
    cleaned = eegmill.clean(given.crop(5.0), STEPS, overrides=[override]).raw
    found = {item["description"]: round(item["onset"] - cleaned.first_time, 6) for item in cleaned.annotations}
    assert (cleaned.first_samp, found) == (500, {"tone": 1.0, "BAD_manual": 2.0})


def cropped_with_triggers(date: datetime | None) -> tuple[mne.io.BaseRaw, np.ndarray]:
    """Pulses in all channels every 5 s, the samples of their events as MNE finds them in the cropped recording."""
    given, samples = raw(duration_s=60.0), np.arange(1000, 5500, 500)
    for sample in samples:
        given._data[:3, sample - 3 : sample + 4] += 1e-3 * np.hanning(7)
    given.set_meas_date(date).set_annotations(mne.Annotations(samples / 100, 0.0, "go", orig_time=date))
    return given.crop(7.0), np.array([[sample, 0, 1] for sample in samples])


@pytest.mark.parametrize("date", [None, datetime(2020, 1, 1, tzinfo=UTC)])
@pytest.mark.parametrize("sfreq_hz", [100.0, 50.0])
def test_events_of_a_cropped_recording_fit_the_clean_one(date: datetime | None, sfreq_hz: float) -> None:
    given, events = cropped_with_triggers(date)
    recipe = [{"resample": {"sfreq_hz": sfreq_hz}}, {"highpass": {}}]
    cleaned = eegmill.clean(given, recipe).raw
    assert (cleaned.first_time, cleaned.info["meas_date"]) == (given.first_time, date)
    np.testing.assert_allclose(cleaned.annotations.onset, given.annotations.onset)
    events[:, 0] = events[:, 0] * sfreq_hz / 100
    epochs = mne.Epochs(cleaned, events, tmin=-1, tmax=1, baseline=None, preload=True, verbose="error")
    peaks = epochs.times[np.abs(epochs.get_data(picks=[0])[:, 0]).argmax(axis=1)]
    np.testing.assert_array_equal(peaks, np.zeros(len(events)))


def test_epochs_are_on_the_clock_of_the_recording_given() -> None:
    given, events = cropped_with_triggers(datetime(2020, 1, 1, tzinfo=UTC))
    epochs = eegmill.clean(given, [*STEPS, {"epochs": {"events": ["go"]}}]).epochs
    assert epochs is not None
    np.testing.assert_array_equal(epochs.events[:, 0], events[:, 0])
    assert [[mark[0] for mark in marks] for marks in epochs.get_annotations_per_epoch()] == [[0.0]] * len(events)


def test_a_bad_annotation_of_one_channel_costs_that_channel_only() -> None:
    given = raw()
    given.set_annotations(mne.Annotations([0.0, 5.0], [20.0, 1.0], "BAD_x", ch_names=[["Cz"], ["Oz"]]))
    cleaned = eegmill.clean(given, [{"import": {}}, *STEPS, {"epochs": {"length_s": 2.0}}])
    assert (cleaned.record.status, cleaned.record.metrics["good_s"]) == ("ok", 20.0)
    assert [(bad.name, bad.reasons) for bad in cleaned.record.bad_channels] == [
        ("Cz", ("annotated bad for 100% of the time",))
    ]
    assert any("Cz: 100.0%, bad; Oz: 5.0%" in note for note in cleaned.record.notes)
    assert cleaned.epochs is not None
    assert len(cleaned.epochs) == 10


def test_events_in_samples_that_are_cut_out_are_counted() -> None:
    given = raw(duration_s=60.0)
    given._data[:, 500:1000] *= 50
    given.set_annotations(mne.Annotations(np.arange(1.0, 59.0), 0.0, "stim"))
    cleaned = eegmill.clean(given, [{"windows": {"action": "cut"}}])
    lost = cleaned.record.steps[0].decisions["lost_events"]
    assert lost == {"stim": 58 - list(cleaned.raw.annotations.description).count("stim")}
    assert lost["stim"] > 3
    assert any(f"{lost['stim']} events lay in the" in note for note in cleaned.record.notes)


def test_a_segment_called_bad_moves_with_the_samples_when_windows_are_cut() -> None:
    given = raw(duration_s=60.0)
    given._data[:, 500:1000] *= 50
    override = Override(kind="segment", onset_s=30.0, duration_s=2.0, decision="bad")
    cleaned = eegmill.clean(
        given, [{"windows": {"action": "cut"}}, {"annotate": {"muscle": None}}], overrides=[override]
    )
    onsets = [item["onset"] for item in cleaned.raw.annotations if item["description"] == "BAD_manual"]
    assert onsets == [pytest.approx(30.0 - (60.0 - cleaned.raw.n_times / 100.0))]


def test_a_cropped_recording_keeps_what_is_known_of_its_events() -> None:
    given = raw()
    given.set_annotations(mne.Annotations([6.0], [0.5], ["tone"], ch_names=[("Cz",)], extras=[{"pitch": 3}]))
    (tone,) = eegmill.clean(given.crop(5.0), STEPS).raw.annotations
    assert (tone["ch_names"], dict(tone["extras"])) == (("Cz",), {"pitch": 3})


def test_components_that_nothing_took_out_are_not_said_to_be_removed() -> None:
    given = raw().set_montage("standard_1005", verbose="error")
    recipe = [{"ica": {"max_iterations": 5}}, {"iclabel": {"thresholds": {"other": 0.0}}}]
    record = eegmill.clean(given, recipe).record
    assert record.components is not None
    assert (record.components.removed, record.metrics["n_components_removed"]) == ((), 0)


def test_an_override_of_an_unknown_channel_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="channel 'XX'"):
        eegmill.clean(raw(), STEPS, overrides=[Override(kind="channel", name="XX", decision="bad")])


def test_an_override_of_a_component_that_no_step_judges_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="component '3', and the recipe judges none"):
        eegmill.clean(raw(), STEPS, overrides=[Override(kind="component", name="3", decision="bad")])


def test_a_segment_called_good_is_refused_where_windows_are_cut() -> None:
    good = Override(kind="segment", onset_s=4.0, duration_s=8.0, decision="good")
    with pytest.raises(ConfigurationError, match="segment at 4 s good, and the recipe cuts"):
        eegmill.clean(raw(), [{"windows": {"action": "cut"}}], overrides=[good])


def test_seeds_differ_by_step_and_count_and_are_stable() -> None:
    seeds = {seed_of(1, step, occurrence=count) for step in ("ica", "asr") for count in (0, 1)}
    assert len(seeds) == 4
    assert seed_of(1, "ica", occurrence=0) == seed_of(1, "ica", occurrence=0) < 2**31


@pytest.mark.parametrize(("n_bad", "told"), [(1, False), (4, True)])
def test_more_than_a_quarter_of_bad_channels_is_noted(n_bad: int, told: bool) -> None:
    given = raw()
    overrides = [Override(kind="channel", name=name, decision="bad") for name in given.ch_names[:n_bad]]
    notes = eegmill.clean(given, STEPS, overrides=overrides).record.notes
    assert any("more than a quarter" in note for note in notes) is told


def test_the_record_counts_what_is_borderline() -> None:
    assert eegmill.clean(raw(), STEPS).record.metrics["n_borderline"] == 0


def test_what_is_no_recording_is_named() -> None:
    epochs = mne.EpochsArray(np.zeros((1, 2, 10)), mne.create_info(2, 10.0, "eeg"), verbose="error")
    with pytest.raises(ConfigurationError, match=r"MNE Raw or the path of a file, not EpochsArray\."):
        eegmill.clean(epochs, [{"reference": {}}])


def test_what_is_no_recipe_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"A recipe is a name, a file or a list of steps, not None\."):
        load_recipe(None)
