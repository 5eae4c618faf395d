"""Who takes part: every recipe that ships with eegmill, and every peer whose Python is there."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from eegmill.config.models import Configuration
from eegmill.files.shipped import workflow_root
from validation.processes import ROOT

BENCH = ("exchange", "simulate", "head", "brain", "artefacts", "recordings", "stability", "erp", "trials", "decoding", "significance")  # fmt: skip
PERTURBATION = ("noise", "perturbing", "comparison")
"""Modules of ``eegmill.perturbation`` that the bench perturbs and compares with."""
OURS = ("signal", "steps", "chain.py", "recording.py")
"""What our results depend on."""


@dataclass(frozen=True)
class Contestant:
    """A pipeline: the Python that has it, its program, what the program calls it, and what its results depend on."""

    name: str
    python: str
    program: str
    argument: str
    sources: tuple[Path, ...]
    finds_channels: bool = True
    """Whether it looks for bad channels at all."""
    is_default: bool = False
    """Whether it is the recipe that eegmill takes where none is named: it is asked the most."""

    def command(self, questions: Iterable[Path], folder: Path) -> list[str]:
        """What answers questions into a folder."""
        return [self.python, "-m", f"validation.{self.program}", self.argument, *map(str, questions), str(folder)]

    @cached_property
    def key(self) -> str:
        """Its name and a digest of its code and the bench's: results of other code are not taken for its own."""
        return f"{self.name.replace(' ', '-')}-{digest([*self.sources, *_bench()])}"


@dataclass(frozen=True)
class Peer:
    """Other software: the folder of its virtual environment, and how it is made."""

    folder: str
    requirements: str
    program: str
    argument: str
    finds_channels: bool = False


PEERS = {
    "EEGPrep 0.4.0": Peer("eegprep", "eegprep==0.4.0 torch", "peers.eegprep_cleaner", "eegprep", finds_channels=True),
    "PyPREP + ICLabel": Peer(
        "pyprep", "pyprep mne-icalabel python-picard onnxruntime", "peers.mne_steps", "pyprep", finds_channels=True
    ),
    "MNE-BIDS-Pipeline's steps": Peer("mbp", "mne-bids-pipeline mne-icalabel onnxruntime", "peers.mne_steps", "mbp"),
    "asrpy": Peer("asr", "mne asrpy meegkit autoreject numpy<2.4", "peers.mne_steps", "asrpy"),
    "meegkit ASR": Peer("asr", "mne asrpy meegkit autoreject numpy<2.4", "peers.mne_steps", "meegkit"),
    "autoreject": Peer("asr", "mne asrpy meegkit autoreject numpy<2.4", "peers.mne_steps", "autoreject"),
}


def contestants(peers: Path | None) -> Iterator[Contestant]:
    """A filter alone, our recipes, and the peers found below a folder."""
    program = ROOT / "validation" / "peers" / "mne_steps.py"
    yield Contestant("0.1–40 Hz alone", sys.executable, "peers.mne_steps", "filter", (program,), finds_channels=False)
    code = (ROOT / "validation" / "cleanbench" / "ours.py", *(package() / part for part in OURS))
    default = Configuration.model_fields["recipe"].default
    for recipe in sorted((workflow_root() / "config" / "recipes").glob("*.yaml")):
        named = f"eegmill {recipe.stem}"
        sources = (recipe, *code)
        is_default = recipe.stem == default
        yield Contestant(named, sys.executable, "cleanbench.ours", recipe.stem, sources, is_default=is_default)
    for name, peer in PEERS.items():
        python = peers / peer.folder / "bin" / "python" if peers else None
        if python is not None and python.is_file():
            path = ROOT / "validation" / f"{peer.program.replace('.', '/')}.py"
            yield Contestant(name, str(python), peer.program, peer.argument, (path,), peer.finds_channels)


def package() -> Path:
    """Where the modules of eegmill are."""
    import eegmill

    return Path(eegmill.__file__).parent


def absent(peers: Path | None) -> list[str]:
    """What of the peers is not there, each with the command that makes its environment."""
    return [
        f"{name}: `python -m venv FOLDER/{peer.folder}; FOLDER/{peer.folder}/bin/pip install {peer.requirements}`"
        for name, peer in PEERS.items()
        if peers is None or not (peers / peer.folder / "bin" / "python").is_file()
    ]


def digest(paths: Iterable[Path]) -> str:
    """Eight digits of SHA-256 over files, and over the Python files below folders."""
    found = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found.update(file.read_bytes())
    return found.hexdigest()[:8]


def _bench() -> list[Path]:
    ours = (package() / "perturbation" / f"{name}.py" for name in PERTURBATION)
    return [*(ROOT / "validation" / "cleanbench" / f"{name}.py" for name in BENCH), *ours]
