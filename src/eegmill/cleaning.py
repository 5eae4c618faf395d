"""``eegmill.clean``: a recording of MNE's, cleaned by a recipe."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .bars import bar
from .bids.paths import DEFAULT_RECIPE
from .chain import Chain, record_of, run_steps
from .config.overrides import check_kinds, overrides_of
from .config.recipes import load_recipe
from .errors import ConfigurationError
from .files.atomic import write_text
from .recording import Recording, from_first_sample
from .records import Override, RecordingRecord

if TYPE_CHECKING:
    from datetime import datetime

    import mne

    from .workflow.loose import LooseFile


@dataclass(frozen=True, repr=False)
class Cleaned:
    """What ``eegmill.clean`` returns."""

    raw: mne.io.BaseRaw
    epochs: mne.BaseEpochs | None
    record: RecordingRecord
    _recording: Recording = field(repr=False)
    """As the last step left it."""
    _file: LooseFile | None = field(default=None, repr=False)
    """Where it comes from, if it was read from a file."""

    def __repr__(self) -> str:
        """At most six lines."""
        from .report.verdict import sentence_of

        record, raw, sfreq_hz = self.record, self.raw, self.raw.info["sfreq"]
        epochs = f", {len(self.epochs)} epochs" if self.epochs is not None else ""
        told = [
            f"<Cleaned: {record.status}, recipe {record.recipe}, seed {record.seed}",
            f"  {record.reason or sentence_of(record)}",
            f"  {len(raw.ch_names)} channels, {raw.n_times / sfreq_hz:g} s at {sfreq_hz:g} Hz{epochs}",
        ]
        told += [f"  bad: {_shortened([bad.name for bad in record.bad_channels])}"] if record.bad_channels else []
        told += [f"  {len(record.notes)} notes, the first: {_shortened([record.notes[0]])}"] if record.notes else []
        return "\n".join([*told, "  .raw .epochs .record .report() .save(folder)>"])

    def _repr_html_(self) -> str:
        """A table for a notebook."""
        from .report.summary import facts_of
        from .report.verdict import sentence_of

        record = self.record
        rows = [("status", record.status), ("recipe", f"{record.recipe}, seed {record.seed}")]
        rows += [(fact.name, fact.value) for fact in facts_of(record)]
        rows += [(f"bad: {bad.name}", "; ".join(bad.reasons)) for bad in record.bad_channels]
        body = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
        notes = "".join(f"<li>{escape(note)}</li>" for note in record.notes)
        return f"<p>{escape(record.reason or sentence_of(record))}</p><table>{body}</table>" + (
            f"<details><summary>{len(record.notes)} notes</summary><ul>{notes}</ul></details>" if notes else ""
        )

    @property
    def name(self) -> str:
        """Of its files."""
        return self._file.entry.recording if self._file else "recording"

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write what ``eegmill clean FILE FOLDER`` writes: the signal (BrainVision), tables, the record, the page.

        What a user has changed in ``.raw`` since is not in it.

        Parameters
        ----------
        folder
            It is made if it is missing.
        overwrite
            Replace what is there of a recording of this name.

        Returns
        -------
        Path
            The page.

        Raises
        ------
        ConfigurationError
            If results of this name are there already.
        """
        from .recipe import Recipe
        from .workflow.loose import loose_task, refuse_clashes, write_cleaned

        recipe = Recipe(self.record.recipe, tuple(step.read_back().step for step in self.record.steps))
        task = loose_task(self._file, self.name, recipe, Path(folder).expanduser(), seed=self.record.seed)
        refuse_clashes([task], overwrite=overwrite)
        record = self.record.model_copy(update={"recording": self.name})
        return write_cleaned(task, self._recording, record, with_source=self._file is not None)

    def report(self, path: str | Path | None = None) -> Path:
        """Draw the page of the recording, one file that needs no network; without a path, a temporary one.

        A recording that was given as a Raw is shown after cleaning alone; one that was given as a path, before as well.
        """
        folder = Path(tempfile.mkdtemp(prefix="eegmill-"))
        page = self.save(folder)
        if path is None:
            return page
        target = Path(path).expanduser()
        write_text(target, page.read_text(encoding="utf-8"))
        shutil.rmtree(folder)
        return target


