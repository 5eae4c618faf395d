"""The simulated recording and its truth."""

from __future__ import annotations

import numpy as np
import pytest

from validation.cleanbench.artefacts import BAD_CHANNELS, MEASURED
from validation.cleanbench.head import CAPS, Dipoles, dipoles, fields
from validation.cleanbench.simulate import SFREQ_HZ, Simulated, simulate


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    """Sixty seconds with 32 channels."""
    return simulate("32", seed=3, duration_s=60.0)


def test_the_recording_is_the_sum_of_brain_and_artefacts(simulated: Simulated) -> None:
    total = simulated.brain + sum(artefact.data for artefact in simulated.artefacts)
    assert np.array_equal(simulated.raw.get_data(), total)


def test_the_same_seed_gives_the_same_samples(simulated: Simulated) -> None:
    again = simulate("32", seed=3, duration_s=60.0)
    assert np.array_equal(simulated.raw.get_data(), again.raw.get_data())


def test_another_seed_gives_other_sources_and_other_bad_channels(simulated: Simulated) -> None:
    other = simulate("32", seed=4, duration_s=60.0)
    assert not np.allclose(simulated.brain, other.brain)
    assert simulated.bad_channels != other.bad_channels


def test_one_channel_of_each_kind_is_bad_and_none_that_is_measured(simulated: Simulated) -> None:
    assert sorted(simulated.bad_channels.values()) == sorted(BAD_CHANNELS)
    assert not set(simulated.bad_channels) & set(MEASURED)


def test_flat_and_dead_channels_hold_nothing_of_the_brain(simulated: Simulated) -> None:
    raw = simulated.raw
    for kind in ("flat", "dead"):
        name = next(name for name, its_kind in simulated.bad_channels.items() if its_kind == kind)
        at = raw.ch_names.index(name)
        assert abs(np.corrcoef(raw.get_data()[at], simulated.brain[at])[0, 1]) < 0.2


def test_half_of_the_stimuli_are_targets(simulated: Simulated) -> None:
    assert simulated.targets.mean() == 0.5
    assert len(simulated.targets) == len(simulated.onsets) > 30


def test_targets_have_a_larger_p3_at_pz(simulated: Simulated) -> None:
    pz = (simulated.erp - simulated.erp.mean(axis=0))[CAPS["32"].split().index("Pz")]
    peak = simulated.onsets + round(0.4 * SFREQ_HZ)
    difference_uv = 1e6 * (pz[peak[simulated.targets]].mean() - pz[peak[~simulated.targets]].mean())
    assert 1.5 < difference_uv < 2.8


def test_masks_cover_what_transient_artefacts_add(simulated: Simulated) -> None:
    for artefact in simulated.artefacts:
        if artefact.stretches and artefact.kind != "saccades":  # the eyes take 30 ms to get there
            assert not artefact.data[:, ~artefact.mask()].any()


@pytest.mark.parametrize("cap", CAPS)
def test_a_dipole_under_pz_that_points_up_is_seen_most_at_pz(cap: str) -> None:
    seen = fields(cap, dipoles(((0.0, -0.5, 0.5), (0.0, -1.0, 1.0))))[:, 0]
    assert CAPS[cap].split()[int(np.argmax(seen - seen.mean()))] in {"Pz", "POz", "CPz"}


def test_a_dipole_outside_the_brain_is_refused() -> None:
    with pytest.raises(ValueError, match="0\\.95 radii"):
        Dipoles(np.array([[0.0, 0.0, 0.95]]), np.array([[0.0, 0.0, 1.0]]))
