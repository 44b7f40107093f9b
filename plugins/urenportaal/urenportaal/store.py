"""What the portal remembers, in one SQLite file."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_SETUP = """
pragma journal_mode = wal;
pragma synchronous = normal;
begin;
create table if not exists employee (id text primary key, content text not null);
create table if not exists project (id text primary key, content text not null);
create table if not exists mark (name text primary key, value text not null);
create table if not exists entry (
    ref text primary key,
    state text not null,            -- sending, booked, refused
    identity text,                  -- Id of the booking in Profit
    message text,                   -- what AFAS said when it refused
    log_reference text              -- under which AFAS finds that in its log
);
commit;
"""

_PATIENCE_S = 60.0
"""How long one run waits for another."""

SENDING, BOOKED, REFUSED = "sending", "booked", "refused"


class Store:
    """Employees, projects, hours that were sent, and how far each source was read."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(
            folder / "urenportaal.db", isolation_level=None, timeout=_PATIENCE_S
        )
        self._turn = folder / "urenportaal.turn"
        self._db.executescript(_SETUP)

    def close(self) -> None:
        self._db.close()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other run is at work; one that is ended lets go by itself."""
        turn = sqlite3.connect(self._turn, isolation_level=None, timeout=_PATIENCE_S)
        try:
            turn.execute("begin exclusive")
            yield
        finally:
            turn.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Keep everything that is put meanwhile, or nothing when it breaks off."""
        self._db.execute("begin")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def put(self, table: str, key: str, row: Mapping[str, Any]) -> bool:
        """Keep a row; return whether it differs from what was known."""
        content = json.dumps(row, sort_keys=True)
        known = self._db.execute(
            f"select content from {table} where id = ?",
            (key,),
        ).fetchone()
        if known == (content,):
            return False
        self._db.execute(
            f"insert or replace into {table} values (?, ?)",
            (key, content),
        )
        return True

    def count(self, table: str) -> int:
        (number,) = self._db.execute(f"select count(*) from {table}").fetchone()
        return int(number)

    def mark(self, name: str) -> str | None:
        """Return how far a source was read."""
        found = self._db.execute("select value from mark where name = ?", (name,)).fetchone()
        return found[0] if found else None

    def set_mark(self, name: str, value: str) -> None:
        self._db.execute("insert or replace into mark values (?, ?)", (name, value))

    def state(self, ref: str) -> str | None:
        """Return what became of an entry; None when it was never sent."""
        found = self._db.execute("select state from entry where ref = ?", (ref,)).fetchone()
        return found[0] if found else None

    def identities(self) -> set[str]:
        """Return the bookings in Profit that are known to be ours."""
        return {
            identity
            for (identity,) in self._db.execute("select identity from entry where state = 'booked'")
        }

    def set_state(
        self,
        ref: str,
        state: str,
        *,
        identity: str | None = None,
        message: str | None = None,
        log_reference: str | None = None,
    ) -> None:
        self._db.execute(
            "insert or replace into entry values (?, ?, ?, ?, ?)",
            (ref, state, identity, message, log_reference),
        )
