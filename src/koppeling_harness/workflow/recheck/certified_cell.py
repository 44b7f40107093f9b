"""Cells of the certified version, from its recording, when its files are not here."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from koppeling_harness.document import read_content
from koppeling_harness.errors import DocumentError
from koppeling_harness.model.exchange import Exchange, Recording
from koppeling_harness.model.finding import Difference
from koppeling_harness.model.recheck import Basis, Cell
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.store.recordings import recording_file
from koppeling_harness.traffic.har_read import from_har
from koppeling_harness.traffic.likeness import Meanings, body_differences, differences
from koppeling_harness.workflow.recheck.history import Earlier

_REFUSED = 400
_OF_THE_CONNECTION = frozenset(
    {"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding", "vary"}
)


def recording_of(scenario: str, earlier: Earlier) -> Recording | Text:
    """Return what was recorded of a scenario in an earlier run, or why there is nothing.

    Args:
        scenario: `scenario` or `scenario[operation]`.
        earlier: The integration in that run; what was taken over is looked for where it came from.
    """
    run = earlier.path.parent
    came_from = [
        each.carried_from for each in earlier.integration.results if result_id(each) == scenario
    ]
    if came_from and came_from[0]:
        run = run.with_name(came_from[0])
    return read_recording(recording_file(run, earlier.integration.id, scenario))


def read_recording(path: Path) -> Recording | Text:
    """Return the recording in a file, or why it cannot be read."""
    try:
        if not path.is_file():
            return Text(nl=f"er is geen opname {path}", en=f"there is no recording {path}")
        return from_har(read_content(path), name=str(path))
    except DocumentError as error:
        return Text(nl=error.message, en=error.message)


def certified_now(recorded: Recording, now: Recording, *, run_id: str) -> Cell:
    """Return what the certified version would see on the new release.

    The present version ran there with the same generated values. Where it sent what the certified
    one had sent, Profit's answer holds for both. A refusal of what was accepted fails both; equal
    answers to all that the certified one sent let it pass as before; anything else proves nothing.

    Args:
        recorded: Of the certified version, when it passed.
        now: Of the present version on the new release.
        run_id: The run that `recorded` is of.
    """
    meanings = Meanings()
    left = list(now.exchanges)
    unlike: list[Difference] = []
    missing = 0
    for each in recorded.exchanges:
        answered = _take(each, left, meanings)
        if answered is None:
            missing += 1
        elif _is_refusal(each, answered):
            return _refused(each, answered, run_id)
        else:
            unlike += _answer_differences(each, answered, meanings)
    if missing or unlike:
        return Cell(note=_unproven(missing, unlike), differences=tuple(unlike[:3]))
    return Cell(
        outcome=Outcome.PASSED,
        basis=Basis.RECORDING,
        run_id=run_id,
        note=Text(
            nl="Profit antwoordt nog gelijk op alles wat de gecertificeerde versie verstuurde",
            en="Profit still gives the same answers to all that the certified version sent",
        ),
    )


def _take(recorded: Exchange, left: list[Exchange], meanings: Meanings) -> Exchange | None:
    for each in left:
        trial = meanings.copy()
        if not differences(recorded, each, trial):
            left.remove(each)
            differences(recorded, each, meanings)
            return each
    return None


def _is_refusal(recorded: Exchange, now: Exchange) -> bool:
    accepted = recorded.status is not None and recorded.status < _REFUSED
    return accepted and now.status is not None and now.status >= _REFUSED and not now.fault


def _refused(recorded: Exchange, now: Exchange, run_id: str) -> Cell:
    call = f"{recorded.method} {recorded.path}"
    return Cell(
        outcome=Outcome.FAILED,
        cause=Cause.INTEGRATION,
        basis=Basis.RECORDING,
        run_id=run_id,
        note=Text(
            nl=f"Profit weigert nu wat de gecertificeerde versie verstuurde: {call} gaf "
            f"{recorded.status} en geeft {now.status}",
            en=f"Profit now refuses what the certified version sent: {call} gave "
            f"{recorded.status} and gives {now.status}",
        ),
    )


def _answer_differences(
    recorded: Exchange, now: Exchange, meanings: Meanings
) -> Sequence[Difference]:
    if recorded.status != now.status:
        return (
            Difference(
                path=f"status of {recorded.method} {recorded.path}",
                expected=str(recorded.status),
                actual=str(now.status),
            ),
        )
    at = f"answer to {recorded.method} {recorded.path}"
    unlike = body_differences(recorded.response_body, now.response_body, meanings, at=at)
    was, is_ = recorded.response_body or "", now.response_body or ""
    if not unlike and was != is_ and not meanings.matches(was, is_):
        unlike = (Difference(path=f"layout of {at}", expected=was[:80], actual=is_[:80]),)
    return (*unlike, *_header_differences(recorded, now, at))


def _header_differences(recorded: Exchange, now: Exchange, at: str) -> Iterator[Difference]:
    """Yield which headers an answer has no longer, or has now; their values vary."""
    was, is_ = ({name.lower() for name, _ in each.response_headers} for each in (recorded, now))
    for name in sorted((was ^ is_) - _OF_THE_CONNECTION):
        told = ("present", "absent") if name in was else ("absent", "present")
        yield Difference(path=f"header {name} of {at}", expected=told[0], actual=told[1])


def _unproven(missing: int, unlike: Sequence[Difference]) -> Text:
    if missing:
        return Text(
            nl=f"de huidige versie verstuurt {missing} aanroepen van de gecertificeerde niet meer",
            en=f"the present version no longer sends {missing} calls of the certified one",
        )
    return Text(
        nl=f"Profit antwoordt anders ({unlike[0].path}); wat zij daarmee doet is niet bekend",
        en=f"Profit answers otherwise ({unlike[0].path}); what it makes of that is not known",
    )
