"""``_components.tsv``: every independent component, its label, and whether it was removed.

Columns are those of MNE-BIDS-Pipeline (``component type description status status_description``) and the classifier's
``label`` and ``probability``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..bids.paths import DerivativePaths
from ..files.tables import number, read_tsv
from ..recording import Component

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

COLUMNS = ("component", "type", "description", "label", "probability", "status", "status_description")

DESCRIPTIONS: Mapping[str, Mapping[str, object]] = {
    "component": {"Description": "Index of the component, from 0"},
    "type": {"Description": "Kind of decomposition"},
    "description": {"Description": "What the type means"},
    "label": {"Description": "Most probable class of the component"},
    "probability": {"Description": "Probability of that class"},
    "status": {"Description": "Fate of the component", "Levels": {"good": "kept", "bad": "removed from the signal"}},
    "status_description": {"Description": "Why it was removed or kept"},
}

MIXING_DESCRIPTIONS: Mapping[str, object] = {
    "Description": "How each independent component appears in the channels that were decomposed",
    "channel": {"Description": "Name of the channel; the other columns are components by their index, from 0"},
    "Units": "V per unit of the component",
}


def component_rows(components: Sequence[Component]) -> list[dict[str, object]]:
    """One row a component, by index."""
    return [
        {
            "component": component.index,
            "type": "ica",
            "description": "Independent Component",
            "label": component.label,
            "probability": component.probability,
            "status": component.status,
            "status_description": component.reason,
        }
        for component in sorted(components, key=lambda component: component.index)
    ]


@dataclass(frozen=True)
class Mixing:
    """How components appear in the channels."""

    names: tuple[str, ...]
    """The channels that were decomposed."""
    topographies: NDArray[np.float64]
    """Weights (n_channels, n_components), in volts per unit of a component."""


def mixing_columns(ica: mne.preprocessing.ICA) -> tuple[str, ...]:
    """Columns of ``_mixing.tsv``: the channel, then each component by its index."""
    return ("channel", *(str(index) for index in range(ica.n_components_)))


def mixing_rows(ica: mne.preprocessing.ICA) -> list[dict[str, object]]:
    """One row a channel: the weight of each component in it, in volts per unit of the component."""
    weights = ica.get_components()
    return [
        {"channel": name, **{str(index): f"{weight:.9g}" for index, weight in enumerate(row)}}
        for name, row in zip(ica.ch_names, weights, strict=True)
    ]


def read_components(folder: Path, recording: str) -> tuple[Component, ...]:
    """The components of a recording; none where it has no such table."""
    path = folder / DerivativePaths(recording).components.name
    rows = read_tsv(path) if path.is_file() else []
    return tuple(
        Component(
            index=int(row["component"]),
            label=row["label"],
            probability=number(row["probability"]) or 0.0,
            status="bad" if row["status"] == "bad" else "good",
            reason="" if row["status_description"] == "n/a" else row["status_description"],
        )
        for row in rows
    )


def read_mixing(folder: Path, recording: str) -> Mixing | None:
    """The topographies of a recording's components; None where there are none."""
    path = folder / DerivativePaths(recording).mixing.name
    rows = read_tsv(path) if path.is_file() else []
    if not rows:
        return None
    columns = [column for column in rows[0] if column != "channel"]
    weights = np.array([[float(row[column]) for column in columns] for row in rows])
    return Mixing(tuple(row["channel"] for row in rows), weights)
