"""Traces before and after."""

from __future__ import annotations

import numpy as np

from eegmill.report.signals import Shown
from eegmill.report.traces import liveliest_stretch, traces_figure


def test_the_stretch_shows_what_was_removed() -> None:
    removed = np.zeros((4, 10_000))
    removed[:, 6000:6100] = 1e-4
    nothing = Shown.all_of(np.zeros((4, 10_000)), 100.0)
    start = liveliest_stretch(Shown.all_of(removed, 100.0), nothing)
    assert start <= 6000
    assert start + 800 >= 6100


def test_every_channel_of_a_small_recording_is_named() -> None:
    signal = Shown.all_of(np.random.default_rng(0).normal(scale=1e-5, size=(3, 500)), 100.0)
    figure = traces_figure(["Fz", "Cz", "Pz"], signal, signal, bad=["Cz"])
    assert all(f">{name}<" in figure for name in ("Fz", "Cz", "Pz"))
    assert 'class="name end bad"' in figure


def test_a_large_recording_is_thinned() -> None:
    signal = Shown.all_of(np.random.default_rng(0).normal(scale=1e-5, size=(128, 2000)), 250.0)
    figure = traces_figure([f"E{i}" for i in range(128)], signal, signal)
    assert figure.count("trace clean") == 24


def test_a_channel_that_lacks_samples_does_not_decide_on_the_stretch() -> None:
    removed = np.zeros((3, 10_000))
    removed[:, 6000:6100] = 1e-4
    removed[0, :200], removed[1, 50] = np.nan, np.inf
    removed[:, 300:310] = np.nan
    start = liveliest_stretch(Shown.all_of(removed, 100.0), Shown.all_of(np.zeros((3, 10_000)), 100.0))
    assert 5300 <= start <= 6000


def test_a_trace_has_a_gap_where_samples_are_missing() -> None:
    signal = np.random.default_rng(0).normal(scale=1e-5, size=(3, 500))
    whole = traces_figure(["Fz", "Cz", "Pz"], None, Shown.all_of(signal, 100.0))
    signal[0, 100:120], signal[1] = np.nan, np.nan
    figure = traces_figure(["Fz", "Cz", "Pz"], None, Shown.all_of(signal, 100.0))
    assert (whole.count("trace clean"), figure.count("trace clean")) == (3, 3)  # two pieces, none, and one
    assert "nan" not in figure