def clean(
    raw: mne.io.BaseRaw | str | Path,
    recipe: str | Path | Sequence[dict[str, Any]] = DEFAULT_RECIPE,
    *,
    seed: int = 20260101,
    overrides: str | Path | Sequence[Override | Mapping[str, Any]] = (),
    verbose: bool | None = None,
) -> Cleaned:
    """Clean a recording by a recipe; the recording given stays as it is.

    Parameters
    ----------
    raw
        Any MNE Raw with EEG channels, in volts; or the path of a recording, with its sidecars if it lies in a BIDS
        dataset.
    recipe
        A name (``"eegmill"``), the path of a recipe file, or a list of steps.
    seed
        Seed that all random numbers come from.
    overrides
        A person's decisions, which win over the automatic ones: the file that a page saves, or a list such as
        ``[{"kind": "channel", "name": "Cz", "decision": "bad"}]``.
    verbose
        Whether to show how far it is; None: in a terminal and in a notebook.

    Returns
    -------
    Cleaned
        ``.raw``, ``.epochs`` (or None) and ``.record``; the first two keep the ``first_samp`` and the date of ``raw``,
        while the seconds in ``.record`` count from the first sample. A recording that is scientifically unusable comes
        back with ``.record.status == "rejected"`` and the reason; ``.raw`` then is what it was when it was rejected.

    Raises
    ------
    ConfigurationError
        If the recipe or an override is wrong.
    RecordingError
        If a file cannot be read.

    Examples
    --------
    >>> import eegmill, mne, numpy as np
    >>> info = mne.create_info(["Fz", "Cz", "Pz", "Oz"], 100.0, "eeg")
    >>> noise = np.random.default_rng(0).normal(scale=1e-5, size=(4, 3000))
    >>> raw = mne.io.RawArray(noise, info, verbose="error")
    >>> cleaned = eegmill.clean(raw, [{"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}], seed=1)
    >>> [step.name for step in cleaned.record.steps]
    ['highpass', 'reference']
    """
    checked = load_recipe(recipe)
    file = file_of(raw)
    name = file.entry.recording if file else ""
    decided = overrides_of(overrides, name)
    check_kinds(decided, checked.steps)
    begun = recording_of(raw, file)
    given = begun.raw if file else cast("mne.io.BaseRaw", raw)
    with bar("clean", len(checked.steps), verbose=verbose) as begin:
        chain = run_steps(Chain(begun), checked.steps, seed=seed, overrides=decided, begin=begin)
    record = record_of(chain, name, recipe=checked, seed=seed, overrides=decided)
    end = chain.recording
    return _on_clock_of(given, Cleaned(raw=end.raw, epochs=end.epochs, record=record, _recording=end, _file=file))


def file_of(raw: mne.io.BaseRaw | str | Path) -> LooseFile | None:
    """The file that a path names; None for a Raw.

    Raises
    ------
    ConfigurationError
        If there is none, or it is neither.
    """
    import mne

    from .workflow.loose import loose_file

    if not isinstance(raw, str | Path):
        if not isinstance(raw, mne.io.BaseRaw):
            msg = f"A recording is an MNE Raw or the path of a file, not {type(raw).__name__}."
            raise ConfigurationError(msg)
        return None
    found = Path(raw).expanduser()
    if not found.exists():
        msg = f"'{raw}' does not exist: name a recording."
        raise ConfigurationError(msg)
    return loose_file(found)


def recording_of(raw: mne.io.BaseRaw | str | Path, file: LooseFile | None) -> Recording:
    """A recording that the chain may change, read from its file or copied from a Raw.

    Raises
    ------
    RecordingError
        If it cannot be read.
    """
    from .reading.recording import read_recording

    return read_recording(file.root, file.entry) if file else Recording(_own(cast("mne.io.BaseRaw", raw)))


def _shortened(names: Sequence[str], width: int = 70) -> str:
    text = ", ".join(names)
    return text if len(text) <= width else f"{text[: width - 2]} …"


def _own(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """A copy in memory whose first sample is sample 0, as a cropped recording's is not."""
    copy = raw.copy().load_data(verbose="error")
    return copy if copy.first_samp == 0 else from_first_sample(copy)


def _on_clock_of(given: mne.io.BaseRaw, cleaned: Cleaned) -> Cleaned:
    """The result with first sample and date of the recording given: sample numbers of its events then fit.

    Where the sampling rate changed, the first sample is the one nearest in time, as in MNE.
    """
    if given.first_samp == 0:
        return cleaned
    first_samp = round(float(given.first_time) * float(cleaned.raw.info["sfreq"]))
    raw = _starting_at(cleaned.raw, first_samp, given.info["meas_date"])
    epochs = cleaned.epochs
    if epochs is not None:
        epochs = epochs.copy()  # what was cleaned is kept as it is, to be saved
        epochs.events[:, 0] += first_samp
        epochs.set_meas_date(given.info["meas_date"])
        epochs.set_annotations(raw.annotations, on_missing="ignore")
    return replace(cleaned, raw=raw, epochs=epochs)


def _starting_at(raw: mne.io.BaseRaw, first_samp: int, date: datetime | None) -> mne.io.RawArray:
    """The same samples counted from ``first_samp``, annotations at the same samples as before."""
    import mne

    marks = raw.annotations
    own = mne.Annotations(marks.onset, marks.duration, marks.description, ch_names=marks.ch_names, extras=marks.extras)
    moved = mne.io.RawArray(raw._data, raw.info, first_samp=first_samp, copy="info", verbose="error")
    return moved.set_meas_date(None).set_annotations(own, verbose="error").set_meas_date(date)
