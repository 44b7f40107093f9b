from datetime import date

import pytest

from koppeling_harness.config.settings import RELEASES, load_settings
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.environment import SignIn
from koppeling_harness.model.policy import ReleaseRoles
from support.problems import problems_when

OWN = """\
policy = "streng"
warning_days = 30

[releases]
previous = "Profit 8"
current = "Profit 9"
accept = "Profit 10"

[policies.streng]
title = {nl = "Streng", en = "Strict"}
source = "besluit 2026-3"
red = {valid_months = 3, follow_up_months = 3}
orange = {valid_months = 9, follow_up_months = 6}
green = {valid_months = 24, follow_up_months = 24}
"""


def settings_of(tmp_path, text, name="koppeling.toml"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return load_settings(tmp_path)


problems_of = problems_when(settings_of, "where", "message")


def test_without_a_file_the_harness_s_own_hold(tmp_path):
    settings = load_settings(tmp_path)

    assert (settings.policy_named("").name, settings.releases) == ("sla", RELEASES)
    assert settings.policy_named("auditor").orange.valid_months == 15


def test_a_project_sets_releases_window_and_a_policy_of_its_own(tmp_path):
    settings = settings_of(tmp_path, OWN)

    assert settings.releases == ReleaseRoles(
        previous="Profit 8", current="Profit 9", accept="Profit 10"
    )
    assert settings.warning_days == 30
    assert settings.policy_named("").orange.valid_months == 9
    assert settings.policy_named("sla").name == "sla"


def test_pyproject_holds_them_in_its_tool_table(tmp_path):
    text = '[project]\nname = "x"\n[tool.koppeling.releases]\ncurrent = "Profit 9"\n'

    assert settings_of(tmp_path, text, "pyproject.toml").releases == ReleaseRoles(
        current="Profit 9"
    )


def test_a_pyproject_without_the_table_says_nothing(tmp_path):
    assert settings_of(tmp_path, "[project]\nname = 'x'\n", "pyproject.toml").place == ""


def test_all_problems_come_at_once_with_their_lines(tmp_path):
    text = 'polcy = "sla"\nwarning_days = "x"\n[releases]\ncurrent = 8\n'

    assert [where for where, _ in problems_of(tmp_path, text)] == [":1:1", ":2:1", ":4:1"]


def test_a_policy_that_rewards_a_worse_colour_is_refused(tmp_path):
    text = OWN.replace("red = {valid_months = 3,", "red = {valid_months = 30,").replace(
        "follow_up_months = 6", "follow_up_months = 10"
    )

    assert problems_of(tmp_path, text) == [
        (":13:1", "follow_up_months is 10, expected at most valid_months, 9"),
        (":12:1", "valid_months is 30, expected at most that of orange, 9"),
    ]


def test_the_harness_s_own_policies_cannot_be_changed(tmp_path):
    text = OWN.replace("policies.streng", "policies.sla").replace('"streng"', '"sla"')

    [(where, message)] = problems_of(tmp_path, text)

    assert (where, "cannot be changed" in message) == (":9:2", True)


def test_an_unknown_policy_is_told_with_those_there_are(tmp_path):
    [(_, message)] = problems_of(tmp_path, 'policy = "strng"')
    assert message == "no policy 'strng'; expected one of sla, auditor"

    with pytest.raises(ConfigurationError, match="no policy 'strng'; expected one of sla, auditor"):
        load_settings(tmp_path / "elsewhere").policy_named("strng")


def test_no_toml_is_a_problem(tmp_path):
    assert "expected TOML" in problems_of(tmp_path, "= 1")[0][1]


ENVIRONMENTS = """\
packs = ["certificering"]

[environments.demo]
participant = "12345"
kind = "accept"
release = "Profit 9"

[environments.own]
url = "https://localhost:8443/ProfitRestServices/"
token_env = "OWN_TOKEN"
max_parallel = 2
budget = 500
ca_file = "ca.pem"
client_certificate = "acme.pem"
client_key = "acme-key.pem"
"""


def test_environments_stand_under_their_names_with_what_is_left_out_filled_in(tmp_path):
    settings = settings_of(tmp_path, ENVIRONMENTS)

    demo, own = settings.environment_named("demo"), settings.environment_named("own")
    assert demo.base_url == "https://12345.restaccept.afas.online/ProfitRestServices"
    assert (demo.max_parallel, demo.budget) == (5, None)
    assert demo.sign_in.token_env == "KOPPELING_TOKEN_DEMO"
    assert (own.base_url, own.sign_in.token_env) == (
        "https://localhost:8443/ProfitRestServices",
        "OWN_TOKEN",
    )
    assert (own.max_parallel, own.budget, own.ca_file) == (2, 500, str(tmp_path / "ca.pem"))
    shown = ("ca.pem", "acme.pem", "acme-key.pem")
    assert own.tls_files == tuple(str(tmp_path / each) for each in shown)
    assert demo.tls_files == ("", "", "")
    assert settings.packs == (tmp_path / "certificering",)
    assert settings.origins["environments.own.budget"].endswith("koppeling.toml:12:1")


def test_an_environment_that_is_not_there_is_answered_with_those_that_are(tmp_path):
    with pytest.raises(ConfigurationError, match="there are: demo, own"):
        settings_of(tmp_path, ENVIRONMENTS).environment_named("demmo")


@pytest.mark.parametrize(
    "lines",
    ['participant = "12345"', 'url = "https://localhost/p"\nkind = "test"', "max_parallel = 2"],
)
def test_an_environment_is_a_participant_with_a_kind_or_an_address(tmp_path, lines):
    problems = problems_of(tmp_path, f"[environments.demo]\n{lines}\n")

    assert problems == [(":1:2", "expected `participant` and `kind`, or `url` alone")]


@pytest.mark.parametrize(
    "line",
    ['token = "geheim"', 'url = "https://user:geheim@localhost/"', 'url = "https://x/?t=geheim"'],
)
def test_a_secret_has_no_place_in_the_settings(tmp_path, line):
    assert problems_of(tmp_path, f"[environments.demo]\n{line}\n")


@pytest.mark.parametrize(
    "line",
    ["max_parallel = 6", "budget = 0", 'kind = "production"', 'token_env = "a b"'],
)
def test_what_afas_or_the_system_would_not_take_is_a_problem(tmp_path, line):
    assert problems_of(tmp_path, f"[environments.demo]\n{line}\n")


OAUTH = """
[environments.demo]
url = "https://localhost:8443/ProfitRestServices"
sign_in = "private_key_jwt"
client_id = "acme"
assertion_key = "acme.pem"

[environments.demo.integration]
sign_in = "client_credentials"
client_id = "their-client"
"""


def test_the_harness_and_integrations_may_sign_in_each_in_their_way(tmp_path):
    demo = settings_of(tmp_path, OAUTH).environment_named("demo")
    own, theirs = demo.sign_in, demo.integration

    assert (own.method, own.key_file) == (SignIn.PRIVATE_KEY_JWT, str(tmp_path / "acme.pem"))
    assert (theirs.method, theirs.client_id) == (SignIn.CLIENT_CREDENTIALS, "their-client")
    assert theirs.secret_env == "KOPPELING_SECRET_DEMO_INTEGRATION"
    assert (own.secret_env, own.token_env) == ("KOPPELING_SECRET_DEMO", "KOPPELING_TOKEN_DEMO")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('sign_in = "client_credentials"', "without `client_id`"),
        ('sign_in = "private_key_jwt"\nclient_id = "a"', "without `assertion_key`"),
        ('client_id = "a"', 'goes with `sign_in = "client_credentials" or "private_key_jwt"`'),
        (
            'sign_in = "client_credentials"\nclient_id = "a"\nassertion_key = "k"',
            'goes with `sign_in = "private_key_jwt"`',
        ),
        ('sign_in = "password"', "client_credentials"),
        ('client_secret = "geheim"', "client_secret"),
    ],
)
def test_a_way_to_sign_in_that_is_not_whole_is_a_problem_where_it_stands(tmp_path, lines, words):
    base = '[environments.demo]\nurl = "https://localhost:8443/P"\n'
    inside = f"{base}[environments.demo.integration]\n{lines}\n"

    for text in (base + lines + "\n", inside):
        told = "\n".join(message for _, message in problems_of(tmp_path, text))
        assert words in told
        assert "geheim" not in told


