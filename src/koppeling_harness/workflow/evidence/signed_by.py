"""By whom a statement is signed: the first thing to know, and the only one that is believed."""

from koppeling_harness.evidence.bundle import ENVELOPE, SSH_SIGNATURE, STATEMENT, Bundle
from koppeling_harness.evidence.dsse import Envelope, read_envelope
from koppeling_harness.evidence.keys import PublicKey
from koppeling_harness.evidence.sshsig import ssh_signer
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.words import said
from koppeling_harness.workflow.evidence.trust import Trust


class Refused(Exception):  # noqa: N818 - an outcome, not a fault
    """A step that is refused.

    Args:
        code: Why, the same for the same reason.
        text: What was found.
    """

    def __init__(self, *, code: str, text: Text) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


def signed_by(bundle: Bundle, trust: Trust) -> tuple[Envelope, PublicKey | None]:
    """Return an envelope with the key that it is signed with; None when nobody knows that key.

    Args:
        bundle: Files with an envelope among them.
        trust: The registered keys.

    Raises:
        EvidenceError: The envelope, or the signature beside it, is none.
        Refused: A signature is not over this statement.
    """
    envelope = read_envelope(bundle.read(ENVELOPE))
    key = _ssh_key(bundle, envelope)
    known = _known_key(envelope, key, trust)
    if known is None and key is not None and envelope.by(key) is None:
        raise _not_over_this()
    return envelope, known or key


def _ssh_key(bundle: Bundle, envelope: Envelope) -> PublicKey | None:
    """Return the key of the signature for `ssh-keygen`, which has to be over the same."""
    names = bundle.names
    if STATEMENT in names and bundle.read(STATEMENT) != envelope.payload:
        raise Refused(
            code="signature",
            text=said(
                "{name} is niet de verklaring die in de envelop zit",
                "{name} is not the statement in the envelope",
                name=STATEMENT,
            ),
        )
    if SSH_SIGNATURE not in names:
        return None
    return ssh_signer(envelope.payload, bundle.read(SSH_SIGNATURE))


def _known_key(envelope: Envelope, key: PublicKey | None, trust: Trust) -> PublicKey | None:
    """Return the registered key by which the envelope is signed; None when there is none."""
    hints = {each.keyid for each in envelope.signatures}
    keys = dict.fromkeys(each.key for each in trust.signers)
    hinted = [each for each in keys if each.fingerprint in hints]
    if key in keys:
        hinted.insert(0, key)
    found = next((each for each in hinted if envelope.by(each)), None)
    if found is None and hinted:
        raise _not_over_this()
    if found is None:  # a key's name is a hint, and no more
        found = next((each for each in keys if envelope.by(each)), None)
    if found is not None and key is not None and found != key:
        raise Refused(
            code="signature",
            text=said(
                "envelop en verklaring zijn met verschillende sleutels ondertekend",
                "envelope and statement are signed with different keys",
            ),
        )
    return found


def _not_over_this() -> Refused:
    return Refused(
        code="signature",
        text=said(
            "de handtekening hoort niet bij deze verklaring: die is daarna gewijzigd",
            "the signature is not over this statement: it was changed afterwards",
        ),
    )
