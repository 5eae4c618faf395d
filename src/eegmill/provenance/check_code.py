"""Whether the files of ``code/`` agree with each other and with the records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..bids.paths import records_below
from ..errors import DerivativeError
from .bids_prov import environment_object
from .findings import Finding
from .origin import Origin, read_record, read_strict_json
from .sbom import normalised

CONFIG, BILL = "code/config.yaml", "code/sbom.cdx.json"


def check_code(derivative: Path, origin: Origin) -> Iterator[Finding]:
    """What cannot be made again elsewhere: seed, environment and bill of materials."""
    yield from _seed(derivative, origin)
    yield from _environment(derivative, origin)
    yield from _bill(derivative, origin)


def _seed(derivative: Path, origin: Origin) -> Iterator[Finding]:
    seed = origin.config.get("seed")
    if not isinstance(seed, int):
        yield Finding(path=CONFIG, problem="names no seed")
    for path in records_below(derivative):
        try:
            told = read_record(path).seed
        except DerivativeError:
            continue  # the schema's faults say it
        if told != seed:
            yield Finding(path=CONFIG, problem=f"has the seed {seed}, and {path.name} has {told}")


def _environment(derivative: Path, origin: Origin) -> Iterator[Finding]:
    path = derivative / "prov" / "prov-eegmill" / "prov-eegmill_env.json"
    try:
        known = {item.get("Id") for item in read_strict_json(path)["Environments"]}
    except (DerivativeError, KeyError, TypeError, AttributeError):
        known = set()
    if environment_object(origin.environment)["Id"] not in known:
        yield Finding(path="code/environment.json", problem="is no environment that prov/ has")


def _bill(derivative: Path, origin: Origin) -> Iterator[Finding]:
    try:
        content = read_strict_json(derivative / BILL)
        told = {item["name"]: item["version"] for item in content["components"]}
        links = {(item["purl"], item["bom-ref"]) for item in content["components"]}
    except (DerivativeError, KeyError, TypeError) as error:
        yield Finding(path=BILL, problem=f"cannot be read: {error}")
        return
    for name, version in origin.environment.packages.items():
        if told.get(normalised(name)) != version:
            yield Finding(path=BILL, problem=f"has {name} {told.get(normalised(name))}, and the environment {version}")
    if links != {(f"pkg:pypi/{name}@{version}",) * 2 for name, version in told.items()}:
        yield Finding(path=BILL, problem="names packages otherwise than their addresses do")
