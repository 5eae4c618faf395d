"""Components on a page."""

from __future__ import annotations

import numpy as np

from eegmill.derivative.components import Mixing
from eegmill.recording import Component
from eegmill.records import RecordingRecord
from eegmill.report.components import activations, component_panels
from eegmill.report.decisions import Decider
from eegmill.report.signals import Before, Shown
from step_records import recorded

CLASSES = ("brain", "muscle", "eye", "heart", "line_noise", "channel_noise", "other")
NAMES = ("A", "B", "C", "D", "E", "F")
RNG = np.random.default_rng(0)
MAPS = RNG.normal(size=(6, 3)) * 1e-5
MIXING = Mixing(NAMES, MAPS)
SOURCES = RNG.normal(size=(3, 2000))
COMPONENTS = tuple(
    Component(index=i, label="eye" if i == 1 else "brain", probability=0.9, status="bad" if i == 1 else "good")
    for i in range(3)
)


def record() -> RecordingRecord:
    labelled = [{"index": i, **dict.fromkeys(CLASSES, 0.0), "eye": 0.93 if i == 1 else 0.1} for i in range(3)]
    steps = (recorded("iclabel", components=labelled),)
    return RecordingRecord(recording="a", status="ok", recipe="x", recipe_digest="0", seed=0, steps=steps)


def test_components_come_back_from_the_channels() -> None:
    raw = Before(NAMES, (MAPS @ SOURCES).astype(np.float32), 100.0)
    found = activations(raw, raw.of(NAMES), MIXING, COMPONENTS, {})
    np.testing.assert_allclose(found.piece(0, 2000), SOURCES, atol=1e-4)


def test_without_the_raw_signal_only_kept_components_are_shown() -> None:
    clean = Shown.all_of(MAPS[:, [0, 2]] @ SOURCES[[0, 2]], 100.0)
    found = activations(None, clean, MIXING, COMPONENTS, {})
    assert found.indices == (0, 2)
    np.testing.assert_allclose(found.piece(0, 2000), SOURCES[[0, 2]], atol=1e-8)


def test_every_component_has_its_panel_and_removed_ones_come_first() -> None:
    clean = Shown.all_of(MAPS @ SOURCES, 100.0)
    shown = activations(None, clean, MIXING, COMPONENTS, {})
    positions = dict(zip(NAMES, RNG.normal(size=(6, 3)), strict=True))
    panels = component_panels(
        COMPONENTS, MIXING, record(), positions_m=positions, shown=shown, start_s=1.0, decider=Decider("d", "a")
    )
    assert [panel.component.index for panel in panels] == [1, 0, 2]
    assert {item.name: item.value for item in panels[0].probabilities}["eye"] == 0.93
    assert {item.name: item.limit for item in panels[0].probabilities}["eye"] == 0.9
    assert panels[0].margin is not None
    assert panels[0].margin.words.startswith("probability of eye 0.93 (limit 0.9")
    assert [bool(panel.course) for panel in panels] == [False, True, True]
    assert all("<image" in panel.topography for panel in panels)
    assert panels[0].change.cells == ("d", "a", "component", "1", "", "", "good", "")
