"""Every way in which programs write a secret, whole and in part."""

import base64
import gzip
import html
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote, quote_plus


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def lines(text: str, width: int, end: str = "\n") -> str:
    return end.join(text[at : at + width] for at in range(0, len(text), width))


def dump(text: str) -> str:
    data, rows = text.encode(), []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        rows.append(f"{at:08x}  {row.hex(' '):<47}  |{row.decode()}|")
    return "\n".join(rows)


def words(text: str) -> str:
    """As `od -x` has it: words of two bytes, the second one first."""
    data = text.encode()
    rows = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        pairs = [row[i : i + 2][::-1].hex() for i in range(0, len(row), 2)]
        rows.append(f"{at:07o} {' '.join(pairs)}")
    return "\n".join(rows)


def rows(text: str, row: Callable[[int, bytes], str]) -> str:
    data = text.encode()
    return "\n".join(row(at, data[at : at + 16]) for at in range(0, len(data), 16))


def xxd(at: int, row: bytes) -> str:
    return f"{at:08x}: {row.hex(' ', -2):<39}  {row.decode()}"


def core(text: str) -> str:
    """What of a token nobody knows; the rest of it is the same for all."""
    return text.rpartition("<data>")[2].partition("<")[0]


def numbers(text: str, size: int, form: str) -> str:
    """As `od` has it: numbers of so many bytes, the last byte first."""
    data = text.encode()
    rows = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        words = [row[i : i + size].ljust(size, b"\0") for i in range(0, len(row), size)]
        said = [format(int.from_bytes(each, "little"), form) for each in words]
        rows.append(f"{at:07o} {' '.join(said)}")
    return "\n".join([*rows, f"{len(data):07o}"])


def in_a_log(text: str, width: int, before: str = "2026-11-30 08:15:0{at} INFO ") -> str:
    """In so many characters a line, each behind what the log begins its lines with."""
    pieces = [text[at : at + width] for at in range(0, len(text), width)]
    return "\n".join(before.format(at=at % 7, number=at) + each for at, each in enumerate(pieces))


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "lower case": str.lower,
    "upper case": str.upper,
    "xml": html.escape,
    "json": lambda text: json.dumps({"value": text}),
    "json in json": lambda text: json.dumps(json.dumps({"value": text})),
    "json escapes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "x escapes": lambda text: "".join(f"\\x{ord(char):02x}" for char in text),
    "octal escapes": lambda text: "".join(f"\\{ord(char):03o}" for char in text),
    "decimal entities": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "entities twice": lambda text: html.escape(html.escape(text)),
    "url": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "url twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent": lambda text: "".join(f"%{ord(char):02X}" for char in text),
    "percent twice": lambda text: "".join(f"%25{ord(char):02x}" for char in text),
    "quoted-printable": lambda text: "".join(f"={ord(char):02X}" for char in text),
    "quoted-printable lines": lambda text: lines(text, 70, "=\r\n"),
    "base64": b64,
    "base64 unpadded": lambda text: b64(text).rstrip("="),
    "base64 url-safe": lambda text: base64.urlsafe_b64encode(b"??>" + text.encode()).decode(),
    "base64 in a url": lambda text: quote(b64(text), safe=""),
    "base64 in lines of 76": lambda text: lines(b64(text), 76),
    "base64 in lines of 64, CRLF": lambda text: lines(b64(text), 64, "\r\n"),
    "base64 in lines of 20, indented": lambda text: lines(b64(text), 20, "\n      "),
    "base64 in lines, escaped": lambda text: json.dumps(lines(b64(text), 60)),
    "base64 of UTF-16": lambda text: b64(text.encode("utf-16-le")),
    "base64 of UTF-16, big": lambda text: b64(text.encode("utf-16-be")),
    "base64 twice": lambda text: b64(b64(text)),
    "base64 three times": lambda text: b64(b64(b64(text))),
    "base64 of json": lambda text: b64(json.dumps({"key": text})),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "hex with blanks": lambda text: text.encode().hex(" "),
    "hex with colons": lambda text: text.encode().hex(":"),
    "hex with 0x": lambda text: ", ".join(f"0x{byte:02x}" for byte in text.encode()),
    "hex with 0x, in C": lambda text: "{" + ",".join(f"0x{ord(each):02X}" for each in text) + "}",
    "hex of base64": lambda text: b64(text).encode().hex(),
    "hex dump": dump,
    "hex of words": words,
    "xxd": lambda text: rows(text, xxd),
    "od -t x1z": lambda text: rows(
        text, lambda at, row: f"{at:07o} {row.hex(' '):<48} >{row.decode()}<"
    ),
    "od -c": lambda text: rows(text, lambda at, row: f"{at:07o}   {'   '.join(row.decode())}"),
    "od -b": lambda text: rows(
        text, lambda at, row: f"{at:07o}{''.join(f' {b:03o}' for b in row)}"
    ),
    "od -t u1": lambda text: rows(
        text, lambda at, row: f"{at:07o}{''.join(f' {byte:3}' for byte in row)}"
    ),
    "hex dump in a log": lambda text: rows(
        text, lambda at, row: f"2026-11-30 08:15:0{at % 7} debug {at:04X}  {row.hex(' ').upper()}"
    ),
    "bytes": lambda text: str(list(text.encode())),
    "bytes in lines": lambda text: json.dumps(list(text.encode()), indent=2),
    "bytes with blanks": lambda text: " ".join(str(byte) for byte in text.encode()),
    "bytes by index": lambda text: json.dumps(
        {str(at): each for at, each in enumerate(text.encode())}
    ),
    "print_r": lambda text: "".join(
        f"    [{at}] => {each}\n" for at, each in enumerate(text.encode())
    ),
    "gzip": lambda text: b64(gzip.compress(text.encode(), mtime=0)),
    "zlib in lines": lambda text: lines(b64(zlib.compress(text.encode())), 76),
    "gzip in hex": lambda text: gzip.compress(text.encode(), mtime=0).hex(),
    "gzip, its bytes": lambda text: repr(gzip.compress(text.encode(), mtime=0)),
    "gzip, its numbers": lambda text: str(list(gzip.compress(text.encode(), mtime=0))),
    "zlib, signed": lambda text: str([(b + 128) % 256 - 128 for b in zlib.compress(text.encode())]),
    "long escapes": lambda text: "".join(f"\\U{ord(char):08x}" for char in text),
    "Buffer": lambda text: json.dumps({"type": "Buffer", "data": list(text.encode())}),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base85": lambda text: base64.b85encode(text.encode()).decode(),
    "ascii85": lambda text: base64.a85encode(text.encode()).decode(),
    "over two lines": lambda text: f"{text[:50]}\n{text[50:]}",
    "over lines": lambda text: lines(text, 16),
    "over lines with a prefix": lambda text: lines(text, 16, "\ninfo: "),
    "with blanks": " ".join,
    "with dashes": "-".join,
    "in groups": lambda text: lines(text, 4, " "),
    "coloured": lambda text: f"\x1b[31m{text[:30]}\x1b[0m{text[30:]}",
    "a colour per character": lambda text: "".join(f"\x1b[1m{char}" for char in text),
    "control characters": "\x00".join,
    "bold": lambda text: f"{text[:30]}<b>{text[30:]}</b>",
    "zero-width": "\u200b".join,
}
"""Name and function: the whole secret."""

