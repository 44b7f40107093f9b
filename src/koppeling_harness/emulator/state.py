"""An environment that outlives its server: one SQLite file, safe against a kill at any moment.

Write-ahead logging with a flush at every commit: what was answered 201 is on disk. One server at
a time may hold the file.
"""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from koppeling_harness.emulator.environment import connect, empty_database
from koppeling_harness.errors import ConfigurationError

_KEPT = "CREATE TABLE kept(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID"
_FORM = 2


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
            raise self._problem(what="is a folder, expected a file")
        if not path.exists():
            self._make(build)
        if not path.is_file():
            raise self._problem(what="is no file that can be written to and read again")
        try:
            self.connection = connect(str(path))
        except sqlite3.Error as error:
            raise self._problem(what=f"cannot be opened: {error}") from None
        try:
            form = self._opened()
        except ConfigurationError:
            self.connection.close()
            raise
        if form != _FORM:
            self.connection.close()
            raise self._problem(what=f"is of form {form}, this emulator reads form {_FORM}")

    def _opened(self) -> Any:
        """Take the file for this server; return its form."""
        try:
            self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            return self.get("form")
        except sqlite3.OperationalError as error:
            busy = "is in use by another server" if "locked" in str(error) else str(error)
            raise self._problem(what=busy) from None
        except (sqlite3.DatabaseError, ValueError, TypeError):
            raise self._problem(what="is not a state file of the emulator") from None

    def get(self, name: str) -> Any:
        """Return a value that was put, None when absent."""
        row = self.connection.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, name: str, value: Any) -> None:
        """Keep a value."""
        self.connection.execute("REPLACE INTO kept VALUES (?, ?)", (name, json.dumps(value)))

    def _make(self, build: Callable[[sqlite3.Connection], None]) -> None:
        # Made beside its place and moved there whole, so that a kill leaves no half file.
        beside = self._path.with_name(self._path.name + ".new")
        try:
            beside.unlink(missing_ok=True)
            connection = empty_database(str(beside))
        except (OSError, sqlite3.Error) as error:
            raise self._problem(what=f"cannot be made: {error}") from None
        build(connection)
        connection.execute(_KEPT)
        connection.execute("INSERT INTO kept VALUES ('form', ?)", (json.dumps(_FORM),))
        connection.close()
        try:
            beside.replace(self._path)
        except OSError as error:
            raise self._problem(what=f"cannot be made: {error}") from None

    def _problem(self, what: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self._path}: {what}", hint="name another file with --state, or remove this one"
        )
