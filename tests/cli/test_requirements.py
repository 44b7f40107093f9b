from support.cli import koppeling


def test_list_shows_calls_title_and_the_scenarios_that_witness_it(tmp_path):
    ran = koppeling("requirements", "list", cwd=tmp_path)

    assert ran.code == 0
    assert "no-rows-no-error            reads   An answer without rows is no error\n" in ran.out
    assert "reading.no-rows\n" in ran.out


def test_changes_tell_from_which_day_they_count(tmp_path):
    ran = koppeling("requirements", "changes", "--lang", "nl", cwd=tmp_path)

    assert ran.code == 0
    assert "pages-complete" in ran.out
    assert "vereist vanaf 1 maart 2027" in ran.out


def test_both_print_json_and_nothing_else(tmp_path):
    listed = koppeling("requirements", "list", "--json", cwd=tmp_path).json()
    changed = koppeling("requirements", "changes", "--json", cwd=tmp_path).json()

    assert set(listed["requirements"][0]) >= {"id", "title", "source", "calls", "scenarios"}
    assert set(changed["changes"][0]["asked"]) == {"reach", "since", "required_from"}
