import os
import sys

import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.store.files import require_writable, write_files


def everything(folder) -> set[str]:
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}


def test_files_are_written_in_folders_that_are_made(tmp_path):
    write_files(tmp_path / "site", {"index.html": b"page", "dossiers/a.html": b"a"})

    assert everything(tmp_path) == {"site/index.html", "site/dossiers/a.html"}


def test_what_stood_there_is_replaced(tmp_path):
    write_files(tmp_path, {"a": b"old"})
    write_files(tmp_path, {"a": b"new"})

    assert (tmp_path / "a").read_bytes() == b"new"


def test_when_one_cannot_be_written_none_is_replaced(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").write_bytes(b"a file, where a folder is wanted")

    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_files(tmp_path, {"a": b"new", "b/c": b"new"})

    assert (tmp_path / "a").read_bytes() == b"old"
    assert everything(tmp_path) == {"a", "b"}


def test_a_folder_in_the_place_of_the_file_is_told_and_nothing_is_left_beside(tmp_path):
    (tmp_path / "a").mkdir()

    with pytest.raises(ConfigurationError) as caught:
        write_files(tmp_path, {"a": b"new"})

    assert str(tmp_path / "a") in caught.value.message
    assert caught.value.hint
    assert everything(tmp_path) == set()


@pytest.mark.skipif(
    sys.platform == "win32" or (hasattr(os, "geteuid") and os.geteuid() == 0),
    reason="permissions do not hold for this user",
)
def test_a_folder_without_permission_is_told(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ConfigurationError, match="cannot be written"):
            write_files(tmp_path, {"a": b"new"})
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_does_not_exist_yet_may_be_writable_and_is_not_made(tmp_path):
    require_writable(tmp_path / "a" / "b")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_below_a_file_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError) as caught:
        require_writable(tmp_path / "file" / "below")

    assert "--reports" in caught.value.hint


def test_what_a_check_objects_to_is_not_put_in_its_place(tmp_path):
    (tmp_path / "a").write_bytes(b"old")

    def objects():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_files(tmp_path, {"a": iter([b"new", b"er"])}, check=objects)

    assert (tmp_path / "a").read_bytes() == b"old"
    assert everything(tmp_path) == {"a"}


def test_the_one_that_makes_the_others_found_is_put_in_its_place_last(tmp_path):
    (tmp_path / "last").mkdir()  # so that it cannot be

    with pytest.raises(ConfigurationError):
        write_files(tmp_path, {"last": b"new", "a": b"new"}, last="last")

    assert (tmp_path / "a").read_bytes() == b"new"
