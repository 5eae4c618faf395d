"""Traces before and after."""

from __future__ import annotations

import numpy as np

from eegmill.report.traces import liveliest_stretch, traces_figure


def test_the_stretch_shows_what_was_removed() -> None:
    removed = np.zeros((4, 10_000))
    removed[:, 6000:6100] = 1e-4
    start = liveliest_stretch(removed, 100.0)
    assert start <= 6000
    assert start + 800 >= 6100


def test_every_channel_of_a_small_recording_is_named() -> None:
    signal = np.random.default_rng(0).normal(scale=1e-5, size=(3, 500))
    figure = traces_figure(["Fz", "Cz", "Pz"], signal, signal, rate_hz=100.0, bad=["Cz"])
    assert all(f">{name}<" in figure for name in ("Fz", "Cz", "Pz"))
    assert 'class="name end bad"' in figure


def test_a_large_recording_is_thinned() -> None:
    signal = np.random.default_rng(0).normal(scale=1e-5, size=(128, 2000))
    figure = traces_figure([f"E{i}" for i in range(128)], signal, signal, rate_hz=250.0)
    assert figure.count("trace clean") == 24
