from support.cli import koppeling

SETTINGS = """\
[environments.demo]
participant = "12345"
kind = "test"
budget = 900
"""


def test_settings_are_shown_with_their_origin_and_without_the_token(tmp_path, monkeypatch):
    (tmp_path / "koppeling.toml").write_text(SETTINGS)
    monkeypatch.setenv("KOPPELING_TOKEN_DEMO", "geheim")

    done = koppeling("config", "show", "--json", cwd=tmp_path)

    shown = {each["key"]: (each["value"], each["origin"]) for each in done.json()["settings"]}
    assert shown["environments.demo.budget"] == (900, "koppeling.toml:4:1")
    assert shown["environments.demo.max_parallel"] == (5, "default")
    assert shown["environments.demo.token"] == (
        "***",
        "environment variable KOPPELING_TOKEN_DEMO",
    )
    assert "geheim" not in done.out