def test_a_roll_out_date_is_written_as_a_date_of_toml(tmp_path):
    path = tmp_path / "koppeling.toml"
    path.write_text('[releases]\nrollout = {"Profit 9" = 2026-12-14}\n', encoding="utf-8")

    assert load_settings(tmp_path).releases.rollout == {"Profit 9": date(2026, 12, 14)}


def test_what_only_afas_sets_is_ignored_beside_a_manifest_and_told(tmp_path):
    path = tmp_path / "koppeling.toml"
    path.write_text('[review]\nfolder = "."\n[programme]\nwaiver_months = 60\n', encoding="utf-8")
    assert load_settings(tmp_path).programme.waiver_months == 60

    (tmp_path / "koppeling.yaml").write_text("", encoding="utf-8")

    settings = load_settings(tmp_path)
    assert (settings.programme.waiver_months, settings.review) == (12, None)
    assert [each.where.line for each in settings.ignored] == [1, 3]


@pytest.mark.parametrize("table", ["", "[environments.demo.integration]\n"])
@pytest.mark.parametrize("member", ["token_env", "client_secret_env"])
def test_beside_a_manifest_no_variable_is_named_that_may_be_anybodys(member, table, tmp_path):
    start = '[environments.demo]\nurl = "https://localhost:8443/P"\n'
    way = 'sign_in = "client_credentials"\nclient_id = "a"\n'
    entry = start + (table and way) + table + way
    text = f'{entry}{member} = "GITHUB_TOKEN"\n'
    (tmp_path / "koppeling.toml").write_text(text, encoding="utf-8")
    assert load_settings(tmp_path).environments  # the owner's own

    (tmp_path / "koppeling.yaml").write_text("", encoding="utf-8")

    ((_, message),) = problems_of(tmp_path, text)
    assert "found GITHUB_TOKEN, expected in a file beside a manifest" in message
    assert problems_of(tmp_path, text.replace("GITHUB_TOKEN", "KOPPELING_EVIDENCE_KEY"))
    own = text.replace("GITHUB_TOKEN", "KOPPELING_SECRET_X")
    (tmp_path / "koppeling.toml").write_text(own, encoding="utf-8")
    assert load_settings(tmp_path).environments


@pytest.mark.parametrize("file", ["/etc/hosts", "../secret", "linked"])
def test_beside_a_manifest_no_file_is_sent_that_lies_outside(file, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "linked").symlink_to(tmp_path / "secret")
    (tmp_path / "own" / "koppeling.yaml").write_text("", encoding="utf-8")
    start = '[environments.demo]\nurl = "https://localhost:8443/P"\n'
    way = 'sign_in = "client_credentials"\nclient_id = "a"\nclient_secret_file = "FILE"\n'

    ((_, message),) = problems_of(tmp_path / "own", start + way.replace("FILE", file))

    assert "expected in a file beside a manifest a file below it" in message
    own = start + way.replace("FILE", ".secret")
    (tmp_path / "own" / "koppeling.toml").write_text(own, encoding="utf-8")
    assert load_settings(tmp_path / "own").environments
