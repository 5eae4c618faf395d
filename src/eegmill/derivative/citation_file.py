"""``CITATION.cff`` of a derivative: what to cite, in the Citation File Format 1.2.0 (https://citation-file-format.github.io).

Names of authors of the source are kept as the source writes them: nobody guesses which part is the family name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from ..credit import Author, Credit
from ..lock import Lock
from ..provenance.environment import Environment
from .portable import portable

NAME = "CITATION.cff"
DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")
LICENCES = (
    *(f"CC-BY{kind}-{version}" for kind in ("", "-SA", "-NC", "-ND", "-NC-SA", "-NC-ND") for version in ("3.0", "4.0")),
    "CC0-1.0",
    "ODC-By-1.0",
    "ODbL-1.0",
    "PDDL-1.0",
)
"""SPDX identifiers that datasets have; the format allows no other text."""
NOT_STATED = [{"name": "Not stated"}]

Part = dict[str, Any]


def citation_file(
    lock: Lock, recipe: str, *, credit: Credit, environment: Environment, verdicts: Sequence[str] = ()
) -> str:
    """YAML of the file.

    Parameters
    ----------
    verdicts
        One sentence a signed verification that is known; a derivative has none as it is made.
    """
    own = [author_part(author) for author in credit.authors]
    values = {
        "cff-version": "1.2.0",
        "message": "Please cite this dataset, its source, eegmill, and the methods in logs/CITATION.bib.",
        "type": "dataset",
        "title": f"{lock.title}, cleaned by eegmill ({recipe})",
        "abstract": _abstract(lock, recipe, environment),
        "authors": own or _source_authors(lock) or NOT_STATED,
        **_licence(lock),
        "keywords": ["EEG", "BIDS", "derivative"],
        "references": [_source(lock), *_software(recipe, environment), *map(_verdict, verdicts)],
    }
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=120)


def author_part(author: Author) -> Part:
    """An author: a person where the name says which part is which, else an entity, which has no affiliation here."""
    orcid = {"orcid": author.orcid} if author.orcid else {}
    if author.family_and_given is None:
        return {"name": author.name, **orcid}
    family, given = author.family_and_given
    affiliation = {"affiliation": author.affiliation} if author.affiliation else {}
    return {"family-names": family, "given-names": given, **affiliation, **orcid}


def spdx_of(licence: str | None) -> str | None:
    """The SPDX identifier of a licence as datasets write it; None if it is not one of `LICENCES`.

    Examples
    --------
    >>> spdx_of("CC0"), spdx_of("CC BY 4.0"), spdx_of("ask us")
    ('CC0-1.0', 'CC-BY-4.0', None)
    """
    asked = re.sub(r"[\s_-]+", "-", (licence or "").strip()).upper()
    asked = {"CC0": "CC0-1.0", "PDDL": "PDDL-1.0"}.get(asked, asked)
    return next((name for name in LICENCES if name.upper() == asked), None)


def bare_doi(text: str | None) -> str | None:
    """A DOI without what stands before it; None where there is none that the format allows."""
    found = DOI.search(text or "")
    return found[0] if found else None


def _abstract(lock: Lock, recipe: str, environment: Environment) -> str:
    licence = f" The licence of the source is {lock.licence}." if lock.licence else ""
    return (
        f"EEG of the dataset '{lock.dataset}', cleaned by eegmill {_version(environment)} with the recipe '{recipe}' "
        f"(code/recipe.yaml). How each file was made stands in prov/; signed verifications, if there are any, in "
        f"prov/attestations.{licence}"
    )


def _version(environment: Environment) -> str:
    return f"{environment.eegmill} ({environment.commit})" if environment.commit else environment.eegmill


def _licence(lock: Lock) -> Part:
    known = spdx_of(lock.licence)
    return {"license": known} if known else {}


def _source_authors(lock: Lock) -> list[Part]:
    named = lock.document.get("authors") or []
    return [{"name": author.strip()} for author in named if isinstance(author, str) and author.strip()]


def _source(lock: Lock) -> Part:
    url, doi = str(portable(lock.source_url or "")), bare_doi(lock.doi)
    optional = {
        "version": lock.version,
        "doi": doi,
        "url": url if url.startswith(("https://", "http://")) else None,
        **_licence(lock),
    }
    given = {key: value for key, value in optional.items() if value}
    authors = _source_authors(lock) or NOT_STATED
    return {"type": "data", "title": lock.title, "authors": authors, **given, "notes": "The source of these data."}


def _software(recipe: str, environment: Environment) -> Iterable[Part]:
    commit = {"commit": environment.commit} if environment.commit else {}
    notes = "Made this dataset from its source."
    yield {**_by_eegmill("software", "eegmill"), "version": environment.eegmill, **commit, "notes": notes}
    notes = "The recipe: every step and parameter."
    yield {**_by_eegmill("software-code", f"Recipe '{recipe}'"), "filename": "code/recipe.yaml", "notes": notes}


def _by_eegmill(kind: str, title: str) -> Part:
    return {"type": kind, "title": title, "authors": [{"name": "The eegmill developers"}]}


def _verdict(sentence: str) -> Part:
    authors = [{"name": "Whoever holds the key of the statement"}]
    return {"type": "report", "title": "Verification of this dataset", "authors": authors, "notes": sentence}
