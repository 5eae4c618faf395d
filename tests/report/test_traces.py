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
