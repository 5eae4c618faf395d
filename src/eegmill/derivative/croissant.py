"""``croissant.json``: what a derivative holds, in the form that machine learning tools load data by (MLCommons)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..files.atomic import write_json
from ..provenance.digests import sha256_file
from ..stream.index import FILES_KEY, METADATA_KEY, parsed
from ..stream.index import NAME as INDEX
from .window_table import COLUMNS, PARTICIPANT, participant_kinds

NAME = "croissant.json"
CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject"),
    *("fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5"),
    *("parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate"),
    *("separator", "source", "subField", "transform"),
)
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    **{term: f"cr:{term}" for term in TERMS},
}
"""What the words mean, as Croissant 1.1 prescribes it: readers compare it."""
DATA_TYPES = {"float64": "cr:Float64", "int32": "cr:Int32", "int64": "cr:Int64", "uint32": "cr:UInt32"}
PARTICIPANTS = "participants.tsv"


def write_croissant(derivative: Path, *, folder: Path) -> Path:
    """Describe the windows, the participants and all files of samples of a derivative, beside its index in ``folder``.

    Raises
    ------
    DerivativeError
        If the index cannot be read.
    """
    metadata = parsed((folder / INDEX).read_bytes(), str(derivative)).schema.metadata
    about, files = json.loads(metadata[METADATA_KEY]), json.loads(metadata[FILES_KEY])
    description = json.loads((derivative / "dataset_description.json").read_bytes())
    objects = [_file(folder, INDEX, "application/x-parquet"), *_signals(files["files"])]
    record_sets = [_windows(derivative, about["kind"])]
    if (derivative / PARTICIPANTS).is_file():
        objects.append(_file(derivative, PARTICIPANTS, "text/tab-separated-values"))
        record_sets.append(_participants(derivative))
    write_json(
        folder / NAME,
        {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": CONFORMS_TO,
            **_cited(description),
            "distribution": objects,
            "recordSet": record_sets,
        },
    )
    return folder / NAME


def _cited(description: Mapping[str, Any]) -> dict[str, Any]:
    """Name, authors, licence, source and how to cite, as the description of the derivative has them."""
    source: Mapping[str, str] = next(iter(description.get("SourceDatasets", [])), {})
    doi = source.get("DOI", "").removeprefix("doi:")
    authors = description.get("Authors", [])
    url = f"https://doi.org/{doi}" if doi else source.get("URL", "")
    cited = f"{', '.join(authors) or 'The authors'}: {description['Name']}. {url}".strip()
    given = {
        "name": description["Name"],
        "description": (
            f"{description['Name']}: clean EEG as BIDS. Record set 'windows' says which bytes of which file hold the "
            "samples of each window (float32, multiplexed, µV); 'participants' whom they are of. "
            f"{description.get('HowToAcknowledge', '')}"
        ).strip(),
        "license": description.get("License"),
        "creator": [{"@type": "sc:Person", "name": author} for author in authors],
        "url": url,
        "isBasedOn": url,
        "version": source.get("Version"),
        "citeAs": cited,
    }
    return {key: value for key, value in given.items() if value}


def _file(folder: Path, name: str, encoding: str) -> dict[str, Any]:
    path = folder / name
    return _file_object(name, encoding, size=path.stat().st_size, sha256=sha256_file(path))


def _signals(files: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for name, about in sorted(files.items()):
        yield _file_object(name, "application/octet-stream", size=about["size"], sha256=about["sha256"])


def _file_object(name: str, encoding: str, *, size: int, sha256: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{size} B",
        "encodingFormat": encoding,
        "sha256": sha256,
    }


def _windows(derivative: Path, kind: str) -> dict[str, Any]:
    columns = {name: (kind_, text) for name, (kind_, _, text) in COLUMNS.items()}
    columns |= {
        f"{PARTICIPANT}{name}": (kind_, f"Column '{name}' of {PARTICIPANTS}")
        for name, kind_ in participant_kinds(derivative).items()
    }
    return {
        "@type": "cr:RecordSet",
        "@id": "windows",
        "name": "windows",
        "description": f"One record for each of the {kind}: where its samples are, and what is known of it",
        "key": [{"@id": "windows/file"}, {"@id": "windows/offset"}],
        "field": [_field("windows", name, INDEX, kind_, text) for name, (kind_, text) in columns.items()],
    }


def _participants(derivative: Path) -> dict[str, Any]:
    columns = {"participant_id": "text", **participant_kinds(derivative)}
    return {
        "@type": "cr:RecordSet",
        "@id": "participants",
        "name": "participants",
        "description": "One record a participant",
        "key": {"@id": "participants/participant_id"},
        "field": [
            _field("participants", name, PARTICIPANTS, kind, f"Column '{name}' of {PARTICIPANTS}")
            for name, kind in columns.items()
        ],
    }


def _field(record_set: str, name: str, file: str, kind: str, text: str) -> dict[str, Any]:
    is_list = kind in ("texts", "int32s")
    data_type = DATA_TYPES.get(kind.removesuffix("s") if is_list else kind, "sc:Text")
    return {
        "@type": "cr:Field",
        "@id": f"{record_set}/{name}",
        "name": name,
        "description": text,
        "dataType": data_type,
        "source": {"fileObject": {"@id": file}, "extract": {"column": name}},
        **({"isArray": True, "arrayShape": "-1"} if is_list else {}),
    }
