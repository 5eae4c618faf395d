"""``search``, ``show`` and ``init``: find a dataset, look at it, write a configuration for it."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ConfigurationError, UnknownDataset
from ..files.paths import as_typed
from .options import AsJson

if TYPE_CHECKING:
    from ..catalog.discovery import Found
    from ..catalog.documents.rows import DatasetRow
    from ..datasets.estimate import Estimate

TITLE_WIDTH = 44
NUMBERS = frozenset({"subjects", "hours", "channels", "Hz", "size"})
"""Columns of the table that stand to the right."""

Url = Annotated[str, typer.Option("--api", help="A metadata API's URL; 'embedded' is what ships, without network.")]
Database = Annotated[str, typer.Option(help="Database of the metadata API.")]
Number = float | None


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(search)
    app.command()(show)
    app.command()(init)


def search(
    text: Annotated[list[str] | None, typer.Argument(help="Words that must all occur.")] = None,
    modality: Annotated[str, typer.Option(help="eeg, meg, ieeg, emg, fnirs")] = "",
    task: Annotated[str, typer.Option(help="Part of a task or kind of experiment.")] = "",
    cohort: Annotated[str, typer.Option(help="Part of a clinical group, such as epilepsy.")] = "",
    source: Annotated[str, typer.Option(help="openneuro, nemar, ...")] = "",
    licence: Annotated[str, typer.Option("--licence", "--license", help="Its start: CC0, CC-BY.")] = "",
    sex: Annotated[str, typer.Option(help="A sex that occurs: F or M.")] = "",
    min_age: Annotated[Number, typer.Option(help="Years; some subject lies between the bounds.")] = None,
    max_age: Annotated[Number, typer.Option(help="Years.")] = None,
    min_subjects: Annotated[Number, typer.Option(help="Subjects.")] = None,
    max_subjects: Annotated[Number, typer.Option(help="Subjects.")] = None,
    min_channels: Annotated[Number, typer.Option(help="Channels.")] = None,
    max_channels: Annotated[Number, typer.Option(help="Channels.")] = None,
    min_sfreq_hz: Annotated[Number, typer.Option("--min-sfreq", help="Sampling rate, Hz.")] = None,
    max_sfreq_hz: Annotated[Number, typer.Option("--max-sfreq", help="Sampling rate, Hz.")] = None,
    min_hours: Annotated[Number, typer.Option(help="Hours recorded.")] = None,
    max_hours: Annotated[Number, typer.Option(help="Hours recorded.")] = None,
    min_size: Annotated[str | None, typer.Option(help="Such as 500MB.")] = None,
    max_size: Annotated[str | None, typer.Option(help="Such as 20GB.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    api: Url = "embedded",
    database: Database = "eegdash",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for tables.")] = False,
) -> None:
    """Find datasets, in the shipped catalogue or in any metadata API.

    For example: eegmill search --modality eeg --task rest --min-subjects 20 --licence CC0
    """
    from ..catalog import discovery
    from ..catalog.documents.search import Search

    wanted = Search(
        text=" ".join(text or ()),
        modality=modality,
        task=task,
        cohort=cohort,
        source=source,
        licence=licence,
        sex=sex,
        min_age=min_age,
        max_age=max_age,
        min_subjects=min_subjects,
        max_subjects=max_subjects,
        min_channels=min_channels,
        max_channels=max_channels,
        min_sfreq_hz=min_sfreq_hz,
        max_sfreq_hz=max_sfreq_hz,
        min_hours=min_hours,
        max_hours=max_hours,
        min_size_bytes=_bytes("--min-size", min_size),
        max_size_bytes=_bytes("--max-size", max_size),
    )
    found = discovery.find(wanted, url=api, database=database)
    _print(found, limit=limit, as_json=as_json, as_csv=as_csv)


def _print(found: Found, *, limit: int | None, as_json: bool, as_csv: bool) -> None:
    rows = found[:limit] if limit else found.rows
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
    elif as_csv:
        _write_csv(rows)
    else:
        typer.echo("\n".join(_table(rows)))
        typer.echo(str(found), err=True)


def show(
    dataset: Annotated[str, typer.Argument(help="Dataset ID, for example ds003805, or another name of it.")],
    api: Url = "embedded",
    database: Database = "eegdash",
    as_json: AsJson = False,
) -> None:
    """Show what the catalogue knows of a dataset.

    For example: eegmill show ds003805
    """
    from ..catalog.discovery import dataset_document
    from ..catalog.documents.rows import row_of
    from ..datasets.estimate import estimate

    document = dataset_document(dataset, url=api, database=database)
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    row = row_of(document)
    facts = {name: value for name, value in _facts(row).items() if value}
    width = max(map(len, facts))
    typer.echo("\n".join(f"{name:{width}}  {value}" for name, value in facts.items()))
    typer.echo("\n".join(["", *estimate(row).lines(), f"to clean it: eegmill init {row.dataset_id}"]))


def init(
    dataset: Annotated[str, typer.Argument(help="Dataset ID, BIDS folder, or any folder of recordings.")],
    api: Annotated[str | None, typer.Option(help="Metadata API: URL or 'embedded'; else what lists it.")] = None,
    database: Database = "eegdash",
    output: Annotated[Path | None, typer.Option(help="The file to write; by default DATASET.yaml here.")] = None,
) -> None:
    """Write a commented configuration for a dataset, with an estimate of what cleaning it takes.

    For recordings without BIDS names it writes a table that gives them such names, to be looked over.

    For example: eegmill init ds003805
    """
    from ..catalog.discovery import EMBEDDED, url_for
    from ..config.datasets import is_path, name_of

    path = Path(dataset).expanduser()
    if path.is_dir():
        _init_folder(path, output)
        return
    if is_path(dataset):
        text = _configuration_text({"datasets": [str(path.absolute()) if path.exists() else dataset]})
        _write(_free(output or Path(f"{name_of(path)}.yaml")), text)
        return
    text = _configuration_text({"datasets": [dataset], "api": {"url": api or url_for([dataset]), "database": database}})
    target = _free(output or Path(f"{dataset}.yaml"))
    estimated = _estimate_of(dataset, api or EMBEDDED, database)
    _write(target, "".join(f"# {line}\n" for line in estimated.lines()) + text)


def _init_folder(folder: Path, output: Path | None) -> None:
    from ..config.datasets import TABLE, name_of
    from ..inputs.resolve.propose import propose_table

    if (folder / "dataset_description.json").is_file():
        text = _configuration_text({"datasets": [str(folder.absolute())]})
        _write(_free(output or Path(f"{name_of(folder)}.yaml")), text)
        return
    if output and output.suffix.lower() != TABLE:
        msg = f"'{folder}' has no BIDS names, so a table of recordings is written: name a {TABLE} file with --output."
        raise ConfigurationError(msg)
    target = _free(output or Path(f"{name_of(folder)}{TABLE}"))
    proposed = propose_table(folder, target)
    for made in proposed.passed_over:
        typer.echo(f"passed over '{made}': eegmill made it", err=True)
    for place in proposed.no_files:
        typer.echo(f"passed over '{place}': it is called like a recording, and is no file", err=True)
    count = f"{proposed.n_recordings} recording{'' if proposed.n_recordings == 1 else 's'}"
    typer.echo(
        f"Wrote {target}: {count}, with subject, session, task and run as their names suggest. "
        f"Look it over, then: eegmill run {as_typed(target)}"
    )


def _configuration_text(values: dict[str, Any]) -> str:
    from ..config.datasets import named_sources
    from ..config.models import load_configuration
    from ..config.text import commented_configuration

    configuration = load_configuration(values)
    named_sources(configuration.listed)  # refuses paths that lead to no dataset
    return commented_configuration(configuration)


def _free(target: Path) -> Path:
    if target.exists():
        msg = f"'{target}' is there already; name another file with --output, or delete it."
        raise ConfigurationError(msg)
    return target


def _write(target: Path, text: str) -> None:
    from ..files.atomic import write_text

    write_text(target, text)
    typer.echo(f"Wrote {target}. Now: eegmill run --configfile {as_typed(target)}")


def _estimate_of(dataset: str, api: str, database: str) -> Estimate:
    """What cleaning takes; an unknown dataset is told together with folders that are called alike."""
    from ..catalog.discovery import dataset_document
    from ..catalog.documents.rows import row_of
    from ..config.datasets import folders_like
    from ..datasets.estimate import estimate

    try:
        return estimate(row_of(dataset_document(dataset, url=api, database=database)))
    except UnknownDataset as error:
        near = folders_like(Path(dataset))
        also = f" A folder of a near name is here: {' or '.join(map(repr, near))}." if near else ""
        msg = f"{error}{also}"
        raise UnknownDataset(msg) from None


def _bytes(option: str, words: str | None) -> int | None:
    from ..sizes import bytes_of

    try:
        return None if words is None else bytes_of(words)
    except ValueError as error:
        msg = f"{option}: {error}."
        raise ConfigurationError(msg) from None


def _table(rows: Iterable[DatasetRow]) -> list[str]:
    """Lines of a table whose columns are as wide as what stands in them; numbers to the right."""
    head = ("dataset", "title", "modality", "subjects", "hours", "channels", "Hz", "size", "licence")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    pads = [str.rjust if name in NUMBERS else str.ljust for name in head]
    padded = ([pad(cell, width) for pad, cell, width in zip(pads, line, widths, strict=True)] for line in cells)
    return ["  ".join(line).rstrip() for line in padded]


def _cells(row: DatasetRow) -> tuple[str, ...]:
    title = row.title if len(row.title) <= TITLE_WIDTH else f"{row.title[: TITLE_WIDTH - 1]}…"
    return (
        row.dataset_id,
        title,
        ", ".join(row.modalities),
        "" if row.subjects is None else str(row.subjects),
        _hours(row),
        _span(row.channels),
        _span(row.sfreqs_hz),
        _size(row),
        row.licence,
    )


def _facts(row: DatasetRow) -> Mapping[str, str]:
    ages = "" if row.age_range is None else " to ".join(f"{age:g}" for age in row.age_range)
    return {
        "dataset": row.dataset_id,
        "title": row.title,
        "other names": ", ".join(row.names),
        "reference": row.reference,
        "authors": ", ".join(row.authors),
        "modality": ", ".join(row.modalities),
        "tasks": ", ".join(row.tasks),
        "stimuli": ", ".join(row.stimuli),
        "cohort": ", ".join(row.cohort),
        "subjects": "" if row.subjects is None else str(row.subjects),
        "age, years": ages,
        "sex": ", ".join(row.sexes),
        "recordings": "" if row.records is None else str(row.records),
        "hours": _hours(row),
        "channels": ", ".join(map(str, row.channels)),
        "sampling rate, Hz": ", ".join(f"{sfreq:g}" for sfreq in row.sfreqs_hz),
        "size": _size(row),
        "licence": row.licence,
        "source": row.source,
        "DOI": row.doi,
    }


def _hours(row: DatasetRow) -> str:
    return "" if row.hours is None else f"{row.hours:.{1 if row.hours >= 1 else 2}f}"


def _size(row: DatasetRow) -> str:
    from ..sizes import size_in_words

    return "" if row.size_bytes is None else size_in_words(row.size_bytes)


def _span(values: tuple[float, ...]) -> str:
    low, high = (min(values), max(values)) if values else (None, None)
    if low is None:
        return ""
    return f"{low:g}" if low == high else f"{low:g}-{high:g}"


def _write_csv(rows: Iterable[DatasetRow]) -> None:
    """One dataset a line; what is a list in a row is joined by '; '."""
    from ..catalog.documents.rows import DatasetRow

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(entry.name for entry in fields(DatasetRow))
    for row in rows:
        values = asdict(row).values()
        writer.writerow("; ".join(map(str, value)) if isinstance(value, tuple) else value for value in values)
