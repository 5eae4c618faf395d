"""What is signed: that a derivative has these files, made by this recipe from this lock, and how verifying it went."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, ValidationError

from ..errors import DerivativeError
from ..models import Frozen
from ..provenance.compare import Tier
from ..provenance.digests import canonical, digest, sha256_file
from ..provenance.environment import Environment
from ..provenance.manifest import ATTESTATIONS, RECORDS_NAME, manifests_digest, read_manifest
from ..provenance.manifest import NAME as MANIFEST
from ..provenance.origin import read_strict_json
from ..provenance.verify import VerifyReport

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://model_signing/signature/v1.0"
"""Of OpenSSF model-signing, which lets a predicate hold more than it reads: ours is under ``eegmill``."""
VERSION = "1.0"
CODE = ("code/lock.json", "code/recipe.yaml", "code/environment.json")
SERIALIZATION = {"method": "files", "hash_type": "sha256", "allow_symlinks": False, "ignore_paths": [ATTESTATIONS]}


class Verdict(Frozen):
    """How a verification ended."""

    kind: Literal["checksums", "made again"]
    equal: bool
    made_again: int = 0
    recordings: int = 0
    tiers: dict[Tier, int] = {}
    """How many recordings came out how."""
    same_decisions: bool | None = None
    """None where nothing was made again."""
    report_sha256: str = ""
    """Of the canonical JSON of the whole report."""


class Claim(Frozen):
    """Our part of the predicate."""

    schema_version: Literal["1.0"] = "1.0"
    manifests_sha256: str
    code: dict[str, str]
    """SHA-256 of lock, recipe and recorded environment."""
    verdict: Verdict
    environment: Environment
    """Of whoever verified."""
    signed_at: AwareDatetime
    previous: tuple[str, ...] = ()
    """SHA-256 of the texts of the statements that lay there already: none of them can be taken away unseen."""


def statement(
    derivative: Path, verdict: Verdict, environment: Environment, *, signed_at: datetime, previous: tuple[str, ...] = ()
) -> bytes:
    """The text to sign, in canonical JSON.

    Raises
    ------
    DerivativeError
        If there is no readable manifest, or no code.
    """
    files = resources(derivative)
    claim = Claim(
        manifests_sha256=manifests_digest(derivative),
        code={path: files[path] for path in CODE if path in files},
        verdict=verdict,
        environment=environment,
        signed_at=signed_at,
        previous=previous,
    )
    listed = [{"name": path, "algorithm": "sha256", "digest": files[path]} for path in sorted(files)]
    predicate = {"serialization": SERIALIZATION, "resources": listed, "eegmill": claim.model_dump(mode="json")}
    subject = {"name": derivative.resolve().name, "digest": {"sha256": root_digest(files)}}
    return canonical({"_type": STATEMENT, "subject": [subject], "predicateType": PREDICATE, "predicate": predicate})


def resources(derivative: Path) -> dict[str, str]:
    """SHA-256 of every file by path: those of the manifests, and the manifests."""
    listed = read_manifest(derivative)  # first: it says what is wrong where one is missing
    return {**listed, **{name: sha256_file(derivative / name) for name in (MANIFEST, RECORDS_NAME)}}


def root_digest(files: Mapping[str, str]) -> str:
    """SHA-256 over the digests of all files, in the order of their names."""
    return hashlib.sha256(b"".join(bytes.fromhex(files[path]) for path in sorted(files))).hexdigest()


def parse_statement(name: str, payload: bytes) -> tuple[Claim, dict[str, str]]:
    """The claim of a signed text, and the digests of files that it names.

    Raises
    ------
    DerivativeError
        If it is foreign, newer, or contradicts itself.
    """
    try:
        values: Any = json.loads(payload)
        kind, predicate = values["predicateType"], values["predicate"]
        claimed = predicate["eegmill"]
        version = claimed["schema_version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        msg = f"'{name}' is signed, and no statement of eegmill: it says nothing of how a derivative was made."
        raise DerivativeError(msg) from None
    if values.get("_type") != STATEMENT or kind != PREDICATE:
        msg = f"'{name}' is a statement of another kind ({kind}): it says nothing of how a derivative was made."
        raise DerivativeError(msg)
    if isinstance(version, str) and version.split(".") > VERSION.split("."):
        msg = f"'{name}' has schema version {version}, and this eegmill knows {VERSION}: install a newer eegmill."
        raise DerivativeError(msg)
    try:
        claim = Claim.model_validate(claimed)
        files = {item["name"]: str(item["digest"]) for item in predicate["resources"]}
        agrees = values["subject"][0]["digest"] == {"sha256": root_digest(files)}
    except (ValidationError, KeyError, TypeError, ValueError, IndexError) as error:
        msg = f"'{name}' is damaged: {type(error).__name__}."
        raise DerivativeError(msg) from error
    if not agrees or _contradicts_itself(claim.verdict):
        msg = f"'{name}' contradicts itself: its {'verdict' if agrees else 'list of files'} cannot be true."
        raise DerivativeError(msg)
    return claim, files


def _contradicts_itself(verdict: Verdict) -> bool:
    wrong = verdict.equal and (bool(verdict.tiers.get(Tier.DIFFERENT)) or verdict.same_decisions is False)
    return wrong or sum(verdict.tiers.values()) != verdict.made_again or verdict.made_again > verdict.recordings


def verdict_of(report: VerifyReport) -> Verdict:
    """What is signed of a report."""
    compared = report.recordings
    decisions = [
        file.tier is not Tier.DIFFERENT for item in compared for file in item.files if file.path.endswith("_qc.json")
    ]
    return Verdict(
        kind="made again" if compared else "checksums",
        equal=report.equal,
        made_again=len(compared),
        recordings=len(compared) + len(report.not_compared),
        tiers=dict(Counter(item.tier for item in compared)),
        same_decisions=(len(decisions) == len(compared) and all(decisions)) if compared else None,
        report_sha256=digest(report.model_dump(mode="json")),
    )


def read_report(path: Path) -> VerifyReport:
    """A report that ``eegmill verify`` wrote to --output.

    Raises
    ------
    DerivativeError
        If it is none, or was altered so that it contradicts itself.
    """
    values = read_strict_json(path)
    try:
        summary, equal = values.pop("summary"), values.pop("equal")
        report = VerifyReport.model_validate(values)
    except (AttributeError, KeyError, ValidationError) as error:
        msg = f"'{path.name}' is no report that 'eegmill verify' wrote to --output."
        raise DerivativeError(msg) from error
    if (report.summary, report.equal) != (summary, equal):
        msg = f"'{path.name}' contradicts itself: it was altered."
        raise DerivativeError(msg)
    return report
