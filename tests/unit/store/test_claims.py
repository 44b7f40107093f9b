from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.store.claims import Claims

AT = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_a_version_is_claimed_once_whoever_asks(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        began = list(pool.map(lambda _: Claims(tmp_path).begin("9.0.3", "x", at=AT), range(40)))

    assert began.count(True) == 1


def test_a_claim_is_open_until_it_has_ended(tmp_path):
    claims = Claims(tmp_path)
    claims.begin("9.0.3", "recheck", at=AT)
    assert (claims.all()["9.0.3"].ended_at, claims.all()["9.0.3"].exit_code) == ("", None)

    claims.end("9.0.3", at=LATER, exit_code=1)
    found = claims.all()["9.0.3"]

    assert (found.command, found.began_at) == ("recheck", AT.isoformat())
    assert (found.ended_at, found.exit_code) == (LATER.isoformat(), 1)


def test_a_claim_that_was_cut_off_while_it_was_written_counts(tmp_path):
    (tmp_path / "version-9.0.3.json").write_text('{"vers')
    claims = Claims(tmp_path)

    assert claims.all()["9.0.3"].ended_at == ""
    assert not claims.begin("9.0.3", "x", at=AT)


def test_versions_never_share_a_file_whatever_they_are_called(tmp_path):
    claims = Claims(tmp_path)

    for version in ("9/0", "9_0", "9 0", "../9", ""):
        assert claims.begin(version, "x", at=AT), version
    assert len(claims.all()) == 5
    assert len(list(tmp_path.glob("version-*.json"))) == 5


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError) as caught:
        Claims(tmp_path / "file").begin("9", "x", at=AT)

    assert "cannot be written" in caught.value.message


def test_an_environment_is_met_once_and_is_no_version(tmp_path):
    claims = Claims(tmp_path)
    assert not claims.has_met("demo")

    claims.meet("demo")
    claims.meet("demo")

    assert claims.has_met("demo")
    assert not claims.has_met("demo/2")
    assert claims.all() == {}
