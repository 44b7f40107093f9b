from support.cli import koppeling


def test_list_shows_code_level_and_title(tmp_path):
    ran = koppeling("rules", "list", cwd=tmp_path)

    assert ran.code == 0
    assert "RETRY-401              error        Tried again after 401 or 403\n" in ran.out
    assert ran.err.startswith("catalogue ")


def test_list_speaks_dutch(tmp_path):
    assert "Token in de URL" in koppeling("rules", "list", "--lang", "nl", cwd=tmp_path).out


def test_list_as_json_prints_the_catalogue_of_a_release_and_nothing_else(tmp_path):
    told = koppeling("rules", "list", "--json", "--release", "Profit 6", cwd=tmp_path).json()
    codes = [rule["code"] for rule in told["rules"]]

    assert set(told) == {"version", "rules"}
    assert "STRUCT-27" in codes
    assert "AUTH-PLAIN" not in codes
    assert set(told["rules"][0]["title"]) == {"nl", "en"}
