"""The software bill of materials: every installed package, as CycloneDX 1.6 JSON (https://cyclonedx.org/docs/1.6/json/).

Written by hand from ``importlib.metadata``: the format's own library would be one more dependency for forty lines.
Without serial number and time, so that one environment always gives one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import metadata
from typing import Any

from ..version import __version__


def bill_of_materials() -> dict[str, Any]:
    """The packages of this environment, sorted by name."""
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("eegmill", __version__, "application")},
        "components": components(metadata.distributions()),
    }


def components(distributions: Iterable[metadata.Distribution]) -> list[dict[str, Any]]:
    """One component a package; eegmill itself is not its own component."""
    found: dict[str, dict[str, Any]] = {}
    for distribution in distributions:
        described = distribution.metadata
        name = normalised(str(described["Name"]))
        if name not in found and name != "eegmill":
            licence = described.get_all("License-Expression", [None])[0]
            found[name] = _component(name, str(described["Version"]), "library", licence)
    return [found[name] for name in sorted(found)]


def normalised(name: str) -> str:
    """A project's name as registries compare it (PEP 503).

    Examples
    --------
    >>> normalised("Jinja2.Ext_x")
    'jinja2-ext-x'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def _component(name: str, version: str, kind: str, licence: str | None = None) -> dict[str, Any]:
    reference = f"pkg:pypi/{name}@{version}"
    described = {"type": kind, "name": name, "version": version, "purl": reference, "bom-ref": reference}
    return {**described, "licenses": [{"expression": licence}]} if licence else described
