import json

import httpx
import pytest
from urenportaal.afas import AfasClient, AnswerLostError, Settings
from urenportaal.hours import HoursPusher
from urenportaal.store import Store

ENTRY = {
    "ref": "UP-1",
    "employee": "1001",
    "project": "P0001",
    "item": "ADV",
    "date": "2026-11-02",
    "hours": "7.75",
    "description": "Één overleg",
}


class Profit:
    """Books hours, loses the answers that it is told to lose, and shows what was booked."""

    def __init__(self, *, losing=0, before=0):
        self.booked = []
        self.losing = losing
        self.before = before
        """How many of the lost calls are lost on the way in."""

    def __call__(self, request):
        if request.method == "GET":
            return httpx.Response(200, json={"rows": self.booked})
        fields = json.loads(request.content)["PtRealization"]["Element"]["Fields"]
        if self.losing:
            self.losing -= 1
            if not self.before:
                self._book(fields)
            self.before = max(0, self.before - 1)
            message = "gone"
            raise httpx.ReadError(message)
        return httpx.Response(201, json={"results": {"PtRealization": self._book(fields)}})

    def _book(self, fields):
        identity = len(self.booked) + 1
        self.booked.append(
            {
                "Identity": identity,
                "QuantityUnit": float(fields["Qu"]),
                "Description": fields["Ds"],
            }
        )
        return {"Id": str(identity)}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def a_pusher(profit, store):
    settings = Settings(base_url="https://profit.invalid", token="t", integration_id="1_2")
    afas = AfasClient(settings, pause=lambda _: None, transport=httpx.MockTransport(profit))
    return HoursPusher(afas, store)


def test_hours_pushed_twice_are_booked_once(store):
    profit = Profit()
    pusher = a_pusher(profit, store)

    assert pusher.push([ENTRY])["booked"] == [{"ref": "UP-1", "id": "1"}]
    assert pusher.push([ENTRY])["skipped"] == ["UP-1"]
    assert len(profit.booked) == 1


def test_hours_whose_answer_was_lost_are_found_and_not_booked_again(store):
    profit = Profit(losing=1)

    assert a_pusher(profit, store).push([ENTRY])["booked"] == [{"ref": "UP-1", "id": "1"}]
    assert len(profit.booked) == 1


def test_hours_that_never_arrived_are_sent_again(store):
    profit = Profit(losing=1, before=1)

    assert a_pusher(profit, store).push([ENTRY])["booked"] == [{"ref": "UP-1", "id": "1"}]
    assert len(profit.booked) == 1


def test_two_equal_entries_are_two_bookings_also_when_an_answer_was_lost(store):
    profit = Profit()
    a_pusher(profit, store).push([ENTRY])
    profit.losing = 1

    again = a_pusher(profit, store).push([ENTRY | {"ref": "UP-2"}])

    assert again["booked"] == [{"ref": "UP-2", "id": "2"}]
    assert len(profit.booked) == 2


def test_a_push_after_a_push_that_broke_off_looks_before_it_sends(store):
    profit = Profit(losing=2, before=1)
    with pytest.raises(AnswerLostError):
        a_pusher(profit, store).push([ENTRY])

    assert a_pusher(profit, store).push([ENTRY])["booked"] == [{"ref": "UP-1", "id": "1"}]
    assert len(profit.booked) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"hours": "zeven"}, {"date": "gisteren"}, {"description": "x" * 256}, {"ref": "r" * 41}],
)
def test_hours_that_cannot_be_booked_are_refused_and_the_others_booked(store, wrong):
    done = a_pusher(Profit(), store).push([ENTRY | {"ref": "UP-0"} | wrong, ENTRY])

    assert [each["ref"] for each in done["booked"]] == ["UP-1"]
    assert len(done["refused"]) == 1
