"""The one place that turns templates into pages.

A page is one file: style and script stand in it, nothing is fetched, and its content security
policy allows exactly that style and that script, so that text which slipped through every
escaping would still not run. Both languages stand in the page; a radio button, CSS only, chooses
which one shows.
"""

import hashlib
import shlex
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.model.evidence import Evidence
from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Basis, EndKind, ListingAdvice, Role, Status, Who
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.report.clean import clean
from koppeling_harness.report.due import of_one
from koppeling_harness.report.template_cache import TemplateCache
from koppeling_harness.report.texts import Language, in_language, texts
from koppeling_harness.rules import words
from koppeling_harness.rules.catalogue import source_in_words
from koppeling_harness.rules.signals import step_in_words
from koppeling_harness.rules.urgency import is_late


def render_page(template: str, *, title: Text, language: Language, **values: Any) -> str:
    """Return one page.

    Args:
        template: Name below `templates/`, without the ending.
        title: Of the browser's window.
        language: The one that shows first.
        values: What the template shows.
    """
    return "".join(page_pieces(template, title=title, language=language, **values))


def page_pieces(template: str, *, title: Text, language: Language, **values: Any) -> Iterator[str]:
    """Yield piece by piece what `render_page` returns, each value that is shown whole."""
    page = _environment().get_template(f"{template}.html.jinja")
    return page.generate(
        title=in_language(title, language),
        titles=title,
        language=language.value,
        **values,
    )


@cache
def macro(template: str, name: str) -> Callable[..., Markup]:
    """Return a macro of a template, which renders a part of a page by itself.

    Args:
        template: Name below `templates/`, without the ending.
        name: The macro's.
    """
    found: Callable[..., Markup] = getattr(
        _environment().get_template(f"{template}.html.jinja").module, name
    )
    return found


def both(text: Text) -> Markup:
    """Return a text in both languages, escaped, each marked with its language."""
    return _spans(escape(clean(text.nl)), escape(clean(text.en)))


def interface_text(key: str, **values: object) -> Markup:
    """Return a text of the catalogue in both languages, with its `{blanks}` filled in.

    Days and texts go in by the language.

    The catalogue is trusted to be HTML; the values are not.
    """
    if not values:
        return _plain(key)
    text = texts()[key]
    nl, en = ({name: _shown(v, lang) for name, v in values.items()} for lang in Language)
    return _spans(text.nl.format(**nl), text.en.format(**en))


def word(value: StrEnum) -> Markup:
    """Return the programme's word for a member of one of its closed sets."""
    return _word(type(value), value)


def word_for_picture(value: StrEnum) -> Markup:
    """Return the same inside an SVG text, where HTML's `span` is not allowed."""
    return _in_picture(_WORDS[type(value)][value])


def text_for_picture(key: str) -> Markup:
    """Return a text of the catalogue inside an SVG text."""
    return _in_picture(texts()[key])


def one_of(count: int, key: str, **values: object) -> Markup:
    """Return the text `key.one` for a count of one, else `key.many`, with `{count}` filled in."""
    return interface_text(f"{key}.{'one' if count == 1 else 'many'}", count=count, **values)


