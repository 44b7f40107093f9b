from koppeling_harness.model.history import Told, ToldDuty
from koppeling_harness.model.registration import Colour
from koppeling_harness.model.status import Status
from koppeling_harness.rules.history import done, last_week, quarters
from koppeling_harness.rules.words import said
from support.registrations import day


def told(when, *duties, status=Status.IN_ORDER, **due):
    return Told(
        date=day(when),
        status=status,
        colour=Colour.GREEN,
        duties={key: ToldDuty(what=said(key, key), due=due.get(key)) for key in duties},
    )


def test_a_week_ago_is_the_newest_report_that_is_a_week_old():
    days = [day(each) for each in ("2026-11-01", "2026-11-16", "2026-11-17", "2026-11-23")]

    assert last_week(days, as_of=day("2026-11-23")) == day("2026-11-16")
    assert last_week(days[2:], as_of=day("2026-11-23")) == day("2026-11-17")
    assert last_week(days[3:], as_of=day("2026-11-23")) is None


def test_a_duty_is_done_when_a_report_tells_it_no_more_and_may_come_back():
    many = [
        told("2026-01-05", "rescan", rescan=day("2026-01-10")),
        told("2026-01-12", "rescan", rescan=day("2026-01-10")),
        told("2026-01-19"),
        told("2026-01-26", "rescan"),
        told("2026-02-02"),
    ]

    found = [(each.first, each.gone, each.days_late) for each in done(many)]

    assert found == [
        (day("2026-01-05"), day("2026-01-19"), 9),
        (day("2026-01-26"), day("2026-02-02"), 0),
    ]


def test_a_quarter_is_what_its_last_report_told():
    history = {
        "a": [
            told("2026-02-02", "run:Profit 8", status=Status.ACTION_REQUIRED),
            told("2026-03-30", status=Status.IN_ORDER),
            told("2026-04-06", status=Status.ATTENTION),
        ],
        "b": [told("2026-03-30", status=Status.NOT_CERTIFIED)],
    }

    first, second = quarters(history, as_of=day("2026-05-01"))

    assert (first.year, first.number, first.done, first.days_to_repair) == (2026, 1, 1, 56)
    assert dict(first.statuses) == {Status.IN_ORDER: 1, Status.NOT_CERTIFIED: 1}
    assert dict(second.statuses) == {Status.ATTENTION: 1}
    assert second.days_to_repair is None
