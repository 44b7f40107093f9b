"""Tables in a text: of Markdown, of HTML, and separated by tabs, semicolons or commas.

Nothing is left out: a line that stands in no table is one cell by itself, so that who reads tables
can tell what he passes by.
"""

import csv
import html
import re
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser

from koppeling_harness.value import dataclass

_HTML_TABLE = re.compile(r"<table\b.*?(?:</table\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_HTML_HEADING = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]\s*>", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_QUOTE = re.compile(r"^\s*(?:>\s?)+")
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_BORDER = re.compile(r"(?<!\\)\|")
_TITLES_WITHIN = 20
"""Lines of a separated file in which its titles are looked for: a name and a date come first."""
_LINES_OF_A_CELL = 30
_WIDEST = 50

_BREAK = re.compile(r"<br\s*/?>|</(?:p|li|div)\s*>", re.IGNORECASE)
_FOOTNOTE = re.compile(
    r"<sup\b[^>]*>.*?</sup\s*>|\[\^?\d{1,3}\](?!\()|[\u00b9\u00b2\u00b3\u2070-\u2079\u2020\u2021]",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"</?(?:a|b|code|div|em|font|i|kbd|li|ol|p|small|span|strong|sub|tt|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#+.!|~-])")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_CURLY = str.maketrans(
    {**dict.fromkeys("\u2018\u2019\u201a\u2032\u00b4", "'"), **dict.fromkeys("\u201c\u201d", '"')}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One row: its first line, how it stands there, and its cells."""

    line: int
    text: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """One table.

    Attributes:
        titles: Of its columns; empty for lines that stand in no table.
        rows: Below the titles.
        heading: The last heading above it.
    """

    titles: tuple[str, ...]
    rows: tuple[TextRow, ...]
    heading: str = ""


_IsTitles = Callable[[Sequence[str]], bool]


def tables_in(text: str, is_titles: _IsTitles) -> Iterator[TextTable]:
    """Yield the tables of a text, and what stands between them.

    Args:
        text: Of a file.
        is_titles: Whether cells are the titles that are looked for.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    for delimiter in "\t;,":
        start = _titles_at(lines, delimiter, is_titles)
        if start is not None:
            yield from _separated(lines, start, delimiter, is_titles)
            return
    yield from _marked_up(text, is_titles)


def plain(cell: str) -> str:
    """Return what a reader sees of a cell, line breaks kept: without markup and footnotes."""
    shown = html.unescape(_FOOTNOTE.sub("", _BREAK.sub("\n", cell)))
    shown = _TAG.sub("", _LINK.sub(r"\1 ", shown))
    shown = _ESCAPED.sub(r"\1", _STRONG.sub(r"\2", shown))
    shown = _UNSEEN.sub("", shown).translate(_CURLY)
    return "\n".join(" ".join(each.split()) for each in shown.split("\n") if each.strip())


def _titles_at(lines: Sequence[str], delimiter: str, is_titles: _IsTitles) -> int | None:
    for index, line in enumerate(lines[:_TITLES_WITHIN]):
        if delimiter in line and is_titles(_split(line, delimiter)):
            return index
    return None


def _separated(
    lines: Sequence[str], start: int, delimiter: str, is_titles: _IsTitles
) -> Iterator[TextTable]:
    """Yield what is separated; titles that come again begin another table."""
    yield _loose([(number, line) for number, line in enumerate(lines[:start], start=1)])
    titles, rows = tuple(_split(lines[start], delimiter)), list[TextRow]()
    index = start + 1
    while index < len(lines):
        cells, taken = _row_at(lines, index, delimiter, len(titles))
        if is_titles(cells):
            yield TextTable(titles=titles, rows=tuple(rows))
            titles, rows = tuple(cells), []
        elif any(each.strip() for each in cells):
            text = "\n".join(lines[index : index + taken])
            rows.append(TextRow(line=index + 1, text=text, cells=tuple(cells)))
        index += taken
    yield TextTable(titles=titles, rows=tuple(rows))


def _row_at(
    lines: Sequence[str], index: int, delimiter: str, columns: int
) -> tuple[list[str], int]:
    """Return the cells of a row, and how many lines it has.

    A cell in double quotes may hold line breaks. A quotation mark that nothing closes, or only
    another row does, is a character like another: it takes no row with it.
    """
    following = (f"{each}\n" for each in lines[index : index + _LINES_OF_A_CELL])
    reader = csv.reader(following, delimiter=delimiter, strict=True)
    try:
        cells = next(reader, [])
    except csv.Error:
        return lines[index].split(delimiter), 1
    if reader.line_num > 1 and len(cells) != columns:
        return lines[index].split(delimiter), 1
    return cells, max(1, reader.line_num)


def _split(line: str, delimiter: str) -> list[str]:
    return _row_at([line], 0, delimiter, 1)[0]


def _marked_up(text: str, is_titles: _IsTitles) -> Iterator[TextTable]:
    """Yield what Markdown has, and the HTML tables in it or of a whole page."""
    heading, end = "", 0
    for match in _HTML_TABLE.finditer(text):
        for each in _markdown(text, end, match.start(), is_titles, heading):
            heading = each.heading
            yield each
        first = text.count("\n", 0, match.start()) + 1
        yield from _html(match[0], first, heading, is_titles)
        end = match.end()
    yield from _markdown(text, end, len(text), is_titles, heading)


def _markdown(
    text: str, start: int, end: int, is_titles: _IsTitles, heading: str
) -> Iterator[TextTable]:
    """Yield tables of Markdown, and the lines between them, in their order."""
    first = text.count("\n", 0, start) + 1
    lines = [_QUOTE.sub("", each) for each in text[start:end].split("\n")]
    loose, index = list[tuple[int, str]](), 0
    while index < len(lines):
        line = lines[index]
        if (told := _heading(line)) is not None:
            yield _loose(loose, heading)
            loose, heading = [], told
        after = lines[index + 1] if index + 1 < len(lines) else ""
        is_ruled = "|" in line and bool(_RULE.match(after)) and "|" in after
        if is_ruled or ("|" in line and is_titles(_cells(line))):
            yield _loose(loose, heading)
            loose = []
            table = _table(lines, index, first, heading, is_titles)
            yield table
            last = table.rows[-1].line - first if table.rows else index
            index = max(last, index + is_ruled) + 1
            continue
        loose.append((first + index, line))
        index += 1
    yield _loose(loose, heading)


def _table(
    lines: Sequence[str], index: int, first: int, heading: str, is_titles: _IsTitles
) -> TextTable:
    """Return the table whose titles stand at a line: its rows go on until nothing stands there."""
    rows = list[TextRow]()
    for number, line in enumerate(lines[index + 1 :], start=index + 1):
        if _RULE.match(line) and number == index + 1:
            continue
        if not line.strip() and _goes_on(lines[number + 1 :], is_titles):
            continue
        if not line.strip() or _heading(line) is not None:
            break
        rows.append(TextRow(line=first + number, text=line, cells=tuple(_cells(line))))
    return TextTable(titles=tuple(_cells(lines[index])), rows=tuple(rows), heading=heading)


def _goes_on(below: Sequence[str], is_titles: _IsTitles) -> bool:
    """Return whether a table goes on below an empty line: a row that is nobody's titles."""
    following = [each for each in below if each.strip()][:2]
    if not following or not following[0].lstrip().startswith("|"):
        return False
    is_ruled = len(following) > 1 and bool(_RULE.match(following[1]))
    return not is_ruled and not is_titles(_cells(following[0]))


def _heading(line: str) -> str | None:
    match = _HEADING.match(line.strip()) or _HTML_HEADING.search(line)
    return match[1] if match else None


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [each.replace("\\|", "|").strip() for each in _BORDER.split(inner)]


def _loose(lines: Sequence[tuple[int, str]], heading: str = "") -> TextTable:
    """Return lines that stand in no table."""
    rows = (
        TextRow(line=number, text=line, cells=(line,)) for number, line in lines if line.strip()
    )
    return TextTable(titles=(), rows=tuple(rows), heading=heading)


def _html(text: str, first: int, heading: str, is_titles: _IsTitles) -> Iterator[TextTable]:
    """Yield one table of HTML; what is merged over rows stands in each of them."""
    parser = _TableParser(first)
    parser.feed(text)
    parser.close()
    rows = parser.rows
    at = next((index for index, row in enumerate(rows) if is_titles(row.cells)), 0)
    yield TextTable(titles=(), rows=tuple(rows[:at]), heading=heading)
    titles = rows[at].cells if rows else ()
    yield TextTable(titles=titles, rows=tuple(rows[at + 1 :]), heading=heading)


class _Cell:
    """A cell of HTML, and over how many rows and columns it reaches."""

    def __init__(self, *, text: str = "", down: int = 1, across: int = 1) -> None:
        self.text, self.down, self.across = text, down, across


class _TableParser(HTMLParser):
    """Reads the rows of a table; text of a cell with its line breaks."""

    def __init__(self, first: int) -> None:
        super().__init__(convert_charrefs=True)
        self._first = first - 1
        self._rows: list[tuple[int, list[_Cell]]] = []
        self._is_in_cell = False

    @property
    def rows(self) -> list[TextRow]:
        """The rows; what is merged over several stands in each of them."""
        found, reaching = list[TextRow](), dict[int, tuple[int, str]]()
        for line, own in self._rows:
            cells, left, below = list[str](), list(own), dict[int, tuple[int, str]]()
            while left or len(cells) in reaching:
                if len(cells) in reaching:
                    more, text = reaching.pop(len(cells))
                    down, across = more, 1
                else:
                    cell = left.pop(0)
                    text, down, across = cell.text.strip(), cell.down, cell.across
                for nth in range(across):
                    if down > 1:
                        below[len(cells)] = (down - 1, text if nth == 0 else "")
                    cells.append(text if nth == 0 else "")
            reaching = below
            found.append(TextRow(line=line, text=" | ".join(cells), cells=tuple(cells)))
        return [each for each in found if any(each.cells)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        if tag == "tr":
            self._begin_row()
        elif tag in ("td", "th"):
            if not self._rows:
                self._begin_row()
            told = dict(attrs)
            cell = _Cell(down=_number(told.get("rowspan")), across=_number(told.get("colspan")))
            self._rows[-1][1].append(cell)
            self._is_in_cell = True
        elif self._is_in_cell and tag in ("br", "p", "li", "div"):
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a row or a cell."""
        if tag in ("td", "th", "tr"):
            self._is_in_cell = False

    def handle_data(self, data: str) -> None:
        """Add text to a cell; text beside every cell is one."""
        text = " ".join(re.split(r"\s+", data))
        if self._is_in_cell:
            self._add(text)
        elif text.strip():
            self._begin_row()
            self._rows[-1][1].append(_Cell(text=text))

    def _begin_row(self) -> None:
        self._rows.append((self._first + self.getpos()[0], []))
        self._is_in_cell = False

    def _add(self, text: str) -> None:
        self._rows[-1][1][-1].text += text


def _number(told: str | None) -> int:
    """Return over how many rows or columns a cell reaches."""
    text = (told or "").strip()
    return max(1, min(int(text), _WIDEST)) if text.isascii() and text.isdigit() else 1
