from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.bad.detectors import above, dead, loud
from eegmill.signal.bad.signals import signals_of
from signals_bads import raw_of, signals


@pytest.mark.parametrize(
    ("value", "score", "is_bad"),
    [(3.0, 3.0, False), (4.0, 4.0, False), (4.1, 4.1, True), (np.inf, 1e6, True), (np.nan, None, False)],
)
def test_a_value_above_the_limit_is_bad_and_every_score_is_json(value, score, is_bad):
    detector = above("noise", "loudness", 4.0, names=["Cz"], values=np.array([value]))
    assert detector.scores == {"Cz": score}
    assert detector.bad == (("Cz",) if is_bad else ())
    assert detector.model_dump_json()


def test_a_reason_names_the_quantity_the_value_and_the_limit():
    detector = above("noise", "loudness", 4.0, names=["Cz"], values=np.array([12.3456]))
    assert detector.reasons() == {"Cz": "noise: loudness 12.3 (limit 4)"}


def test_dead_is_relative_to_the_living():
    data = signals(6)
    data[1] = 0
    data[2] *= 0.005
    detector = dead(signals_of(raw_of(data), range(6)))
    assert detector.bad == ("E2", "E3")
    assert detector.scores["E1"] == pytest.approx(data[0].std() * 1e6)


def test_a_loose_electrode_is_loud_whatever_the_reference_and_a_blinking_forehead_is_not():
    data = signals(12)
    data[3] += 10 * data[3].std() * np.random.default_rng(1).standard_normal(data.shape[1])
    data[5, ::100] += 50 * data[5].std()
    for reference in (0.0, data[3]):
        assert loud(signals_of(raw_of(data - reference), range(12)), 5.0).bad == ("E4",)
