"""Windows of a dataset's recordings with their labels, and the bridges to what models are trained with."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path
from typing import Any

import mne
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import eegmill
from eegmill import Dataset
from eegmill.datasets import bridges
from eegmill.datasets.agreement import agreed_channels
from eegmill.datasets.cut import cut_raw
from eegmill.datasets.windows import Windowed
from eegmill.errors import ConfigurationError, DerivativeError, RecordingError

SAMPLE = Path(eegmill.__file__).parent / "sample" / "eegmill-sample"


@pytest.fixture(scope="module")
def arithmetic(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Three recordings of 62 s at 500 Hz, raw; no run has cleaned them."""
    return Dataset(SAMPLE, task="arithmetic", output=tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def windows(arithmetic: Dataset) -> Windowed:
    return arithmetic.windows(2.0, signal="raw", target="age", channels="common")


def noise(n_times: int = 1000, *, marks: mne.Annotations | None = None) -> mne.io.RawArray:
    samples = np.random.default_rng(0).normal(size=(3, n_times))
    raw = mne.io.RawArray(samples, mne.create_info(["Fz", "Cz", "Pz"], 100.0, "eeg"), verbose="error")
    return raw.set_annotations(marks, verbose="error") if marks else raw


def cut(raw: mne.io.BaseRaw, length_s: float = 1.0, **choices: Any) -> Any:
    return cut_raw(raw, **{"length_s": length_s, "step_s": None, "events": (), "start_s": 0.0, **choices})


def test_windows_are_the_signal_in_volts(arithmetic: Dataset, windows: Windowed) -> None:
    assert windows.shape == (93, 19, 1000)
    samples, age = windows[31 + 4]
    raw = arithmetic[1].raw().get_data(picks=list(windows.ch_names))
    assert samples.dtype == np.float32
    assert np.array_equal(samples, raw[:, 4000:5000].astype(np.float32))
    assert age == 18
    assert windows.table.loc[31 + 4, ["recording", "onset_s", "age"]].tolist() == ["sub-03_task-arithmetic", 8.0, 18]


def test_who_changes_a_window_disturbs_nobody(windows: Windowed) -> None:
    windows[0][0][:] = 0
    assert windows[0][0].any()


def test_a_target_of_text_has_classes(arithmetic: Dataset) -> None:
    found = arithmetic.windows(10.0, signal="raw", target="subject")
    assert found.classes == ("02", "03", "04")
    assert [found[index][1] for index in (0, 6, 12)] == [0, 1, 2]


def test_events_are_cut_and_are_the_target() -> None:
    found = Dataset(SAMPLE, task="attention").windows(
        1.0, start_s=-0.2, signal="raw", events=["square", "rt"], target="event"
    )
    assert found.classes == ("square", "rt")
    assert np.bincount([found[index][1] for index in range(len(found))]).tolist() == [80, 74]
    assert found.shape[1:] == (30, 128)


def test_what_is_bad_breaks_off_or_ends_is_left_out_and_counted() -> None:
    marks = mne.Annotations([2.5, 4.2], [0.1, 0.0], ["BAD_blink", "BAD boundary"])
    found = cut(noise(marks=marks))
    assert [int(start) // 100 for start in found.starts] == [0, 1, 3, 5, 6, 7, 8, 9]
    assert found.left_out == {"bad": 1, "a break inside": 1}
    events = mne.Annotations([0.1, 5.0, 9.9], [0, 0, 0], ["go", "go", "go"])
    around = cut(noise(marks=events), events=("go",), start_s=-0.5)
    assert around.starts.tolist() == [450]
    assert around.left_out == {"beyond an end of the recording": 2}


def test_a_channel_that_is_bad_is_no_part_and_one_that_is_bad_for_a_while_takes_its_window_out() -> None:
    raw = noise()
    raw.info["bads"] = ["Cz"]
    raw.set_annotations(mne.Annotations([3.5], [0.1], ["BAD_loose"], ch_names=[["Pz"]]), verbose="error")
    found = cut(raw)
    assert found.ch_names == ("Fz", "Pz")
    assert found.left_out == {"bad": 1}


@given(st.floats(0.05, 3), st.floats(0.05, 3))
def test_windows_lie_inside_every_step(length_s: float, step_s: float) -> None:
    found = cut(noise(500), length_s, step_s=step_s)
    assert found.n_times == round(length_s * 100)
    assert set(np.diff(found.starts)) <= {max(1, round(step_s * 100))}
    assert all(0 <= start <= 500 - found.n_times for start in found.starts)
    assert not len(found.starts) or found.starts[-1] + found.n_times + round(step_s * 100) > 500


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"targt": "age"}, "did you mean 'target'"),
        ({"target": "agee"}, "did you mean 'age'"),
        ({"target": "event"}, r"needs events=\[…\]; in these recordings there are:"),
        ({"events": ["sqare"]}, "no event 'sqare'"),
        ({"length_s": 0.0}, "both are more than 0"),
        ({"length_s": 1e-6}, "has no sample at 500 Hz"),
        ({"signal": "clean"}, "it is 'cleaned', 'raw' or 'epochs'"),
        ({"channels": "Fz"}, r"one alone is \['Fz'\]"),
        ({"channels": ["Fz", "Oz"]}, "no good EEG channel Fz, Oz; it has: EEG Fp1"),
    ],
)
def test_a_wrong_choice_is_one_message(arithmetic: Dataset, choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        arithmetic.windows(**{"length_s": 2.0, "signal": "raw", **choices})
    assert "\n" not in str(caught.value)


def test_recordings_must_agree() -> None:
    with pytest.raises(ConfigurationError, match=r"different sampling rates: '.*attention' 128 Hz, '.*' 500 Hz"):
        Dataset(SAMPLE).windows(signal="raw", channels="common")
    with pytest.raises(ConfigurationError, match=r"'b' has EEG channels that others have not \(Oz\)"):
        agreed_channels({"a": ("Fz",), "b": ("Fz", "Oz")}, None)
    with pytest.raises(ConfigurationError, match="no good EEG channel in common"):
        agreed_channels({"a": ("Fz",), "b": ("Oz",)}, "common")
    assert agreed_channels({"a": ("Fz", "Cz"), "b": ("Cz", "Fz")}, ["Cz"]) == ("Cz",)


def test_a_label_that_is_missing_is_told_with_the_way_out() -> None:
    with pytest.raises(ConfigurationError, match=r"1 of 4 recordings have no 'age'.*filter\(known='age'\)"):
        Dataset(SAMPLE).windows(signal="raw", target="age")


def test_no_window_at_all_is_an_error(arithmetic: Dataset) -> None:
    with pytest.raises(RecordingError, match=r"No window is left\. Recordings without a window: sub-02"):
        arithmetic.windows(1000.0, signal="raw")


def test_a_recording_that_is_not_cleaned_says_what_to_type(arithmetic: Dataset) -> None:
    with pytest.raises(DerivativeError, match=r"eegmill run .* makes it"):
        arithmetic.windows()


def test_arrays_labels_and_table_belong_together(arithmetic: Dataset, windows: Windowed) -> None:
    x, y, table = arithmetic.to_numpy(2.0, signal="raw", target="age", channels="common")
    assert (x.shape, x.dtype, y.shape) == ((93, 19, 1000), np.float32, (93,))
    assert y.tolist() == table.age.tolist() == table.label.tolist()
    assert np.array_equal(x[40], windows[40][0])
    assert arithmetic.to_numpy(2.0, signal="raw").y is None


def test_windows_go_to_another_process(windows: Windowed) -> None:
    again = pickle.loads(pickle.dumps(windows))
    assert np.array_equal(again[92][0], windows[92][0])


def test_the_order_of_channels_is_that_of_the_first_or_as_asked(arithmetic: Dataset) -> None:
    asked = arithmetic.windows(2.0, signal="raw", channels=["EEG Pz", "EEG Fz"])
    assert asked.ch_names == ("EEG Pz", "EEG Fz")
    raw = arithmetic[0].raw()
    assert np.array_equal(asked[0][0], raw.get_data(picks=["EEG Fz", "EEG Pz"])[::-1, :1000].astype(np.float32))


@pytest.mark.parametrize(
    ("bridge", "package", "extra"),
    [
        ("to_torch", "torch", "torch"),
        ("to_xarray", "xarray", "xarray"),
        ("to_huggingface", "datasets", "huggingface"),
        ("to_braindecode", "braindecode", "braindecode"),
    ],
)
def test_a_package_that_is_absent_is_one_line_with_the_extra(
    arithmetic: Dataset, bridge: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridges.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=rf"{bridge} needs {package}, .*pip install 'eegmill\[{extra}\]'"):
        getattr(arithmetic, bridge)(signal="raw")


def needs(package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        importlib.util.find_spec(package) is None, reason=f"the bridge to {package} is an extra, not installed here"
    )


@needs("torch")
@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("iterable", [False, True])
def test_a_loader_of_torch_gives_each_window_once(
    arithmetic: Dataset, windows: Windowed, workers: int, iterable: bool
) -> None:
    from torch.utils.data import DataLoader

    choices: dict[str, Any] = {"signal": "raw", "channels": "common", "target": "age"}
    dataset = arithmetic.to_torch(2.0, iterable=iterable, seed=1 if iterable else None, **choices)
    loader = DataLoader(dataset, batch_size=16, num_workers=workers)
    signals, ages = zip(*loader, strict=True)
    found = np.concatenate([signal.numpy() for signal in signals])
    wanted = np.stack([windows[index][0] for index in range(len(windows))])
    assert sorted(map(bytes, found)) == sorted(map(bytes, wanted))
    assert sorted(np.concatenate(ages)) == sorted([21.0, 18.0, 19.0] * 31)


@needs("torch")
def test_an_iterable_dataset_is_shuffled_by_seed_and_epoch(arithmetic: Dataset) -> None:
    def labels(seed: int | None, epoch: int = 0) -> list[int]:
        dataset = arithmetic.to_torch(2.0, iterable=True, seed=seed, signal="raw", target="subject")
        dataset.set_epoch(epoch)
        return [int(label) * 1000 + int(1e9 * float(signal[0, 0])) for signal, label in dataset]

    assert labels(1) == labels(1)
    assert labels(1) != labels(2)
    assert labels(1) != labels(1, epoch=1)
    assert sorted(labels(1)) == sorted(labels(None))


@needs("xarray")
def test_an_array_of_xarray_has_coordinates_and_units(arithmetic: Dataset, windows: Windowed) -> None:
    array = arithmetic.to_xarray(2.0, signal="raw", channels="common", target="age")
    assert array.dims == ("window", "channel", "time")
    assert (array.attrs["units"], array.attrs["sfreq_hz"]) == ("V", 500.0)
    assert np.array_equal(array.sel(channel="EEG Pz")[3], windows[3][0][windows.ch_names.index("EEG Pz")])
    assert array.age[-1] == 19


@needs("datasets")
def test_a_dataset_of_hugging_face_has_classes(arithmetic: Dataset, windows: Windowed) -> None:
    found = arithmetic.to_huggingface(2.0, signal="raw", channels="common", target="sex").with_format("numpy")
    assert found.features["label"].names == ["F"]
    assert np.array_equal(found[5]["signal"], windows[5][0])
    assert (found[5]["subject"], found[5]["age"]) == ("02", 21)


@needs("braindecode")
def test_braindecode_cuts_its_own_windows(arithmetic: Dataset) -> None:
    from braindecode.preprocessing import create_fixed_length_windows

    concatenated = arithmetic.to_braindecode(target="age", signal="raw")
    cut = create_fixed_length_windows(
        concatenated, window_size_samples=1000, window_stride_samples=1000, drop_last_window=True
    )
    assert len(cut) == 93
    assert (cut[0][0].shape, cut[0][1]) == ((21, 1000), 21)
    assert list(concatenated.description.subject) == ["02", "03", "04"]
