"""Verify evidence, step by step: what is signed, by whom, over what, and what follows from it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.errors import EvidenceError
from koppeling_harness.evidence.bundle import (
    ENVELOPE,
    TIME_STAMP,
    Bundle,
    Folder,
    files_to_sign,
    open_bundle,
)
from koppeling_harness.evidence.dsse import Envelope
from koppeling_harness.evidence.keys import PublicKey
from koppeling_harness.evidence.signers import Signer, signers_of
from koppeling_harness.evidence.statement import (
    Statement,
    difference,
    digest_of,
    missing,
    read_statement,
    waived,
)
from koppeling_harness.evidence.time_stamp import can_read, stamped_at
from koppeling_harness.model.evidence import Step, StepOutcome, StepTaken, Verified, Waived
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.lists import ListBook
from koppeling_harness.rules.record_check import SLACK, moment
from koppeling_harness.rules.record_results import recordings_of
from koppeling_harness.rules.record_summary import summaries
from koppeling_harness.rules.standing import OLD
from koppeling_harness.rules.words import said
from koppeling_harness.store.runs import RUN, check_content
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.evidence.search import files_with_secrets
from koppeling_harness.workflow.evidence.signed_by import Refused, signed_by
from koppeling_harness.workflow.evidence.step_text import day_text, files_text, when_it_counts
from koppeling_harness.workflow.evidence.trust import Trust

_EARLIEST, _LATEST = 1990, 9990
"""Years between which a moment can be told in every time zone, and means something."""
_NOT_REACHED = said("niet aan toegekomen", "not reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How evidence is looked at.

    Attributes:
        trust: Whom the reader trusts.
        book: The lists that the reader knows.
        now: The present moment.
        thorough: Whether every spelling of a token is undone; see `kinds_of_secrets`.
    """

    trust: Trust
    book: ListBook
    now: datetime
    thorough: bool = False


def verify(path: Path, look: Look) -> Verified:
    """Return what verifying a pack, or the folder of a run, comes to. Nothing is written."""
    try:
        bundle = open_bundle(path)
    except (EvidenceError, OSError) as error:
        return not_a_pack(path, error)
    return verify_bundle(bundle, str(path), look)


def not_a_pack(path: Path, error: EvidenceError | OSError) -> Verified:
    """Return what verifying comes to when there is nothing that can be read."""
    message = error.message if isinstance(error, EvidenceError) else error.strerror or str(error)
    text = said("geen bruikbaar bewijspakket: {why}", "no pack of evidence: {why}", why=message)
    first = StepTaken(step=Step.ENVELOPE, outcome=StepOutcome.REFUSED, said=text, code="not_a_pack")
    return Verified(file=str(path), steps=(first, *_left_after(Step.ENVELOPE)))


def verify_bundle(bundle: Bundle, file: str, look: Look) -> Verified:
    """Return what verifying the files of a run comes to.

    Args:
        bundle: The files.
        file: What they are called.
        look: How they are looked at.
    """
    return _Verifying(bundle, file, look).verified()


def refusal_of_record(bundle: Bundle, file: str, look: Look) -> Text | None:
    """Return why a signed record is not to be believed; None when it is.

    Args:
        bundle: Its evidence and the record; other files of the run need not be in it.
        file: What it is called.
        look: How it is looked at.
    """
    return _Verifying(bundle, file, look).refusal_of_record()


