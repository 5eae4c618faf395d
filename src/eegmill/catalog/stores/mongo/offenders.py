"""Offenders in a database of their own on a MongoDB server."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from ..offenders import Offender, Offenders
from .store import translated

if TYPE_CHECKING:
    import pymongo

GUARD_DATABASE = "eegmill_guard"


class MongoOffenders(Offenders):
    """Offenders that all servers on this MongoDB see."""

    def __init__(self, url: str) -> None:
        import pymongo  # an optional dependency

        self._client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(url, serverSelectionTimeoutMS=5000)
        self._known = self._client[GUARD_DATABASE].offenders

    @override
    def get(self, address: str) -> Offender | None:
        with translated():
            found = self._known.find_one({"_id": address})
        return None if found is None else _offender(found)

    @override
    def save(self, offender: Offender) -> None:
        fields = asdict(offender)
        address = fields.pop("address")
        with translated():
            self._known.replace_one({"_id": address}, fields, upsert=True)

    @override
    def blocked(self, *, after_s: float) -> list[Offender]:
        with translated():
            return [
                _offender(found) for found in self._known.find({"blocked_until_s": {"$gt": after_s}}, sort=[("_id", 1)])
            ]

    @override
    def forget(self, address: str) -> bool:
        with translated():
            return self._known.delete_one({"_id": address}).deleted_count > 0

    @override
    def close(self) -> None:
        self._client.close()


def _offender(found: dict[str, Any]) -> Offender:
    return Offender(found["_id"], found["offences"], found["last_offence_s"], found["blocked_until_s"])
