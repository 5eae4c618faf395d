"""A person's decisions: read from a TSV, laid over the automatic ones."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import ConfigurationError
from ..models import Frozen
from ..recording import Component, Recording, Segment
from ..records import Override
from ..signal.timeline import annotate_segments, clear_bad
from ..steps.contract import Step

COLUMNS = ("dataset", "recording", "kind", "name", "onset", "duration", "decision", "reason")
MISSING = ("", "n/a")
MANUAL = "BAD_manual"


class OverrideRow(Frozen):
    """One row of the file."""

    line: int
    dataset: str
    recording: str
    override: Override


def read_overrides(path: Path) -> tuple[OverrideRow, ...]:
    """Read the TSV of overrides.

    Raises
    ------
    ConfigurationError
        Names the line and the column that is wrong.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, delimiter="\t")
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                msg = f"Overrides '{path.name}' lack the column '{missing[0]}'; the columns are: {' '.join(COLUMNS)}."
                raise ConfigurationError(msg)
            return tuple(_row(row, reader.line_num, path.name) for row in reader)
    except FileNotFoundError:
        msg = f"Overrides '{path}' do not exist; leave the key 'overrides' empty if there are none."
        raise ConfigurationError(msg) from None


def overrides_of(given: Path | str | Sequence[Override | Mapping[str, Any]], recording: str) -> tuple[Override, ...]:
    """A person's decisions on one recording, in any form: a file, overrides, or their fields.

    Parameters
    ----------
    recording
        Whose rows of a file are taken; empty where it has no name: all rows, if they are of one recording.

    Raises
    ------
    ConfigurationError
        If one is wrong, or a file has rows of several recordings and none has a name.

    Examples
    --------
    >>> overrides_of([{"kind": "channel", "name": "Cz", "decision": "bad"}], "")[0].name
    'Cz'
    """
    if isinstance(given, str | os.PathLike):
        rows = read_overrides(Path(given).expanduser())
        names = {row.recording for row in rows}
        if not recording and len(names) > 1:
            msg = f"Overrides '{given}' have rows of {len(names)} recordings: give eegmill.clean the path of the file."
            raise ConfigurationError(msg)
        return tuple(row.override for row in rows if row.recording == recording or not recording)
    return tuple(one if isinstance(one, Override) else _of_fields(one, number) for number, one in enumerate(given, 1))


def _of_fields(fields: Mapping[str, Any], number: int) -> Override:
    """An override from a dict; columns of the file are understood as well."""
    names = {"onset": "onset_s", "duration": "duration_s"}
    values = {names.get(key, key): value for key, value in fields.items()}
    try:
        override = Override.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        at = ".".join(map(str, problem["loc"]))
        msg = f"Override {number}, '{at}': {problem['msg']}; its keys are: {', '.join(Override.model_fields)}."
        raise ConfigurationError(msg) from None
    _check_cells(override, f"Override {number}")
    return override


def override_cells(dataset: str, recording: str, override: Override) -> tuple[str, ...]:
    """A row of the file, by the order of `COLUMNS`."""
    times = ("" if value is None else f"{value:.12g}" for value in (override.onset_s, override.duration_s))
    return (dataset, recording, override.kind, override.name, *times, override.decision, override.reason)


def override_line(cells: Sequence[str]) -> str:
    """Cells as a line of the file, without its end.

    Examples
    --------
    >>> override_line(("ds1", "sub-01", "channel", "T7", "", "", "good", "it is fine")).split(chr(9))[3]
    'T7'
    """
    line = io.StringIO()
    csv.writer(line, delimiter="\t", lineterminator="").writerow(cells)
    return line.getvalue()


def check_datasets(rows: Sequence[OverrideRow], datasets: Sequence[str]) -> None:
    """Refuse overrides of datasets that the configuration does not name.

    Raises
    ------
    ConfigurationError
        Names the line and the dataset.
    """
    for row in rows:
        if row.dataset not in datasets:
            known = ", ".join(datasets)
            msg = f"Overrides, line {row.line}: dataset '{row.dataset}' is not in the configuration, which has {known}."
            raise ConfigurationError(msg)


def check_recordings(rows: Sequence[OverrideRow], dataset: str, recordings: Collection[str]) -> None:
    """Refuse overrides of recordings that the dataset does not have.

    Raises
    ------
    ConfigurationError
        Names the line and the recording.
    """
    for row in rows:
        if row.dataset == dataset and row.recording not in recordings:
            msg = (
                f"Overrides, line {row.line}: dataset '{dataset}' has no recording '{row.recording}'; "
                f"it has {', '.join(sorted(recordings)[:5])}{' …' if len(recordings) > 5 else ''}."
            )
            raise ConfigurationError(msg)


def check_kinds(overrides: Collection[Override], steps: Collection[Step]) -> None:
    """Refuse decisions that the steps could not follow.

    Raises
    ------
    ConfigurationError
        For a component where no step judges any, and for a segment called good where bad ones are cut out at once.
    """
    good = [override for override in overrides if (override.kind, override.decision) == ("segment", "good")]
    if good and any(step.cuts_samples for step in steps):
        onset_s = good[0].onset_s or 0.0
        msg = f"An override calls the segment at {onset_s:g} s good, and the recipe cuts: use 'action: annotate'."
        raise ConfigurationError(msg)
    named = [override.name for override in overrides if override.kind == "component"]
    if named and not any(step.decides == "components" for step in steps):
        msg = f"An override names component '{named[0]}', and the recipe judges none: add the step 'iclabel'."
        raise ConfigurationError(msg)


