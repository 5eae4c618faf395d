"""Files that ship with eegmill beside its code."""

from __future__ import annotations

from pathlib import Path


def workflow_root() -> Path:
    """The folder of Snakefile, workflow/, config/ and envs/: the clone, or the copy inside the installed package."""
    packaged = Path(__file__).parents[1] / "_workflow"
    return packaged if (packaged / "Snakefile").is_file() else Path(__file__).parents[3]


def shipped_profile(name: str) -> str:
    """The folder of a profile that ships with eegmill; any other name is left to Snakemake, which knows its own."""
    folder = workflow_root() / "profiles" / name
    return str(folder) if (folder / "config.yaml").is_file() else name
