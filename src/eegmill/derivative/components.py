"""``_components.tsv``: every independent component, its label, and whether it was removed.

Columns are those of MNE-BIDS-Pipeline (``component type description status status_description``) and the classifier's
``label`` and ``probability``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..recording import Component

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
