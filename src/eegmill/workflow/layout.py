"""Where everything lies in the output folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..bids.paths import DerivativePaths, derivative_name


@dataclass(frozen=True)
class Layout:
    """Paths of one dataset below the output folder."""

    output: Path
    dataset: str
    recipe: str
    derivative_folder: Path | None = None
    """Where the derivative goes instead of below the raw files: BIDS-Apps name its folder themselves."""

    @property
    def lock(self) -> Path:
        """The pinned inputs."""
        return self.output / "locks" / f"{self.dataset}.lock.json"

    @property
    def raw(self) -> Path:
        """The fetched raw BIDS subset."""
        return self.output / self.dataset

    @property
    def derivative(self) -> Path:
        """The BIDS derivative dataset."""
        return self.derivative_folder or self.raw / "derivatives" / derivative_name(self.recipe)

    @property
    def transfers(self) -> Path:
        """What all fetches of a run share, so that they keep to one limit."""
        return self.output / "work" / "transfers"

    @property
    def work(self) -> Path:
        """Receipts, logs and scratch of the dataset: not part of the result."""
        return self.output / "work" / self.dataset

    @property
    def made(self) -> Path:
        """Files that the raw dataset lacks at its source, and that were made for it."""
        return self.work / "made"

    def receipt(self, stage: str, name: str, digest: str) -> Path:
        """What says that a stage was done, as it was asked for."""
        return self.work / stage / f"{name}.{digest}.json"

    def failure(self, stage: str, name: str, digest: str) -> Path:
        """Why it was not done, where it failed."""
        return self.work / stage / f"{name}.{digest}.failure.json"

    def group(self, name: str) -> Path:
        """Who belongs to a group of recordings."""
        return self.work / "groups" / f"{name}.json"

    def group_done(self, job: str, name: str) -> Path:
        """The mark that a job has gone through a group."""
        return self.work / "groups" / f"{name}.{job}.done"

    def group_progress(self, job: str, name: str) -> Path:
        """How far a job on a group is, for whoever watches; beside its log."""
        return self.work / "groups" / f"{name}.{job}.progress"

    def state(self, recording: str, digest: str) -> Path:
        """The chain of a recording at the fitted ICA."""
        return self.work / "decompose" / f"{recording}.{digest}.pkl"

    def qc(self, recording: str) -> Path:
        """The record of one recording."""
        return self.derivative / DerivativePaths(recording).record

    def report(self, recording: str) -> Path:
        """The page of one recording."""
        return self.derivative / DerivativePaths(recording).page

    def failed_page(self, recording: str) -> Path:
        """The page of one recording that could not be cleaned."""
        return self.derivative / DerivativePaths(recording).failed_page

    @property
    def failed_without_derivative(self) -> Path:
        """Folder of such pages where nothing could be cleaned."""
        return self.work / "failed"

    def page_of_failure(self, recording: str) -> Path | None:
        """The page of a recording that failed, where it was written."""
        page = self.failed_page(recording)
        return next((path for path in (page, self.failed_without_derivative / page.name) if path.is_file()), None)

    def root(self, place: str) -> Path:
        """The folder that a path in a receipt counts from."""
        return {"raw": self.raw, "derivative": self.derivative, "scratch": self.work, "output": self.output}[place]
