"""Who may write: Bearer tokens, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from .problems import ProblemError

BYPASS_HEADER = b"x-eegdash-token"
"""Sent by EEGDash clients: lifts the rate limit, opens nothing."""


class Tokens:
    """The tokens that a server accepts, kept as digests: equal lengths, and no fault on odd characters."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._digests = tuple(_digest(token.encode()) for token in tokens)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def accept(self, token: bytes) -> bool:
        """Whether this is one of them; takes as long for each answer."""
        digest = _digest(token)
        return sum(hmac.compare_digest(digest, known) for known in self._digests) > 0  # all are compared

    def accept_headers(self, headers: Sequence[tuple[bytes, bytes]]) -> bool:
        """Whether a request carries one of them, as Bearer token or in EEGDash's own header."""
        found = dict(headers)
        scheme, _, token = found.get(b"authorization", b"").partition(b" ")
        return (scheme.lower() == b"bearer" and self.accept(token.strip())) or (
            BYPASS_HEADER in found and self.accept(found[BYPASS_HEADER].strip())
        )


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


_bearer = HTTPBearer(auto_error=False, description="The server's admin token")


async def require_admin(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Let only holders of a token pass; 403 when the server has none, 401 for a missing or wrong one."""
    tokens: Tokens = request.app.state.tokens
    if not tokens:
        raise ProblemError(403, "This server accepts no changes: it was started without an admin token.")
    if credentials is None:
        raise ProblemError(401, "This route needs the header 'Authorization: Bearer <token>'.", headers=_CHALLENGE)
    if not tokens.accept(credentials.credentials.encode("utf-8", "surrogateescape")):
        raise ProblemError(401, "The token is not valid on this server.", headers=_CHALLENGE)


_CHALLENGE = {"WWW-Authenticate": "Bearer"}
