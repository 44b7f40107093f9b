"""Our statements held against a checkout of AFAS's documentation."""

import os
import shutil
import subprocess

import pytest

from koppeling_harness.rules.sources import Page, Statement, look_at_sources, pages_cited
from koppeling_harness.workflow.updates.sources import statements
from support.cli import koppeling
from support.registrations import day

EN = "docs.afas.help/profit/en/"


def a_page(folder, name, written, language="en"):
    place = folder / "markdownpages" / "profit" / language
    place.mkdir(parents=True, exist_ok=True)
    front = f"---\nauthor: X\ndate: {written}\ntitle: Y\n---\n\n# Y\n"
    (place / f"{name}.md").write_text(front, encoding="utf-8")


def all_cited(folder, written="2025-01-01"):
    """Write every page that is cited, as of before it was read."""
    for each in statements():
        for page in pages_cited(each.source):
            a_page(folder, page.name, written, page.language)


def told(folder):
    ran = koppeling("updates", "sources", folder, "--json", cwd=folder)
    assert not ran.err, ran.err
    return ran.code, ran.json()


def test_a_page_that_changed_since_it_was_read_names_who_cites_it(tmp_path):
    all_cited(tmp_path)
    a_page(tmp_path, "webhooks", "2026-12-24")
    a_page(tmp_path, "custom-fields", "2020-01-01")

    code, found = told(tmp_path)

    assert code == 16
    assert {each["page"] for each in found["changed"]} == {"en/webhooks"}
    assert {each["name"] for each in found["changed"]} >= {"webhook_timestamp"}
    assert found["gone"] == []
    assert not found["by_history"]


def test_what_did_not_change_is_told_so_and_a_page_that_nobody_cites_by_its_name(tmp_path):
    all_cited(tmp_path)
    a_page(tmp_path, "howto-something-new", "2026-12-24")

    code, found = told(tmp_path)

    assert (code, found["changed"]) == (0, [])
    assert found["uncited"] == [{"page": "en/howto-something-new", "changed": "2026-12-24"}]


def test_a_page_that_is_cited_and_not_there_is_told(tmp_path):
    all_cited(tmp_path)
    (tmp_path / "markdownpages/profit/en/webhooks.md").unlink()

    code, found = told(tmp_path)

    assert code == 16
    assert {each["page"] for each in found["gone"]} == {"en/webhooks"}


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_an_edit_that_left_the_day_of_the_page_alone_is_seen_in_the_history(tmp_path):
    all_cited(tmp_path)
    when = {"GIT_AUTHOR_DATE": "2027-02-03T12:00:00Z", "GIT_COMMITTER_DATE": "2027-02-03T12:00:00Z"}
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]

    def commit(text, **more):
        for arguments in (["add", "-A"], ["commit", "-qm", text]):
            subprocess.run(
                ["git", *who, *arguments], cwd=tmp_path, check=True, env={**os.environ, **more}
            )

    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    early = dict.fromkeys(when, "2025-01-01T12:00:00Z")
    commit("all", **early)
    page = tmp_path / "markdownpages/profit/en/webhooks.md"
    page.write_text(page.read_text(encoding="utf-8") + "More.\n", encoding="utf-8")
    commit("more", **when)

    code, found = told(tmp_path)

    assert (code, found["by_history"]) == (16, True)
    assert {(each["page"], each["changed"]) for each in found["changed"]} == {
        ("en/webhooks", "2027-02-03")
    }


def test_a_folder_without_pages_is_refused(tmp_path):
    ran = koppeling("updates", "sources", tmp_path, cwd=tmp_path)

    assert ran.code == 5
    assert "found no page" in ran.err


def test_the_day_on_which_it_was_read_is_not_newer_yet():
    one = Statement(kind="x", name="y", source=f"AFAS, {EN}webhooks", read=day("2026-11-30"))
    page = Page(name="webhooks", language="en")

    assert look_at_sources([one], {page: day("2026-11-30")}).outdated == ()
    assert len(look_at_sources([one], {page: day("2026-12-01")}).outdated) == 1
    assert look_at_sources([one], {page: None}).outdated == ()
