import sqlite3

import pytest

from koppeling_harness.emulator.state import StateFile
from koppeling_harness.errors import ConfigurationError


def nothing(_connection: sqlite3.Connection) -> None:
    return


def test_what_is_put_is_there_after_closing(tmp_path):
    path = tmp_path / "a.state"
    first = StateFile(path, nothing)
    first.put("token", {"x": 1})
    first.connection.close()

    again = StateFile(path, lambda _: pytest.fail("it is there already"))

    assert again.get("token") == {"x": 1}
    assert again.get("other") is None
    again.connection.close()


def test_a_half_made_file_of_a_killed_start_is_made_anew(tmp_path):
    (tmp_path / "a.state.new").write_bytes(b"half")

    made = StateFile(tmp_path / "a.state", nothing)

    assert made.get("token") is None
    assert not (tmp_path / "a.state.new").exists()
    made.connection.close()


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be made"):
        StateFile(tmp_path / "absent" / "a.state", nothing)


def test_another_database_is_refused(tmp_path):
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE x(a)")
    connection.close()

    with pytest.raises(ConfigurationError):
        StateFile(path, nothing)
