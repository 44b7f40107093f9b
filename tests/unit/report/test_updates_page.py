from dataclasses import replace

from koppeling_harness.model.change import ChangeKind, ChangeList, NotUnderstood
from koppeling_harness.model.impact import Impact, ImpactClass
from koppeling_harness.report.updates_page import render_changes_page
from support.hostile import HOSTILE
from support.pages import is_harmless, text_of
from support.updates import a_change

K = ChangeKind


def test_what_breaks_stands_first_with_its_effect():
    changes = (
        a_change("KnX", "New", K.FIELD_ADDED, operations=("POST",)),
        a_change("KnX", "Old", K.FIELD_REMOVED, before="string", listed_breaking=True),
    )
    page = text_of(render_changes_page(ChangeList(table="news.md", rows=2, changes=changes)))

    assert page.index("Old") < page.index("New")
    assert "Profit refuses a message that still sends it." in page
    assert "AFAS lists it as breaking." in page
    assert "2 rijen: 2 begrepen als 2 wijzigingen, 0 niet begrepen." in page


def test_no_differences_is_a_page_too():
    assert "No differences." in text_of(render_changes_page(ChangeList(changes=())))


def test_integrations_stand_before_the_changes():
    impact = Impact(integration="uren", class_=ImpactClass.ADVISED, changes=())
    changes = (a_change("KnX", "Old", K.FIELD_REMOVED),)
    page = text_of(render_changes_page(ChangeList(changes=changes), impacts=[impact]))

    assert page.index("re-run advised") < page.index("Old")


def test_of_whom_no_run_was_recorded_it_is_said():
    unseen = Impact(integration="uren", class_=ImpactClass.NONE, changes=(), recorded=False)
    found = ChangeList(changes=(a_change("KnX", "Old", K.FIELD_REMOVED),))

    assert "no recorded run" in render_changes_page(found, impacts=[unseen])
    seen = replace(unseen, recorded=True)
    assert "no recorded run" not in render_changes_page(found, impacts=[seen])


def test_hostile_text_stays_text():
    row = NotUnderstood(place=HOSTILE, row=HOSTILE, problem=HOSTILE)
    change = a_change(HOSTILE, HOSTILE, K.TYPE_CHANGED, before=HOSTILE, after=HOSTILE)
    found = ChangeList(table=HOSTILE, rows=2, changes=(change,), not_understood=(row,))
    impact = Impact(integration=HOSTILE, class_=ImpactClass.NONE, changes=())

    assert is_harmless(render_changes_page(found, impacts=[impact]))
