"""Positions by electrode name, from a template head."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .names import site

if TYPE_CHECKING:
    import mne

    from ..types import Floats


TEN_FIVE = "colin27_1005"
"""The 10-05 system on MNE's template head (called ``standard_1005`` before MNE 1.13)."""
BIOSEMI = re.compile(r"^[A-H]([1-9]|[12]\d|3[0-2])$")
EGI = re.compile(r"^E([1-9]\d{0,2})$")
NUMBERED_CAPS = (
    "GSN-HydroCel-32",
    "GSN-HydroCel-64_1.0",
    "GSN-HydroCel-65_1.0",
    "GSN-HydroCel-128",
    "GSN-HydroCel-129",
    "GSN-HydroCel-256",
    "GSN-HydroCel-257",
    "biosemi128",
    "biosemi160",
    "biosemi256",
)
"""In each family the names of a small cap are among those of the larger ones."""
CAPS_WITH_SOCKETS = ("biosemi16", "biosemi32", "biosemi64")
COMPARED_CAPS = (*CAPS_WITH_SOCKETS, *NUMBERED_CAPS, "EGI_256", "easycap-M10", "easycap-M43")
"""Caps to hold positions against; those with other positions under the same names do no harm there."""
MIN_OF_A_CAP = 16
MIN_FILLED = 0.75
"""Of a numbered cap's electrodes must occur, because the same number lies elsewhere in another cap."""
MIN_KNOWN = 0.25
MIN_SHARED = 6
"""Electrodes known to both the recording and a template, for the template to be laid over the recording."""


@dataclass(frozen=True)
class Template:
    """A template and the electrodes that it gives a place."""

    name: str
    positions: Mapping[str, Floats]
    """Name in the recording to (x, y, z) in metres."""


@cache
def ten_five_names() -> tuple[str, ...]:
    """All electrode names that the 10-05 template knows."""
    return tuple(_template(TEN_FIVE).ch_names)


def ten_five_positions(names: Collection[str]) -> dict[str, Floats]:
    """Positions in metres of those names that the 10-05 template knows, in the order of ``names``."""
    return _lookup(names, TEN_FIVE)


def cap_positions(names: Collection[str]) -> dict[str, dict[str, Floats]]:
    """Positions in metres of electrodes of numbered caps, by those caps that know most of the names.

    ``A1`` to ``B32`` are also the sockets of BioSemi's caps with 10-20 names, in the order of these
    (BioSemi, www.biosemi.com/headcap.htm; MNE's montages have that order).
    """
    found = {}
    spelled = {name: _cap_name(name) for name in names}
    for cap in COMPARED_CAPS:
        places = _cap_places(cap)
        known = {name: places[electrode] for name, electrode in spelled.items() if electrode in places}
        if len(known) >= max(MIN_OF_A_CAP, MIN_FILLED * len(spelled)):
            found[cap] = known
    return found


def _cap_name(name: str) -> str:
    """``E1`` for ``e001``."""
    return re.sub(r"^([A-Ha-h]?)0*(\d+)$", lambda match: match[1].upper() + match[2], name)


@cache
def _cap_places(cap: str) -> dict[str, Floats]:
    places = _template(cap).get_positions()["ch_pos"]
    sockets = (f"{'ABCDEFGH'[index // 32]}{index % 32 + 1}" for index in range(len(places)))
    return dict(zip(sockets, places.values(), strict=False)) if cap in CAPS_WITH_SOCKETS else dict(places)


def choose_template(names: Collection[str]) -> Template | None:
    """The template that knows most of the names; 10-05 wins a tie.

    None where the best knows less than a quarter of them: then the few names that fit (``F3`` in a grid from ``A1`` to
    ``H16``) mean something else.
    """
    found = [Template(name, _lookup(names, name)) for name in (TEN_FIVE, *_numbered_caps(names))]
    best = max(found, key=lambda template: len(template.positions))
    return best if len(best.positions) >= max(1, MIN_KNOWN * len(names)) else None


def _numbered_caps(names: Collection[str]) -> list[str]:
    """The cap with numbered electrodes that the names fill but for a few, with the fewest left over on both sides."""
    if not any(BIOSEMI.match(name) or EGI.match(name) for name in names):
        return []
    size = {cap: len(_template(cap).ch_names) for cap in NUMBERED_CAPS}
    known = {cap: len(_lookup(names, cap)) for cap in NUMBERED_CAPS}
    filled = [cap for cap in NUMBERED_CAPS if known[cap] >= MIN_FILLED * size[cap]]
    return sorted(filled, key=lambda cap: size[cap] - 2 * known[cap])[:1]


@cache
def _template(name: str) -> mne.channels.DigMontage:
    import mne

    return mne.channels.make_standard_montage(name)


def _lookup(names: Collection[str], template: str) -> dict[str, Floats]:
    """Places of the names that a template knows. Two channels never get one place: the one named after it does."""
    known = _template(template).get_positions()["ch_pos"]
    count = Counter(site(name) for name in names)
    return {
        name: known[site(name)]
        for name in names
        if site(name) in known and (count[site(name)] == 1 or site(name) == name)
    }


def apply_template(raw: mne.io.BaseRaw, template: Template) -> None:
    """Give the channels of a recording without any positions those of a template, landmarks included."""
    import mne

    marks = _template(template.name).get_positions()
    montage = mne.channels.make_dig_montage(
        ch_pos=dict(template.positions),
        nasion=marks["nasion"],
        lpa=marks["lpa"],
        rpa=marks["rpa"],
        coord_frame=marks["coord_frame"],
    )
    raw.set_montage(montage, on_missing="ignore", verbose="error")


def similarity(source: Floats, target: Floats) -> tuple[Floats, Floats]:
    """Least-squares rotation with scale, and shift, that lay ``source`` over ``target``.

    Umeyama 1991 (doi:10.1109/34.88573). Never a mirror image.

    Parameters
    ----------
    source, target : array, shape (n_points, 3)

    Returns
    -------
    matrix : array, shape (3, 3)
    shift : array, shape (3,)
        ``source @ matrix.T + shift`` is nearest to ``target``.
    """
    middle_source, middle_target = source.mean(axis=0), target.mean(axis=0)
    a, b = source - middle_source, target - middle_target
    u, s, vt = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    matrix = (u * sign) @ vt * ((s * sign).sum() / (a**2).sum())
    return matrix, middle_target - matrix @ middle_source


def fill_from_template(raw: mne.io.BaseRaw, missing: Collection[str], located: Collection[str]) -> Template | None:
    """Place a few missing electrodes on the head that the other electrodes of the recording span.

    The template is laid over the recording by the electrodes that both know, at least ``MIN_SHARED``; with fewer
    nothing is placed, because positions on two different heads do not belong together.
    """
    template = choose_template([*missing, *located])
    if template is None:
        return None
    shared = [name for name in located if name in template.positions]
    wanted = [name for name in missing if name in template.positions]
    if len(shared) < MIN_SHARED or not wanted:
        return None
    place = {name: raw.info["chs"][raw.ch_names.index(name)]["loc"] for name in (*shared, *wanted)}
    source = np.array([template.positions[name] for name in shared])
    matrix, shift = similarity(source, np.array([place[name][:3] for name in shared]))
    for name in wanted:
        place[name][:3] = matrix @ template.positions[name] + shift
    return Template(template.name, {name: place[name][:3].copy() for name in wanted})
