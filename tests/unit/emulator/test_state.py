import os
import sqlite3

import pytest

from koppeling_harness.emulator import AppConnector, Erp1
from koppeling_harness.emulator.state import StateFile
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.secret import Secret
from support.erp1 import Caller, HandClock, caller


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


@pytest.mark.skipif(os.name == "nt", reason="who may read a file is said otherwise there")
def test_only_the_owner_may_read_it_and_one_that_was_open_to_all_is_closed(tmp_path):
    path = tmp_path / "a.state"
    made = StateFile(path, nothing)
    made.put("token", "geheim")
    beside = [path, *tmp_path.glob("a.state-*")]
    modes = [each.stat().st_mode & 0o777 for each in beside]
    made.connection.close()
    path.chmod(0o644)
    StateFile(path, nothing).connection.close()

    assert len(beside) > 1
    assert modes == [0o600] * len(beside)
    assert path.stat().st_mode & 0o777 == 0o600


def spoiled(path, sql):
    StateFile(path, nothing).connection.close()
    connection = sqlite3.connect(path)
    connection.executescript(sql)
    connection.close()
    return path


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE kept SET value = '1' WHERE name = 'form'", "another version of this program"),
        ("UPDATE kept SET value = '\"0123\"' WHERE name = 'form'", "form 0123, not "),
        ("DELETE FROM kept", "another version of this program"),
        ("UPDATE kept SET value = '{'", "is not a state file"),
        ("DROP TABLE kept", "is not a state file"),
    ],
)
def test_a_file_of_another_version_or_kind_is_named(tmp_path, sql, says):
    path = spoiled(tmp_path / "a.state", sql)

    with pytest.raises(ConfigurationError, match=says):
        StateFile(path, nothing)


def test_a_folder_an_empty_file_and_a_file_that_breaks_off_are_named(tmp_path):
    StateFile(tmp_path / "whole", nothing).connection.close()
    (tmp_path / "half").write_bytes((tmp_path / "whole").read_bytes()[:5000])
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "folder").mkdir()

    for name, says in (
        ("folder", "is a folder, expected a file"),
        ("empty", "is not a state file"),
        ("half", "is not a state file"),
    ):
        with pytest.raises(ConfigurationError, match=says):
            StateFile(tmp_path / name, nothing)


def test_one_that_is_in_use_is_not_to_be_removed(tmp_path):
    first = StateFile(tmp_path / "a.state", nothing)

    with pytest.raises(ConfigurationError, match="in use by another server") as caught:
        StateFile(tmp_path / "a.state", nothing)

    assert "remove" not in caught.value.hint
    first.connection.close()


def test_a_reset_puts_the_company_back_and_keeps_id_and_tokens(tmp_path):
    path = tmp_path / "a.state"
    erp1 = Erp1(rows=3)
    client = Caller(erp1, erp1.open_environment(state=path))
    before = client.get("Profit_Realization").rows
    client.delete(f"PtRealization/PtRealization/@Id/{before[0]['Identity']}")
    assert client.get("Profit_Realization").rows != before

    erp1.reset_environment(client.access.environment)
    assert client.get("Profit_Realization").rows == before
    client.delete(f"PtRealization/PtRealization/@Id/{before[0]['Identity']}")
    erp1.close()
    Erp1(rows=3).reset_state(path)

    again = Erp1(rows=3)
    other = Caller(again, again.open_environment(state=path))
    assert other.access == client.access
    assert other.get("Profit_Realization").rows == before
    again.close()


def test_secrets_and_tokens_go_on_growing_old_over_restarts(tmp_path):
    def served(moment):
        app = AppConnector(client_id="acme", client_secret=Secret("s"))
        options = {"release": "Profit 9", "clock": HandClock(moment), "rows": 3}
        return caller(app_connector=app, state=tmp_path / "a.state", **options)

    def statuses(client):
        form = b"grant_type=client_credentials&client_id=acme&client_secret=s"
        header = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
        asked = client.call("POST", "/oauth/token", form, headers=header)
        seen = [client.get("Profit_Article").status, asked.status]
        client.erp1.close()
        return seen

    assert statuses(served("2026-12-01T00:00:00+00:00")) == [200, 200]
    assert statuses(served("2027-04-30T00:00:00+00:00")) == [200, 200]
    assert statuses(served("2027-05-01T00:00:00+02:00")) == [401, 200]
    assert statuses(served("2027-05-30T00:00:01+00:00")) == [401, 400]
