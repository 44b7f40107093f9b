"""This partner's own: `python3 -m unittest discover tests`, with a small Profit on loopback."""

import hashlib
import json
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bijlagearchief.afas import Afas, AfasError, GoneError
from bijlagearchief.archive import Archive


class Profit:
    """A service on loopback that answers as told, in order, and keeps what it was asked."""

    def __init__(self, *answers):
        asked = self.asked = []
        left = list(answers)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                asked.append(self.path)
                status, headers, body = left.pop(0)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = "Content-Length" in headers

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.pauses = []
        url = f"http://127.0.0.1:{self._server.server_port}/ProfitRestServices"
        self.client = Afas(url, "<token/>", "1_1", pause=self.pauses.append)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()
        self._server.shutdown()
        self._server.server_close()


def rows(*numbers):
    found = [
        {"attachment_id": each, "subject_id": 7, "file_id": f"F{each}", "file_name": f"{each}.txt"}
        for each in numbers
    ]
    return 200, {}, json.dumps({"rows": found}).encode()


WHOLE = (200, {}, b"helemaal")
HALF = (200, {"Content-Length": "99"}, b"hal")
GONE = (404, {}, b"")


class AfasTest(unittest.TestCase):
    def test_half_a_file_is_asked_for_again(self):
        with Profit(HALF, WHOLE) as profit:
            self.assertEqual(profit.client.file("F1", "a.txt"), b"helemaal")

    def test_a_file_that_keeps_breaking_off_is_no_file(self):
        with Profit(HALF, HALF, HALF) as profit, self.assertRaises(AfasError):
            profit.client.file("F1", "a.txt")

    def test_what_means_something_in_an_address_is_escaped(self):
        with Profit(WHOLE) as profit:
            profit.client.file("F1", "a/b #1 100%.txt")
        self.assertTrue(profit.asked[0].endswith("/fileconnector/F1/a%2Fb%20%231%20100%25.txt"))

    def test_a_file_that_is_gone_is_told_apart_and_asked_for_once(self):
        with Profit(GONE, WHOLE) as profit, self.assertRaises(GoneError):
            profit.client.attachment(7, "F1")
        self.assertEqual(len(profit.asked), 1)

    def test_maintenance_is_waited_for_as_long_as_profit_says(self):
        with Profit((503, {"Retry-After": "4"}, b""), WHOLE) as profit:
            profit.client.attachment(7, "F1")
        self.assertEqual(profit.pauses, [4])

    def test_an_answer_without_rows_is_never_one_with_none(self):
        nothing = (200, {}, b"{}")
        with Profit(nothing, nothing, nothing) as profit, self.assertRaises(AfasError):
            list(profit.client.rows("X", after=0, key="attachment_id"))


class ArchiveTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "archief"

    def test_an_attachment_stands_there_whole_with_its_digest(self):
        with Profit(rows(1), WHOLE) as profit:
            (added,) = Archive(self.folder).add_new(profit.client)["added"]

        content = (self.folder / added["file"]).read_bytes()
        self.assertEqual(content, b"helemaal")
        self.assertEqual(added["sha256"], hashlib.sha256(content).hexdigest())

    def test_only_what_is_new_is_asked_for(self):
        with Profit(rows(1, 2), WHOLE, WHOLE, rows()) as profit:
            Archive(self.folder).add_new(profit.client)
            again = Archive(self.folder).add_new(profit.client)

        self.assertEqual((again["added"], again["kept"]), ([], 2))
        self.assertIn("filtervalues=2&operatortypes=4", profit.asked[-1])

    def test_what_is_gone_is_owed_and_fetched_later(self):
        with Profit(rows(1, 2), GONE, WHOLE, rows(), WHOLE) as profit:
            first = Archive(self.folder).add_new(profit.client)
            second = Archive(self.folder).add_new(profit.client)

        self.assertEqual((first["missing"], first["kept"]), ([1], 1))
        self.assertEqual((second["missing"], second["kept"]), ([], 2))

    def test_what_came_before_a_failure_is_kept(self):
        with Profit(rows(1, 2), WHOLE, (401, {}, b"")) as profit, self.assertRaises(AfasError):
            Archive(self.folder).add_new(profit.client)
        known = json.loads((self.folder / "index.json").read_text("utf-8"))

        self.assertEqual((list(known["kept"]), list(known["owed"])), (["1"], ["2"]))

    def test_a_name_never_leaves_the_folder(self):
        row = json.loads(rows(1)[2])["rows"][0] | {"file_name": "..\\..\\x/../ziek:te?.txt"}
        page = 200, {}, json.dumps({"rows": [row]}).encode()
        with Profit(page, WHOLE) as profit:
            (added,) = Archive(self.folder).add_new(profit.client)["added"]

        self.assertEqual(added["file"], "1-ziek_te_.txt")


if __name__ == "__main__":
    unittest.main()
