"""Which features a user wants: names, families, mappings with parameters, and YAML files of those."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeGuard

from ..errors import ConfigurationError

FILE_ENDINGS = (".yaml", ".yml")


def wanted_features(listed: Iterable[Any]) -> tuple[Any, ...]:
    """What is wanted, each file replaced by what it lists.

    Raises
    ------
    ConfigurationError
        If a file cannot be read or holds no list.
    """
    return tuple(one for given in listed for one in (_listed(given) if is_file_of_features(given) else [given]))


def is_file_of_features(given: Any) -> TypeGuard[str]:
    """Whether this is the path of a YAML file, and no feature."""
    return isinstance(given, str) and given.endswith(FILE_ENDINGS)


def _listed(path: str) -> list[Any]:
    import yaml

    try:
        listed = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        msg = f"The features '{path}' cannot be read: {' '.join(str(error).split())}."
        raise ConfigurationError(msg) from None
    if not isinstance(listed, list):
        msg = f"'{path}' must hold a list of features, such as '- spectral' and '- signal_quantile: {{q: 0.9}}'."
        raise ConfigurationError(msg)
    return listed
