"""Write a scenario to begin with, for an integration that is there."""

import json
import re
from pathlib import Path

from koppeling_harness.config.folders import PLUGINS
from koppeling_harness.config.manifest import MANIFEST, load_manifest
from koppeling_harness.errors import UsageError
from koppeling_harness.model.manifest import Manifest, Operation
from koppeling_harness.workflow.authoring.from_example import text_from_example
from koppeling_harness.workflow.authoring.init import write_new

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-._][a-z0-9]+)*")

_HEAD = """\
# What must be true of the integration, besides what the packs of the harness ask of everyone.
# Every word: docs/reference/scenario-language.md. What is wrong here: `koppeling scenarios check`.
scenario: {id}.{name}
title:
  nl: {title}
  en: {title}
level: required             # required, recommended or informative
proves: [{id}]              # which rule, page of AFAS, or promise of yours
values:
  mark: ${{unique(8)}}        # text that no other scenario has, to find rows again by

# given:                    # put ERP1 in its initial situation; the harness does this itself
#   - insert: PtProject
#     fields: {{PrGp: EXT, Ds: "Project ${{values.mark}}"}}
#     save: {{project: body.results.PtProject.PrId}}

when:
  - operation: {operation}
    input: {input}
    expect: {{ok: true}}      # `output` and `error` can be expected here too

# faults:                   # disturb the integration's calls: here the answer to a call is lost
#   - fault: lost_answer
#     of: {{kind: {kind}}}
#     calls: "1"

then:
"""

_READS = """\
  # the integration called ERP1, and AFAS's rules have nothing to say about it
  - exchanges: {{connector: {connector}}}
    expect: {{count: {{$min: 1}}}}
  - findings: {{}}
    expect: {{count: 0}}
"""

_WRITES = """\
  # the integration wrote, and Profit took it. Better still: read with `get` what Profit holds now
  - exchanges: {{kind: writes, connector: {connector}}}
    expect:
      count: {{$min: 1}}
      items: {{$each: {{status: {{$one_of: [200, 201]}}}}}}
  - findings: {{}}
    expect: {{count: 0}}
"""


def write_scenario(name: str | None, folder: Path | None, *, operation: str | None = None) -> Path:
    """Write a scenario that can be run at once; return its path.

    Args:
        name: Its name; the integration's id comes before it. None: after the operation.
        folder: The integration's folder; when None, the current one, or the only one in `plugins`.
        operation: The operation whose example is carried out, to write down what it sends; None
            for a scenario to begin with.

    Raises:
        UsageError: The name cannot be one, or it is not clear which integration is meant.
        DocumentError: The manifest is not there or has problems.
        ConfigurationError: The file exists already, or cannot be written.
    """
    name = f"{operation}-arrives" if name is None else name
    if _NAME.fullmatch(name) is None:
        message = f"`{name}` cannot be the name of a scenario"
        hint = "Use lower case letters, digits, and single `-`, `.` or `_` between them."
        raise UsageError(message, hint=hint)
    folder = folder or _only_folder()
    manifest = load_manifest(folder / MANIFEST)
    file = f"scenarios/{name}.scenario.yaml"
    if operation is None or (folder / file).exists():
        text = scenario_text(name, manifest)
    else:  # before that, nothing has to run
        text = text_from_example(name, folder, manifest, operation)
    (path,) = write_new(folder, {file: text.encode()})
    return path


def scenario_text(name: str, manifest: Manifest) -> str:
    """Return a commented scenario about the first operation that writes, else the first."""
    operation = next((each for each in manifest.operations if each.writes), manifest.operations[0])
    written = operation.writes
    title = re.sub(r"[-._]", " ", name).capitalize()
    head = _HEAD.format(
        id=manifest.id,
        name=name,
        title=json.dumps(title, ensure_ascii=False),
        operation=operation.name,
        input=_input(operation),
        kind="writes" if written else "reads",
    )
    if written:
        return head + _WRITES.format(connector=written[0])
    return head + _READS.format(connector=operation.reads[0])


def _input(operation: Operation) -> str:
    """Return the example of an operation as JSON, which is YAML too."""
    text = json.dumps(operation.example, ensure_ascii=False)
    return text.replace("${", "$${")  # a text that only looks like an expression


def _only_folder() -> Path:
    if Path(MANIFEST).is_file():
        return Path()
    found = sorted(PLUGINS.glob(f"*/{MANIFEST}"))
    if len(found) == 1:
        return found[0].parent
    names = ", ".join(each.parent.name for each in found) or "none"
    message = f"which integration is the scenario for? In plugins/ there are: {names}"
    raise UsageError(message, hint="Say so: --plugin FOLDER.")
