"""Statements about a derivative: signed, kept side by side, checked and summed up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigurationError, DerivativeError
from ..files.atomic import write_text
from ..models import Frozen
from ..provenance.compare import Tier
from ..provenance.environment import Environment, describe
from ..provenance.manifest import ATTESTATIONS, manifests_digest
from ..provenance.origin import read_strict_json
from ..provenance.verify import VerifyReport, verify_manifest
from .bundle import Bundle, fingerprint, fits, read_bundle, read_private_key, read_public_key, signed
from .statement import Claim, parse_statement, resources, statement, verdict_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

ENDING = ".sigstore.json"
SKEW = timedelta(minutes=10)
"""How far clocks of two machines may be apart."""


class Attestation(Frozen):
    """One statement, checked."""

    name: str
    key: str
    """Fingerprint of the key that it names."""
    problem: str = ""
    """Why it does not count; empty where it does."""
    claim: Claim | None = None

    @property
    def line(self) -> str:
        """What to show."""
        if self.claim is None or self.problem:
            return f"{self.name}  {self.problem}"
        verdict = self.claim.verdict
        told = f"{verdict.made_again} of {verdict.recordings} recordings made again" if verdict.made_again else ""
        outcome = "equal" if verdict.equal else "NOT EQUAL"
        what = f"{told or 'checksums alone compared'}: {outcome}, on {processor(self.claim.environment)}"
        return f"{self.name}  signed {self.claim.signed_at.isoformat(timespec='seconds')} by {self.key[:12]}; {what}"


class AttestationReport(Frozen):
    """All statements about one derivative."""

    statements: tuple[Attestation, ...]

    @property
    def valid(self) -> bool:
        """Whether there are statements, and each holds."""
        return bool(self.statements) and not any(item.problem for item in self.statements)

    @property
    def proved(self) -> bool:
        """Whether they hold and none of them says that the derivative came out otherwise."""
        return self.valid and all(item.claim is not None and item.claim.verdict.equal for item in self.statements)

    @property
    def summary(self) -> str:
        """``3 verifications by 2 keys, 2 processors, same decisions; bits equal in 2``."""
        claims = [(item.key, item.claim) for item in self.statements if item.claim is not None and not item.problem]
        made = [(key, claim) for key, claim in claims if claim.verdict.made_again]
        bad = len(self.statements) - len(claims)
        told = [f"{bad} of {_count(len(self.statements), 'statement')} do not hold"] if bad else []
        if made:
            same = all(claim.verdict.same_decisions for _, claim in made)
            bits = sum(set(claim.verdict.tiers) == {Tier.BITS} for _, claim in made)
            told.append(
                f"{_count(len(made), 'verification')} by {_count(len({key for key, _ in made}), 'key')}, "
                f"{_count(len({processor(claim.environment) for _, claim in made}), 'processor')}, "
                f"{'same' if same else 'OTHER'} decisions"
            )
            told.append(f"bits equal in {bits}")
        checksums = len(claims) - len(made)
        told += [f"{_count(checksums, 'statement')} of checksums alone"] if checksums else []
        return "; ".join(told) or "no statements"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def processor(environment: Environment) -> str:
    """Machine and the kernels that its numerical libraries chose, which is what changes the last bits."""
    kernels = sorted({blas.architecture for blas in environment.blas if blas.architecture})
    return " ".join([environment.machine, *kernels])


def attest(
    derivative: Path,
    key: Path,
    *,
    report: VerifyReport | None = None,
    password: str | None = None,
    now: datetime | None = None,
) -> Path:
    """Sign what a derivative is and how verifying it went, into its ``prov/attestations/``.

    Parameters
    ----------
    report
        Of ``verify``; without one the checksums are compared, and the statement says that nothing was made again.
    now
        The time of signing; by default that of the clock.

    Raises
    ------
    ConfigurationError
        If the key cannot be used.
    DerivativeError
        If the derivative is not as its manifest says, the report is of another one, or clocks disagree.
    """
    private = read_private_key(key, password)
    checksums = verify_manifest(derivative)
    if not checksums.intact:
        wrong = [*checksums.manifest.changed, *checksums.manifest.missing, *checksums.manifest.unknown]
        msg = f"'{wrong[0]}' is not as the manifest says: '{derivative.resolve().name}' is not signed."
        raise DerivativeError(msg)
    manifests = manifests_digest(derivative)
    if report is not None and report.manifests_sha256 != manifests:
        msg = f"The report is of another derivative, or of '{derivative.resolve().name}' before it was made again."
        raise DerivativeError(msg)
    former = _bundles([derivative / ATTESTATIONS])
    at = (now or datetime.now(UTC)).replace(microsecond=0)
    _refuse_backwards(derivative, former, at)
    payload = statement(
        derivative,
        verdict_of(report or checksums),
        (report.environment if report else None) or describe(),
        signed_at=at,
        previous=tuple(sorted(text_digest(bundle.payload) for bundle in former.values())),
    )
    path = derivative / ATTESTATIONS / f"{text_digest(payload)[:16]}{ENDING}"
    write_text(path, signed(payload, private).text())
    return path


def _refuse_backwards(derivative: Path, former: Mapping[str, Bundle], at: datetime) -> None:
    times = [parse_statement(name, bundle.payload)[0].signed_at for name, bundle in former.items()]
    last = max([made_at(derivative), *times])
    if at < last:
        msg = f"The clock of this machine says {at.isoformat()}, and '{derivative.name}' has records of {last}."
        raise DerivativeError(msg)


def made_at(derivative: Path) -> datetime:
    """When the last activity of a derivative ended, to the second."""
    found = [
        datetime.fromisoformat(activity["EndedAtTime"]).replace(microsecond=0)
        for path in sorted((derivative / "prov").rglob("prov-*_act.json"))
        for activity in read_strict_json(path).get("Activities", [])
        if activity.get("EndedAtTime")
    ]
    return max(found, default=datetime.fromtimestamp(0, UTC))


def text_digest(payload: bytes) -> str:
    """SHA-256 of a signed text."""
    return hashlib.sha256(payload).hexdigest()


def check_statements(
    derivative: Path, paths: Sequence[Path], keys: Sequence[Path], *, now: datetime | None = None
) -> AttestationReport:
    """Check statements: signature by a key that is trusted, the files, the order of time, and that none was taken away.

    Parameters
    ----------
    paths
        Statements, or folders of them.
    keys
        Public keys that are trusted.

    Raises
    ------
    ConfigurationError
        If no key is named, or one cannot be used.
    DerivativeError
        If there is no statement, or no readable manifest.
    """
    if not keys:
        msg = "A statement is worth what its key is: name the public keys that you trust by --public-key."
        raise ConfigurationError(msg)
    trusted = {fingerprint(key): key for key in map(read_public_key, keys)}
    now = now or datetime.now(UTC)
    files, manifests, made = resources(derivative), manifests_digest(derivative), made_at(derivative)
    found: list[Attestation] = []
    payloads: dict[str, bytes] = {}
    for path in _statement_files(paths):
        try:
            bundle = read_bundle(path)
            claim = _claim(path.name, bundle, trusted)
            problem = _against_files(parse_statement(path.name, bundle.payload)[1], files)
            problem = problem or ("" if claim.manifests_sha256 == manifests else "is about other manifests")
            problem = problem or _against_time(claim, made, now)
            payloads[path.name] = bundle.payload
            found.append(Attestation(name=path.name, key=bundle.key, problem=problem, claim=claim))
        except DerivativeError as error:
            found.append(Attestation(name=path.name, key="", problem=str(error)))
    return AttestationReport(statements=tuple(_in_order(found, payloads)))


def _statement_files(paths: Sequence[Path]) -> list[Path]:
    found = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    if not found:
        msg = f"There is no statement in '{paths[0]}': 'eegmill attest' writes one."
        raise DerivativeError(msg)
    return found


def _bundles(paths: Sequence[Path]) -> dict[str, Bundle]:
    return {path.name: read_bundle(path) for folder in paths if folder.is_dir() for path in sorted(folder.iterdir())}


def _claim(name: str, bundle: Bundle, trusted: Mapping[str, ec.EllipticCurvePublicKey]) -> Claim:
    key = trusted.get(bundle.key)
    if key is None:
        msg = f"'{name}' is signed by the key {bundle.key[:12]}, which is none of those that you named."
        raise DerivativeError(msg)
    if not fits(bundle, key):
        msg = f"'{name}' was altered: the signature of the key {bundle.key[:12]} does not fit its text."
        raise DerivativeError(msg)
    return parse_statement(name, bundle.payload)[0]


def _against_files(told: Mapping[str, str], files: Mapping[str, str]) -> str:
    for path in sorted(told.keys() | files.keys()):
        if path not in files:
            return f"names '{path}', which the manifest lacks"
        if path not in told:
            return f"does not name '{path}', which the manifest has"
        if told[path] != files[path]:
            return f"says that '{path}' had other bytes"
    return ""


def _against_time(claim: Claim, made: datetime, now: datetime) -> str:
    if claim.signed_at < made:
        return f"was signed at {claim.signed_at.isoformat()}, before the derivative was made ({made.isoformat()})"
    if claim.signed_at > now + SKEW:
        return f"was signed at {claim.signed_at.isoformat()}, which is in the future"
    return ""


def _in_order(found: Sequence[Attestation], payloads: Mapping[str, bytes]) -> list[Attestation]:
    """Sorted by time; each must follow those that it names, which must be there."""
    by_digest = {text_digest(payloads[item.name]): item for item in found if item.name in payloads}
    return sorted((_followed(item, by_digest) for item in found), key=lambda item: (_time(item), item.name))


def _followed(item: Attestation, by_digest: Mapping[str, Attestation]) -> Attestation:
    if item.claim is None or item.problem:
        return item
    former = [by_digest.get(text) for text in item.claim.previous]
    problem = ""
    if None in former:
        problem = "names an earlier statement that is not here"
    elif any(other is not None and _time(other) > _time(item) for other in former):
        problem = "was signed before a statement that it names"
    return item.model_copy(update={"problem": problem})


def _time(item: Attestation) -> str:
    return item.claim.signed_at.astimezone(UTC).isoformat() if item.claim else ""
