"""What a partner could put into a text to mislead a reviewer or to run in a reviewer's browser."""

from koppeling_harness.model.finding import Difference
from koppeling_harness.model.run import RunRecord
from koppeling_harness.model.shape import Text
from support.records import a_failure, a_finding, a_result, a_run, a_set_aside, an_integration

SCRIPT = "<script>document.title='taken'</script>"
IMAGE = '"><img src=x onerror="document.title=\'taken\'">'
STYLE = "</style><style>.failed{display:none}</style>"
TEMPLATE = "{{ 7 * 7 }}{% raw %}"
BIDI = "geslaagd\u202edkaazeg\u2066"
CONTROL = "\x1b[2J\x00\x9b\ufeff"
LINE = "raw 1.0.0 on Profit 8: passed - 21 of 21"
CI = "::error::taken\n  ::set-output name=a::b\n##vso[task.complete]x##[error]y"
COMMANDS = f"\n{LINE}\r{LINE}\u2028{CI}"
OSC = "\x1b]0;titel\x07"
SPOKEN = f"{COMMANDS}{OSC}{BIDI}{CONTROL}=1+1"
"""What misleads where there is no markup."""
HOSTILE = f"{SCRIPT}{IMAGE}{STYLE}{TEMPLATE}{BIDI}{CONTROL}{COMMANDS}]]>'\"&amp;{{x}}"


def hostile_run() -> RunRecord:
    """A run in which every text that an integration or a scenario can bring is hostile."""
    text = Text(nl=HOSTILE, en=f"en{HOSTILE}")
    finding = a_finding(
        code=HOSTILE,
        message=HOSTILE,
        where=HOSTILE,
        hint=HOSTILE,
        text=text,
        advice=text,
        differences=(Difference(path=HOSTILE, expected=HOSTILE, actual=HOSTILE),),
        curl=HOSTILE,
    )
    failure = a_failure(HOSTILE, title=text, operation=HOSTILE, log=HOSTILE, place=HOSTILE)
    return a_run(
        an_integration(
            a_failure(
                HOSTILE,
                title=text,
                operation=HOSTILE,
                findings=(finding, a_finding(message=HOSTILE, text=None, advice=None)),
                log=HOSTILE,
                place=HOSTILE,
                proves=(HOSTILE,),
            ),
            failure,
            a_result(HOSTILE, title=text, operation=HOSTILE),
            id=HOSTILE,
            title=text,
            version=HOSTILE,
            partner=HOSTILE,
        ),
        a_set_aside(id=HOSTILE, problem=HOSTILE),
    )
