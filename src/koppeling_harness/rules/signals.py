"""Complaints and other signals, and the course that each takes (R9).

A signal is received, both sides are heard, AFAS decides, and it is closed. It has no effect on the
status by itself.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.decisions import SignalStep
from koppeling_harness.model.registration import Registration, Signal
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Status, Who
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.registration_input import InputProblem
from koppeling_harness.rules.words import said, signal_kind
from koppeling_harness.value import dataclass

RECEIVED, HEARD, DECIDED, CLOSED = ORDER = ("received", "heard", "decided", "closed")
_SIDES = ("reporter", "partner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How one signal went on.

    Attributes:
        signal: The signal.
        steps: What was done, oldest first.
    """

    signal: Signal
    steps: tuple[SignalStep, ...]

    @property
    def is_closed(self) -> bool:
        """Whether nothing has to be done about it any more."""
        return any(each.step == CLOSED for each in self.steps)

    @property
    def unheard(self) -> tuple[str, ...]:
        """The sides that were not heard yet."""
        heard = {each.side for each in self.steps if each.step == HEARD}
        return tuple(each for each in _SIDES if each not in heard)

    @property
    def since(self) -> date:
        """The day of the last step; that of the signal before there is one."""
        return self.steps[-1].date if self.steps else self.signal.date


def courses(
    registration: Registration, steps: Sequence[SignalStep], *, as_of: date
) -> tuple[Course, ...]:
    """Return the course of each signal that is known on a day, the oldest signal first."""
    known = [each for each in steps if each.date <= as_of]
    return tuple(
        Course(
            signal=each,
            steps=tuple(
                sorted(
                    (one for one in known if one.signal == each.date),
                    key=lambda one: (one.date, ORDER.index(one.step)),
                )
            ),
        )
        for each in sorted(registration.signals, key=lambda s: (s.date, s.kind, s.text))
        if each.date <= as_of
    )


def signal_facts(
    registration: Registration, steps: Sequence[SignalStep] | None, *, as_of: date
) -> Iterator[Fact]:
    """Yield the signals that are known, oldest first (R9); without effect by themselves.

    Args:
        registration: What they are about.
        steps: The course that AFAS keeps; None where it keeps none.
        as_of: The day.
    """
    for number, each in enumerate(courses(registration, steps or (), as_of=as_of), 1):
        signal = each.signal
        begins = (
            said("Afgesloten op {day}", "Closed on {day}", day=each.since)
            if each.is_closed
            else said("Ter beoordeling", "For review")
        )
        yield Fact(
            rule="R9",
            text=said(
                "{begins}, {day}: {kind}, {text}",
                "{begins}, {day}: {kind}, {text}",
                begins=begins,
                day=signal.date,
                kind=signal_kind(signal.kind),
                text=signal.text,
            ),
            flag="" if each.is_closed else "SIGNAL",
            actions=(
                (
                    action(
                        Who.AFAS,
                        _what_is_next(each),
                        rule="R9",
                        key=f"signal:{signal.date}-{number}",
                        weight=Status.ATTENTION,
                        since=each.since,
                        rests_on=Text(nl=signal.text, en=signal.text),
                    ),
                )
                if steps is not None and not each.is_closed
                else ()
            ),
        )


def _what_is_next(course: Course) -> Text:
    day = course.signal.date
    done = {each.step for each in course.steps}
    if not done:
        return said(
            "Bevestig de ontvangst van het signaal van {day}.",
            "Confirm that the signal of {day} was received.",
            day=day,
        )
    if DECIDED in done:
        return said(
            "Meld het besluit over het signaal van {day} en sluit het af.",
            "Tell the decision about the signal of {day} and close it.",
            day=day,
        )
    if course.unheard:
        return said(
            "Hoor {sides} over het signaal van {day}.",
            "Hear {sides} about the signal of {day}.",
            sides=sides_in_words(course.unheard),
            day=day,
        )
    return said("Besluit over het signaal van {day}.", "Decide on the signal of {day}.", day=day)


def sides_in_words(sides: Sequence[str]) -> Text:
    """Return which sides are meant, in words."""
    words = [SIDE[each] for each in sides]
    return Text(
        nl=" en ".join(each.nl for each in words), en=" and ".join(each.en for each in words)
    )


SIDE = {
    "reporter": said("de melder", "who reported it"),
    "partner": said("de partner", "the partner"),
}
STEP = {
    RECEIVED: said("ontvangen", "received"),
    HEARD: said("gehoord", "heard"),
    DECIDED: said("besloten", "decided"),
    CLOSED: said("afgesloten", "closed"),
}


def step_in_words(step: SignalStep) -> Text:
    """Return what a step in the course of a signal was."""
    if step.side is None:
        return STEP[step.step]
    return said("{side} gehoord", "heard: {side}", side=SIDE[step.side])


def course_problems(
    steps: Sequence[SignalStep], registration: Registration
) -> Iterator[InputProblem]:
    """Yield the steps that belong to no signal, come before it, or name no side."""
    days = {each.date for each in registration.signals}
    for number, each in enumerate(steps):
        at = ("course", number)
        if each.signal not in days:
            yield InputProblem(
                path=(*at, "signal"),
                text=said(
                    "er is geen signaal van {day}", "there is no signal of {day}", day=each.signal
                ),
            )
        elif each.date < each.signal:
            yield InputProblem(
                path=(*at, "date"),
                text=said(
                    "gevonden {found}, verwacht een dag vanaf het signaal, {day}",
                    "found {found}, expected a day from that of the signal on, {day}",
                    found=each.date,
                    day=each.signal,
                ),
            )
        if (each.step == HEARD) != (each.side is not None):
            yield InputProblem(
                path=(*at, "step"),
                text=said(
                    "`side` (reporter of partner) hoort bij `heard`, en alleen daarbij",
                    "`side` (reporter or partner) belongs to `heard`, and to nothing else",
                ),
            )
