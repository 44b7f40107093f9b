"""A real environment behind the gateway: whose doing something is, and what stays behind."""

import secrets
from dataclasses import replace

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.errors import ProductionRefusedError
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.real_erp import RealErp
from koppeling_harness.hosting.session import run_session
from koppeling_harness.model.order import Order
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.plugin.discover import discover
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.plan import plan
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.environment.access import TokenSources
from koppeling_harness.workflow.environment.doctor import diagnose, require_healthy
from support.partners import REFERENCE, REPOSITORY, partner
from support.scenarios import write_scenario
from support.strange_environment import Strangeness, strange_environment

MANIFEST = str(REFERENCE / "koppeling.yaml")


@pytest.fixture(autouse=True)
def _state(tmp_path, monkeypatch):
    monkeypatch.setenv("KOPPELING_STATE", str(tmp_path / "state"))


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ordinary")
    with strange_environment(folder, Strangeness(manifests=(MANIFEST,))) as served:
        yield served


def target_of(tmp_path, served):
    one = partner(tmp_path / "p", served, state=tmp_path / "state")
    sources = TokenSources(
        environ={"KOPPELING_TOKEN_STRANGE": one.token},
        keyring=lambda _: None,
        prompt=lambda _: None,
    )
    return require_healthy(
        diagnose("strange", plugins=(), folder=one.folder, clock=SystemClock(), sources=sources)
    )


def results(tmp_path, served, scenarios):
    found = discover([REFERENCE])
    [integration] = found.integrations
    session = run_session(
        Certification(
            Order(release="Profit 8", concurrency=2),
            found.integrations,
            run_id="r1",
            seed=1,
            clock=SystemClock(),
            redactor=Redactor(b"key"),
            real=target_of(tmp_path, served),
        ),
        plan(load_scenarios(scenarios), integration.manifest, release="Profit 8"),
    )
    return [result for _, result in session.results], session.notes


def own(tmp_path, body):
    return [write_scenario(tmp_path, body)]


def test_an_environment_that_goes_down_leaves_the_rest_inconclusive_and_nothing_failed(tmp_path):
    odd = Strangeness(manifests=(MANIFEST,), down_after=16)
    with strange_environment(tmp_path / "e", odd) as served:
        found, _ = results(tmp_path, served, [REPOSITORY / "scenarios" / "connectors"])
        calls = served.truth()["calls"]

    causes = {(each.outcome, each.cause) for each in found}
    assert causes <= {(Outcome.PASSED, None), (Outcome.INCONCLUSIVE, Cause.ENVIRONMENT)}
    assert (Outcome.INCONCLUSIVE, Cause.ENVIRONMENT) in causes
    assert calls < 60  # it is not asked on and on


ORGANISATION = """
values: {mark: "${unique(8)}"}
given:
  - insert: KnOrganisation
    fields: {MatchOga: "6", AutoNum: true, PadAdr: false, Nm: "${values.mark}"}
when:
  - operation: sync-employees
"""


@pytest.mark.parametrize(("leaves", "told"), [("", ["RESIDUE"]), ("leaves: [KnOrganisation]", [])])
def test_what_stays_behind_is_told_unless_the_scenario_says_so(tmp_path, ordinary, leaves, told):
    [result], notes = results(tmp_path, ordinary, own(tmp_path, ORGANISATION + leaves))

    assert result.outcome is Outcome.PASSED, result.findings
    assert [each.code for each in result.findings] == told
    assert notes == ()


CHANGED = """
values: {mark: "${unique(8)}"}
given:
  - insert: PtProject
    fields: {PrId: "P${values.mark}", PrGp: EXT, Ds: "${values.mark}"}
  - update: PtProject
    fields: {PrId: "P${values.mark}", Ds: "${values.mark} changed"}
when:
  - operation: sync-employees
cleanup:
  - delete: PtProject
    keys: {PrId: "P${values.mark}"}
"""


def test_what_a_scenario_made_it_may_change_and_delete_itself(tmp_path, ordinary):
    [result], _ = results(tmp_path, ordinary, own(tmp_path, CHANGED))

    assert (result.outcome, result.findings) == (Outcome.PASSED, ())
    assert "project" not in ordinary.truth()["more"]


OTHERS = """
shared: true
given:
  - update: PtProject
    fields: {PrId: "500001", Ds: "Van mij nu"}
when:
  - operation: sync-employees
"""


def test_a_row_of_others_that_was_changed_is_told(tmp_path, ordinary):
    [result], _ = results(tmp_path, ordinary, own(tmp_path, OTHERS))

    assert [each.message for each in result.findings] == [
        "PtProject: changed a row that this scenario did not make"
    ]


def test_a_connector_that_the_token_may_not_use_is_a_matter_of_configuration(tmp_path):
    odd = Strangeness(manifests=(MANIFEST,), missing=("KnOrganisation",))
    with strange_environment(tmp_path / "e", odd) as served:
        [result], _ = results(tmp_path, served, own(tmp_path, ORGANISATION))

    assert (result.outcome, result.cause) == (Outcome.INCONCLUSIVE, Cause.CONFIGURATION)
    assert result.findings[0].code == "NOT-ON-TOKEN"


def test_production_is_refused_by_what_it_says_of_itself_too(tmp_path, ordinary):
    target = target_of(tmp_path, ordinary)
    production = replace(target, facts=replace(target.facts, environment="O12345AA"))

    with pytest.raises(ProductionRefusedError):
        RealErp(
            production,
            run_id="r1",
            manifests=(),
            redactor=Redactor(secrets.token_bytes(32)),
            clock=SystemClock(),
        )
