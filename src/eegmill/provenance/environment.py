"""The software and the settings that a job ran with: what another lab needs to get the same bits."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

from ..models import Frozen
from ..version import __version__
from .commit import commit_of_package

THREAD_VARIABLES = (
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_NUM_THREADS",
    "PYTHONHASHSEED",
    "SOURCE_DATE_EPOCH",
)
PACKAGES = (
    "autoreject",
    "mne",
    "mne-icalabel",
    "numpy",
    "onnxruntime",
    "pybv",
    "pydantic",
    "pyprep",
    "python-picard",
    "scikit-learn",
    "scipy",
    "snakemake",
)
"""What takes part in the numbers or in how they are run; the whole environment is in the bill of materials."""


class Blas(Frozen):
    """A numerical library that numpy or scipy loaded."""

    library: str
    version: str | None
    architecture: str | None
    """The kernel chosen for this processor: another one changes the last bits of an ICA."""
    threads: int


class Environment(Frozen):
    """Versions, kernels and settings. Holds no user, host or path."""

    eegmill: str
    commit: str | None
    """The git commit, with ``-dirty`` behind it where the sources differ from it; None for an installed release."""
    python: str
    implementation: str
    operating_system: str
    machine: str
    packages: dict[str, str]
    blas: tuple[Blas, ...]
    variables: dict[str, str]


def describe() -> Environment:
    """The environment of this process; numpy is loaded for it if it is not yet."""
    return Environment(
        eegmill=__version__,
        commit=commit_of_package(),
        python=platform.python_version(),
        implementation=sys.implementation.name,
        operating_system=f"{platform.system()} {platform.release().partition('-')[0]}".strip(),
        machine=platform.machine(),
        packages=package_versions(),
        blas=blas_libraries(),
        variables={name: os.environ[name] for name in THREAD_VARIABLES if name in os.environ},
    )


def package_versions() -> dict[str, str]:
    """Versions of the packages in ``PACKAGES`` that are installed."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def blas_libraries() -> tuple[Blas, ...]:
    """BLAS libraries of numpy and scipy, and OpenMP's in this process, from threadpoolctl.

    Both are loaded for it, so that every job of a run describes one environment, whatever it needed itself.
    """
    import numpy as np
    import scipy.linalg
    import threadpoolctl

    scipy.linalg.blas.ddot(np.ones(1), np.ones(1))
    found = [
        Blas(
            library=Path(str(info.get("internal_api") or info["prefix"])).name,
            version=info.get("version"),
            architecture=info.get("architecture"),
            threads=int(info["num_threads"]),
        )
        for info in threadpoolctl.threadpool_info()
    ]
    return tuple(sorted(set(found), key=lambda blas: (blas.library, blas.version or "", blas.architecture or "")))
