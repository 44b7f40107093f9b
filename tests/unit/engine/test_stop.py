from koppeling_harness.engine import codes
from koppeling_harness.engine.stop import Said, stop
from koppeling_harness.model.finding import Difference
from koppeling_harness.model.verdict import Cause, Outcome, Severity


def test_a_stop_says_whose_doing_it_is_and_carries_both_languages():
    difference = Difference(path="a", expected="1", actual="2")
    said = Said(
        nl="mis", en="wrong", hint="mend", differences=[difference], curl="curl", exchange=3
    )
    made = stop(codes.PLUGIN_HUNG, Outcome.FAILED, Cause.INTEGRATION, "a.yaml:3:5", said)
    finding = made.finding

    assert (made.outcome, made.cause) == (Outcome.FAILED, Cause.INTEGRATION)
    assert (finding.code, finding.level) == ("PLUGIN-HUNG", Severity.ERROR)
    assert (finding.message, finding.where, finding.hint) == ("wrong", "a.yaml:3:5", "mend")
    assert finding.text is not None
    assert (finding.text.nl, finding.text.en) == ("mis", "wrong")
    assert (finding.differences, finding.curl, finding.exchange) == ((difference,), "curl", 3)


def test_without_a_hint_of_its_own_a_stop_advises_what_its_code_does():
    made = stop(codes.PLUGIN_HUNG, Outcome.FAILED, Cause.INTEGRATION, "x", Said(nl="a", en="b"))

    assert made.finding.hint == codes.PLUGIN_HUNG.fix.en
    assert made.finding.advice is not None
    assert made.finding.advice.nl == codes.PLUGIN_HUNG.fix.nl