class _Verifying:
    """Takes the steps, each as far as those before it let it."""

    def __init__(self, bundle: Bundle, file: str, look: Look) -> None:
        self._bundle = bundle
        self._file = file
        self._look = look
        self._steps: list[StepTaken] = []
        self._envelope: Envelope | None = None
        self._statement: Statement | None = None
        self._payload_digest = ""
        self._key: PublicKey | None = None
        self._lines: tuple[Signer, ...] = ()
        self._signed_at: datetime | None = None
        self._record: Mapping[str, Any] | None = None
        self._is_stamped = False

    def verified(self) -> Verified:
        for step, take in self._order():
            self._take(step, take)
        statement = self._statement
        record = self._record
        agrees = statement if self._holds(Step.VERDICT) else None
        return Verified(
            file=self._file,
            steps=tuple(self._steps),
            run_id=statement.run_id if statement else "",
            statement=self._payload_digest,
            integrations=tuple(
                f"{each.name} {each.version}" for each in (statement.subjects if statement else ())
            ),
            integration_ids=tuple(
                each.integration_id for each in (statement.subjects if statement else ())
            ),
            release=str(record["erp"]["label"]) if record else "",
            result=statement.result if statement else "",
            signer=self._key.fingerprint if self._key else "",
            missing=missing(agrees) if agrees else (),
            waived=tuple(
                Waived(integration=of.name, integration_id=of.integration_id, scenario=name)
                for of, name in (waived(agrees) if agrees else ())
            ),
            signed_at=self._signed_at,
            is_stamped=self._is_stamped,
        )

    def _holds(self, step: Step) -> bool:
        """Return whether a step was taken and holds."""
        return any(each.step is step and each.outcome is StepOutcome.HOLDS for each in self._steps)

    def refusal_of_record(self) -> Text | None:
        for step, take in self._order()[:4]:
            self._take(step, take)
        statement = self._statement
        refused = [each.said for each in self._steps if each.outcome is StepOutcome.REFUSED]
        if refused or statement is None:
            return refused[0] if refused else _NOT_REACHED
        if statement.files.get(RUN) != self._bundle.digest(RUN):
            return files_text("gewijzigd", "changed", [RUN])
        return None

    def _order(self) -> list[tuple[Step, Callable[[], Text | None]]]:
        return [
            (Step.ENVELOPE, self._in_the_envelope),
            (Step.KEY_KNOWN, self._key_is_known),
            (Step.KEY_VALID, self._key_is_valid),
            (Step.IDENTITY, self._is_theirs),
            (Step.FILES, self._files_are_equal),
            (Step.RECORD, self._record_holds),
            (Step.LIST, self._list_counts),
            (Step.VERDICT, self._verdict_follows),
            (Step.REDACTION, self._nothing_secret),
            (Step.AGE, self._is_recent),
        ]

    def _take(self, step: Step, take: Callable[[], Text | None]) -> None:
        code, outcome = "", StepOutcome.HOLDS
        try:
            text = take()
            if text is None:
                text, outcome = _NOT_REACHED, StepOutcome.NOT_REACHED
        except Refused as refused:
            code, text, outcome = refused.code, refused.text, StepOutcome.REFUSED
        except EvidenceError as error:
            code, outcome = step.value, StepOutcome.REFUSED
            text = said("klopt niet: {why}", "does not hold: {why}", why=error.message)
        self._steps.append(StepTaken(step=step, outcome=outcome, said=text, code=code))

    def _in_the_envelope(self) -> Text:
        if ENVELOPE not in self._bundle.names:
            raise Refused(
                code="unsigned",
                text=said(
                    "niet ondertekend: {name} ontbreekt", "not signed: no {name}", name=ENVELOPE
                ),
            )
        envelope, self._key = signed_by(self._bundle, self._look.trust)
        self._envelope = envelope
        self._statement = read_statement(envelope.payload)
        self._payload_digest = digest_of(envelope.payload)
        ours = said("handtekening klopt", "the signature holds")
        unseen = said("handtekening van een onbekende", "a signature of somebody unknown")
        return ours if self._key else unseen

    def _key_is_known(self) -> Text | None:
        if self._envelope is None:
            return None
        lines = signers_of(self._key, self._look.trust.signers) if self._key else ()
        if not lines:
            raise Refused(
                code="key_unknown",
                text=said(
                    "sleutel {key} staat niet in {place}",
                    "key {key} is not in {place}",
                    key=self._key.fingerprint if self._key else "?",
                    place=self._look.trust.place,
                ),
            )
        self._lines = tuple(each for each in lines if each.is_for_evidence)
        if not self._lines:
            raise Refused(
                code="key_unknown",
                text=said(
                    "de sleutel is geregistreerd, maar niet voor bewijs ({place})",
                    "the key is registered, but not for evidence ({place})",
                    place=lines[0].place,
                ),
            )
        return said("sleutel bekend: {place}", "key known: {place}", place=self._lines[0].place)

    def _key_is_valid(self) -> Text | None:
        statement = self._statement
        if statement is None:
            return None
        self._signed_at = _read_moment(statement.signed_at)
        when = self._stamped()
        if self._signed_at > self._look.now + SLACK:
            raise Refused(
                code="future",
                text=said(
                    "ondertekend op {day}: dat moet nog komen",
                    "signed on {day}, which is still to come",
                    day=day_text(self._signed_at),
                ),
            )
        if not self._lines or self._key is None:
            return None
        if self._look.trust.is_revoked(self._key):
            raise Refused(
                code="key_revoked",
                text=said("de sleutel is ingetrokken", "the key is revoked"),
            )
        if statement.key != self._key.fingerprint:
            raise Refused(
                code="signature",
                text=said(
                    "de verklaring noemt een andere sleutel: {key}",
                    "the statement names another key: {key}",
                    key=statement.key,
                ),
            )
        valid = tuple(each for each in self._lines if each.counts_at(self._signed_at))
        if not valid:
            raise Refused(code="key_ended", text=when_it_counts(self._lines, self._signed_at))
        self._lines = valid
        return said(
            "geldig op {day}, {when}",
            "valid on {day}, {when}",
            day=day_text(self._signed_at),
            when=when,
        )

    def _stamped(self) -> Text:
        """Take the moment of the time stamp, where one is read; say whose word it is."""
        if TIME_STAMP not in self._bundle.names:
            return said("zoals de ondertekenaar zelf opgeeft", "as stated by the signer")
        if not self._look.trust.time_stampers or not can_read():
            return said(
                "zoals de ondertekenaar zelf opgeeft; het tijdstempel is hier niet te lezen",
                "as stated by the signer; the time stamp cannot be read here",
            )
        # over the signature of this key: an older one beside it has a stamp of its own day
        ours = self._envelope.by(self._key) if self._envelope and self._key else None
        if ours is None:
            return said("zoals de ondertekenaar zelf opgeeft", "as stated by the signer")
        self._signed_at = stamped_at(
            self._bundle.read(TIME_STAMP), ours.sig, self._look.trust.time_stampers
        )
        self._is_stamped = True
        return said("volgens het tijdstempel", "by its time stamp")

    def _is_theirs(self) -> Text | None:
        statement = self._statement
        if statement is None or not self._lines:
            return None
        for each in statement.subjects:
            if not each.integration_id or not any(
                line.is_for(each.integration_id) for line in self._lines
            ):
                raise Refused(
                    code="identity",
                    text=said(
                        "deze sleutel is niet van {id} ({name})",
                        "this key is not that of {id} ({name})",
                        id=each.integration_id or "?",
                        name=each.name,
                    ),
                )
        ids = ", ".join(dict.fromkeys(each.integration_id for each in statement.subjects))
        named = {each for line in self._lines for each in line.principals}
        if all(each.integration_id in named for each in statement.subjects):
            return said("de sleutel hoort bij {ids}", "the key is that of {ids}", ids=ids)
        return said(
            "de sleutel geldt ook voor {ids}: zij is geregistreerd voor {whom}",
            "the key counts for {ids} too: it is registered for {whom}",
            ids=ids,
            whom=", ".join(sorted(named)),
        )

    def _files_are_equal(self) -> Text | None:
        statement = self._statement
        if statement is None:
            return None
        there = set(files_to_sign(self._bundle))
        missing = sorted(set(statement.files) - there)
        if missing:
            raise Refused(code="file_missing", text=files_text("ontbreekt", "missing", missing))
        # beside a run that lies where it was made, others may write
        added = [] if isinstance(self._bundle, Folder) else sorted(there - set(statement.files))
        if added:
            unsigned = files_text("niet ondertekend", "not signed", added)
            raise Refused(code="file_added", text=unsigned)
        if RUN not in statement.files:
            raise Refused(code="file_missing", text=files_text("ontbreekt", "missing", [RUN]))
        changed = [
            name for name, digest in statement.files.items() if self._bundle.digest(name) != digest
        ]
        if changed:
            raise Refused(
                code="file_changed", text=files_text("gewijzigd", "changed", sorted(changed))
            )
        return said(
            "{count} bestanden, alle gelijk", "{count} files, all equal", count=len(statement.files)
        )

    def _record_holds(self) -> Text | None:
        statement = self._statement
        if statement is None or RUN not in self._bundle.names:
            return None
        content = self._bundle.read(RUN)
        checked = check_content(Path(RUN), content, now=self._look.now, book=self._look.book)
        if checked.problems or checked.plain is None:
            first = checked.problems[0]
            raise Refused(
                code="record",
                text=said(
                    "het verslag spreekt zichzelf tegen: {why}",
                    "the record contradicts itself: {why}",
                    why=f"{first.where}: {first.message}",
                ),
            )
        self._record = checked.plain
        if checked.plain["run_id"] != statement.run_id:
            self._record = None
            raise Refused(
                code="record",
                text=said(
                    "het verslag is van run {other}, de verklaring van {run}",
                    "the record is of run {other}, the statement of {run}",
                    other=checked.plain["run_id"],
                    run=statement.run_id,
                ),
            )
        lacking = sorted(recordings_of(checked.plain) - set(statement.files))
        if lacking:
            raise Refused(
                code="file_missing",
                text=files_text("de opname ontbreekt", "the recording is missing", lacking),
            )
        return said("spreekt zichzelf niet tegen", "does not contradict itself")

    def _list_counts(self) -> Text | None:
        if self._record is None:
            return None
        day = self._look.now.astimezone(AMSTERDAM).date()
        name = said("geen lijst", "no list")
        for run in summaries(self._record, self._look.book, zone=AMSTERDAM):
            word = run.list_word
            if word is None or not word.counts:
                is_newer = word is not None and "newer" in word.name.en
                code = "list_newer" if is_newer else "list_unknown"
                raise Refused(code=code, text=word.name if word else name)
            if word.until is not None and day > word.until:
                raise Refused(
                    code="list_ended",
                    text=said(
                        "{list} eindigde op {day}",
                        "{list} ended on {day}",
                        list=word.name,
                        day=word.until,
                    ),
                )
            name = word.name
        return name

    def _verdict_follows(self) -> Text | None:
        if self._record is None or self._statement is None:
            return None
        differs = difference(self._record, self._statement)
        if differs:
            raise Refused(
                code="verdict",
                text=said(
                    "de verklaring zegt iets anders dan het verslag: {what}",
                    "the statement says otherwise than the record: {what}",
                    what=differs,
                ),
            )
        passed = len(self._statement.said["passedTests"])
        return said(
            "{result}: {passed} verplichte scenario's geslaagd",
            "{result}: {passed} required scenarios passed",
            result=self._statement.result.lower(),
            passed=passed,
        )

    def _nothing_secret(self) -> Text | None:
        if self._statement is None:
            return None
        # a second for each megabyte: not for a stranger who sends many of them
        is_refused = any(each.outcome is StepOutcome.REFUSED for each in self._steps)
        thorough = self._look.thorough and not is_refused
        names = files_to_sign(self._bundle)
        found = files_with_secrets(self._bundle, names, thorough=thorough)
        if found:
            raise Refused(code="token", text=files_text("bevat een token", "holds a token", found))
        if thorough:
            return said("geen token, in geen enkele spelling", "no token, in any spelling")
        return said("geen token in een gangbare spelling", "no token in a usual spelling")

    def _is_recent(self) -> Text | None:
        if self._record is None:
            return None
        began = moment(str(self._record["started_at"]))
        days = (self._look.now - began).days
        if self._signed_at is not None and self._signed_at < began - SLACK:
            raise Refused(
                code="future",
                text=said("ondertekend vóór de run begon", "signed before the run began"),
            )
        if self._look.now - began > OLD:
            raise Refused(
                code="old",
                text=said(
                    "de run is {days} dagen oud, hoogstens {most} mag",
                    "the run is {days} days old, {most} at most",
                    days=days,
                    most=OLD.days,
                ),
            )
        return said("{days} dagen oud", "{days} days old", days=max(days, 0))


def _left_after(step: Step) -> list[StepTaken]:
    return [
        StepTaken(step=each, outcome=StepOutcome.NOT_REACHED, said=_NOT_REACHED)
        for each in Step
        if each.number > step.number
    ]


def _read_moment(text: str) -> datetime:
    try:
        found = moment(text).astimezone(UTC)
        if not _EARLIEST < found.year < _LATEST:
            raise ValueError  # noqa: TRY301 - told in the same words
    except (ValueError, TypeError, OverflowError):
        message = f"it says that it was signed at {text!r}, which is no moment"
        raise EvidenceError(message) from None
    return found
