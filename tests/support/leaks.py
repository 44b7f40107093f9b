"""Integrations that plant what is secret or private in every place where a partner can put it."""

import json
import shutil
import sys
from pathlib import Path

from support.spellings import IN_LINES, PARTS, SPELLINGS

LAST_NAME = "Zwartewaterszëe"
"""A declared private value, with a letter that is two bytes."""
TITLE = "7E6D5C4B3A29180F7E6D5C4B3A29180F7E6D5C4B3A29180F7E6D5C4B3A291808"
"""A token that is no run's, and is known by its form."""
IN_A_TITLE = f"<token><version>1</version><data>{TITLE}</data></token>"
# a name in pieces is nobody's: docs/explanation/privacy.md tells
WORDS = sorted(
    set(SPELLINGS)
    - set(IN_LINES)
    - {"with blanks", "with dashes", "in groups", "zero-width", "control characters"}
    - {"over lines", "over lines with a prefix", "od -c", "base85", "ascii85"}
)
"""The spellings in which a private value is found."""
_OTHERS = """
111.222.333 1.234.567 M V de het een en van der op Jan 08:15 EUR NL 12A Ps123
Profit_Projects KnPerson integrationId koppeling_trigger application/json
Amersfoort Debiteurenadministratie arbeidsvoorwaardenonderhandelingen f1 0x1F
3f2504e0-4f89-11d3-9a0c-0305e82c3301 d41d8cd98f00b204e9800998ecf8427e
https://www.afas.nl/ v8.0.1 #1234 50% a+b c/d €12,50 1e-7 0xDEADBEEF
"""
HARMLESS = [
    *(str(number) for number in range(12, 94)),
    *(f"{number}.{number + 5:02d}" for number in range(100, 130)),
    *(f"2026-11-{day:02d}" for day in range(1, 31)),
    *(f"1000{number}" for number in range(101, 121)),
    *_OTHERS.split(),
]

ALL = ("error", "request", "finish")
"""Places that an integration with OAuth plants in too."""
PLACES = ("log", "file", "error", "output", "fault", "request", "body", "late")
HOOKS = ("prepare", "checks", "finish")
_OF_A_SERVICE = "{webhook: subject.created, expect: {status: 200}}"
_OPERATION = "{operation: plant, input: {place: %s}, expect: {output: zzz}}"
_SOURCE = Path(__file__).parent / "leaking"
_SERVICE = {
    "kind": "http",
    "command": [sys.executable, "{folder}/service.py", "{port}"],
    "url": "http://127.0.0.1:{port}",
    "prepare": "/prepare",
    "finish": "/finish",
    "webhooks": {"path": "/webhooks/afas"},
}


def leaking_project(folder: Path, known: Path, every: int = 1) -> None:
    """Write integrations, and a scenario for each place.

    Args:
        folder: Where, below `plugins` and `scenarios`.
        known: The file in which each integration writes down the secrets that it was given.
        every: Which spellings of those are planted: every so many-th.
    """
    said = {
        "every": every,
        "tests": str(_SOURCE.parents[1]),
        "known": str(known),
        "last_name": LAST_NAME,
        "words": WORDS,
        "harmless": HARMLESS,
    }
    python = {"kind": "python"}
    for name, runtime, more in (
        ("leak", python, {}),
        ("leak_prepare", python, {}),
        ("leak_oauth", python, {"oauth": {}}),
        ("leak_service", _SERVICE, {}),
    ):
        plugin = folder / "plugins" / name
        shutil.copytree(_SOURCE, plugin, ignore=shutil.ignore_patterns("__pycache__"))
        (plugin / "said.json").write_text(json.dumps(said), encoding="utf-8")
        manifest = {**_manifest(name, "Lek"), "runtime": runtime, **more}
        (plugin / "koppeling.yaml").write_text(json.dumps(manifest), encoding="utf-8")
    for place in (*PLACES, *HOOKS):
        where = "leak_prepare" if place == "prepare" else "leak"
        applies = {} if place in ALL else {"applies": {"integration": where}}
        _scenario(folder / "scenarios", place, _OPERATION % place, **applies)
    applies = {"applies": {"integration": "leak_service"}}
    _scenario(folder / "scenarios", "service", _OF_A_SERVICE, **applies)
    _scenario(folder / "scenarios", "answer", _OPERATION % "answer", **applies)


def _manifest(name: str, title: str) -> dict[str, object]:
    both = {"nl": title, "en": title}
    return {
        "id": name,
        "title": both,
        "partner": {"name": "Voorbeeld B.V.", "subscription": "12345"},
        "version": "1.0.0",
        "integration_id": "12345_1",
        "releases": ["Profit 8"],
        "get_connectors": [
            {
                "id": "Leak_People",
                "copy_of": "Profit_OrgPer",
                "fields": ["BcCo", "Name", "MailWork"],
            }
        ],
        "update_connectors": [
            {
                "id": "KnPerson",
                "fields": ["MatchPer", "BcCo", "LaNm", "SoSe", "DaBi", "ViGe", "In", "EmAd"],
            }
        ],
        "privacy_fields": [
            {"connector": "Leak_People", "field": "Name", "reason": both},
            {"connector": "KnPerson", "field": "LaNm", "reason": both},
        ],
        "operations": [
            {
                "name": "plant",
                "title": both,
                "reads": ["Leak_People"],
                "writes": ["KnPerson"],
                "example": {},
            }
        ],
    }


def _scenario(folder: Path, place: str, step: str, **more: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    title = f"Lek in {place}"
    lines = [
        f"scenario: leak.{place}",
        f"title: {json.dumps({'nl': title, 'en': title})}",
        "level: required",
        "proves: [test]",
        *(f"{name}: {json.dumps(value)}" for name, value in more.items()),
        f"when:\n  - {step}",
    ]
    (folder / f"{place}.scenario.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def every_spelling(secret: str) -> list[str]:
    """Return a secret in every spelling, whole and in part.

    Those in lines of their own are tried one by one (`test_spellings`): side by side, lines of one
    look alike those of another, and the few characters that are left of each are found together.
    """
    alone = [spell for name, spell in SPELLINGS.items() if name not in IN_LINES]
    return [spell(secret) for spell in (*alone, *PARTS.values())]
