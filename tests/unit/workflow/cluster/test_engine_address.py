"""Which engine `--on` means, and what it cannot mean."""

from pathlib import Path

import pytest

from koppeling_harness.errors import ConfigurationError, UsageError
from koppeling_harness.workflow.cluster.engine_address import EngineAddress, Tls, parse_engine


def test_workers_of_this_machine():
    assert parse_engine("local:4") == EngineAddress(workers=4)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_scheduler_on_this_machine_needs_no_tls(host):
    assert parse_engine(f"dask://{host}:8786").url == f"tcp://{host}:8786"


def test_a_scheduler_elsewhere_is_reached_by_tls(tmp_path: Path):
    files = [tmp_path / name for name in ("ca", "cert", "key")]
    for each in files:
        each.write_text("")

    found = parse_engine("dask://cluster.intern:8786", ",".join(map(str, files)))

    assert found.url == "tls://cluster.intern:8786"
    assert found.tls == Tls(authority=files[0], certificate=files[1], key=files[2])


@pytest.mark.parametrize(
    "text",
    ["spark://x:1", "local:0", "local:65", "local", "dask://x", "dask://x:99999", "dask://:1"],
)
def test_what_names_no_engine_is_refused(text):
    with pytest.raises(UsageError, match="expected dask://HOST:PORT, or local:N"):
        parse_engine(text)


@pytest.mark.parametrize("host", ["10.0.0.1", "cluster.intern", "127.0.0.1.evil.example"])
def test_nothing_is_sent_over_the_network_without_tls(host):
    with pytest.raises(ConfigurationError, match="without TLS"):
        parse_engine(f"dask://{host}:8786")


def test_files_that_do_not_go_with_it_are_told(tmp_path: Path):
    with pytest.raises(UsageError, match="expected three files"):
        parse_engine("dask://h:1", "a,b")
    with pytest.raises(UsageError, match="local:N needs none"):
        parse_engine("local:2", "a,b,c")
    with pytest.raises(ConfigurationError, match="there is no file a, b, c"):
        parse_engine("dask://h:1", "a,b,c")