def lay_over(
    recording: Recording, overrides: Sequence[Override], kinds: Collection[str] = ("channel", "segment")
) -> Recording:
    """Let channel and segment overrides win over what was decided so far.

    Raises
    ------
    ConfigurationError
        If a channel does not exist, or a segment lies behind the end.
    """
    for override in overrides:
        if override.kind not in kinds:
            continue
        if override.kind == "channel":
            recording = _channel(recording, override)
        elif override.kind == "segment":
            _segment(recording, override)
    return recording


def lay_over_components(recording: Recording, overrides: Sequence[Override]) -> Recording:
    """Let component overrides win over the labels.

    Raises
    ------
    ConfigurationError
        If a component does not exist.
    """
    components = {component.index: component for component in recording.components}
    for override in overrides:
        if override.kind != "component":
            continue
        index = int(override.name) if override.name.isdecimal() else -1
        if index not in components:
            known = f"0 to {len(components) - 1}" if components else "none"
            msg = f"An override names component '{override.name}'; the recording has {known}."
            raise ConfigurationError(msg)
        old = components[index]
        components[index] = Component(
            index=index,
            label=old.label,
            probability=old.probability,
            status=override.decision,
            reason=f"manual: {override.reason}",
        )
    return replace(recording, components=tuple(components[index] for index in sorted(components)))


def _row(row: dict[str, str], line: int, file: str) -> OverrideRow:
    cells = {key: (value or "").strip() for key, value in row.items() if key in COLUMNS}
    try:
        override = Override(
            kind=cells["kind"],
            name="" if cells["name"] in MISSING else cells["name"],
            onset_s=None if cells["onset"] in MISSING else float(cells["onset"]),
            duration_s=None if cells["duration"] in MISSING else float(cells["duration"]),
            decision=cells["decision"],
            reason=cells["reason"],
        )
    except ValidationError as error:
        problem = error.errors()[0]
        msg = f"Overrides '{file}', line {line}, column '{problem['loc'][0]}': '{problem['input']}': {problem['msg']}."
        raise ConfigurationError(msg) from None
    except ValueError as error:
        msg = f"Overrides '{file}', line {line}: onset and duration are seconds: {error}."
        raise ConfigurationError(msg) from None
    _check_cells(override, f"Overrides '{file}', line {line}")
    return OverrideRow(line=line, dataset=cells["dataset"], recording=cells["recording"], override=override)


def _check_cells(override: Override, place: str) -> None:
    """Refuse cells that do not fit the kind of a row: passed over in silence, they look as if they had been obeyed."""
    if override.kind != "segment":
        if not override.name:
            msg = f"{place}: a {override.kind} needs a name."
            raise ConfigurationError(msg)
        if override.onset_s is not None or override.duration_s is not None:
            msg = f"{place}: a {override.kind} is judged for the whole recording: leave its onset and duration empty."
            raise ConfigurationError(msg)
        return
    if override.onset_s is None or not override.duration_s:
        msg = f"{place}: a segment needs an onset and a duration above 0, in seconds."
        raise ConfigurationError(msg)
    if not (0 <= override.onset_s < math.inf and 0 < override.duration_s < math.inf):
        onset_s, duration_s = override.onset_s, override.duration_s
        msg = f"{place}: a segment starts at 0 s or later and lasts above 0 s, not {onset_s:g} s and {duration_s:g} s."
        raise ConfigurationError(msg)
    if override.name:
        msg = f"{place}: a segment is about all channels: leave its name empty, '{override.name}' can be the reason."
        raise ConfigurationError(msg)


def _channel(recording: Recording, override: Override) -> Recording:
    raw = recording.raw
    if override.name not in raw.ch_names:
        msg = f"An override names channel '{override.name}'; the recording has {', '.join(raw.ch_names)}."
        raise ConfigurationError(msg)
    if override.decision == "bad":
        if override.name in recording.interpolated:  # its own signal is gone already, as the person wanted
            return recording
        return recording.mark_bad({override.name: f"manual: {override.reason}"})
    return recording.mark_good([override.name])


def _segment(recording: Recording, override: Override) -> None:
    raw = recording.raw
    start_s, length_s = float(override.onset_s or 0.0), float(override.duration_s or 0.0)
    duration_s = raw.n_times / float(raw.info["sfreq"])
    if start_s >= duration_s:
        msg = f"An override names a segment from {start_s:g} s on; the recording has {duration_s:g} s."
        raise ConfigurationError(msg)
    clear_bad(raw, start_s, start_s + length_s)
    if override.decision == "bad":
        annotate_segments(raw, (Segment(onset_s=start_s, duration_s=length_s, description=MANUAL),))
        raw.set_annotations(raw.annotations, verbose="error")  # what reaches beyond the recording is cut off