def clipped(text: str, limit: int) -> str:
    """Return the text, or its beginning with how much there is in all."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)})"


def brief(text: Text, limit: int) -> Markup:
    """Return the beginning of a text in both languages, for a place that has no room for all."""
    return both(Text(nl=_beginning(text.nl, limit), en=_beginning(text.en, limit)))


def _beginning(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def moment(at: datetime) -> Markup:
    """Return a point in time as the clock shows it in Amsterdam."""
    local = at.astimezone(AMSTERDAM)
    day_ = both(words.day_in_words(local.date()))
    return Markup('<time datetime="{}">{} {:%H:%M:%S}</time>').format(
        local.isoformat(), day_, local
    )


@lru_cache(maxsize=4096)
def day(at: date) -> Markup:
    """Return a day in words."""
    return Markup('<time datetime="{}">{}</time>').format(at, both(words.day_in_words(at)))


@lru_cache(maxsize=4096)
def short_day(at: date) -> Markup:
    """Return a day for a narrow place, the month by its first letters."""
    return Markup('<time datetime="{}">{}</time>').format(at, both(words.short_day(at)))


def day_for_picture(at: date) -> Markup:
    """Return the day and the month inside an SVG text."""
    return _in_picture(words.day_and_month(at))


def duration(seconds: float) -> Markup:
    """Return how long it took, in the unit that reads best; in Dutch with a comma."""
    if seconds < 1:
        return Markup(f"{seconds * 1000:.0f} ms")  # noqa: S704 - only digits
    shown = f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.1f} min"
    return _spans(shown.replace(".", ","), shown)


_WORDS: dict[type, Mapping[Any, Text]] = {
    Basis: words.BASIS,
    Colour: words.COLOUR,
    EndKind: words.END,
    ListingAdvice: words.LISTING,
    Outcome: words.OUTCOME,
    Evidence: words.EVIDENCE,
    Role: words.ROLE,
    Status: words.STATUS,
    Who: words.WHO,
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("koppeling_harness.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=TemplateCache(),
    )
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    environment.globals |= {
        "t": interface_text,
        "t_svg": text_for_picture,
        "n": one_of,
        "style": Markup(style),  # noqa: S704 - our own files
        "script": Markup(script),  # noqa: S704
        "content_policy": (
            f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; "
            "base-uri 'none'; form-action 'none'"
        ),
    }
    environment.filters |= {
        "both": both,
        "beginning": _beginning,
        "brief": brief,
        "clipped": clipped,
        "day": day,
        "day_svg": day_for_picture,
        "full_day_svg": lambda at: _in_picture(words.day_in_words(at)),
        "duties": of_one,
        "duration": duration,
        "group_word": words.group_word,
        "is_overdue": words.is_overdue,
        "letter_kind": words.letter_kind,
        "late": lambda action, as_of: is_late(action, as_of=as_of),
        "moment": moment,
        "short_day": short_day,
        "shell": shlex.quote,
        "signal_kind": words.signal_kind,
        "signal_step": step_in_words,
        "source_words": source_in_words,
        "status_word": words.status_word,
        "word": word,
        "word_svg": word_for_picture,
    }
    return environment


def _asset(name: str) -> str:
    return files("koppeling_harness.report").joinpath("templates", name).read_text(encoding="utf-8")


def _source(content: str) -> str:
    """Return the content as a source of the policy; it must stand in the page byte for byte."""
    return f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _finalize(value: Any) -> Any:
    """Clean everything that a template shows, whatever it came from."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value)
    return value


@cache
def _plain(key: str) -> Markup:
    return _spans(texts()[key].nl, texts()[key].en)


@cache
def _word(kind: type, value: StrEnum) -> Markup:
    # By type as well: members of two sets are equal when their texts are.
    return both(_WORDS[kind][value])


def _spans(nl: str, en: str) -> Markup:
    if nl == en:
        return Markup(nl)  # noqa: S704 - both are escaped, or of the catalogue
    return Markup(f'<span lang="nl">{nl}</span><span lang="en">{en}</span>')  # noqa: S704


def _in_picture(text: Text) -> Markup:
    return Markup('<tspan lang="nl">{}</tspan><tspan lang="en">{}</tspan>').format(text.nl, text.en)


def _shown(value: object, language: Language) -> Markup:
    if isinstance(value, date) and not isinstance(value, datetime):
        said = in_language(words.day_in_words(value), language)
        return Markup('<time datetime="{}">{}</time>').format(value, said)
    if isinstance(value, Text):
        return escape(clean(in_language(value, language)))
    return value if isinstance(value, Markup) else escape(clean(str(value)))
