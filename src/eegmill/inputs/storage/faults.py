"""Why a store did not give a file, as far as it matters for what to do next."""

from __future__ import annotations

from ...errors import SourceError


class Missing(SourceError):
    """The store has no such file: final."""


class Refused(SourceError):
    """The store does not let us read it: final."""


class Transient(SourceError):
    """Worth another try: overload, a broken or stalled connection, a truncated body."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NoRanges(Transient):
    """The store does not keep to the ranges that it is asked for: another try without them may help."""
