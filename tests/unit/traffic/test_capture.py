import gzip
import json
import zlib

import pytest

from koppeling_harness.traffic.capture import (
    BODY_LIMIT_BYTES,
    JUDGED_LIMIT_BYTES,
    Capture,
    as_kept,
    is_truncated,
)


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


@pytest.mark.parametrize("piece", [1000, 65536, 10_000_000])
@pytest.mark.parametrize("encoding", ["", "gzip"])
@pytest.mark.parametrize(
    ("begin", "long", "end"),
    [
        ('{"FileStream":"', "QUJD", '","Ds":"x"}'),
        ('{"FileStream":"', "QU/D+A_-", '=="}'),
        ('{"FileStream":"', r"QUJD\/\r\n", '"}'),
        ('{"FileStream":"', r"QUJD\\", r'\"x"}'),
        ("", " \n", '{"Ds":"x"}'),
    ],
)
def test_of_a_long_request_files_and_blanks_are_left_out(begin, long, end, encoding, piece):
    data = (begin + long * (5 * BODY_LIMIT_BYTES // len(long)) + end).encode()
    sent = gzip.compress(data) if encoding else data
    capture = Capture(encoding, is_request=True)
    for at in range(0, len(sent), piece):
        capture.feed(sent[at : at + piece])
    kept = capture.finish(capture.text() or "")

    assert len(kept.strip()) < 10_000
    assert kept.startswith(begin)
    assert kept.endswith(end.lstrip("="))
    assert json.loads(kept).keys() == json.loads(data).keys()
    assert (capture.unread(), capture.size) == ("", len(sent))


def test_two_long_files_are_two():
    first, second = (
        captured_request(b'{"x":"%b"}' % (letter * 2_000_000)).text() for letter in (b"A", b"B")
    )

    assert first != second


def test_of_a_request_that_is_long_without_them_the_beginning_is_kept():
    capture = captured_request(b'"a",' * (JUDGED_LIMIT_BYTES // 4 + 2_000))
    kept = capture.finish(capture.text() or "")

    assert is_truncated(kept)
    assert len(kept) < BODY_LIMIT_BYTES + 100


def test_what_was_judged_is_kept_no_longer_than_others():
    capture = captured_request(b'"a",' * BODY_LIMIT_BYTES)
    judged = capture.finish(capture.text() or "")
    kept = as_kept(judged, capture.size)

    assert len(judged) == 4 * BODY_LIMIT_BYTES
    assert not is_truncated(judged)
    assert kept == judged[:BODY_LIMIT_BYTES] + "\n[truncated: 4194304 bytes in all]"
    assert as_kept(kept, capture.size) == kept


@pytest.mark.parametrize(
    ("data", "encoding", "is_long"),
    [
        (b"x" * 60_000, "", False),
        (b"x" * 70_000, "", True),
        (zlib.compress(b"x" * 60_000), "deflate", False),
        (zlib.compress(b"x" * 10_000_000), "deflate", True),
        (b"not packed at all", "gzip", False),
    ],
)
def test_what_is_long_to_read_is_told_beforehand(data, encoding, is_long):
    assert captured(data, encoding=encoding).may_be_long is is_long


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"x", mtime=0) + b"y", gzip.compress(b"x" * 99, mtime=0)[:-3]],
    ids=["something behind it", "cut off"],
)
def test_a_packed_body_that_is_not_one_and_whole_is_told(packed):
    assert "one and whole" in captured_request(packed, encoding="gzip").unread()


def captured_request(data: bytes, encoding: str = "") -> Capture:
    capture = Capture(encoding, is_request=True)
    capture.feed(data)
    return capture
