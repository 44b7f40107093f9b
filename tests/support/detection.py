"""Run every seeded defect through the whole program, and say what caught each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from koppeling_harness.model.fault import FaultKind
from koppeling_harness.traffic.checks import RULES
from support.cli import koppeling_process
from support.defect import Defect
from support.defects import DEFECTS, PACKS, PLUGINS, seeded
from support.oauth_client import BROKEN, Broken

CONCURRENCY = "16"
"""Most of a run is waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What became of one defect.

    Attributes:
        outcome: The verdict on the integration that has it.
        named: Code and scenario of each finding that names the defect, each once, in order.
        found: Code and message of every finding, for who wants to know why it was not caught.
        problem: Why the integration could not be judged.
    """

    outcome: str
    named: tuple[tuple[str, str], ...]
    found: tuple[tuple[str, str], ...]
    problem: str

    @property
    def is_caught(self) -> bool:
        """Whether the verdict is failed, and a finding says what is wrong."""
        return self.outcome == "failed" and bool(self.named) and not self.problem


def detect(
    folder: Path, *, seed: int, whole: bool = False, defects: Sequence[Defect] = DEFECTS
) -> dict[str, Detection]:
    """Seed defects, certify all those integrations in one run, and return what caught each.

    Args:
        folder: An empty folder to work in.
        seed: What generated values follow from.
        whole: Run every scenario, and not only the one that proves a defect. Takes many minutes.
        defects: Those that can run here are.
    """
    (folder / "none").mkdir()
    meant = {each.name: each for each in defects if each.can_run}
    packs = PACKS if whole else folder / "none"
    found = {}
    for day in sorted({each.day for each in meant.values()}):
        plugins = folder / "plugins" / (day or "today")
        for defect in meant.values():
            if defect.day == day:
                _without_click(seeded(defect, plugins, whole=whole))
        record = certify(folder, plugins, packs, seed=seed, day=day)
        for each in record["integrations"]:
            found[each["id"]] = _detection(meant[each["id"]], each)
    return found


def _without_click(integration: Path) -> None:
    """Let httpx find no click, as where it is installed alone: click and rich double its import."""
    if (integration / "requirements.txt").exists():
        (integration / "click.py").write_text("raise ImportError\n", encoding="utf-8")


def certify(folder: Path, plugins: Path, packs: Path, *, seed: int, day: str = "") -> Any:
    """Return the record of one run."""
    ran = koppeling_process(
        *(
            "run",
            "--plugin",
            plugins,
            "--scenarios",
            packs,
            "--json",
            "--no-traffic",
            "--release",
            "Profit 8",
        ),
        *("--seed", str(seed), "--concurrency", CONCURRENCY),
        cwd=folder,
        timeout_s=3600,
        day=day,
    )
    assert ran.code in {0, 1, 12}, ran.err
    return ran.json()


def findings(record: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return every finding of one integration in a record, with its scenario."""
    return [
        (_scenario(result), finding)
        for result in record["results"]
        for finding in result["findings"]
    ]


def _scenario(result: Mapping[str, Any]) -> str:
    return str(result["scenario"])


def _detection(defect: Defect, record: Mapping[str, Any]) -> Detection:
    every = findings(record)
    named = dict.fromkeys(
        (finding["code"], scenario)
        for scenario, finding in every
        if finding["code"] in defect.caught_by and defect.says in finding["message"]
    )
    return Detection(
        outcome=record["verdict"]["outcome"],
        named=tuple(sorted(named)),
        found=tuple(sorted({(each["code"], each["message"]) for _, each in every})),
        problem=record["problem"],
    )


def matrix_page(detections: Mapping[str, Detection]) -> list[str]:
    """Return the lines of the detection matrix, as Markdown.

    Args:
        detections: What caught each defect; a defect that is not among them could not run here.
    """
    return [
        *_defect_lines(detections),
        "",
        "## Clients of OAuth",
        "",
        "Edits on an integration that signs in with `requests_oauth2client`, on Profit 9.",
        "",
        "| client | signs in by | caught as | by scenario |",
        "|---|---|---|---|",
        *(
            f"| {each.name} | {each.way} | `{each.caught_by}` | `{each.proved_by}` |"
            for each in BROKEN
        ),
        "",
        "## Rules",
        "",
        "| rule | defects |",
        "|---|---|",
        *(f"| `{rule.code}` | {_names(_caught_by(rule.code))} |" for rule in RULES),
        "",
        "## Kinds of fault",
        "",
        "The scenarios that disturb in this way, and the defects that they prove.",
        "",
        "| fault | defects |",
        "|---|---|",
        *(f"| `{kind.value}` | {_names(_proved_by_fault(kind))} |" for kind in FaultKind),
    ]


def _defect_lines(detections: Mapping[str, Detection]) -> list[str]:
    lines = [
        "| defect | integration | what it does wrong | caught as | by scenario |",
        "|---|---|---|---|---|",
    ]
    for defect in DEFECTS:
        found = detections.get(defect.name)
        named = found.named if found else tuple((code, "") for code in defect.caught_by)
        codes = ", ".join(f"`{code}`" for code in dict.fromkeys(code for code, _ in named))
        by = ", ".join(f"`{name}`" for name in dict.fromkeys(name for _, name in named))
        lines.append(
            f"| {defect.name} | {defect.integration} | {defect.description} | {codes} | {by} |"
        )
    return lines


def _caught_by(code: str) -> Iterable[Defect | Broken]:
    yield from (each for each in DEFECTS if code in each.caught_by)
    yield from (each for each in BROKEN if code == each.caught_by)


def _names(defects: Iterable[Defect | Broken]) -> str:
    return ", ".join(each.name for each in defects) or "none"


def _proved_by_fault(kind: FaultKind) -> Iterable[Defect]:
    return (each for each in DEFECTS if f"fault: {kind.value}\n" in _scenario_text(each))


def _scenario_text(defect: Defect) -> str:
    name = f"{defect.proved_by}.scenario.yaml"
    own = PLUGINS / defect.integration / "scenarios" / name
    paths = [own] if own.exists() else sorted(PACKS.rglob(name))
    return "".join(path.read_text(encoding="utf-8") for path in paths)
