"""Every file that a derivative has of one recording: names and places, by datatype."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .names import folder_of

DEFAULT_RECIPE = "eegmill"
"""The recipe that is taken where none is named; its derivative bears its name alone."""

PREPROC, EPOCHS, ICA = "desc-preproc", "desc-epochs", "desc-ica"
SPACE = "CapTrak"
"""What BIDS calls MNE's head frame."""
OWN_POSITIONS = f"_space-{SPACE}_electrodes"
SIGNAL_FORMATS = {"eeg": (".vhdr", ".vmrk", ".eeg")}
"""Files of the continuous signal, its header first, by datatype."""
EPOCH_FORMATS = {"eeg": (".set", ".fdt")}
"""Files of epochs, their header first, by datatype."""
RECORD = f"_{PREPROC}_qc.json"
FAILED = PurePosixPath("logs/failed")
"""Folder of a derivative with the pages of recordings that could not be cleaned."""


@dataclass(frozen=True)
class DerivativePaths:
    """Paths of one recording, relative to the derivative dataset; ``datatype`` is also the suffix of its signal.

    Examples
    --------
    >>> paths = DerivativePaths("sub-01_task-rest")
    >>> str(paths.record), paths.signal.name
    ('sub-01/eeg/sub-01_task-rest_desc-preproc_qc.json', 'sub-01_task-rest_desc-preproc_eeg.vhdr')
    """

    recording: str
    datatype: str = "eeg"

    @property
    def subject_folder(self) -> PurePosixPath:
        """Folder of the subject or the session."""
        return PurePosixPath(folder_of(self.recording))

    @property
    def folder(self) -> PurePosixPath:
        """Folder that holds the recording."""
        return self.subject_folder / self.datatype

    def file(self, label: str, ending: str) -> PurePosixPath:
        """A file with a ``desc-`` label; the ending is its suffix and extension."""
        return self.folder / f"{self.recording}_{label}_{ending}"

    def signal_file(self, label: str, extension: str) -> PurePosixPath:
        """One of the files of a signal or of epochs."""
        return self.file(label, f"{self.datatype}{extension}")

    @property
    def record(self) -> PurePosixPath:
        """What was decided, and why: written last."""
        return self.file(PREPROC, "qc.json")

    @property
    def signal(self) -> PurePosixPath:
        """Header of the cleaned signal."""
        return self.signal_file(PREPROC, SIGNAL_FORMATS[self.datatype][0])

    @property
    def signal_data(self) -> PurePosixPath:
        """Samples of the cleaned signal."""
        return self.signal_file(PREPROC, SIGNAL_FORMATS[self.datatype][-1])

    @property
    def epochs(self) -> PurePosixPath:
        """Header of epochs that were stored with their samples."""
        return self.signal_file(EPOCHS, EPOCH_FORMATS[self.datatype][0])

    @property
    def epochs_data(self) -> PurePosixPath:
        """Samples of stored epochs."""
        return self.signal_file(EPOCHS, EPOCH_FORMATS[self.datatype][-1])

    @property
    def epochs_table(self) -> PurePosixPath:
        """One row an epoch."""
        return self.file(EPOCHS, "epochs.tsv")

    @property
    def components(self) -> PurePosixPath:
        """One row an independent component."""
        return self.file(ICA, "components.tsv")

    @property
    def mixing(self) -> PurePosixPath:
        """Maps of the independent components."""
        return self.file(ICA, "mixing.tsv")

    @property
    def electrodes(self) -> PurePosixPath:
        """Positions of the electrodes: BIDS knows no ``desc-`` for them."""
        return self.folder / f"{self.recording}_space-{SPACE}_electrodes.tsv"

    @property
    def coordsystem(self) -> PurePosixPath:
        """What the positions refer to; shared by the recordings of a session, a loose file's own."""
        session = "_".join(self.subject_folder.parts) or self.recording
        return self.folder / f"{session}_space-{SPACE}_coordsystem.json"

    @property
    def page(self) -> PurePosixPath:
        """The page about the recording."""
        return self.subject_folder / f"{self.recording}_report.html"

    @property
    def failed_page(self) -> PurePosixPath:
        """The page about the recording where it could not be cleaned."""
        return FAILED / self.page.name

    @property
    def companions(self) -> tuple[PurePosixPath, ...]:
        """What lies beside the record of every cleaned recording."""
        signals = (self.signal_file(PREPROC, extension) for extension in SIGNAL_FORMATS[self.datatype])
        tables = (f"{self.datatype}.json", "channels.tsv", "events.tsv", "events.json")
        return (*signals, *(self.file(PREPROC, ending) for ending in tables))


def derivative_name(recipe: str) -> str:
    """The folder of the derivative that a recipe makes, below ``derivatives``.

    Examples
    --------
    >>> derivative_name("eegmill"), derivative_name("minimal")
    ('eegmill', 'eegmill-minimal')
    """
    return "eegmill" if recipe == DEFAULT_RECIPE else f"eegmill-{recipe}"


def recording_of(name: str) -> str:
    """The recording that a file belongs to alone; empty for files that several may share.

    Examples
    --------
    >>> recording_of("sub-01_task-rest_desc-preproc_eeg.json"), recording_of("sub-01_space-CapTrak_coordsystem.json")
    ('sub-01_task-rest', '')
    >>> recording_of("sub-01_task-rest_space-CapTrak_electrodes.tsv"), recording_of("sub-01_electrodes.tsv")
    ('sub-01_task-rest', '')
    """
    for mark in ("_desc-", "_report.html", OWN_POSITIONS):
        before, found, _ = name.partition(mark)
        if found and (mark != OWN_POSITIONS or "_task-" in before):  # without a task it is a session's: the source's
            return before
    return ""


def own_files(folder: Path, recording: str) -> list[Path]:
    """Files in the folder of a recording that belong to it alone, sorted."""
    return sorted(path for path in folder.glob(f"{recording}_*") if recording_of(path.name) == recording)


def owned_files(derivative: Path, recording: str) -> list[Path]:
    """Files of a derivative that belong to one recording alone; not its page, which is drawn from them."""
    return own_files(derivative / DerivativePaths(recording).folder, recording)


def records_below(derivative: Path) -> list[Path]:
    """Records of all recordings of a derivative, sorted."""
    return sorted(derivative.glob(f"sub-*/**/*{RECORD}"))


def recordings_of(records: Iterable[Path]) -> tuple[str, ...]:
    """Names of the recordings whose records these are."""
    return tuple(path.name.removesuffix(RECORD) for path in records)


def paths_of_record(record: Path) -> DerivativePaths:
    """The paths of the recording whose record this is.

    Examples
    --------
    >>> paths_of_record(Path("sub-01/eeg/sub-01_task-rest_desc-preproc_qc.json")).recording
    'sub-01_task-rest'
    """
    return DerivativePaths(record.name.removesuffix(RECORD), datatype=record.parent.name)