IN_LINES: dict[str, Callable[[str], str]] = {
    "od": lambda text: numbers(text, 2, "06o"),
    "od -t o4": lambda text: numbers(text, 4, "011o"),
    "od -t u2": lambda text: numbers(text, 2, "5d"),
    "od -t d4": lambda text: numbers(text, 4, "11d"),
    "od -t u8": lambda text: numbers(text, 8, "20d"),
    "od -t x4": lambda text: numbers(text, 4, "08x"),
    "od -t x8": lambda text: numbers(text, 8, "016x"),
    "by index": lambda text: str(dict(enumerate(core(text)))),
    "by index, json": lambda text: json.dumps(dict(enumerate(core(text))), indent=2),
    "numbers by index": lambda text: str(dict(enumerate(text.encode()))),
    "a number a line": lambda text: "\n".join(str(byte) for byte in text.encode()),
    "a number a line, in a log": lambda text: "\n".join(
        f"08:15:0{at % 7} DEBUG byte {byte}" for at, byte in enumerate(text.encode())
    ),
    "a character a line, in a log": lambda text: "\n".join(
        f"08:15:0{at % 7} DEBUG char {at} is {char!r}" for at, char in enumerate(core(text))
    ),
    "var_dump": lambda text: "\n".join(
        f"  [{at}]=>\n  int({byte})" for at, byte in enumerate(text.encode())
    ),
    "var_export": lambda text: "\n".join(
        f"  {at} => '{char}'," for at, char in enumerate(core(text))
    ),
    "inspect": lambda text: f"<Buffer {text.encode().hex(' ')}>",
    "BitConverter": lambda text: text.encode().hex("-").upper(),
    "gdb": lambda text: rows(
        text, lambda at, row: f"0x7ffe{at:04x}:\t" + "\t".join(f"{b} '{chr(b)}'" for b in row)
    ),
    "numbers in XML": lambda text: "".join(f"<int>{byte}</int>" for byte in text.encode()),
    "calls of chr": lambda text: "||".join(f"chr({byte})" for byte in text.encode()),
    "in a log, 16 a line": lambda text: in_a_log(core(text), 16),
    "in a log, 8 a line": lambda text: in_a_log(core(text), 8),
    "base64 in a log": lambda text: in_a_log(b64(text), 16),
    "base64 in a numbered log": lambda text: in_a_log(b64(text), 20, "part {number}: "),
    "hex in a log": lambda text: in_a_log(text.encode().hex(), 12, 'level=info msg="'),
    "in a table": lambda text: in_a_log(core(text), 9, "| {number} | ").replace("\n", " | ok |\n"),
}
SPELLINGS |= {
    name: lambda text, spell=spell: f"\n{spell(text)}\n" for name, spell in IN_LINES.items()
}

PARTS: dict[str, Callable[[str], str]] = {
    "the first 40": lambda text: text[:40],
    "the last 40": lambda text: text[-40:],
    "the first half": lambda text: text[: len(text) // 2],
    "the second half": lambda text: text[len(text) // 2 :],
    "twenty in the middle": lambda text: text[len(text) // 2 - 10 : len(text) // 2 + 10],
    "the beginning of its base64": lambda text: b64(text)[:100],
    "the end of its base64": lambda text: b64(text)[-40:],
}
"""Name and function: a part of it."""
