"""``eegmill-bids``: the command line that BIDS-Apps share (Gorgolewski et al. 2017), a thin layer over ``run``.

``participant`` cleans the participants named; ``group`` makes tables, pages and provenance of all that were cleaned.
The derivative is OUTPUT_DIR itself. Raw files, locks and receipts lie in the working folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError, EegmillError
from ..machine import fix_environment
from ..version import __version__
from .options import APP_WORK

ENTITIES = {"subject": "participant_label", "session": "session_label", "task": "task_label", "run": "run_label"}
FURTHER_FILTERS = ("subject", "session", "task", "run")


def parser() -> argparse.ArgumentParser:
    """The options, as BIDS-Apps call them."""
    made = argparse.ArgumentParser(
        prog="eegmill-bids",
        description="Clean the EEG of a BIDS dataset: derivatives that another lab can regenerate and prove equal.",
        epilog="example: eegmill-bids /data /out participant --participant-label 01 02",
    )
    made.add_argument("bids_dir", type=Path, help="the BIDS dataset")
    made.add_argument("output_dir", type=Path, help="the derivative: a folder of its own")
    made.add_argument("analysis_level", choices=("participant", "group"), help="clean, or gather what is clean")
    for option in ("participant", "session", "task", "run"):
        names = (f"--{option}-label", f"--{option}_label")
        made.add_argument(
            *names, nargs="+", default=[], metavar="LABEL", help=f"only these, with or without '{option}-'"
        )
    made.add_argument("--bids-filter-file", type=Path, help='JSON such as {"eeg": {"task": "rest"}}')
    made.add_argument(
        "--recipe", help="name or file of a recipe (default: eegmill; for group, what the participants were run with)"
    )
    made.add_argument("--overrides", type=Path, help="a TSV of decisions by a person (for group, as for --recipe)")
    made.add_argument("--seed", type=int, help="seed of all random numbers (for group, as for --recipe)")
    made.add_argument(
        "--n-cpus", "--n_cpus", "--nprocs", type=int, default=os.cpu_count() or 1, help="recordings at once"
    )
    made.add_argument(
        "-w", "--work-dir", type=Path, help=f"raw links, locks, receipts (default: OUTPUT_DIR/{APP_WORK})"
    )
    skip = ("--skip-bids-validation", "--skip_bids_validator")
    made.add_argument(*skip, action="store_true", help="of no effect: what can be read is cleaned, valid or not")
    made.add_argument("--version", "-v", action="version", version=f"eegmill-bids {__version__}")
    return made


def main() -> None:
    """Run the BIDS-App: exit code 0 done, 1 some recording failed, 2 wrong use."""
    fix_environment()
    asked = parser().parse_args()
    try:
        sys.exit(run(asked))
    except EegmillError as error:
        sys.stderr.write("".join(f"eegmill-bids: {line}\n" for line in str(error).splitlines()))
        sys.exit(error.exit_code)


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit code."""
    from ..workflow.command import snakemake_command
    from ..workflow.plan import Plan

    values = configuration(asked)
    if asked.analysis_level == "group":
        from ..workflow.bids_app_group import gather, with_settings_of_participants

        return gather(Plan.from_values(with_settings_of_participants(values)))
    plan = Plan.from_values(values)
    elsewhere = ("--directory", plan.configuration.output)  # the working directory of a container may be read-only
    ended = subprocess.run(snakemake_command(plan, cores=asked.n_cpus, further=elsewhere), check=False).returncode
    return ended if ended in (0, 2) else 1


def configuration(asked: argparse.Namespace) -> dict[str, Any]:
    """The keys of a configuration that the command line means.

    Raises
    ------
    ConfigurationError
        If the folder is no BIDS dataset, the output lies where the raw files are, or the filter file is none.
    """
    if not (asked.bids_dir / "dataset_description.json").is_file():
        msg = f"'{asked.bids_dir}' is no BIDS dataset: it has no dataset_description.json."
        raise ConfigurationError(msg)
    if asked.output_dir.resolve() == asked.bids_dir.resolve():
        msg = (
            f"OUTPUT_DIR is BIDS_DIR, '{asked.bids_dir}': name a folder of its own, such as derivatives/eegmill in it."
        )
        raise ConfigurationError(msg)
    settings = {
        "recipe": asked.recipe,
        "seed": asked.seed,
        "overrides": str(asked.overrides.absolute()) if asked.overrides else None,
    }
    return {
        "datasets": [str(asked.bids_dir.absolute())],
        "output": str((asked.work_dir or asked.output_dir / APP_WORK).absolute()),
        "derivative": str(asked.output_dir.absolute()),
        **{key: value for key, value in settings.items() if value is not None},
        "select": _selection(asked),
    }


def _selection(asked: argparse.Namespace) -> dict[str, list[str]]:
    filters = _filters(asked.bids_filter_file) if asked.bids_filter_file else {}
    prefixes = {"subject": "sub-", "session": "ses-", "task": "task-", "run": "run-"}
    given = {entity: [*getattr(asked, option), *filters.get(entity, [])] for entity, option in ENTITIES.items()}
    return {entity: [label.removeprefix(prefixes[entity]) for label in labels] for entity, labels in given.items()}


def _filters(path: Path) -> dict[str, list[str]]:
    try:
        wanted = json.loads(path.read_text(encoding="utf-8")).get("eeg", {})
    except (OSError, ValueError, AttributeError) as error:
        msg = f'The filter file \'{path}\' cannot be read ({error}); it is JSON such as {{"eeg": {{"task": "rest"}}}}.'
        raise ConfigurationError(msg) from None
    known = {"datatype", "suffix", "extension", *FURTHER_FILTERS}
    foreign = sorted(set(wanted) - known)
    if foreign:
        msg = f"The filter file '{path}' names '{foreign[0]}'; known are: {', '.join(FURTHER_FILTERS)}."
        raise ConfigurationError(msg)
    return {entity: _listed(wanted[entity]) for entity in FURTHER_FILTERS if entity in wanted}


def _listed(value: object) -> list[str]:
    values: Sequence[object] = value if isinstance(value, list) else [value]
    return [str(item) for item in values]


if __name__ == "__main__":
    main()
