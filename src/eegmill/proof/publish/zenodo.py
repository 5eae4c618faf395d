"""A record for Zenodo: metadata, what to cite, and the derivative in archives.

Fields of the metadata: https://developers.zenodo.org/#representation (deposit metadata, as in ``.zenodo.json``).
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from ...credit import Author
from ...derivative.citation_file import NAME as CITATION
from ...derivative.citation_file import bare_doi, citation_file, spdx_of
from ...errors import DerivativeError
from ...files.atomic import write_json, write_text
from ...files.tables import format_tsv
from ..publishable import published_files
from .about import About

METADATA, PLAN = ".zenodo.json", "archives.tsv"
MAX_BYTES = 50_000_000_000
MAX_ARCHIVES = 90
"""Zenodo takes 50 GB and 100 files a record: https://help.zenodo.org/docs/deposit/manage-files/."""
REST = "dataset"


def to_zenodo(derivative: Path, folder: Path, known: About) -> list[str]:
    """Archives, the plan that says which file is in which, metadata and ``CITATION.cff`` with the verdicts."""
    paths = published_files(derivative)
    size = sum((derivative / path).stat().st_size for path in paths)
    if size > MAX_BYTES:
        msg = f"'{derivative.name}' has {size / 1e9:.0f} GB, Zenodo takes 50: publish what 'eegmill dehydrate' makes."
        raise DerivativeError(msg)
    plan = archives(paths)
    for name, inside in plan.items():
        _pack(folder / name, derivative, inside)
    rows = [{"archive": name, "path": path} for name, inside in plan.items() for path in inside]
    write_text(folder / PLAN, format_tsv(("archive", "path"), rows))
    lock, environment = known.origin.lock, known.origin.environment
    cited = citation_file(lock, known.recipe, credit=known.credit, environment=environment, verdicts=known.verdicts)
    write_text(folder / CITATION, cited)
    write_json(folder / METADATA, metadata(known))
    notes = [] if known.credit.authors else ["# The configuration names no author ('credit'): check 'creators' first"]
    return [*notes, "# Upload all files of {folder} to a new record, with the metadata of .zenodo.json"]


def archives(paths: Iterable[str]) -> dict[str, list[str]]:
    """Which file goes into which archive: subjects, in as many archives as a record takes, and the rest.

    Examples
    --------
    >>> archives(["README.md", "sub-01/eeg/a.eeg", "sub-02/eeg/b.eeg"])
    {'dataset.tar': ['README.md'], 'sub-01.tar': ['sub-01/eeg/a.eeg'], 'sub-02.tar': ['sub-02/eeg/b.eeg']}
    """
    paths = sorted(paths)
    subjects = sorted({path.partition("/")[0] for path in paths if path.startswith("sub-") and "/" in path})
    each = -(-len(subjects) // MAX_ARCHIVES) or 1
    groups = [subjects[first : first + each] for first in range(0, len(subjects), each)]
    names = {subject: _name(group) for group in groups for subject in group}
    plan: dict[str, list[str]] = {}
    for path in paths:
        plan.setdefault(names.get(path.partition("/")[0], f"{REST}.tar"), []).append(path)
    return plan


def _name(group: list[str]) -> str:
    return f"{group[0]}.tar" if len(group) == 1 else f"{group[0]}_to_{group[-1]}.tar"


def _pack(archive: Path, derivative: Path, paths: Iterable[str]) -> None:
    """A tar that depends on names and bytes alone."""
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as packed:
        for path in paths:
            member = tarfile.TarInfo(f"{derivative.name}/{path}")
            member.size, member.mode = (derivative / path).stat().st_size, 0o644
            with (derivative / path).open("rb") as stream:
                packed.addfile(member, stream)


def metadata(known: About) -> dict[str, Any]:
    """What Zenodo shows of the record."""
    lock = known.origin.lock
    licence, doi = spdx_of(lock.licence), bare_doi(lock.doi)
    optional = {
        "license": licence.lower() if licence else None,
        "notes": " ".join(known.verdicts),
        "related_identifiers": [_related(doi)] if doi else None,
    }
    return {
        "upload_type": "dataset",
        "title": f"{lock.title}, cleaned by eegmill ({known.recipe})",
        "description": _description(known),
        "creators": _creators(known),
        "access_right": "open",
        "keywords": ["EEG", "BIDS", "derivative", "eegmill"],
        **{key: value for key, value in optional.items() if value},
    }


def _related(doi: str) -> dict[str, str]:
    return {"identifier": doi, "relation": "isDerivedFrom", "resource_type": "dataset", "scheme": "doi"}


def _creators(known: About) -> list[dict[str, str]]:
    named = [_creator(author) for author in known.credit.authors]
    source = [{"name": str(author)} for author in known.origin.lock.document.get("authors") or [] if author]
    return named or source or [{"name": "Not stated"}]


def _creator(author: Author) -> dict[str, str]:
    optional = {
        "affiliation": author.affiliation,
        "orcid": author.orcid.rpartition("/")[2] if author.orcid else None,
    }
    return {"name": author.name, **{key: value for key, value in optional.items() if value}}


def _description(known: About) -> str:
    lock = known.origin.lock
    return (
        f"<p>EEG of the dataset {escape(lock.dataset)}, cleaned by eegmill {known.origin.environment.eegmill} with the "
        f"recipe {escape(known.recipe)}, as a BIDS derivative. Each file has its SHA-256 in manifest-sha256.txt; "
        f"'eegmill verify' makes the dataset again and compares.</p>"
        f"<p>SHA-256 over both manifests: {known.manifests_sha256}</p>"
    )
