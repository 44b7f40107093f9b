import os
import sys

import pytest

from koppeling_harness.plugin.work_folder import left_files


def names(folder, *state):
    return {each.name: (each.is_text, each.is_state) for each in left_files(str(folder), state)}


def test_every_file_is_read_and_told_what_it_is(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text("hello", "utf-8")
    (tmp_path / "state.json").write_text("{}", "utf-8")
    (tmp_path / "data.db").write_bytes(b"SQLite\0\x01")
    (tmp_path / "wide.log").write_text("hello", "utf-16")

    assert names(tmp_path, "state*", "*.db") == {
        "logs/app.log": (True, False),
        "state.json": (True, True),
        "data.db": (False, True),
        "wide.log": (True, False),
    }
    texts = {each.name: each.text for each in left_files(str(tmp_path), ())}
    assert texts["logs/app.log"] == texts["wide.log"] == "hello"


@pytest.mark.skipif(sys.platform == "win32", reason="modes as POSIX has them")
def test_a_file_that_its_owner_alone_can_read_is_closed(tmp_path):
    for name, mode in (("closed", 0o600), ("group", 0o640), ("all", 0o644)):
        (tmp_path / name).write_text("x", "utf-8")
        (tmp_path / name).chmod(mode)

    assert [each.name for each in left_files(str(tmp_path), ()) if each.is_closed] == ["closed"]


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_log_of_windows_is_read_with_its_mark_or_without(tmp_path, charset):
    text = "BSN 111222333 van café\n" * 900
    (tmp_path / "wide.log").write_bytes(text.encode(charset))

    (found,) = left_files(str(tmp_path), ())
    assert found.is_text
    assert found.text == text


@pytest.mark.parametrize("data", [b"\0" * 64, b"\1\0\0\0" * 40, b"a\0\0\0" * 40])
def test_numbers_in_a_file_are_no_text(tmp_path, data):
    (tmp_path / "data.bin").write_bytes(data)

    (found,) = left_files(str(tmp_path), ())
    assert not found.is_text


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes as POSIX has them")
def test_what_is_no_file_of_its_own_is_left_alone(tmp_path):
    folder, outside = tmp_path / "work", tmp_path / "secret"
    folder.mkdir()
    outside.write_text("x", "utf-8")
    (folder / "link").symlink_to(outside)
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")

    assert names(folder) == {}
    assert left_files("", ()) == ()
    assert left_files(str(tmp_path / "gone"), ()) == ()


def test_a_very_deep_folder_ends(tmp_path):
    deep = tmp_path
    for _ in range(60):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "a.log").write_text("x", "utf-8")
    (tmp_path / "b.log").write_text("y", "utf-8")

    assert set(names(tmp_path)) == {"b.log"}
