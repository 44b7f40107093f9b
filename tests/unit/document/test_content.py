import os
import socket

import pytest

from koppeling_harness.document import read_content, read_text
from koppeling_harness.errors import DocumentError


def why_not(path):
    with pytest.raises(DocumentError) as refused:
        read_content(path)
    return str(refused.value)


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "a\nb:3.txt"
    path.write_bytes("één\r\n".encode())

    assert read_content(path) == "één\r\n".encode()
    assert read_text(str(path)) == "één\r\n"


def test_a_byte_order_mark_is_passed_by_where_files_of_others_have_one(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf{}")

    assert read_text(path, encoding="utf-8-sig") == "{}"


def test_what_is_not_there_or_is_a_folder_is_told_with_its_name(tmp_path):
    assert (
        why_not(tmp_path / "no") == f"{tmp_path / 'no'}: cannot be read: No such file or directory"
    )
    assert why_not(tmp_path) == f"{tmp_path}: cannot be read: it is a folder, expected a file"
    assert "cannot be read" in why_not("nul\0l")
    assert "cannot be read" in why_not(tmp_path / ("x" * 300))


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices in folders are POSIX")
def test_what_may_never_end_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless.yaml").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with socket.socket(socket.AF_UNIX) as listener, pytest.MonkeyPatch.context() as here:
        here.chdir(tmp_path)  # the name of a socket may not be long
        listener.bind("socket")

    for name in ("pipe", "endless.yaml", "socket"):
        assert "it is a device or a pipe" in why_not(tmp_path / name)
    assert "cannot be read" in why_not(tmp_path / "loop")


def test_what_is_larger_than_any_document_is_not_read(tmp_path):
    with (tmp_path / "large").open("wb") as file:
        file.truncate((1 << 30) + 1)

    assert "1073741825 bytes, expected 1073741824 at most" in why_not(tmp_path / "large")


def test_what_is_no_utf_8_is_told_with_the_position(tmp_path):
    (tmp_path / "a").write_bytes(b"ab\xff")
    with pytest.raises(DocumentError, match="found another byte at position 2"):
        read_text(tmp_path / "a")
