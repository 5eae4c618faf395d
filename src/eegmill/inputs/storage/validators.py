"""What tells whether two answers are about the same bytes (RFC 9110, 8.8)."""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...lock import LockedFile

CLEARLY_OLDER_S = 60.0
"""A date of change that is nearer than this to the answer's own may belong to two versions (RFC 9110, 8.8.2.2)."""


@dataclass(frozen=True)
class Validators:
    """An ETag without its quotes, or with ``W/`` in front if it is weak; a date where there is no strong ETag."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def strong(self) -> str | None:
        """What a request may name to get a part of these bytes only (``If-Range``); None if nothing binds them."""
        if self.etag and not self.etag.startswith("W/"):
            return f'"{self.etag}"'
        return self.last_modified

    def difference(self, now: Validators, *, then: str = "pinned") -> str | None:
        """Say what differs; None where it is the same or one side does not tell.

        Examples
        --------
        >>> Validators("a").difference(Validators("b"))
        'ETag a pinned, b there now'
        >>> Validators("a").difference(Validators(None, "Sun, 22 Nov 2026 12:00:00 GMT")) is None
        True
        """
        if self.etag and now.etag:
            return None if self.etag == now.etag else f"ETag {self.etag} {then}, {now.etag} there now"
        if self.last_modified and now.last_modified and self.last_modified != now.last_modified:
            return f"Last-Modified {self.last_modified} {then}, {now.last_modified} there now"
        return None

    def completed(self, now: Validators) -> Validators:
        """These, with what another answer about the same bytes says besides."""
        return Validators(self.etag or now.etag, self.last_modified or now.last_modified)


def pinned_of(file: LockedFile) -> Validators:
    """What the next answer must be held against; of a sealed pin nothing, as it goes by the bytes alone."""
    return Validators() if file.sha256 else Validators(file.etag, file.last_modified)


def validators_of(headers: Mapping[str, str]) -> Validators:
    """Read the head of an answer."""
    etag = headers.get("etag", "")
    plain = etag if etag.startswith("W/") else etag.strip('"')
    strong = bool(plain) and not plain.startswith("W/")
    return Validators(plain or None, None if strong else _clearly_older(headers))


def _clearly_older(headers: Mapping[str, str]) -> str | None:
    changed, answered = headers.get("last-modified", ""), headers.get("date", "")
    try:
        age = email.utils.parsedate_to_datetime(answered) - email.utils.parsedate_to_datetime(changed)
    except (ValueError, TypeError):
        return None
    return changed if age.total_seconds() >= CLEARLY_OLDER_S else None
