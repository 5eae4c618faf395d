"""The libraries of an environment, as it tells them itself: ``python -m eegmill.proof.versions.libraries``.

It fails where what every recording needs cannot be imported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from importlib import import_module

from ...models import Frozen
from ...provenance.environment import Environment, describe
from ...provenance.sbom import bill_of_materials

NEEDED = ("mne", "scipy.signal", "eegmill.proof.versions.trace")


class Libraries(Frozen):
    """Versions by name: of Python, of every package that is installed, and of what BLAS libraries there are."""

    versions: dict[str, str]


class LibraryChange(Frozen):
    """A library that both environments have, in another version."""

    name: str
    here: str
    there: str


def installed_libraries() -> Libraries:
    """Those of this process."""
    packages = {item["name"]: item["version"] for item in bill_of_materials()["components"]}
    present = describe()
    return Libraries(versions={**packages, **_blas(present), "python": present.python, "eegmill": present.eegmill})


def _blas(environment: Environment) -> dict[str, str]:
    """BLAS libraries by name; numpy and scipy bring one each, of one name."""
    found = defaultdict(list)
    for blas in environment.blas:
        found[f"{blas.library} (loaded)"].append(" ".join(filter(None, (blas.version, blas.architecture))))
    return {name: ", ".join(versions) for name, versions in found.items()}


def library_changes(here: Mapping[str, str], there: Mapping[str, str]) -> tuple[LibraryChange, ...]:
    """What has another version, by name.

    Examples
    --------
    >>> library_changes({"mne": "1.13.2", "numpy": "2.4.6"}, {"mne": "1.12.1", "numpy": "2.4.6"})
    (LibraryChange(name='mne', here='1.13.2', there='1.12.1'),)
    """
    both = sorted(here.keys() & there.keys())
    return tuple(
        LibraryChange(name=name, here=here[name], there=there[name]) for name in both if here[name] != there[name]
    )


def main() -> None:
    """Print them as JSON."""
    for module in NEEDED:
        import_module(module)
    print(installed_libraries().model_dump_json())  # noqa: T201 - it is what the process is started for


if __name__ == "__main__":
    main()
