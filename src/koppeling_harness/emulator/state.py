"""An environment that outlives its server: one SQLite file, safe against a kill at any moment.

Write-ahead logging with a flush at every commit: what was answered 201 is on disk. One server at
a time may hold the file; only its owner may read it, for a token is in it.
"""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from koppeling_harness.emulator.environment import connect, empty_database
from koppeling_harness.errors import ConfigurationError

_KEPT = "CREATE TABLE kept(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID"
_OWNER_ONLY = 0o600
_OTHER = "is not a state file of the emulator"
_ANOTHER_FILE = "name another file with --state, or remove this one"


@cache
def _form() -> str:
    """Return what tells one form of the file from another: the digest of its tables."""
    schema = resources.files(__package__).joinpath("data/schema.sql").read_bytes()
    return hashlib.sha256(schema.replace(b"\r\n", b"\n")).hexdigest()[:12]


class StateFile:
    """The file behind one environment; it is made when absent.

    Args:
        path: Where it is.
        build: Fills the tables of a new one.

    Raises:
        ConfigurationError: It is in use, is something else, or cannot be made.
    """

    def __init__(self, path: Path, build: Callable[[sqlite3.Connection], None]) -> None:
        self._path = path
        if path.is_dir():
            raise self._problem(
                what="is a folder, expected a file", hint="name a file with --state"
            )
        if not path.exists():
            self._make(build)
        self._close_to_others(path)
        self.connection = connect(str(path))
        try:
            self._open()
        except ConfigurationError:
            self.connection.close()
            raise

    def get(self, name: str) -> Any:
        """Return a value that was put, None when absent."""
        row = self.connection.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, name: str, value: Any) -> None:
        """Keep a value."""
        self.connection.execute("REPLACE INTO kept VALUES (?, ?)", (name, json.dumps(value)))

    def reset(self, build: Callable[[sqlite3.Connection], None]) -> None:
        """Put a new environment's data in place of what is there; what was put stays.

        A kill in the middle leaves the one or the other.
        """
        fresh = empty_database()
        with contextlib.closing(fresh):
            build(fresh)
            fresh.execute(_KEPT)
            rows = self.connection.execute("SELECT name, value FROM kept").fetchall()
            fresh.executemany("INSERT INTO kept VALUES (?, ?)", rows)
            fresh.backup(self.connection)

    def _open(self) -> None:
        """Take the file for this program alone, and make sure that it is one of ours."""
        try:
            self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            form = self.get("form")
        except sqlite3.OperationalError as error:
            text = str(error)
            if "locked" in text:
                hint = "stop that server, or name another file with --state"
                raise self._problem(what="is in use by another server", hint=hint) from None
            what = _OTHER if "no such table" in text else f"cannot be opened: {text}"
            raise self._problem(what=what) from None
        except (sqlite3.DatabaseError, ValueError):
            raise self._problem(what=_OTHER) from None
        if form != _form():
            what = f"was made by another version of this program (form {form}, not {_form()})"
            raise self._problem(what=what)

    def _make(self, build: Callable[[sqlite3.Connection], None]) -> None:
        # Made beside its place and moved there whole, so that a kill leaves no half file.
        beside = self._path.with_name(self._path.name + ".new")
        try:
            beside.unlink(missing_ok=True)
            beside.touch(mode=_OWNER_ONLY)
            connection = empty_database(str(beside))
        except (OSError, sqlite3.Error) as error:
            raise self._problem(what=f"cannot be made: {error}") from None
        with contextlib.closing(connection):
            build(connection)
            connection.execute(_KEPT)
            connection.execute("INSERT INTO kept VALUES ('form', ?)", (json.dumps(_form()),))
        try:
            beside.replace(self._path)
        except OSError as error:
            raise self._problem(what=f"cannot be made: {error}") from None

    @staticmethod
    def _close_to_others(path: Path) -> None:
        """Let nobody else read a file that an earlier version left open to all."""
        with contextlib.suppress(OSError):  # of another owner: then it is not ours to change
            if path.stat().st_mode & 0o077:
                path.chmod(_OWNER_ONLY)

    def _problem(self, *, what: str, hint: str = _ANOTHER_FILE) -> ConfigurationError:
        return ConfigurationError(f"{self._path}: {what}", hint=hint)
