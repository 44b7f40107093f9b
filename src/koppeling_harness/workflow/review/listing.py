"""What partner site and Help Center should show, and the difference with what they show now."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from koppeling_harness.document import read_text, to_plain
from koppeling_harness.errors import DocumentError, ExitCode, Problem, SecretFoundError
from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.listing import PLACES, Difference, Entry
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.status import ListingAdvice
from koppeling_harness.report.clean import one_line
from koppeling_harness.report.listing_page import render_listing
from koppeling_harness.report.texts import Language, in_language, texts
from koppeling_harness.store.files import write_files
from koppeling_harness.workflow.review.status import Judged

_ID = re.compile(r"(?<![0-9_])[0-9]+_[0-9]+(?![0-9_])")


def entries(judged: Judged) -> tuple[Entry, ...]:
    """Return every registration that could be read, with where it should be shown."""
    return tuple(
        _entry(each, each.registration) for each in judged.dossiers if each.registration is not None
    )


def left_out(judged: Judged) -> tuple[str, ...]:
    """Return the files of which nothing can be said, because they have problems."""
    return tuple(each.place for each in judged.dossiers if each.registration is None)


def _entry(dossier: Dossier, registration: Registration) -> Entry:
    advice = dossier.status.listing
    shown = {
        place: _shown(getattr(advice, place), getattr(registration.listing, place))
        for place in PLACES
    }
    return Entry(
        registration=registration.registration,
        integration_id=registration.integration_id or "",
        title={"nl": registration.title.nl, "en": registration.title.en},
        partner=registration.partner.name,
        shown=shown,
        listed={place: getattr(registration.listing, place) for place in PLACES},
        decided=ListingAdvice.RESTORE not in (advice.partner_site, advice.help_center),
    )


def _shown(advice: ListingAdvice, is_listed: bool) -> bool:  # noqa: FBT001 - what stands there
    if advice in (ListingAdvice.KEEP, ListingAdvice.UNCHANGED):
        return is_listed
    # placing it again is a decision: until it is taken, it is not shown
    return False


def as_json(known: Sequence[Entry], found: Sequence[Difference]) -> str:
    """Return both as JSON."""
    told: dict[str, Any] = {
        "schema": "koppeling/listing@1",
        "registrations": [to_plain(each) for each in known],
    }
    if found:
        told["differences"] = [to_plain(each) for each in found]
    return json.dumps(told, ensure_ascii=False, indent=1)


def as_text(known: Sequence[Entry], found: Sequence[Difference], language: Language) -> str:
    """Return both as lines for a person."""

    def word(key: str) -> str:
        return in_language(texts()[f"listing.{key}"], language)

    lines = []
    for place in PLACES:
        shown = [each for each in known if each.shown[place]]
        lines.append(f"{word(place)}: {len(shown)}")
        lines += [
            f"  {each.integration_id or '-':16} {one_line(each.title[language])}"
            f" ({one_line(each.partner)})"
            for each in shown
        ]
    for each in found:
        lines.append(f"{word('difference')} {word(each.place)}:")
        for name in ("to_remove", "to_place", "to_decide", "unknown"):
            ids = ", ".join(getattr(each, name))
            lines.append(f"  {word(name)}: {ids or '-'}")
    return "\n".join(lines)


def write_page(
    path: Path,
    known: Sequence[Entry],
    found: Sequence[Difference],
    judged: Judged,
    *,
    language: Language,
) -> None:
    """Write both as a page.

    Raises:
        ConfigurationError: It cannot be written.
        SecretFoundError: Something secret stood in a registration, and would stand in it.
    """
    page = render_listing(
        known,
        found or differences_by_registrations(known),
        as_of=judged.as_of,
        left_out=left_out(judged),
        by_registrations=not found,
        language=language,
    )
    content = page.encode("utf-8", "backslashreplace")
    if not judged.cleaner.is_clean(content):
        message = f"{path}: found something secret; it was not written"
        raise SecretFoundError(message)
    write_files(path.parent, {path.name: content})


def differences_by_registrations(known: Sequence[Entry]) -> tuple[Difference, ...]:
    """Return what is to be done at each place, by what registrations say that it shows now."""
    return tuple(
        difference(
            known,
            frozenset(each.integration_id for each in known if each.listed[place]),
            place,
        )
        for place in PLACES
    )


def read_now(path: Path) -> frozenset[str]:
    """Return the IntegrationIds that a file of what is listed now names, in whatever form.

    Raises:
        DocumentError: It cannot be read, or names none.
    """
    found = frozenset(_ID.findall(read_text(path)))
    if not found:
        message = "expected IntegrationIds such as 12345_678900, found none"
        raise DocumentError([Problem(where=str(path), message=message)])
    return found


def difference(known: Sequence[Entry], now: frozenset[str], place: str) -> Difference:
    """Return what is to be done at a place, given what it shows now."""
    by_id = {each.integration_id: each for each in known if each.integration_id}
    should = {name for name, each in by_id.items() if each.shown[place]}
    return Difference(
        place=place,
        to_place=tuple(sorted(should - now)),
        to_remove=tuple(
            sorted(name for name in now - should if name in by_id and by_id[name].decided)
        ),
        to_decide=tuple(sorted(name for name, each in by_id.items() if not each.decided)),
        unknown=tuple(sorted(now - by_id.keys())),
    )


def differences(known: Sequence[Entry], now: Path) -> tuple[Difference, ...]:
    """Return what is to be done at each place, given a file of what both show now.

    Raises:
        DocumentError: The file cannot be read, or names no integration.
    """
    ids = read_now(now)
    return tuple(difference(known, ids, place) for place in PLACES)


def exit_code(judged: Judged, found: Sequence[Difference]) -> ExitCode:
    """Return 10 when a file is wrong, 16 when something has to be placed or removed, else 0."""
    if left_out(judged):
        return ExitCode.CONFIGURATION
    if any(each.to_place or each.to_remove or each.unknown for each in found):
        return ExitCode.DIFFERS
    return ExitCode.PASSED
