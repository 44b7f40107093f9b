import traceback

from koppeling_harness.model.secret import Secret


def test_a_secret_prints_as_stars_everywhere():
    secret = Secret("<token>ABC</token>")

    assert "ABC" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "<token>ABC</token>"


def test_a_secret_in_an_error_stays_hidden():
    error = ValueError(Secret("ABC"))

    assert "ABC" not in "".join(traceback.format_exception(error))


def test_secrets_compare_by_what_they_hold():
    assert Secret("a") == Secret("a")
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
