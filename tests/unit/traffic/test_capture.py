import gzip
import zlib

import pytest

from koppeling_harness.traffic.capture import BODY_LIMIT_BYTES, Capture, is_truncated


def captured(*chunks: bytes, encoding: str = "") -> Capture:
    capture = Capture(encoding)
    for chunk in chunks:
        capture.feed(chunk)
    return capture


def test_a_body_in_pieces_is_one_text():
    capture = captured("caf\xe9 ".encode()[:4], "caf\xe9 ".encode()[4:], b"x")

    assert (capture.text(), capture.size) == ("caf\xe9 x", 7)


def test_an_empty_body_is_no_text():
    assert captured().text() is None
    assert captured(b"").text() is None


@pytest.mark.parametrize("data", [b"\0abc", b"\xff\xd8\xff\xe0"])
def test_what_is_not_text_is_none(data):
    assert captured(data).text() is None


def test_another_charset_is_read_when_it_is_named():
    assert captured(b"caf\xe9").text("iso-8859-1") == "caf\xe9"
    assert captured(b"cafe").text("no-such-charset") is None


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_packed_body_is_read_unpacked(encoding, pack):
    packed = pack(b"hello " * 100)
    capture = captured(packed[:10], packed[10:], encoding=encoding)

    assert (capture.text(), capture.size) == ("hello " * 100, len(packed))


def test_a_body_that_is_not_packed_as_it_says_is_kept_as_it_is():
    assert captured(b"hello", b" there", encoding="gzip").text() == "hello there"


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_no_more_than_the_limit_is_kept(encoding):
    size = 5 * BODY_LIMIT_BYTES
    data = b"x" * size
    sent = gzip.compress(data) if encoding else data
    capture = captured(
        *[sent[at : at + 65536] for at in range(0, len(sent), 65536)], encoding=encoding
    )
    kept = capture.finish(capture.text() or "")

    assert kept.endswith(f"\n[truncated: {len(sent)} bytes in all]")
    assert len(kept) == BODY_LIMIT_BYTES + len(f"\n[truncated: {len(sent)} bytes in all]")
    assert is_truncated(kept)


def test_a_character_that_is_cut_in_two_at_the_limit_is_left_out():
    capture = captured("\u20ac".encode() * BODY_LIMIT_BYTES)

    assert (capture.text() or "").strip("\u20ac") == ""


def test_a_body_within_the_limit_has_no_mark():
    capture = captured(b"[truncated")

    assert capture.finish("[truncated") == "[truncated"
    assert not is_truncated("[truncated")
    assert not is_truncated(None)
