"""How hard a fetch tries, and how much at once."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ..errors import ConfigurationError


@dataclass(frozen=True)
class Limits:
    """Bounds of all transfers."""

    parallel: int = 8
    """Files of one recording at once."""
    transfers: int = 16
    """Files at once over all jobs that share a folder of slots; a large one takes up to four connections."""
    attempts: int = 6
    """Tries in a row that bring no new byte."""
    backoff_s: float = 0.5
    """Before the second try; doubles each time, up to a minute, with jitter."""
    stall_s: float = 60.0
    """A connection that brings nothing for so long is dropped."""
    slowest_bytes_per_s: int = 256
    """So is one that is slower than this over ``stall_s``."""

    @classmethod
    def from_environment(cls) -> Limits:
        """Read ``EEGMILL_PARALLEL``, ``EEGMILL_TRANSFERS``, ``EEGMILL_ATTEMPTS`` and ``EEGMILL_STALL_S``."""
        return cls(
            parallel=_positive("EEGMILL_PARALLEL", cls.parallel),
            transfers=_positive("EEGMILL_TRANSFERS", cls.transfers),
            attempts=_positive("EEGMILL_ATTEMPTS", cls.attempts),
            stall_s=float(_positive("EEGMILL_STALL_S", int(cls.stall_s))),
        )


def _positive(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit() or int(value) < 1:
        msg = f"The environment variable {name} is '{value}', not a whole number above 0."
        raise ConfigurationError(msg)
    return int(value)
