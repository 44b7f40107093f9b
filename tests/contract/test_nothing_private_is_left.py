"""What no file and no output may tell, planted in every spelling wherever a partner can put it."""

import html
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from support.cli import Ran, koppeling
from support.leaks import HARMLESS, LAST_NAME, WORDS, leaking_project
from support.spellings import PARTS, SPELLINGS

pytestmark = pytest.mark.unmeasured


@pytest.fixture(
    scope="module",
    params=[10, pytest.param(1, marks=pytest.mark.long)],
    ids=["every tenth spelling", "every spelling"],
)
def every(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, every: int) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("leaks")
    names = {"KOPPELING_CACHE": "cache", "KOPPELING_STATE": "state", "TMPDIR": "tmp"}
    before = {name: os.environ.get(name) for name in names}
    for name, place in names.items():
        (folder / place).mkdir()
        os.environ[name] = str(folder / place)
    at, tempfile.tempdir = tempfile.tempdir, None
    yield folder
    tempfile.tempdir = at
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(scope="module")
def ran(there: Path, every: int) -> dict[str, Ran]:
    known = there.with_name(f"{there.name}-known")
    leaking_project(there, known, every)
    some = ("--plugin", "plugins", "--scenarios", "scenarios", "--release", "Profit 8")
    few = ("-k", "log or error")
    return {
        "run": koppeling("run", *some, cwd=there),
        "shard 1": koppeling("run", *some, *few, "--shard", "1/2", "--reports", "one", cwd=there),
        "shard 2": koppeling("run", *some, *few, "--shard", "2/2", "--reports", "two", cwd=there),
        "merge": koppeling("merge", "one", "two", "--reports", "merged", cwd=there),
        "recheck": koppeling("recheck", "leak_oauth", *some, cwd=there),
        "report": koppeling("report", "--out", "site", cwd=there),
        **_sent(there),
    }


def _sent(there: Path) -> dict[str, Ran]:
    """Sign and pack every run, and unpack what is sent, so that it is looked at too."""
    with tempfile.TemporaryDirectory() as keys:  # a key is secret, and not ours to look for
        key = ("--key", f"{keys}/key")
        runs = [str(each) for each in there.glob("reports/*/run.json")]
        ran = {
            "keygen": koppeling("evidence", "keygen", "--out", key[1], "--for", "1_1", cwd=there),
            "sign": koppeling("evidence", "sign", *runs, *key, cwd=there),
            "pack": koppeling("evidence", "pack", *runs, "--out", "packs", cwd=there),
        }
    for each in there.glob("packs/*.zip"):
        with zipfile.ZipFile(each) as pack:
            pack.extractall(there / "unpacked")
    return ran


def test_nothing_secret_stands_in_any_file_or_output(there, ran):
    known = there.with_name(f"{there.name}-known").read_text().splitlines()
    secrets = {json.loads(line) for line in known}
    pieces = {}
    for text in secrets:
        for name, spell in {**SPELLINGS, **PARTS}.items():
            core, around = spell(text), spell("#" * len(text))
            pieces |= {
                core[at : at + 26]: (name, text)
                for at in range(len(core) - 25)
                if core[at : at + 26] not in around
            }

    left = {
        (where, *pieces[piece])
        for where, text in _texts(there, ran)
        for piece in pieces.keys() & {text[at : at + 26] for at in range(len(text) - 25)}
    }

    assert len(secrets) > 12
    assert sorted(left)[:20] == []


def test_what_is_sent_was_looked_at(there, ran):
    assert (ran["sign"].code, ran["pack"].code) == (0, 0), ran["sign"].all + ran["pack"].all
    unpacked = {each.name for each in there.glob("unpacked/*/*")}
    assert {"run.json", "evidence.intoto.json", "evidence.statement.json"} <= unpacked


def test_no_declared_private_value_stands_in_any_file_or_output(there, ran):
    spoken = {spell(LAST_NAME) for name, spell in SPELLINGS.items() if name in WORDS}

    left = {(where, each) for where, text in _texts(there, ran) for each in spoken if each in text}

    assert sorted(left)[:20] == []


def test_harmless_words_and_numbers_stay(there, ran):
    records = [each.read_text(encoding="utf-8") for each in there.glob("reports/*/run.json")]
    logs = re.findall("HARMLESS (.*?) SSELMRAH", "".join(records))

    assert len(set(HARMLESS)) == 200
    assert set(logs) == {json.dumps(" ".join(HARMLESS), ensure_ascii=False).strip('"')}


def test_what_is_replaced_in_time_costs_nobody_the_files(ran):
    assert {name: each.code for name, each in ran.items() if name != "report"} == {
        "run": 1,
        "shard 1": 1,
        "shard 2": 1,
        "merge": 1,
        "recheck": 1,
        "keygen": 0,
        "sign": 0,
        "pack": 0,
    }


def _texts(there: Path, ran: dict[str, Ran]) -> Iterator[tuple[str, str]]:
    """Yield what is read: as it stands, and as JSON, a page and a URL say it."""
    own = {there / "plugins", there / "scenarios"}
    files = [each for each in there.rglob("*") if each.is_file()]
    texts = {
        str(each.relative_to(there)): each.read_bytes().decode(errors="replace")
        for each in files
        if not own & set(each.parents)
    }
    texts |= {name: each.all for name, each in ran.items()}
    texts["names of files"] = "\n".join(texts)
    for name, text in texts.items():
        said = html.unescape(text)
        plain = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), said)
        plain = plain.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
        for each in {text, plain, unquote(plain)}:
            yield name, each
