"""What is known of a derivative that is to be published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...credit import Credit, credit_of
from ...models import Frozen
from ...provenance.manifest import ATTESTATIONS, manifests_digest
from ...provenance.origin import Origin, read_origin
from ...workflow.rebuild import read_recipe
from ..statement import Claim, parse_statement


class Published(Frozen):
    """What was made."""

    folder: str
    next: tuple[str, ...]
    """What to do next, a line each: commands, and remarks that begin with ``#``."""
    verdicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class About:
    """A derivative in the words of its records."""

    name: str
    origin: Origin
    recipe: str
    credit: Credit
    manifests_sha256: str
    verdicts: tuple[str, ...]
    """One sentence a signed statement; signatures are not checked, as nobody named a key."""


def about(derivative: Path) -> About:
    """Read what is known.

    Raises
    ------
    DerivativeError
        If a record is missing or damaged.
    """
    origin = read_origin(derivative)
    return About(
        name=derivative.name,
        origin=origin,
        recipe=read_recipe(derivative).name,
        credit=credit_of(origin.config),
        manifests_sha256=manifests_digest(derivative),
        verdicts=tuple(_verdicts(derivative)),
    )


def _verdicts(derivative: Path) -> Iterator[str]:
    from ..bundle import read_bundle  # cryptography, which is an extra

    paths = sorted((derivative / ATTESTATIONS).glob("*"))
    read = [read_bundle(path) for path in paths]
    claims = [(parse_statement(path.name, one.payload)[0], one.key) for path, one in zip(paths, read, strict=True)]
    for claim, key in sorted(claims, key=lambda pair: pair[0].signed_at):
        yield f"{_outcome(claim)}, signed {claim.signed_at.date().isoformat()} by the key {key[:12]}."


def _outcome(claim: Claim) -> str:
    verdict = claim.verdict
    if verdict.kind == "checksums":
        return "Checksums of all files are equal" if verdict.equal else "Checksums of files DIFFER"
    how = ", ".join(f"{number} {tier.value}" for tier, number in verdict.tiers.items())
    return f"{verdict.made_again} of {verdict.recordings} recordings were made again: {how or 'none compared'}"
