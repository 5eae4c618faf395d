"""Whatever passes the check of recipes runs without a crash."""

from __future__ import annotations

import contextlib
from typing import Any

import mne
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eegmill
from eegmill.config.recipes import load_recipe
from eegmill.errors import ConfigurationError

NAMES = ["Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2"]
HZ = st.sampled_from([0.1, 0.5, 1.0, 8.0, 20.0, 40.0, 45.0, 49.9, 50.0, 60.0, 1e4])
SECONDS = st.sampled_from([1e-6, 0.01, 0.5, 1.0, 5.0, 30.0, 1e6])
SHARE = st.sampled_from([1e-9, 0.05, 0.5, 0.99])


def step(name: str, **parameters: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parameters).map(lambda chosen: {name: chosen})


STEPS = st.one_of(
    step("import", min_duration_s=SECONDS, unit_factor=st.sampled_from([1e-6, 1.0, 1e3])),
    step("flatline", duration_s=SECONDS, max_saturated_fraction=SHARE),
    step("inspect", correct=st.booleans(), min_repeated_s=SECONDS),
    step("clean_drifts", transition_hz=st.tuples(HZ, HZ).map(sorted)),
    step("highpass", cutoff_hz=HZ, transition_hz=HZ),
    step("lowpass", cutoff_hz=HZ, transition_hz=HZ),
    step("resample", sfreq_hz=HZ, upsample=st.booleans()),
    step("line_noise", method=st.sampled_from(["notch", "spectrum_fit", "zapline"]), frequency_hz=HZ),
    step("bad_channels", window_s=SECONDS, max_broken_fraction=SHARE),
    step("annotate", muscle=st.none(), amplitude=st.fixed_dictionaries({"padding_s": SECONDS})),
    step("asr", cutoff=st.sampled_from([1e-3, 5.0, 20.0, 1e6]), window_s=SECONDS),
    step("windows", window_s=SECONDS, overlap=SHARE, action=st.sampled_from(["annotate", "cut"])),
    step("ica", n_components=st.sampled_from([0.5, 2, 5, 100]), fit_highpass_hz=HZ, max_iterations=st.just(5)),
    step("iclabel"),
    step("remove_components"),
    step("interpolate"),
    step("reference", to=st.sampled_from(["average", "robust", "mastoids", "none", ["Fp1"], ["nowhere"]])),
    step("epochs", length_s=SECONDS),
)


ORDER = [
    *(
        "import",
        "resample",
        "flatline",
        "inspect",
        "clean_drifts",
        "highpass",
        "line_noise",
        "bad_channels",
        "annotate",
        "asr",
    ),
    *("windows", "lowpass", "ica", "iclabel", "remove_components", "interpolate", "reference", "epochs"),
]
ANY = st.lists(STEPS, min_size=1, max_size=6)
SENSIBLE = ANY.map(lambda steps: sorted(steps, key=lambda step: ORDER.index(next(iter(step)))))
RECIPES = SENSIBLE | ANY


@pytest.fixture(scope="module")
def recording() -> mne.io.RawArray:
    rng = np.random.default_rng(0)
    mixing = 0.3 * rng.standard_normal((10, 10)) + np.eye(10)
    x = 1e-5 * mixing @ np.cumsum(rng.standard_normal((10, 2000)), axis=1) / 10
    x += 1e-6 * rng.standard_normal(x.shape)
    return mne.io.RawArray(x, mne.create_info(NAMES, 100.0, "eeg"), verbose="error")


@pytest.mark.filterwarnings("ignore")
@given(recipe=RECIPES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_passes_the_check_is_cleaned_or_refused_in_words(
    recording: mne.io.RawArray, recipe: list[dict[str, Any]]
) -> None:
    try:
        load_recipe(recipe)
    except ConfigurationError:
        return
    with contextlib.suppress(ConfigurationError):
        assert eegmill.clean(recording, recipe).record.status in {"ok", "rejected"}
