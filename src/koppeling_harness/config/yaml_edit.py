"""Add an item to a list in a YAML text and leave every other character as it was.

A round trip through a YAML library would lose the user's comments and layout; so the item is
written into the text, at the place that the reader of `document` tells.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence

from koppeling_harness.document import Source

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.]*(?:-[A-Za-z0-9_.]+)*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMPTY_LIST = re.compile(r"^([^:#\[\]]*:)[ \t]*\[[ \t]*\](?=\s|$)")
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
Value = str | int | Sequence["Value"] | Mapping[str, "Value"]


def flow(value: Value) -> str:
    """Return a value as YAML in one line; texts that could be read otherwise are quoted."""
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _RESERVED
        return value if plain or _DATE.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    return json.dumps(value)


def append_item(text: str, source: Source, key: str, item: Mapping[str, Value]) -> str:
    """Return the text with an item at the end of the list under a top-level key.

    Args:
        text: The document.
        source: The same, as read.
        key: The list's key; it is added when it is not there.
        item: The new item; written in one line.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    if key not in source.data and _is_flow(text, source):
        start = _offset(text.splitlines(keepends=True), *source.places[()])
        return _into_flow(text, start, f"{json.dumps(key)}: [{flow(item)}]")
    if key not in source.data:
        lead = text if text.endswith("\n") or not text else text + newline
        return f"{lead}{key}:{newline}  - {flow(item)}{newline}"
    if not source.data[key]:
        return _fill_empty(text, source, key, item, newline)
    line, column = source.places[(key,)]
    lines = text.splitlines(keepends=True)
    if lines[line - 1][column - 1] == "[":
        return _into_flow(text, _offset(lines, line, column), flow(item))
    return _after_last(lines, source, key, item, newline)


def with_value(text: str, source: Source, key: str, value: Value) -> str:
    """Return the text with another value under a top-level key, in one line where it stood.

    Args:
        text: The document.
        source: The same, as read.
        key: The key; added at the end when it is not there.
        value: What stands under it then.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    if _is_flow(text, source):
        data = {**source.data, key: value}
        return "\n".join(f"{name}: {flow(each)}" for name, each in data.items()) + "\n"
    if key not in source.data:
        lead = text if text.endswith("\n") or not text else text + newline
        return f"{lead}{key}: {flow(value)}{newline}"
    lines = text.splitlines(keepends=True)
    starts = sorted(source.keys[(each,)][0] - 1 for each in source.data)
    start = source.keys[(key,)][0] - 1
    end = next((each for each in starts if each > start), len(lines))
    while end > start + 1 and _is_between(lines[end - 1], 0):
        end -= 1
    comment = re.search(r"[ \t]+#.*$", lines[start].rstrip("\r\n")) if end == start + 1 else None
    kept = comment[0] if comment else ""
    return "".join([*lines[:start], f"{key}: {flow(value)}{kept}{newline}", *lines[end:]])


def taken_out(text: str, source: Source, keys: Collection[str]) -> tuple[str, str]:
    """Return a text without some top-level keys, and what was taken out, both as they stand.

    Of a document in braces nothing stands on lines of its own: it is laid out anew, a key a line,
    and what was taken out is empty.
    """
    if _is_flow(text, source):
        kept = [f"{key}: {flow(value)}" for key, value in source.data.items() if key not in keys]
        return "\n".join(kept) + "\n", ""
    lines = text.splitlines(keepends=True)
    starts = sorted((source.keys[(key,)][0] - 1, key) for key in source.data)
    kept_lines = lines[: starts[0][0]] if starts else lines
    moved: list[str] = []
    for position, (start, key) in enumerate(starts):
        end = starts[position + 1][0] if position + 1 < len(starts) else len(lines)
        body = end
        while body > start + 1 and _is_between(lines[body - 1], 0):
            body -= 1
        part = moved if key in keys else kept_lines
        part += lines[start:body]
        kept_lines += lines[body:end]
    return "".join(kept_lines), "".join(moved)


def _is_flow(text: str, source: Source) -> bool:
    """Return whether the whole document is one mapping in braces, as JSON is."""
    lines = text.splitlines(keepends=True)
    line, column = source.places[()]
    return lines[line - 1][column - 1 : column] == "{"


def _offset(lines: Sequence[str], line: int, column: int) -> int:
    return sum(len(each) for each in lines[: line - 1]) + column - 1


def _fill_empty(
    text: str, source: Source, key: str, item: Mapping[str, Value], newline: str
) -> str:
    lines = text.splitlines(keepends=True)
    line, column = source.places[(key,)]
    own_line = source.keys[(key,)][0]
    emptied = _EMPTY_LIST.sub(r"\1", lines[own_line - 1])
    if not _is_flow(text, source) and emptied != lines[own_line - 1]:
        lines[own_line - 1] = emptied  # a list of lines: git joins what two people add to it
    elif lines[line - 1][column - 1 : column] == "[":
        return _into_flow(text, _offset(lines, line, column), flow(item))
    line = own_line
    if not lines[line - 1].endswith("\n"):
        lines[line - 1] += newline
    lines[line - 1] = re.sub(r"^([^:]*:)[ \t]*(?:~|null|Null|NULL)(?=\s)", r"\1", lines[line - 1])
    lines.insert(line, f"  - {flow(item)}{newline}")
    return "".join(lines)


def _after_last(
    lines: list[str], source: Source, key: str, item: Mapping[str, Value], newline: str
) -> str:
    last = len(source.data[key]) - 1
    line, column = source.places[(key, last)]
    dash = lines[line - 1][: column - 1].rstrip()
    while not dash.endswith("-"):  # the item's value stands on a line below its dash
        line -= 1
        dash = lines[line - 1].rstrip()
    indent = " " * (len(dash) - 1)
    following = [place[0] for path, place in source.keys.items() if len(path) == 1]
    end = min((each for each in following if each > line), default=len(lines) + 1) - 1
    while end > line and _is_between(lines[end - 1], len(indent)):
        end -= 1
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += newline
    lines.insert(end, f"{indent}- {flow(item)}{newline}")
    return "".join(lines)


def _is_between(line: str, indent: int) -> bool:
    """Return whether a line is empty or a comment that belongs to what follows the list."""
    stripped = line.strip()
    return not stripped or (stripped.startswith("#") and len(line) - len(line.lstrip()) <= indent)


def _into_flow(text: str, start: int, item: str) -> str:
    close, last = _closing(text, start)
    separator = "" if last in "[{," else ", "
    return f"{text[:close]}{separator}{item}{text[close:]}"


def _closing(text: str, start: int) -> tuple[int, str]:
    """Return where the bracket at `start` closes, and the last character of weight before it.

    The document was read, so the bracket does close.
    """
    depth = 0
    position = start
    last = ""
    while True:
        character = text[position]
        if character in "\"'" and text[position - 1] in " \t\r\n[{,:":
            position = _end_of_quoted(text, position)
        elif character == "#" and text[position - 1].isspace():
            position = text.find("\n", position)
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
            if depth == 0:
                return position, last
        if not text[position].isspace():  # the end of a comment is a line break
            last = text[position]
        position += 1


def _end_of_quoted(text: str, start: int) -> int:
    pattern = r'"(?:\\.|[^"\\])*"' if text[start] == '"' else r"'(?:''|[^'])*'"
    match = re.compile(pattern, re.DOTALL).match(text, start)
    return match.end() - 1 if match else start
