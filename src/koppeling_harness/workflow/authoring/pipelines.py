"""CI pipelines that certify what is in `plugins/`: one file per CI system, ready to commit.

Each runs on every change, before a release and on a schedule; it shards, merges the shards into one
verdict per release, keeps JUnit and report, and comments the summary in Markdown.
"""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import UsageError
from koppeling_harness.version import __version__

FILES: Mapping[str, str] = {
    "github": ".github/workflows/koppeling.yml",
    "gitlab": ".gitlab-ci.yml",
    "azure": "azure-pipelines.yml",
}
"""For each CI system, the file that it reads."""

SHARDS = 3


def pipeline_files(kind: str, project: Path = Path()) -> dict[str, bytes]:
    """Return the files of a pipeline: name below the project's folder, and content.

    The releases are those of the project's settings: previous, current and accept. The harness is
    pinned to the version that writes the file.

    Args:
        kind: `github`, `gitlab` or `azure`.
        project: The folder whose settings hold.

    Raises:
        UsageError: There is no pipeline for that.
        DocumentError: The settings have problems.
    """
    if kind not in FILES:
        message = f"no pipeline for {kind!r}; there are: {', '.join(FILES)}"
        raise UsageError(message)
    template = resources.files(__package__) / "pipeline" / f"{kind}.yml"
    text = template.read_text(encoding="utf-8")
    roles = load_settings(project).releases
    labels = dict.fromkeys((roles.previous, roles.current, roles.accept))
    numbers = [label.removeprefix("Profit ") for label in labels if label]
    filled = {
        "version": __version__,
        "releases": ", ".join(f'"{each}"' for each in numbers),
        "words": " ".join(numbers),
        "matrix": "\n".join(
            f'        profit_{each}_shard_{shard}: {{RELEASE: "{each}", SHARD: "{shard}"}}'
            for each in numbers
            for shard in range(1, SHARDS + 1)
        ),
    }
    for name, value in filled.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return {FILES[kind]: text.encode()}
