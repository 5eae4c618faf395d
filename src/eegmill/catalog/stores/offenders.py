"""Client addresses that broke the rate limit: a small store of its own, which outlives the server that fills it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from typing_extensions import override


@dataclass(frozen=True)
class Offender:
    """A client address that broke the rate limit. Times are seconds since the epoch, given by the caller."""

    address: str
    offences: int
    last_offence_s: float
    blocked_until_s: float
    """0 when it is not blocked."""


class Offenders(Protocol):
    """What is known against addresses; servers that share a store share it."""

    def get(self, address: str) -> Offender | None:
        """What is known against this address, or None."""

    def save(self, offender: Offender) -> None:
        """Write down an offence: replaces what was known of this address."""

    def blocked(self, *, after_s: float) -> list[Offender]:
        """Addresses whose block lasts beyond this time, sorted by address."""

    def forget(self, address: str) -> bool:
        """Strike an address off; whether it was there."""

    def close(self) -> None:
        """Let go of connections and files. Harmless when repeated."""


class MemoryOffenders(Offenders):
    """Offenders of one server, forgotten when it ends."""

    def __init__(self) -> None:
        self._known: dict[str, Offender] = {}

    @override
    def get(self, address: str) -> Offender | None:
        return self._known.get(address)

    @override
    def save(self, offender: Offender) -> None:
        self._known[offender.address] = offender

    @override
    def blocked(self, *, after_s: float) -> list[Offender]:
        return [entry for _, entry in sorted(self._known.items()) if entry.blocked_until_s > after_s]

    @override
    def forget(self, address: str) -> bool:
        return self._known.pop(address, None) is not None

    @override
    def close(self) -> None:
        pass
