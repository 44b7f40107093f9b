"""`koppeling listing`: what should be shown, and the difference with what is shown now."""

import json

from support.cli import koppeling
from support.pages import text_of
from support.registrations import REGISTRATION

LAPSED = (
    REGISTRATION.replace("voorbeeld", "verlopen")
    .replace("12345_678900", "12345_1")
    .replace("2024-05-14", "2023-01-02")
    .replace("onboarding: {started: 2024-02-01, finished: 2024-09-12}\n", "")
)
MENDED = (
    REGISTRATION.replace("voorbeeld", "hersteld")
    .replace("12345_678900", "12345_2")
    .replace("partner_site: true, help_center: true", "partner_site: false, help_center: false")
)


def test_what_should_be_shown_and_what_differs_from_now(tmp_path):
    folder = tmp_path / "registrations"
    folder.mkdir()
    for name, text in (("a", REGISTRATION), ("b", LAPSED), ("c", MENDED)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    now = tmp_path / "now.csv"
    now.write_text("id;naam\n12345_1;Verlopen\n99999_9;Vreemd\n", encoding="utf-8")
    asked = ("listing", folder, "--as-of", "2026-11-23")

    plain = koppeling(*asked, cwd=tmp_path)
    assert plain.code == 0, plain.err
    assert "Listing on partner site: 1\n  12345_678900" in plain.out
    dutch = koppeling(*asked, "--lang", "nl", "--now", now, cwd=tmp_path)
    assert "Verschil, Vermelding Help Center:\n  Te verwijderen: 12345_1" in dutch.out

    ran = koppeling(*asked, "--now", now, "--json", cwd=tmp_path)
    assert ran.code == 16, ran.err
    found = json.loads(ran.out)
    assert [each["shown"]["help_center"] for each in found["registrations"]] == [True, False, False]
    assert found["differences"][0] == {
        "place": "partner_site",
        "to_place": ["12345_678900"],
        "to_remove": ["12345_1"],
        "to_decide": ["12345_2"],
        "unknown": ["99999_9"],
    }

    page = tmp_path / "out" / "listing.html"
    made = koppeling(*asked, "--now", now, "--html", page, cwd=tmp_path)
    assert made.code == 16, made.err
    shown = text_of(page.read_text(encoding="utf-8"))
    assert "Te verwijderen To remove 1" in shown
    assert "The difference is with the file that was given." in shown

    (folder / "d.yaml").write_text("registration: kapot\n", encoding="utf-8")
    broken = koppeling(*asked, "--now", now, cwd=tmp_path)
    assert broken.code == 10
    assert "nothing is said of it" in broken.err
    empty = tmp_path / "empty.txt"
    empty.write_text("niets\n", encoding="utf-8")
    assert koppeling(*asked, "--now", empty, cwd=tmp_path).code == 10
