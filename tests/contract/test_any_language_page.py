"""The program that the page on other languages shows keeps to the protocol."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from koppeling_harness.plugin.conformance import check_integration
from koppeling_harness.plugin.discover import discover
from support.integrations import a_context
from support.plugins import MANIFEST, a_plugin

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "any-language.md"

pytestmark = [
    pytest.mark.skipif(not PAGE.is_file(), reason="docs/ is not here"),
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node: apt install nodejs"),
]

PRODUCT = """
export async function perform(call) {
  return { ok: false, error: `onbekend: ${call.operation}` };
}
"""


def test_the_child_in_node_passes_every_check(tmp_path):
    (program,) = re.findall(r"```js\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    runtime = "kind: stdio\n  command: [node, '{folder}/koppeling.mjs']"
    folder = tmp_path / "voorbeeld"
    (folder / "src").mkdir(parents=True)
    (folder / "koppeling.mjs").write_text(program, encoding="utf-8")
    (folder / "src" / "product.mjs").write_text(PRODUCT, encoding="utf-8")
    a_plugin(folder, manifest=MANIFEST.replace("kind: python", runtime))
    (integration,) = discover([folder], entry_points=False).integrations

    checks = asyncio.run(
        check_integration(integration, a_context(tmp_path / "work"), redact=lambda text: text)
    )

    assert [each for each in checks if not each.is_ok] == []
