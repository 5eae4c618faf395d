"""Limits how much one address may ask, and refuses those who go on regardless."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from ...stores.offenders import Offender, Offenders
from ..problems import ProblemError, send_problem
from .addresses import Address, client_address, forwarded_for, limited_as, plain_address

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from ..auth import Tokens
    from ..settings import Settings

logger = logging.getLogger(__name__)

WINDOW_S = 60.0
LOOK_AGAIN_S = 2.0
"""A block is looked up again after so long: another server on the same store may have lifted it."""
CLIENTS_OF_A_PROXY = 20
"""A proxy that is not trusted may send so many times what one client may."""
UNLIMITED = frozenset({"/health", "/metrics"})


class Guard:
    """Counts requests by address, and keeps the blocked ones in a store of their own.

    Each minute over the limit is one offence; after ``Settings.offences_until_block`` of them the address is refused
    for ``Settings.block_s`` seconds. Offences fade with ``Settings.offence_half_life_s``. ``clock`` gives seconds since
    the epoch.
    """

    def __init__(self, settings: Settings, offenders: Offenders, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._offenders = offenders
        self._clock = clock
        self._recent: OrderedDict[str, deque[float]] = OrderedDict()
        self._offended: OrderedDict[str, float] = OrderedDict()
        self._looked_s: dict[str, float] = {}
        self._warned: set[str] = set()
        self._blocked = {entry.address: entry.blocked_until_s for entry in self.blocked()}

    def blocked(self) -> list[Offender]:
        """Addresses that are refused now."""
        return self._offenders.blocked(after_s=self._clock())

    def unblock(self, text: str) -> bool:
        """Forget all that is held against an address; whether there was anything.

        Raises
        ------
        ProblemError
            If the text is no address.
        """
        address = plain_address(text)
        if address is None:
            detail = f"'{text[:100]}' is no IP address. GET /admin/security/blocked lists those that are refused."
            raise ProblemError(422, detail)
        self._blocked.pop(address, None)
        self._recent.pop(address, None)
        self._offended.pop(address, None)
        return self._offenders.forget(address)

    def blocked_for_s(self, address: str) -> float:
        """How long the address still is refused; 0 if it is not."""
        left_s = self._blocked.get(address, 0.0) - self._clock()
        if left_s <= 0:
            self._blocked.pop(address, None)
        return max(0.0, left_s)

    def look_again(self, address: str) -> float:
        """How long the address still is refused, by what the store says now."""
        now = self._clock()
        if now - self._looked_s.get(address, -LOOK_AGAIN_S) >= LOOK_AGAIN_S:
            self._looked_s[address] = now
            known = self._offenders.get(address)
            self._blocked[address] = known.blocked_until_s if known else 0.0
        left_s = self.blocked_for_s(address)
        if not left_s:
            self._looked_s.pop(address, None)
        return left_s

    def warn_of_proxy(self, peer: str) -> None:
        """Say once of each proxy how to trust it: until then its clients cannot be told apart for sure."""
        if peer not in self._warned and len(self._warned) < self._settings.max_addresses:
            self._warned.add(peer)
            logger.warning(
                "Requests from %s name their clients in X-Forwarded-For, but this proxy is not trusted. "
                "If it is yours, start the server with --trusted-proxy %s.",
                peer,
                peer,
            )

    def wait_s(self, address: str, limit: int) -> float:
        """Count a request; how long the address must wait before it may send one, 0 if this one is within the limit."""
        now = self._clock()
        times = self._recent.setdefault(address, deque())
        self._recent.move_to_end(address)
        if len(self._recent) > self._settings.max_addresses:
            self._recent.popitem(last=False)
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        if len(times) >= limit:
            return times[0] + WINDOW_S - now
        times.append(now)
        return 0.0

    def offends_anew(self, address: str) -> bool:
        """Whether being over the limit counts: once a minute, however many requests come."""
        now = self._clock()
        if now - self._offended.get(address, -WINDOW_S) < WINDOW_S:
            return False
        self._offended[address] = now
        self._offended.move_to_end(address)
        if len(self._offended) > self._settings.max_addresses:
            self._offended.popitem(last=False)
        return True

    def note_offence(self, address: str) -> None:
        """Write an offence down, and block the address when it is one too many."""
        now = self._clock()
        known = self._offenders.get(address) or Offender(address, 0, now, 0.0)
        # Shifted by more than its bits, a number is 0.
        offences = (known.offences >> int((now - known.last_offence_s) // self._settings.offence_half_life_s)) + 1
        until_s = now + self._settings.block_s if offences >= self._settings.offences_until_block else 0.0
        self._offenders.save(replace(known, offences=offences, last_offence_s=now, blocked_until_s=until_s))
        if until_s:
            self._blocked[address] = until_s


class GuardMiddleware:
    """Middleware: 403 for blocked addresses, 429 with ``Retry-After`` for those over the limit."""

    def __init__(self, app: ASGIApp, *, guard: Guard, tokens: Tokens, settings: Settings) -> None:
        self._app = app
        self._guard = guard
        self._tokens = tokens
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        limit = self._settings.requests_per_minute
        address = None if limit is None else self._limited_address(scope)
        if address is None or limit is None:
            await self._app(scope, receive, send)
            return
        if self._guard.blocked_for_s(address):
            blocked_s = await run_in_threadpool(self._guard.look_again, address)
            if blocked_s:
                detail = "This address is blocked as it often went over the rate limit. An admin can lift the block."
                await send_problem(send, 403, detail, _retry_after(blocked_s))
                return
        through_proxy = forwarded_for(scope, self._settings.trusted_proxies)
        wait_s = self._wait_s(scope, address, through_proxy, limit)
        if not wait_s:
            await self._app(scope, receive, send)
            return
        if through_proxy is None and self._guard.offends_anew(address):
            await run_in_threadpool(self._guard.note_offence, address)
        detail = f"More than {limit} requests in a minute from this address. Wait, or send an API token."
        await send_problem(send, 429, detail, _retry_after(wait_s))

    def _wait_s(self, scope: Scope, address: str, through_proxy: Address | None, limit: int) -> float:
        """How long a request has to wait; a proxy nearby that is not trusted has many clients, each with its limit."""
        if through_proxy is None:
            return self._guard.wait_s(address, limit)
        self._guard.warn_of_proxy(str(scope["client"][0]))
        client = f"{limited_as(through_proxy)} through {address}"
        return self._guard.wait_s(address, limit * CLIENTS_OF_A_PROXY) or self._guard.wait_s(client, limit)

    def _limited_address(self, scope: Scope) -> str | None:
        """The address that the request counts for, or None where there is no limit."""
        if scope["type"] != "http" or scope["path"] in UNLIMITED or self._tokens.accept_headers(scope["headers"]):
            return None
        address = client_address(scope, self._settings.trusted_proxies)
        if address is None or (self._settings.exempt_loopback and address.is_loopback and not _is_forwarded(scope)):
            return None
        return limited_as(address)


def _is_forwarded(scope: Scope) -> bool:
    """A proxy on this machine makes every client look local, so its requests are never exempt."""
    return any(name == b"x-forwarded-for" for name, _ in scope["headers"])


def _retry_after(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(int(seconds) + 1)}
