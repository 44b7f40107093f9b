"""Sort a pack that a partner sent: accepted, to be returned with a reason, or a question.

A question is what the reviewer has to find out himself; what the partner can mend goes back.
"""

from collections.abc import Mapping, Sequence

from koppeling_harness.model.evidence import Verified
from koppeling_harness.model.intake import Lack, Sorted
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.words import said

_RUN_AGAIN = said(
    "Draai opnieuw met de laatste versie van het programma, onderteken en stuur het pakket.",
    "Run again with the latest version of the program, sign, and send the pack.",
)
_PACK_AGAIN = said(
    "Maak het pakket opnieuw met `koppeling evidence pack` en stuur dat bestand ongewijzigd.",
    "Make the pack again with `koppeling evidence pack`, and send that file unchanged.",
)
_SIGN_AGAIN = said(
    "Onderteken opnieuw met `koppeling evidence sign` en een sleutel die bij ons geregistreerd is.",
    "Sign again with `koppeling evidence sign` and a key that is registered with us.",
)
_NEW_KEY = said(
    "Maak een sleutel met `koppeling evidence keygen` en stuur ons de regel die het toont.",
    "Make a key with `koppeling evidence keygen`, and send us the line that it shows.",
)
_ASK_WHOSE = said(
    "Vraag de partner, langs een weg die u al kende, of deze sleutel van hem is; registreer hem "
    "dan.",
    "Ask the partner, by a way that you knew before, whether this key is his; register it then.",
)
_UPDATE = said("Werk dit programma bij.", "Update this program.")
_LOOK_AT_BOTH = said(
    "Van deze testrun ligt hier al iets anders. Leg de twee naast elkaar en vraag de partner.",
    "Something else is here already of this run. Compare the two, and ask the partner.",
)
_NO_TOKEN = said(
    "Trek het token in AFAS in: het stond in wat is verstuurd. Draai daarna opnieuw.",
    "Revoke the token in AFAS: it stood in what was sent. Run again after that.",
)
_MEND = said(
    "Herstel wat niet slaagde, draai het geheel opnieuw en stuur dat.",
    "Mend what did not pass, run the whole again, and send that.",
)

_GRANT_OR_RETURN = said(
    "Verleen de ontheffing in de beslissingen bij de registratie en neem het pakket opnieuw in, of "
    "vraag de partner te herstellen en opnieuw te draaien.",
    "Grant the waiver in the decisions beside the registration and take the pack in again, or ask "
    "the partner to mend and to run again.",
)

_ADVICE: Mapping[str, Text] = {
    "not_a_pack": _PACK_AGAIN,
    "unsigned": _SIGN_AGAIN,
    "signature": _SIGN_AGAIN,
    "envelope": _SIGN_AGAIN,
    "key_unknown": _ASK_WHOSE,
    "key_ended": _NEW_KEY,
    "key_revoked": _NEW_KEY,
    "identity": _SIGN_AGAIN,
    "file_missing": _PACK_AGAIN,
    "file_added": _PACK_AGAIN,
    "file_changed": _PACK_AGAIN,
    "list_newer": _UPDATE,
    "token": _NO_TOKEN,
    "not_passed": _MEND,
    "other_content": _LOOK_AT_BOTH,
    "waiver_unknown": _GRANT_OR_RETURN,
}
_QUESTIONS = frozenset({"key_unknown", "list_newer", "other_content", "waiver_unknown"})
_SHOWN = 10


def lacks_of(verified: Verified) -> tuple[Lack, ...]:
    """Return why evidence cannot be accepted; empty when it can.

    Args:
        verified: What verifying it came to.
    """
    lacks = [
        Lack(code=each.code, said=each.said, advice=_ADVICE.get(each.code, _RUN_AGAIN))
        for each in verified.refused
    ]
    if not lacks and verified.missing:
        shown = ", ".join(verified.missing[:_SHOWN])
        more = len(verified.missing) - _SHOWN
        names = f"{shown} + {more}" if more > 0 else shown
        found = said(
            "niet alle verplichte scenario's zijn geslaagd: {names}",
            "not all required scenarios passed: {names}",
            names=names,
        )
        lacks.append(lack("not_passed", found))
    return tuple(lacks)


def lack(code: str, found: Text) -> Lack:
    """Return a reason why a pack is not accepted."""
    return Lack(code=code, said=found, advice=_ADVICE.get(code, _RUN_AGAIN))


def sort(lacks: Sequence[Lack]) -> Sorted:
    """Return where a pack goes that is not here yet."""
    if not lacks:
        return Sorted.ACCEPTED
    if all(each.code in _QUESTIONS for each in lacks):
        return Sorted.QUESTION
    return Sorted.RETURNED


def letter(verified: Verified, lacks: Sequence[Lack], name: str) -> Text:
    """Return a text that tells a partner what lacks, and what to do; a person sends it.

    Args:
        verified: What verifying the pack came to.
        lacks: Why it is returned.
        name: Of the pack's file.
    """
    about = ", ".join(verified.integrations) or "?"
    nl = [
        f"Betreft: {name} ({about}{_on('op', verified)})",
        "",
        "Uw bewijs is ontvangen en kan zo niet worden aangenomen.",
        "",
        *(f"- {each.said.nl}" for each in lacks),
        "",
        "Wat u kunt doen:",
        *dict.fromkeys(f"- {each.advice.nl}" for each in lacks),
    ]
    en = [
        f"About: {name} ({about}{_on('on', verified)})",
        "",
        "Your evidence has come in, and cannot be accepted as it is.",
        "",
        *(f"- {each.said.en}" for each in lacks),
        "",
        "What you can do:",
        *dict.fromkeys(f"- {each.advice.en}" for each in lacks),
    ]
    return Text(nl="\n".join(nl), en="\n".join(en))


def _on(word: str, verified: Verified) -> str:
    return f" {word} {verified.release}" if verified.release else ""
