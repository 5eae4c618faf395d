"""Where everything lies in the output folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..bids.names import folder_of


@dataclass(frozen=True)
class Layout:
    """Paths of one dataset below the output folder."""

    output: Path
    dataset: str
    recipe: str

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
        return self.raw / "derivatives" / f"eegmill-{self.recipe}"

    @property
    def transfers(self) -> Path:
        """What all fetches of a run share, so that they keep to one limit."""
        return self.output / "work" / "transfers"

    @property
    def dataset_work(self) -> Path:
        """Scratch of the dataset under this recipe."""
        return self.output / "work" / self.dataset / self.recipe

    def work(self, recording: str) -> Path:
        """Scratch of one recording under this recipe: not part of the result."""
        return self.dataset_work / folder_of(recording) / recording

    def decomposed(self, recording: str) -> Path:
        """The chain after the ICA, between two jobs."""
        return self.work(recording) / "decomposed.pkl"

    def cleaned(self, recording: str) -> Path:
        """The finished chain, for the page."""
        return self.work(recording) / "cleaned.pkl"

    def failure(self, stage: str, recording: str | None = None) -> Path:
        """Why a stage failed, if it did.

        What all recipes share is not redone for each of them: neither are its failures.
        """
        if stage == "resolve":
            return self.output / "work" / self.dataset / "resolve.failure.json"
        if stage == "fetch":
            return self.output / "work" / self.dataset / "fetched" / f"{recording}.failure.json"
        return (self.work(recording) if recording else self.dataset_work) / f"{stage}.failure.json"

    def activity(self, stage: str, recording: str) -> Path:
        """What a stage used, made and took."""
        return self.work(recording) / f"{stage}.activity.json"

    def fetched(self, recording: str) -> Path:
        """The list of what was fetched for a recording, with its checksums."""
        return self.output / "work" / self.dataset / "fetched" / f"{recording}.json"

    def qc(self, recording: str) -> Path:
        """The record of one recording."""
        return self.derivative / folder_of(recording) / "eeg" / f"{recording}_desc-preproc_qc.json"

    def report(self, recording: str) -> Path:
        """The page of one recording."""
        return self.derivative / folder_of(recording) / f"{recording}_report.html"
