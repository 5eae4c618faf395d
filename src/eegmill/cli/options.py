"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from ..workflow.plan import Plan

ConfigFile = Annotated[
    Path | None, typer.Option("--configfile", help="A configuration such as config/ds.yaml; without it the defaults.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def plan_of(configfile: Path | None) -> Plan:
    """The plan of a configuration file.

    Raises
    ------
    ConfigurationError
        If the file is missing, is not YAML or is wrong.
    """
    import yaml

    from ..workflow.plan import Plan

    if configfile is None:
        return Plan.from_values({})
    try:
        values = yaml.safe_load(configfile.read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = f"Configuration '{configfile}' does not exist; 'eegmill init DATASET' writes one."
        raise ConfigurationError(msg) from None
    except yaml.YAMLError as error:
        msg = f"Configuration '{configfile.name}' is not YAML: {' '.join(str(error).split())}."
        raise ConfigurationError(msg) from None
    if values is not None and not isinstance(values, dict):
        msg = f"Configuration '{configfile.name}' must hold keys and values, as config/ds.yaml does."
        raise ConfigurationError(msg)
    return Plan.from_values(values or {})
