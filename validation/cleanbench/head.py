"""A spherical head: what dipoles in it look like at the electrodes of a cap.

The potentials are those of a sphere of four layers as MNE computes them (Berg & Scherg 1994, doi:10.1016/0013-4694(94)90113-9:
three dipoles in a homogeneous sphere stand for one in the layered sphere), with MNE's radii and conductivities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from eegmill.signal.montage.template import TEN_FIVE
from validation.synthetic import Samples

if TYPE_CHECKING:
    import mne

CENTRE_M, RADIUS_M = (0.0, 0.0, 0.04), 0.09
BRAIN = 0.90
"""Radius of the innermost sphere, as a share of the head's."""
REFERENCES = {"32": "M1", "64": "FCz"}
"""What each cap is recorded against: the left mastoid, or an electrode of the cap that is none of its channels."""
CAPS = {
    "32": "Fp1 Fz F3 F7 FT9 FC5 FC1 C3 T7 TP9 CP5 CP1 Pz P3 P7 O1 Oz O2 P4 P8 TP10 CP6 CP2 Cz C4 T8 FT10 FC6 FC2 F4 F8 Fp2",
    "64": "Fp1 Fz F3 F7 FT9 FC5 FC1 C3 T7 TP9 CP5 CP1 Pz P3 P7 O1 Oz O2 P4 P8 TP10 CP6 CP2 Cz C4 T8 FT10 FC6 FC2 F4 F8 Fp2"
    " AF7 AF3 AFz F1 F5 FT7 FC3 C1 C5 TP7 CP3 P1 P5 PO7 PO3 POz PO4 PO8 P6 P2 CPz CP4 TP8 C6 C2 FC4 FT8 F6 AF8 AF4 F2 Iz",
}
"""The electrodes of caps that are sold."""


@dataclass(frozen=True)
class Dipoles:
    """Current dipoles: where they are, in radii of the head from its centre, and their directions, each of shape (n, 3)."""

    places: Samples
    directions: Samples

    def __post_init__(self) -> None:
        """Refuse a dipole outside the brain's sphere, where the potentials do not hold."""
        farthest = float(np.linalg.norm(self.places, axis=1).max())
        if farthest >= BRAIN:
            msg = f"A dipole lies at {farthest:.2f} radii of the head, outside the innermost sphere, which ends at {BRAIN}."
            raise ValueError(msg)


def dipoles(*pairs: tuple[Sequence[float], Sequence[float]]) -> Dipoles:
    """Dipoles from pairs of place and direction; directions get length 1."""
    places, directions = (np.array(part, float) for part in zip(*pairs, strict=True))
    return Dipoles(places, directions / np.linalg.norm(directions, axis=1, keepdims=True))


def cap_info(cap: str, sfreq_hz: float) -> mne.Info:
    """The electrodes of a cap at their places on MNE's template head."""
    import mne

    info = mne.create_info(CAPS[cap].split(), sfreq_hz, "eeg")
    with info._unlock():
        info["line_freq"] = 50.0
    info.set_montage(TEN_FIVE, verbose="error")
    return info


def fields(cap: str, sources: Dipoles) -> Samples:
    """What dipoles of 1 Am look like at a cap, in V against its reference, shape (n_channels, n_dipoles)."""
    gain = _gain(cap, tuple(map(tuple, sources.places.tolist())))
    free = gain.reshape(len(gain), -1, 3)
    seen = np.einsum("cdk,dk->cd", free, sources.directions)
    return np.asarray(seen[:-1] - seen[-1:])


@cache
def _gain(cap: str, places: tuple[tuple[float, ...], ...]) -> Samples:
    """Potentials of three orthogonal dipoles at each place, shape (n_channels + 1, 3 n_places); last is the reference."""
    import mne

    info = mne.create_info([*CAPS[cap].split(), REFERENCES[cap]], 100.0, "eeg").set_montage(TEN_FIVE, verbose="error")
    sphere = mne.make_sphere_model(CENTRE_M, RADIUS_M, verbose="error")
    rr = np.array(places) * RADIUS_M + CENTRE_M
    nn = np.tile([0.0, 0.0, 1.0], (len(rr), 1))
    space = mne.setup_volume_source_space(pos={"rr": rr, "nn": nn}, sphere=sphere, verbose="error")
    forward = mne.make_forward_solution(info, None, space, sphere, meg=False, mindist=0, verbose="error")
    return np.asarray(forward["sol"]["data"])
