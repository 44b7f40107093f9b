"""A kit with which a partner tests its own plugin, in its own pytest suite.

    from pathlib import Path

    from koppeling_harness.testing import plugin_contract

    test_plugin = plugin_contract(Path(__file__).parents[1])

That is a test for each sentence of the contract between a plugin and the harness, whatever the
integration is written in: `pytest -v` shows them, `pytest -k push-hours` runs those of one
operation. The certification packs are not part of it; run those with `koppeling run`.
"""

from koppeling_harness.testing.contract_tests import plugin_contract

__all__ = ["plugin_contract"]
