"""The page and the badge of a certificate: what was tested, until when, and what was not."""

from koppeling_harness.model.certificate import Certificate
from koppeling_harness.model.shape import Text
from koppeling_harness.report.badge_svg import draw_badge
from koppeling_harness.report.pages import render_page
from koppeling_harness.report.texts import Language, in_language
from koppeling_harness.rules.words import COLOUR, day_in_words, said

_FILL = "#1b6e33"


def render_certificate_page(
    certificate: Certificate, *, statement: str, language: Language = Language.NL
) -> str:
    """Return a certificate as one self-contained HTML page.

    Args:
        certificate: What it says.
        statement: Name of the file with the signed statement, beside the page.
        language: The one in which the page opens.
    """
    colour = certificate.colour
    return render_page(
        "certificate",
        title=said("Certificaat {number}", "Certificate {number}", number=certificate.number),
        language=language,
        one=certificate,
        colour=COLOUR[colour] if colour is not None else None,
        statement=statement,
    )


def render_certificate_badge(certificate: Certificate, *, language: Language) -> str:
    """Return a badge: what was tested on which releases, and until when that counts."""
    names = ", ".join(each.release for each in certificate.releases)
    until = in_language(day_in_words(certificate.until), language)
    word = in_language(
        Text(nl=f"getest op {names} t/m {until}", en=f"tested on {names} until {until}"), language
    )
    issued = in_language(day_in_words(certificate.issued), language)
    title = f"{certificate.registration}: {word} ({certificate.number}, {issued})"
    return draw_badge(certificate.registration, word, fill=_FILL, title=title, lang=language.value)
