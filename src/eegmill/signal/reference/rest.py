"""The reference at infinity (REST)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...errors import Rejected
from ..channels import positions_m
from .mean import NewReference, mean_signal

if TYPE_CHECKING:
    import mne

    from ..types import Floats


MIN_CHANNELS = 10
SHELLS = (0.87, 0.92, 1.0)
CONDUCTIVITIES = (0.33, 0.0042, 0.33)
"""Brain, skull, scalp: radii as shares of the scalp's, S/m (Yao 2001: skull 1/80 of the rest)."""
GRID_MM = 12.0


def infinity(raw: mne.io.BaseRaw, picks: list[int]) -> NewReference:
    """The signal that turns the recorded reference into one at infinity.

    Yao 2001 (doi 10.1088/0967-3334/22/4/305): sources in the brain that explain the averaged potentials also say what
    the average of the potentials against infinity is. The head is a sphere with three shells, fitted to the
    electrodes, the sources are dipoles on a grid of 12 mm in it (MNE).

    Raises
    ------
    Rejected
        If fewer than 10 of the channels have a position.
    """
    located = [pick for pick in picks if positions_m(raw, [pick]) is not None]
    if len(located) < MIN_CHANNELS:
        msg = f"REST needs {MIN_CHANNELS} good EEG channels with a position; there are {len(located)}"
        raise Rejected(msg)
    weights = average_at_infinity(forward_solution(raw, located)["sol"]["data"])
    reference = mean_signal(raw, located)
    for weight, pick in zip(weights - weights.mean(), located, strict=True):
        reference -= weight * raw._data[pick]
    names = tuple(raw.ch_names[pick] for pick in located)
    return NewReference(reference, f"infinity (REST from {len(located)} good EEG channels)", names)


def average_at_infinity(lead_field: Floats) -> Floats:
    """Weights w with w·v the mean potential against infinity, for potentials v of zero mean.

    Parameters
    ----------
    lead_field : array, shape (n_channels, n_sources)
        Potentials against infinity.

    Returns
    -------
    array, shape (n_channels,)
    """
    mean = lead_field.mean(axis=0)
    # Sphere models have directions that reach no electrode; below this share they are rounding.
    weights: Floats = mean @ np.linalg.pinv(lead_field - mean, rcond=1e-10)
    return weights


def forward_solution(raw: mne.io.BaseRaw, picks: list[int]) -> mne.Forward:
    """Potentials against infinity, at the picked electrodes, of dipoles in a three-shell sphere."""
    import mne

    from ..sphere import sphere_centre

    places = np.array(positions_m(raw, picks))
    centre = sphere_centre(places)
    radius = float(np.median(np.linalg.norm(places - centre, axis=1)))
    info = mne.create_info([raw.ch_names[pick] for pick in picks], 1000.0, "eeg", verbose="error")
    with mne.use_log_level("error"):
        info.set_montage(
            mne.channels.make_dig_montage(dict(zip(info["ch_names"], places, strict=True)), coord_frame="head")
        )
        sphere = mne.make_sphere_model(centre, radius, relative_radii=SHELLS, sigmas=CONDUCTIVITIES)
        sources = mne.setup_volume_source_space(sphere=sphere, pos=GRID_MM, mindist=radius * 1e3 * 0.03)
        return mne.make_forward_solution(info, None, sources, sphere, meg=False, eeg=True)
