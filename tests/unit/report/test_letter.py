import email
import re
from email.policy import default

import pytest

from koppeling_harness.cli.letter import KINDS
from koppeling_harness.model.registration import Ground
from koppeling_harness.report.letter import as_mail, as_markdown, draft_letter, letter_kinds
from koppeling_harness.report.texts import Language
from support.dossiers import AS_OF, a_dossier, a_full_dossier, a_functional, a_hostile_dossier
from support.registrations import a_decision, a_registration, an_assessment


def a_decided():
    return a_dossier(
        a_functional("Profit 8", failed=("a",)),
        registration=a_registration(
            an_assessment("oranje", "2026-03-10"),
            decisions=(
                a_decision("give_notice", "2026-11-20"),
                a_decision("terminate_immediately", "2026-11-21", ground=Ground.NON_PAYMENT),
            ),
        ),
    )


def test_the_command_knows_every_kind():
    assert letter_kinds() == KINDS


@pytest.mark.parametrize("kind", letter_kinds())
def test_a_letter_is_complete_in_both_languages(kind):
    draft = draft_letter(a_decided(), kind, day=AS_OF, by="M. de Wit", reason="geen uitkomst")

    assert draft.missing == ()
    for language in Language:
        text = as_markdown(draft, language)
        assert "{" not in text
        assert "[" not in text
        assert not re.search(r"\d{4}-\d{2}-\d{2}", text)
    assert draft.body.nl.startswith("Geachte relatie bij Voorbeeld B.V.")
    assert "M. de Wit\nAFAS" in draft.body.en


def test_a_notice_names_the_last_day_from_its_own_date():
    draft = draft_letter(a_decided(), "notice", day=AS_OF)

    assert "gaat in op de datum van deze brief, 23 november 2026" in draft.body.nl
    assert "The last day is 23 November 2027." in draft.body.en
    assert "with reason" in draft.body.en  # that of the decision


def test_an_immediate_end_gives_ground_and_substantiation():
    draft = draft_letter(a_decided(), "immediate-end", day=AS_OF)

    assert "De grond: onbetaalde facturen." in draft.body.nl
    assert "De onderbouwing: with reason" in draft.body.nl
    assert "met ingang van 21 november 2026" in draft.body.nl


def test_what_is_not_known_is_left_to_be_filled_in_and_named():
    draft = draft_letter(a_dossier(registration=a_registration()), "reminder-30", day=AS_OF)

    assert draft.missing == ("by", "days", "until")
    assert "[nog in te vullen]" in draft.body.nl


def test_a_mail_opens_as_one_that_was_not_sent():
    registration = a_full_dossier().registration
    draft = draft_letter(a_decided(), "notice", day=AS_OF, by="É. Visser")
    mail = email.message_from_bytes(as_mail(draft, Language.NL), policy=default)

    assert registration.partner.contact is None
    assert (mail["X-Unsent"], mail["To"], mail["From"]) == ("1", None, None)
    assert mail["Content-Language"] == "nl"
    assert mail["Subject"] == draft.subject.nl
    assert mail.get_content().strip().replace("\r\n", "\n") == draft.body.nl


@pytest.mark.parametrize("kind", letter_kinds())
def test_text_of_others_makes_no_header_and_no_markup(kind):
    draft = draft_letter(a_hostile_dossier(), kind, day=AS_OF, by="x\r\nBcc: y@z", reason="[a](b)")

    mail = email.message_from_bytes(as_mail(draft, Language.EN), policy=default)
    assert mail["Bcc"] is None
    assert "<script>" not in as_markdown(draft, Language.EN)
    assert "\u202e" not in as_markdown(draft, Language.EN)
