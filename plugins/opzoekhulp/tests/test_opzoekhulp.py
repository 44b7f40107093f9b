"""Of this partner itself: `python3 -m unittest discover tests`, without Profit."""

import json
import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from opzoekhulp import lookup
from opzoekhulp.afas import Afas, AfasError


class Profit:
    """Answers with rows, and keeps what it was asked."""

    def __init__(self, rows=()):
        self.answered = list(rows)
        self.asked = []

    def rows(self, connector, query):
        self.asked.append((connector, dict(query)))
        return self.answered


def contact(number):
    return {"BcCo": str(number), "Name": f"Nr. {number}", "TelWork": ""}


class LookUpTest(unittest.TestCase):
    def test_one_hit_more_than_a_screen_tells_of_another(self):
        answer = lookup.find_contact(Profit(map(contact, range(11))), "bedrijf")

        self.assertEqual((len(answer["found"]), answer["more"]), (10, True))

    def test_the_second_screen_is_asked_in_a_fixed_order(self):
        profit = Profit()
        lookup.find_contact(profit, " Jansen ", page=2)

        (connector, query) = profit.asked[0]
        self.assertEqual(connector, "Opzoekhulp_Relaties")
        self.assertEqual((query["skip"], query["take"], query["orderbyfieldids"]), (10, 11, "BcCo"))
        self.assertEqual(query["filtervalues"], "Jansen")

    def test_a_comma_does_not_begin_another_field(self):
        profit = Profit()
        lookup.find_contact(profit, 'Smit, "Zon"')

        query = profit.asked[0][1]
        self.assertNotIn("filtervalues", query)
        (term,) = json.loads(query["filterjson"])["Filters"]["Filter"][0]["Field"]
        self.assertEqual(term, {"@FieldId": "Name", "@OperatorType": "6", "#text": 'Smit, "Zon"'})

    def test_too_short_is_not_asked(self):
        profit = Profit()
        with self.assertRaises(lookup.QuestionError):
            lookup.find_contact(profit, " ab ")
        with self.assertRaises(lookup.QuestionError):
            lookup.open_project(profit, "")

        self.assertEqual(profit.asked, [])


class Scripted(Afas):
    """A connection on which come the answers of a list."""

    def __init__(self, answers, pauses):
        super().__init__("12345", "<token/>", "1_1", pause=pauses.append)
        self._answers = answers

    def _ask(self, *_):
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class AfasTest(unittest.TestCase):
    def asked(self, *answers):
        """Ask for rows; each answer is a status with headers and body, or an error."""
        self.pauses, self.left = [], list(answers)
        return Scripted(self.left, self.pauses).rows("X", {})

    def test_what_breaks_is_asked_again(self):
        broken = ConnectionResetError()
        rows = self.asked(broken, (200, {}, b"<html>"), (200, {}, b'{"rows": [1]}'))

        self.assertEqual(rows, [1])

    def test_an_answer_without_rows_is_never_one_with_none(self):
        nothing = (200, {}, b"{}")
        with self.assertRaises(AfasError):
            self.asked((200, {}, b""), (200, {}, b'{"rows": null}'), (200, {}, b"[]"))
        with self.assertRaises(AfasError):
            self.asked(nothing, nothing, nothing)

    def test_a_moment_of_maintenance_is_waited_for_and_no_more(self):
        soon, long = {"Retry-After": "2"}, {"Retry-After": "600"}
        self.assertEqual(self.asked((503, soon, b""), (200, {}, b'{"rows": []}')), [])
        self.assertEqual(self.pauses, [2])
        with self.assertRaisesRegex(AfasError, "over 10 min"):
            self.asked((503, long, b""))

    def test_a_refused_key_is_told_at_once(self):
        with self.assertRaisesRegex(AfasError, "sleutel"):
            self.asked((401, {}, b""), (200, {}, b'{"rows": []}'))
        self.assertEqual(len(self.left), 1)

    def test_the_proxy_of_the_office_leads_to_the_address_of_the_participant(self):
        before = os.environ.get("HTTPS_PROXY", "")
        self.addCleanup(os.environ.__setitem__, "HTTPS_PROXY", before)
        os.environ["HTTPS_PROXY"] = os.environ["https_proxy"] = "http://kantoor:3128"
        self.addCleanup(os.environ.pop, "https_proxy")
        connection = Afas("12345", "<token/>", "1_1")._connect()

        self.assertEqual((connection.host, connection.port), ("kantoor", 3128))
        self.assertEqual(connection._tunnel_host, "12345.rest.afas.online")


if __name__ == "__main__":
    unittest.main()
