import subprocess
import sys

import pytest

from koppeling_harness.rules.told import has_trace, is_for_a_person

FOR_A_PERSON = [
    "De token is verlopen. Vraag een nieuwe aan in Profit.",
    "vol",
    "AFAS weigert (401): vernieuw de token op https://12345.rest.afas.online/ProfitRestServices",
    "Error: AFAS is niet bereikbaar",
    "AfasError: regel 3 is geweigerd: De waarde bij 'Medewerker' ontbreekt.",
    "Kijk op https://help.afas.nl, of bel de helpdesk",
    "Het project (regel 3:12) is geblokkeerd",
    "Fout bij regel at 10:30",
    "ValueError is geen geldige code",
]

OF_A_DEVELOPER = [
    None,
    "",
    " \n",
    "TypeError: fetch failed",
    "<HTTPError 403: 'Forbidden'>",
    "ConnectionResetError(104, 'Connection reset by peer')",
    "KeyError: 'rows'",
    "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    "urllib.error.HTTPError: HTTP Error 401: Unauthorized",
    "System.Net.Http.HttpRequestException: Response status code does not indicate success: 401",
    "GuzzleHttp\\Exception\\ClientException: 401",
    "For more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/401",
    "401 Client Error: Unauthorized for url: http://127.0.0.1:8080/ProfitRestServices/metainfo",
    "<urlopen error [Errno 111] Connection refused>",
    "HTTPConnectionPool(host='127.0.0.1', port=1): Max retries exceeded with url: /",
    "request to http://127.0.0.1:1/ failed, reason: connect ECONNREFUSED",
    "cURL error 7: Failed to connect (see https://curl.se/libcurl/c/libcurl-errors.html)",
    "Het ging mis:\nTraceback (most recent call last):\n  File ...",
    "Mislukt\n    at fetchRows (file:///srv/app/rows.mjs:12:9)",
    "Mislukt\n    at async Promise.all (index 0)\n    at /srv/app/rows.js:1:2",
    "PHP Fatal error:  Uncaught AfasError: vol in /srv/a.php:3\nStack trace:\n#0 {main}",
    "Unhandled exception. Acme.AfasException: vol\n   at Acme.Client.Send() in /a.cs:line 3",
    'Exception in thread "main" java.io.IOException\n\tat nl.acme.Client.send(Client.java:12)',
    "panic: runtime error: index out of range",
    "thread 'main' panicked at src/main.rs:3:5:",
    "/srv/app/sync.rb:12:in `call': vol (RuntimeError)",
]


@pytest.mark.parametrize("text", FOR_A_PERSON)
def test_words_for_a_person_tell_something(text):
    assert is_for_a_person(text)


@pytest.mark.parametrize("text", OF_A_DEVELOPER)
def test_what_was_meant_for_a_developer_tells_a_user_nothing(text):
    assert not is_for_a_person(text)


def test_an_uncaught_error_of_python_is_known_whole_and_by_its_last_line():
    code = "import urllib.request as r; r.urlopen('http://127.0.0.1:1')"
    said = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    ).stderr

    assert has_trace(said)
    assert not is_for_a_person(said)
    assert not is_for_a_person(said.splitlines()[-1])
