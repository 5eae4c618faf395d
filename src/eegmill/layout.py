"""Where everything lies: the output tree, and the files that ship with the workflow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


def workflow_root() -> Path:
    """The folder of Snakefile, workflow/, config/ and envs/: the clone, or the copy inside the installed package."""
    packaged = Path(__file__).parent / "_workflow"
    return packaged if (packaged / "Snakefile").is_file() else Path(__file__).parents[2]


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

    def work(self, recording: str) -> Path:
        """Scratch of one recording under this recipe: not part of the result."""
        return self.output / "work" / self.dataset / self.recipe / recording

    def fetched(self, recording: str) -> Path:
        """The list of what was fetched for a recording, with its checksums."""
        return self.output / "work" / self.dataset / "fetched" / f"{recording}.json"

    def qc(self, folder: str, recording: str) -> Path:
        """The record of one recording."""
        return self.derivative / folder / "eeg" / f"{recording}_desc-preproc_qc.json"

    def report(self, folder: str, recording: str) -> Path:
        """The page of one recording."""
        return self.derivative / folder / f"{recording}_report.html"
