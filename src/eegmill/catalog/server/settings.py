"""How one server runs: the only place that reads its environment."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ...errors import CatalogError

TOKEN_VARIABLE = "EEGMILL_ADMIN_TOKEN"
SHORTEST_TOKEN = 16

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Settings:
    """How one server runs.

    Attributes
    ----------
    tokens
        Any of these opens the admin routes; without one they answer 403.
    requests_per_minute
        Public requests that one address may send in a minute; None for no limit.
    exempt_loopback
        Whether clients on the same machine have no limit.
    trusted_proxies
        Peers whose ``X-Forwarded-For`` is believed.
    offences_until_block, block_s
        After so many minutes over the limit an address is refused for so long.
    offence_half_life_s
        Each time so long passes without an offence, half of them are forgotten.
    max_addresses
        Addresses remembered at once; the one seen longest ago is forgotten first.
    max_body_bytes, max_bodies_bytes
        Largest request body, and the largest sum of all that are read at a time.
    max_connections, max_connections_per_address
        Connections at a time; over either, the one that has waited longest for its request is closed. There are fewer
        where the process may open fewer files. Trusted proxies have no limit of their own.
    request_head_s, reply_stuck_s
        Closed is a connection that sends no whole head of a request for so long, or fetches nothing of its reply.
    metrics
        Whether ``GET /metrics`` exists.
    access_log
        Where each request is written as a line of JSON: a file, ``-`` for standard output; None for nowhere.
    cors_origins
        Origins whose pages may read the public routes in a browser; ``*`` for all, empty for none.
    """

    tokens: tuple[str, ...] = ()
    requests_per_minute: int | None = 100
    exempt_loopback: bool = True
    trusted_proxies: tuple[Network, ...] = ()
    offences_until_block: int = 10
    block_s: float = 3600.0
    offence_half_life_s: float = 3600.0
    max_addresses: int = 10_000
    max_body_bytes: int = 8 * 1024 * 1024
    max_bodies_bytes: int = 64 * 1024 * 1024
    max_connections: int = 1000
    max_connections_per_address: int = 200
    request_head_s: float = 15.0
    reply_stuck_s: float = 60.0
    metrics: bool = False
    access_log: str | None = None
    cors_origins: tuple[str, ...] = ("*",)


def admin_tokens(token_file: Path | None = None, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Tokens from a file (one a line) or else from the environment variable ``EEGMILL_ADMIN_TOKEN``.

    Raises
    ------
    CatalogError
        If the file cannot be read or is empty, or a token is shorter than 16 characters or not plain ASCII.
    """
    if token_file is None:
        tokens: tuple[str, ...] = (environment.get(TOKEN_VARIABLE, "").strip(),)
        source = f"the environment variable {TOKEN_VARIABLE}"
    else:
        tokens = _read_tokens(token_file)
        source = f"the token file '{token_file}'"
    for token in filter(None, tokens):
        if len(token) < SHORTEST_TOKEN or not token.isascii() or any(letter.isspace() for letter in token):
            msg = f"A token in {source} is too short or not plain ASCII: use {SHORTEST_TOKEN} characters or more."
            raise CatalogError(msg)
    return tuple(filter(None, tokens))


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Addresses or networks (``10.0.0.0/8``) of trusted proxies.

    Raises
    ------
    CatalogError
        If one of them is neither.
    """
    try:
        return tuple(ipaddress.ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        msg = f"A trusted proxy must be an IP address or network: {error}."
        raise CatalogError(msg) from None


def _read_tokens(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The token file '{path}' cannot be read: {error}."
        raise CatalogError(msg) from error
    tokens = tuple(line.strip() for line in lines if line.strip())
    if not tokens:
        msg = f"The token file '{path}' is empty. Write a token into it, or leave the option out."
        raise CatalogError(msg)
    return tokens
