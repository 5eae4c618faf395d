"""Environments read back from ``prov/``: those of jobs that ran elsewhere than the rest, as on a cluster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ..errors import DerivativeError
from .bids_prov import environment_object
from .environment import PACKAGES, Blas, Environment

THREADS = re.compile(r"(?:(?P<version>\d\S*) )?(?:(?P<architecture>\S+) )?(?P<threads>\d+) thread\(s\)")


def environment_of(item: Mapping[str, Any]) -> Environment:
    """The environment that an object of ``prov-eegmill_env.json`` describes; its commit is not told there.

    Raises
    ------
    DerivativeError
        If the object is not one that this eegmill would write of what it says.
    """
    try:
        environment = _read(item)
    except (KeyError, ValueError, TypeError, StopIteration, ValidationError) as error:
        msg = f"The environment '{item.get('Id')}' cannot be read back: {type(error).__name__}."
        raise DerivativeError(msg) from error
    if environment_object(environment)["Id"] != item["Id"]:
        msg = f"The environment '{item['Id']}' cannot be read back: it is not what its identifier says."
        raise DerivativeError(msg)
    return environment


def _read(item: Mapping[str, Any]) -> Environment:
    python, _, system = item["Label"].removeprefix("Python ").partition(" on ")
    told = dict(item["Dependencies"])
    packages = {name: told.pop(name) for name in PACKAGES if name in told}
    eegmill = told.pop("eegmill")
    blas = tuple(_blas(name, told.pop(name)) for name in sorted(told) if THREADS.fullmatch(told[name]))
    return Environment(
        eegmill=eegmill,
        commit=None,
        python=python,
        implementation=next(name for name, version in told.items() if version == python),
        operating_system=system,
        machine=item["OperatingSystem"].removeprefix(system).strip(),
        packages=packages,
        blas=blas,
        variables=item["EnvironmentVariables"],
    )


def _blas(name: str, text: str) -> Blas:
    found = THREADS.fullmatch(text)
    if found is None:
        msg = f"'{text}' tells no threads"
        raise ValueError(msg)
    return Blas(
        library=name.partition(" ")[0],
        version=found["version"],
        architecture=found["architecture"],
        threads=int(found["threads"]),
    )
