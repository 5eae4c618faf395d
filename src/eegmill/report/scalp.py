"""The head from above: where the sensors are, and maps over the scalp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from ..signal.sphere import biharmonic_spline, sphere_centre
from ..signal.types import Floats
from .png import data_uri
from .svg import picture, text

SIZE = 260.0
RADIUS = 100.0
GRID = 40
EDGE = 1.1
BELOW = 20.0
"""Room under the head, for electrodes below the inion."""
LEVELS = 10
OUTLINE = (
    '<circle class="head" cx="130" cy="134" r="100"/><path class="head" d="M118 35 L130 18 L142 35"/>'
    '<path class="head" d="M30 114 C18 110 18 158 30 154"/><path class="head" d="M230 114 C242 110 242 158 230 154"/>'
)


def project(positions_m: Floats) -> Floats:
    """Positions on the scalp (n × 3, metres; right, anterior, superior) to the plane (n × 2).

    Azimuthal equidistant projection from the vertex about the centre of the best-fitting sphere: the distance from the
    middle is the angle from the vertex, and 1 is the equator of the head (90°).
    """
    centred = positions_m - sphere_centre(positions_m)
    length = np.linalg.norm(centred, axis=1)
    angle = np.arccos(np.clip(centred[:, 2] / np.maximum(length, 1e-12), -1.0, 1.0))
    azimuth = np.arctan2(centred[:, 1], centred[:, 0])
    distance = angle / (np.pi / 2)
    return np.column_stack([distance * np.cos(azimuth), distance * np.sin(azimuth)])


def sensor_figure(places: Mapping[str, Floats], bad: Mapping[str, str], interpolated: Sequence[str]) -> str:
    """All sensors, the bad ones as squares; ``places`` maps names to positions in metres, ``bad`` to the reason."""
    names = list(places)
    flat = project(np.array([places[name] for name in names]))
    parts = [OUTLINE]
    for name, (x, y) in zip(names, flat, strict=True):
        css = "sensor bad" if name in bad else "sensor"
        left, top = 130.0 + RADIUS * x, 134.0 - RADIUS * y
        shape = f'<circle class="{css}" cx="{left:.1f}" cy="{top:.1f}" r="2.5"/>'
        if name in bad:
            shape = f'<rect class="{css}" x="{left - 4:.1f}" y="{top - 4:.1f}" width="8" height="8"/>'
        word = text(round(left, 1), round(top - 5, 1), name, css=f"sensor-name middle {css}")
        why = escape(f"{name}: {bad.get(name) or 'good'}")
        parts.append(f"<g><title>{why}</title>{shape}{word}</g>")
    label = f"Sensor map; bad: {', '.join(bad) or 'none'}; interpolated: {', '.join(interpolated) or 'none'}"
    return picture(SIZE, SIZE + BELOW, "".join(parts), label=label)


def shares_figure(positions_m: Mapping[str, Floats], shares: Mapping[str, float]) -> str:
    """How often each channel was bad: the area of a dot is its share of the recordings, 0 to 1."""
    names = list(positions_m)
    flat = project(np.array([positions_m[name] for name in names]))
    parts = [OUTLINE]
    for name, (x, y) in zip(names, flat, strict=True):
        share, left, top = shares[name], 130.0 + RADIUS * x, 134.0 - RADIUS * y
        css = "sensor bad" if share else "sensor"
        radius = 1.5 + 9 * share**0.5
        dot = f'<circle class="{css}" cx="{left:.1f}" cy="{top:.1f}" r="{radius:.1f}"/>'
        word = text(round(left, 1), round(top - radius - 2, 1), name, css=f"sensor-name middle {css}")
        parts.append(f"<g><title>{escape(f'{name}: bad in {100 * share:.3g} %')}</title>{dot}{word}</g>")
    return picture(
        SIZE, SIZE + BELOW, "".join(parts), label="How often each channel was bad; the table has the numbers"
    )


def topography_figure(places_m: Floats, values: Floats, *, label: str) -> str:
    """A scalp map of one component: ``values`` (n) at ``places_m`` (n × 3), red positive, blue negative."""
    flat = project(places_m)
    image = data_uri(_colours(scalp_map(flat, values)))
    extent = RADIUS * 2 * EDGE
    reach = max(1.0, min(float(np.linalg.norm(flat, axis=1).max()), EDGE)) / EDGE
    corner = f'x="{130 - extent / 2:g}" y="{134 - extent / 2:g}" width="{extent:g}" height="{extent:g}"'
    round_off = f'style="clip-path:circle({50 * reach:.1f}%)"'
    places = "".join(f"M{130 + RADIUS * x:.0f} {134 - RADIUS * y:.0f}h0" for x, y in flat)
    dots = f'<path class="dots" d="{places}"/>'
    return picture(SIZE, SIZE, f'<image {corner} {round_off} href="{image}"/>{OUTLINE}{dots}', label=label)


def scalp_map(flat: Floats, values: Floats) -> Floats:
    """Values at points of the plane (n, 2) spread over a GRID × GRID picture of the square [−EDGE, EDGE]²."""
    axis = np.linspace(-EDGE, EDGE, GRID)
    x, y = np.meshgrid(axis, axis[::-1])
    points = (x + 1j * y).ravel()
    return biharmonic_spline(flat[:, 0] + 1j * flat[:, 1], values, points, tolerance=1e-9).reshape(GRID, GRID)


def _colours(grid: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A blue–white–red scale about zero, in `LEVELS` steps to each side: they show as contours, and take few bytes."""
    share = np.round(LEVELS * grid / max(float(np.abs(grid).max()), 1e-30)) / LEVELS
    white, red, blue = np.array([250.0, 250.0, 250.0]), np.array([178.0, 24.0, 43.0]), np.array([33.0, 102.0, 172.0])
    target = np.where(share[..., None] > 0, red, blue)
    colour = white + (target - white) * np.abs(share)[..., None] ** 0.8
    alpha = np.full((*grid.shape, 1), 255.0)
    return np.concatenate([colour, alpha], axis=2).round().astype(np.uint8)
