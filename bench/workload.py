"""The work that every tool is given: S scenarios of four steps, three expectations a step.

Create a subject, read it through a filter, change it, delete it; the id that the first step gives
and the version that the second one reads are handed on.
"""

import base64
from dataclasses import dataclass

BASE = "/ProfitRestServices"
UPDATE = "KnSubject"
GET = "Profit_Subjects"
# as long and as random as AFAS's: what follows a pattern stands in reports by chance
_DATA = "1B32C28CB38C05480ECCC1BD60FF97029B57A05C96718B96DAD7E9D84894F549"
TOKEN = f"<token><version>1</version><data>{_DATA}</data></token>"
AUTHORIZATION = f"AfasToken {base64.b64encode(TOKEN.encode()).decode()}"
STEPS = 4


@dataclass(frozen=True)
class Subject:
    """What one scenario is about."""

    number: int

    @property
    def id(self):
        return f"s{self.number:05}"

    @property
    def name(self):
        return f"Subject {self.number:05}"

    @property
    def amount(self):
        return 1000 + self.number

    @property
    def changed(self):
        return 5000 + self.number

    def creation(self):
        fields = {"StId": 1, "Ds": self.name, "Am": self.amount}
        return {UPDATE: {"Element": {"Fields": fields}}}

    def change(self, key, version):
        fields = {"Am": self.changed, "Ver": version}
        return {UPDATE: {"Element": {"@SbId": key, "Fields": fields}}}


def subjects(count):
    return [Subject(number) for number in range(1, count + 1)]


def write_url(server):
    return f"{server}{BASE}/connectors/{UPDATE}"


def read_url(server, key):
    return (
        f"{server}{BASE}/connectors/{GET}?filterfieldids=SbId&filtervalues={key}"
        "&operatortypes=1&skip=0&take=10"
    )
