"""Every file of a derivative with its SHA-256, in the form that ``sha256sum -c`` reads.

There are two manifests. ``manifest-sha256.txt`` lists what depends on input, code, configuration and libraries alone:
two runs give the same one. ``prov/manifest-sha256.txt`` lists the rest: records that hold times, and the page that
holds both manifests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from ..errors import DerivativeError
from ..files.atomic import write_text
from ..models import Frozen
from .dehydrated import NAME as DEHYDRATED
from .dehydrated import README, original_readme, read_dehydrated
from .digests import digest, sha256_file
from .page_of_checksums import PAGE, page_of_checksums

NAME = "manifest-sha256.txt"
RECORDS_NAME = f"prov/{NAME}"
RECORDS = ("prov/", "logs/", "ro-crate-metadata.json", PAGE)
"""Beginnings of the paths of records that may differ from run to run."""
OUTSIDE = r"\.git|\.datalad|\.eegmill|(\.staging-|\.eegmill-)[^/]*"
"""Names of folders that are no part of a derivative: of repositories, a BIDS-App's own work, and stopped jobs."""
ATTESTATIONS = "prov/attestations"
"""Folder of signed statements about the manifests: each vouches for itself, and comes when these are written."""
UNLISTED = (NAME, RECORDS_NAME, DEHYDRATED, ".gitattributes")
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


class ManifestReport(Frozen):
    """What a comparison of a derivative with its manifest found."""

    compared: int
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    dehydrated: tuple[str, ...] = ()
    """Files that are left out on purpose, see `dehydrated`."""

    @property
    def intact(self) -> bool:
        """Whether every file is listed, there, and unchanged."""
        return not (self.changed or self.missing or self.unknown)


def write_manifest(derivative: Path) -> Path:
    """Write both manifests of everything that lies below ``derivative``, sorted by path, and the page that holds them.

    Returns
    -------
    Path
        The first manifest.
    """
    told: dict[str, dict[str, str]] = {RECORDS_NAME: {}, NAME: {}}
    for path in listed_files(derivative):
        if path != PAGE:
            told[RECORDS_NAME if path.startswith(RECORDS) else NAME][path] = sha256_file(derivative / path)
    return _write(derivative, told)


def note_in_manifest(derivative: Path, paths: Iterable[str]) -> None:
    """Write files that were added or written anew into the first manifest, and touch no other line but its page's.

    Raises
    ------
    DerivativeError
        If there is no readable manifest.
    """
    digests = {path: sha256_file(derivative / path) for path in paths}
    told = {NAME: {**_read(derivative, NAME), **digests}, RECORDS_NAME: _read(derivative, RECORDS_NAME)}
    _write(derivative, told)


def _write(derivative: Path, told: Mapping[str, Mapping[str, str]]) -> Path:
    write_text(derivative / PAGE, _page(told))
    digests = {**told[RECORDS_NAME], PAGE: sha256_file(derivative / PAGE)}
    for manifest, lines in {**told, RECORDS_NAME: digests}.items():
        write_text(derivative / manifest, _render(lines))
    return derivative / NAME


def _page(told: Mapping[str, Mapping[str, str]]) -> str:
    without = {name: {path: line for path, line in lines.items() if path != PAGE} for name, lines in told.items()}
    texts = {name: _render(lines) for name, lines in without.items()}
    outside = rf"(.*/)?({OUTSIDE})/.*|\.gitattributes"
    return page_of_checksums(texts, not_listed=outside, attestations=ATTESTATIONS)


def page_is_made_of_manifests(derivative: Path) -> bool:
    """Whether ``verify.html`` is what this eegmill makes of both manifests.

    Raises
    ------
    DerivativeError
        If there is no readable manifest.
    """
    page = derivative / PAGE
    told = {name: _read(derivative, name) for name in (NAME, RECORDS_NAME)}
    return page.is_file() and page.read_bytes() == _page(told).encode()


def read_manifest(derivative: Path) -> dict[str, str]:
    """Digest by path, from both manifests.

    Raises
    ------
    DerivativeError
        If a manifest is missing, or one of its lines is no such line.
    """
    return {**_read(derivative, NAME), **_read(derivative, RECORDS_NAME)}


def _read(derivative: Path, name: str) -> dict[str, str]:
    try:
        text = (derivative / name).read_bytes().decode("utf-8")  # as it is: text mode would hide altered line ends
    except FileNotFoundError:
        msg = f"'{derivative.name}' has no {name}: eegmill did not finish it, or did not make it."
        raise DerivativeError(msg) from None
    except UnicodeDecodeError as error:
        msg = f"{name} is not text; it was altered."
        raise DerivativeError(msg) from error
    told = dict(_parse(number, line, name) for number, line in enumerate(text.splitlines(), start=1))
    if _render(told) != text:
        msg = f"{name} is not as eegmill wrote it (sorted, one line a file); it was altered."
        raise DerivativeError(msg)
    return told


def _render(told: Mapping[str, str]) -> str:
    return "".join(f"{told[path]}  {path}\n" for path in sorted(told))


def _parse(number: int, line: str, name: str) -> tuple[str, str]:
    match = LINE.fullmatch(line)
    if match is None or ".." in Path(match[2]).parts or Path(match[2]).is_absolute():
        msg = f"Line {number} of {name} is not a digest and a relative path; it was altered."
        raise DerivativeError(msg)
    return match[2], match[1]


def check_manifest(derivative: Path) -> ManifestReport:
    """Compare every file with the manifest.

    Raises
    ------
    DerivativeError
        If there is no readable manifest.
    """
    told = read_manifest(derivative)
    here = {path for path in listed_files(derivative) if (derivative / path).exists()}  # a link may lead nowhere
    left_out = read_dehydrated(derivative)
    absent = told.keys() - here
    dehydrated = absent & left_out.files.keys() if left_out else set()
    return ManifestReport(
        compared=len(here & told.keys()),
        changed=tuple(_changed(derivative, told, here, dehydrated=left_out is not None)),
        missing=tuple(sorted(absent - dehydrated)),
        unknown=tuple(sorted(here - told.keys())),
        dehydrated=tuple(sorted(dehydrated)),
    )


def _changed(derivative: Path, told: Mapping[str, str], here: set[str], *, dehydrated: bool) -> Iterator[str]:
    for path in sorted(here & told.keys()):
        noted = dehydrated and path == README
        content = original_readme((derivative / path).read_bytes()) if noted else None
        if (sha256_file(derivative / path) if content is None else sha256(content).hexdigest()) != told[path]:
            yield path


def manifests_digest(derivative: Path) -> str:
    """One SHA-256 over both manifests, and so over every file of a derivative.

    Raises
    ------
    DerivativeError
        If there is no readable manifest.
    """
    return digest({name: _read(derivative, name) for name in (NAME, RECORDS_NAME)})


def listed_files(derivative: Path) -> list[str]:
    """Paths that the manifest lists, sorted: all but the manifests, signed statements and folders of jobs."""
    found = []
    for folder, folders, names in os.walk(derivative):
        folders[:] = [name for name in folders if not re.fullmatch(OUTSIDE, name)]
        inside = os.path.relpath(folder, derivative).replace(os.sep, "/")
        found += names if inside == "." else [f"{inside}/{name}" for name in names]
    return sorted(path for path in found if path not in UNLISTED and not path.startswith(f"{ATTESTATIONS}/"))
