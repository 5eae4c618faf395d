"""Files of catalogue documents: JSON or one document a line, plain, ``.gz`` or ``.xz``; old spellings are mended."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from ...errors import CatalogError
from ..documents import strict_json
from ..documents.models import Dataset, Document, Montage, Record
from ..faults import DocumentError
from .archives import plain_dataset

LISTS = ("data", "datasets", "records", "montages")
"""Members of an object that hold documents: replies of the API have the first, files of the digester the others."""


def read_documents(path: Path) -> Iterator[str | Mapping[str, Any]]:
    """Documents of a dump: a JSON list, a reply of the API (``data``), a listing of records, or one document a line.

    Yields
    ------
    str or Mapping
        The text of a line, or a document of a list; none of it is checked yet.

    Raises
    ------
    CatalogError
        If the file cannot be read or unpacked.
    """
    try:
        with _opened(path) as lines:
            first = next((line for line in lines if line.strip()), "")
            if _is_one_document(first):
                yield first
                yield from (line for line in lines if line.strip())
                return
            whole = json.loads(first + "".join(lines))
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        msg = f"'{path}' cannot be read as a catalogue dump: {error}."
        raise CatalogError(msg) from None
    except ValueError as error:
        msg = f"'{path}' is no JSON: {error}. A dump is a JSON list, or one document a line."
        raise CatalogError(msg) from None
    yield from _members(whole, path)


def to_document(value: str | Mapping[str, Any]) -> Document:
    """Find out what a document is, and check it.

    Raises
    ------
    DocumentError
        If it is no record (``bids_relpath``), dataset (``dataset_id``) or montage (``hash``), or does not fit.
    """
    plain = strict_json.parse(value) if isinstance(value, str) else dict(value)
    if not isinstance(plain, dict):
        msg = "A line of a dump must be a JSON object."
        raise DocumentError(msg)
    if "bids_relpath" in plain:
        return Record.from_value(_mended(plain, plain.get("dataset")))
    if "dataset_id" in plain:
        return Dataset.from_value(_mended(plain, plain["dataset_id"]))
    if "hash" in plain:
        return Montage.from_value(plain)
    msg = "A document of a dump needs 'bids_relpath' (a record), 'dataset_id' (a dataset) or 'hash' (a montage)."
    raise DocumentError(msg)


def write_lines(texts: Iterable[str], path: Path) -> int:
    """Write one document a line, packed as the file's name says; the number of lines.

    The file appears under its name only once it is whole.
    """
    beside = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with _packed(beside, path.suffix) as stream:
            for text in texts:
                stream.write(text.encode() + b"\n")
                count += 1
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


@contextmanager
def _packed(path: Path, suffix: str) -> Iterator[BinaryIO | gzip.GzipFile | lzma.LZMAFile]:
    with path.open("wb") as plain:
        if suffix == ".xz":
            with lzma.open(plain, "wb") as packed:
                yield packed
        elif suffix == ".gz":
            # Neither name nor time in the header: the same catalogue gives the same bytes.
            with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed:
                yield packed
        else:
            yield plain


def _is_one_document(line: str) -> bool:
    """Whether a line holds a whole document; a reply of the API holds a list of them instead."""
    try:
        value = json.loads(line)
    except ValueError:
        return False
    return isinstance(value, dict) and not any(isinstance(value.get(name), list) for name in LISTS)


def _members(whole: object, path: Path) -> list[Mapping[str, Any]]:
    if isinstance(whole, dict):
        lists = [whole[name] for name in LISTS if isinstance(whole.get(name), list)]
        whole = [member for each in lists for member in each] if lists else [whole]
    if isinstance(whole, list) and all(isinstance(member, dict) for member in whole):
        return whole
    msg = f"'{path}' holds no list of documents."
    raise CatalogError(msg)


def _mended(document: dict[str, Any], identifier: object) -> dict[str, Any]:
    """What older documents leave out but their ID or a neighbouring field tells."""
    mended = plain_dataset(document) if "dataset_id" in document else dict(document)
    if not mended.get("recording_modality"):
        mended["recording_modality"] = mended.get("datatypes") or mended.get("datatype") or []
    if "dataset_id" in mended and not mended.get("source"):
        mended["source"] = "nemar" if str(identifier)[:2] in {"on", "nm"} else "openneuro"
    return mended
