"""Text of partners and programs, made safe to show.

Escaping for HTML or XML is the writers' own work; this takes the characters that do harm where
markup does not: control characters, which terminals and parsers act upon, and those that change
the direction of the text, with which a line can be made to read as another one
(CVE-2021-42574, "Trojan Source").
"""

import functools
import re

_UNWANTED = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but not tab and line feed
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # direction, invisible
    "\ud800-\udfff\ufff9-\ufffb\ufffe\uffff"  # not characters, or not for text
    "\U000e0000-\U000e007f"  # tags: invisible ASCII
    "]"
)

_JENKINS = re.compile(r"\[\[(?=[A-Z]+\|)")
"""What readers of JUnit take for a property or a file to fetch: `[[PROPERTY|`, `[[ATTACHMENT|`."""


def clean(text: str) -> str:
    r"""Return the text with every unwanted character written out, such as `\u202e`.

    Written out rather than dropped: a reviewer must see that it was there. Line ends become `\n`.
    """
    if "[[" in text:
        text = _JENKINS.sub(r"\\x5b[", text)
    if text.isprintable() or not _UNWANTED.search(text):  # the first is quick, and seldom untrue
        return text
    return _UNWANTED.sub(_written_out, text.replace("\r\n", "\n"))


@functools.lru_cache(maxsize=1024)  # steps of a thousand scenarios have the same few names
def one_line(text: str, *, limit: int = 300) -> str:
    """Return the text as one clean line of at most `limit` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


_COMMAND = re.compile(r"^([ \t]*)::(?=[A-Za-z])|##(?=\w*\[)", re.MULTILINE)
"""What CI systems take for a command, wherever it stands on a line: `##vso[` (Azure DevOps),
`##[` (GitHub, Azure), `##teamcity[`; and `::error` at its beginning (GitHub, blanks before it)."""


def for_terminal(text: str) -> str:
    r"""Return a text of several lines that neither a terminal nor a CI system obeys.

    Commands of CI systems get their first character written out: `\x3a:error`, `\x23#vso[`.
    """
    text = clean(text)
    if "::" not in text and "##" not in text:
        return text
    return _COMMAND.sub(
        lambda match: "\\x23#" if match.group(1) is None else f"{match.group(1)}\\x3a:", text
    )


def for_html(page: str) -> str:
    """Return a page that says the same, without what a CI system takes for a command."""
    if "::" not in page and "##" not in page:
        return page
    return _COMMAND.sub(
        lambda match: "&#35;#" if match.group(1) is None else f"{match.group(1)}&#58;:", page
    )


def for_json(text: str) -> str:
    r"""Return JSON that says the same, with what a terminal would obey escaped: `\u009b`."""
    if not text.isascii():
        text = _UNWANTED.sub(_escaped, text)
    return re.sub(r"##(?=\w*\[)", r"\\u0023#", text) if "##" in text else text


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 | code >> 10:04x}\\u{0xDC00 | code & 0x3FF:04x}"


def _written_out(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
