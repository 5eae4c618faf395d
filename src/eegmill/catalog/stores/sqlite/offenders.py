"""Offenders in a table of an SQLite file, which may be that of the catalogue."""

from __future__ import annotations

from pathlib import Path

from typing_extensions import override

from ..offenders import Offender, Offenders
from .connections import Connections

TIMEOUT_S = 2.0
_TABLE = """
CREATE TABLE IF NOT EXISTS offenders (
    address TEXT PRIMARY KEY, offences INTEGER NOT NULL, last_offence_s REAL NOT NULL, blocked_until_s REAL NOT NULL
)"""


class SqliteOffenders(Offenders):
    """Offenders that survive a restart; safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(path)
        with self._connections.writing() as connection:
            connection.execute(_TABLE)

    @override
    def get(self, address: str) -> Offender | None:
        with self._connections.reading(TIMEOUT_S) as connection:
            row = connection.execute("SELECT * FROM offenders WHERE address = ?", (address,)).fetchone()
        return None if row is None else Offender(*row)

    @override
    def save(self, offender: Offender) -> None:
        row = (offender.address, offender.offences, offender.last_offence_s, offender.blocked_until_s)
        with self._connections.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO offenders VALUES (?, ?, ?, ?)", row)

    @override
    def blocked(self, *, after_s: float) -> list[Offender]:
        sql = "SELECT * FROM offenders WHERE blocked_until_s > ? ORDER BY address"
        with self._connections.reading(TIMEOUT_S) as connection:
            return [Offender(*row) for row in connection.execute(sql, (after_s,))]

    @override
    def forget(self, address: str) -> bool:
        with self._connections.writing() as connection:
            return connection.execute("DELETE FROM offenders WHERE address = ?", (address,)).rowcount > 0

    @override
    def close(self) -> None:
        self._connections.close()
