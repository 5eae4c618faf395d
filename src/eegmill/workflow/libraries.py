"""Which libraries a module computes with, and their versions: an upgrade changes numbers as a change of code does."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from importlib import metadata

DISTRIBUTIONS = {
    "autoreject": ("autoreject", "scikit-learn"),
    "h5py": ("h5py",),
    "mne": ("mne", "numpy", "scipy"),
    "mne_icalabel": ("mne-icalabel",),
    "numpy": ("numpy",),
    "onnxruntime": ("onnxruntime",),
    "picard": ("python-picard",),
    "pybv": ("pybv",),
    "pyprep": ("pyprep",),
    "pyriemann": ("pyriemann",),
    "scipy": ("scipy",),
    "sklearn": ("scikit-learn",),
}
"""Imported name to the distributions whose version decides what it computes. Asking the installation is slow."""

READERS = ("antio", "h5py", "pymatreader")
"""What MNE's readers of raw files call by themselves."""

LOADERS = frozenset({"find_spec", "import_module"})


def distributions(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Distributions that the nodes of a module import, at its top or inside a function."""
    names = {name.partition(".")[0] for node in nodes for name in _imported(node)}
    return frozenset(one for name in names for one in DISTRIBUTIONS.get(name, ()))


def versions(names: Iterable[str]) -> str:
    """``name version`` of each distribution, sorted; of one that is not installed, that it is not.

    Examples
    --------
    >>> versions(["no-such-thing"])
    'no-such-thing absent'
    """
    return " ".join(f"{name} {version(name)}" for name in sorted(names))


@cache
def version(name: str) -> str:
    """The version of an installed distribution, ``absent`` where there is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    if isinstance(node, ast.Call) and _loads(node.func) and node.args and isinstance(node.args[0], ast.Constant):
        return [str(node.args[0].value)]
    return []


def _loads(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in LOADERS
