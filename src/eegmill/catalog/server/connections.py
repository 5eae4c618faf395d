"""Bounds the connections of one server: how many there are, and how long one may take to ask or to listen.

uvicorn gives no time limit to the head of a request and no limit to the connections of one address, and asyncio floods
the log once no file descriptor is left. Therefore a connection that waits for its request gives way to a newer one.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from .middleware.addresses import limited_as

if TYPE_CHECKING:
    import socket

    import uvicorn

    from .settings import Network, Settings

SWEEP_S = 1.0
OWN_FILES = 100
"""File descriptors that are no connection: the store (two for each of 40 threads), logs, the listening socket."""
STARTUP_FAILURE = 3
"""Exit status of uvicorn where nothing could be served."""
MIN_AT_ONCE, MAX_AT_ONCE = 16, 1024
TURNS = 4
"""Turns of asyncio's loop from accepting a connection that is not let in to closing its socket, with one to spare; in
each of them others are accepted."""
WAITING = 1024
"""Connections that the system keeps waiting to be accepted; one more is tried again by its client a second later."""


@dataclass(frozen=True)
class Room:
    """How many connections fit into this process."""

    max_connections: int
    at_once: int
    """Connections that are accepted in one turn of the loop."""


def room(settings: Settings) -> Room:
    """As many connections as the settings say, or as the limit of open files leaves; that limit is raised if it may be.

    Examples
    --------
    >>> from eegmill.catalog.server.settings import Settings
    >>> room(Settings(max_connections=10)).max_connections
    10
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = 4 * settings.max_connections + OWN_FILES + MAX_AT_ONCE
    wanted = enough if hard == resource.RLIM_INFINITY else min(hard, enough)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    files = enough if soft == resource.RLIM_INFINITY else soft
    at_once = max(MIN_AT_ONCE, min(MAX_AT_ONCE, (files - OWN_FILES) // (2 * TURNS)))
    return Room(max(8, min(settings.max_connections, files - OWN_FILES - TURNS * at_once)), at_once)


@dataclass(eq=False)
class Held:
    """A connection: whose it is, since when it waits for a request, and since when its reply is not fetched."""

    address: str | None
    close: Callable[[], None]
    unsent_bytes: Callable[[], int]
    waiting_since_s: float | None
    last_unsent: int = 0
    stuck_since_s: float | None = None


@dataclass
class Connections:
    """All connections of one server, oldest first.

    Attributes
    ----------
    max_connections, max_per_address
        Over either of them, the connection that has waited longest for its request is closed; where none waits, the
        newest is refused.
    waiting_s
        Closed is what has waited so long for a whole head of a request.
    stuck_s
        Closed is whose reply has not been fetched any further for so long.
    unlimited
        Networks whose connections are bounded only in all: trusted proxies.
    """

    max_connections: int
    max_per_address: int
    waiting_s: float
    stuck_s: float
    unlimited: tuple[Network, ...] = ()
    _held: dict[Held, None] = field(default_factory=dict)
    _by_address: Counter[str | None] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self._held)

    def admit(self, held: Held) -> bool:
        """Count a new connection; whether it may stay."""
        limited = held.address is not None and not self._is_unlimited(held.address)
        if limited and self._by_address[held.address] >= self.max_per_address and not self._make_way(held.address):
            return False
        if len(self._held) >= self.max_connections and not self._make_way(None):
            return False
        self._held[held] = None
        self._by_address[held.address] += 1
        return True

    def forget(self, held: Held) -> None:
        """Count a connection no more. Harmless when repeated."""
        if held in self._held:
            del self._held[held]
            self._by_address[held.address] -= 1
            if not self._by_address[held.address]:
                del self._by_address[held.address]

    def close_late_ones(self, now_s: float) -> None:
        """Close what has waited too long for a request, or for its reply to be fetched."""
        for held in list(self._held):
            unsent = held.unsent_bytes()
            if not unsent or unsent != held.last_unsent:
                held.stuck_since_s, held.last_unsent = (now_s if unsent else None), unsent
            waits_too_long = held.waiting_since_s is not None and now_s - held.waiting_since_s > self.waiting_s
            if waits_too_long or (held.stuck_since_s is not None and now_s - held.stuck_since_s > self.stuck_s):
                self._close([held])

    def _make_way(self, address: str | None) -> bool:
        """Close the connection (of an address) that has waited longest; whether there was one."""
        waiting = (
            held for held in self._held if held.waiting_since_s is not None and (address in {None, held.address})
        )
        return self._close(sorted(waiting, key=lambda held: held.waiting_since_s or 0.0)[:1])

    def _close(self, those: Iterable[Held]) -> bool:
        closed = False
        for held in those:
            self.forget(held)
            held.close()
            closed = True
        return closed

    def _is_unlimited(self, address: str) -> bool:
        return any(ip_address(address.partition("/")[0]) in network for network in self.unlimited)


def bounded_protocol(connections: Connections) -> type[asyncio.Protocol]:
    """Uvicorn's protocol for HTTP, with its connections counted and watched."""
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    sweeping: list[asyncio.TimerHandle] = []

    def sweep(loop: asyncio.AbstractEventLoop) -> None:
        sweeping.clear()
        connections.close_late_ones(loop.time())
        if len(connections):
            sweeping.append(loop.call_later(SWEEP_S, sweep, loop))

    class BoundedProtocol(AutoHTTPProtocol):  # type: ignore[misc,valid-type]  # which class it is depends on what is installed
        """One connection."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.held = Held(
                address=_address_of(transport),
                close=transport.abort,
                unsent_bytes=transport.get_write_buffer_size,
                waiting_since_s=self.loop.time(),
            )
            if not connections.admit(self.held):
                transport.abort()
            if not sweeping:
                sweeping.append(self.loop.call_later(SWEEP_S, sweep, self.loop))

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.cycle is not None and not self.cycle.response_complete:
                self.held.waiting_since_s = None

        def on_response_complete(self) -> None:
            self.held.waiting_since_s = self.loop.time()
            super().on_response_complete()
            if self.cycle is not None and not self.cycle.response_complete:
                self.held.waiting_since_s = None  # the next request was here already

        def connection_lost(self, exc: Exception | None) -> None:
            connections.forget(self.held)
            super().connection_lost(exc)

    return BoundedProtocol


def run(config: uvicorn.Config) -> None:
    """Serve until told to end, as `uvicorn.run` does, while more connections may wait than are accepted at once.

    asyncio takes both from one number: as many as may wait it accepts without looking up, and holds them all open.
    """
    import uvicorn

    class PatientServer(uvicorn.Server):
        """Lets `WAITING` connections wait."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            for listening in (one for server in self.servers for one in server.sockets):
                with listening.dup() as same:
                    same.listen(WAITING)

    server = PatientServer(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def _address_of(transport: asyncio.BaseTransport) -> str | None:
    peer = transport.get_extra_info("peername")
    try:
        return limited_as(ip_address(peer[0])) if isinstance(peer, tuple) else None
    except ValueError:
        return None
