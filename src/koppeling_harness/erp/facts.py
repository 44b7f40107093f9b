"""Facts that an environment tells of itself, before anything is done in it."""

import re

from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpAnswer, ErpClient
from koppeling_harness.errors import ErpUnavailableError, ProductionRefusedError
from koppeling_harness.model.shape import Release
from koppeling_harness.value import dataclass

_PRODUCTION_ID = re.compile(r"O[0-9]", re.IGNORECASE)
"""Ids of production environments begin with it, those of test with T and of accept with A.

Source: AFAS, docs.afas.help/apidoc (`envid` in metainfo)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentFacts:
    """What `/metainfo` and `/profitversion` say.

    Attributes:
        environment: Its id, such as `T12345AA`.
        release: The Profit release that it runs.
        app: Name of the app connector that the token is of.
        token_expiry: As it is told; empty when the token does not expire.
        get_connectors: Ids of what the token may read.
        update_connectors: Ids of what the token may write.
        date: The `Date` header of the answer; empty when absent.
    """

    environment: str
    release: Release
    app: str
    token_expiry: str
    get_connectors: frozenset[str]
    update_connectors: frozenset[str]
    date: str = ""

    def may_use(self, connector: str) -> bool:
        """Return whether the token may use a connector, by any case."""
        known = self.get_connectors | self.update_connectors
        return connector.lower() in {each.lower() for each in known}


async def learn(client: ErpClient) -> EnvironmentFacts:
    """Ask an environment what it is.

    Raises:
        ProductionRefusedError: It says that it is a production environment.
        ErpUnavailableError: It does not answer as an environment does.
    """
    answer = await client.send(ErpCall(method="GET", path="/metainfo"))
    body = answer.body
    if answer.status != 200 or not isinstance(body, dict):
        raise _unusable(answer)
    told = body.get("info")
    info = told if isinstance(told, dict) else {}
    environment = str(info.get("envid", ""))
    refuse_production_id(environment)
    expiry = str(info.get("tokenExpiry", "0"))
    version = await client.send(ErpCall(method="GET", path="/profitversion"))
    number = version.body.get("version") if isinstance(version.body, dict) else None
    if version.status != 200 or not isinstance(number, str):
        raise _unusable(version)
    return EnvironmentFacts(
        environment=environment or client.access.environment,
        release=Release(label=label_of(number), version=number),
        app=str(info.get("appName", "")),
        token_expiry="" if expiry in {"0", ""} else expiry,
        get_connectors=_ids(body.get("getConnectors")),
        update_connectors=_ids(body.get("updateConnectors")),
        date=answer.headers.get("date", ""),
    )


def refuse_production_id(environment: str) -> None:
    """Make sure that an environment does not call itself a production environment.

    Raises:
        ProductionRefusedError: It does.
    """
    if _PRODUCTION_ID.match(environment):
        message = f"the environment says that it is {environment}, which is production"
        raise ProductionRefusedError(
            message, hint="Use the token of a test or accept environment. No option allows more."
        )


def label_of(version: str) -> str:
    """Return what AFAS calls the release of a version: its first part is the release's number.

    Source: AFAS, docs.afas.help/profit/en/news-profit8 and the versions of its specifications.
    """
    return f"Profit {version.partition('.')[0]}"


def _ids(listed: object) -> frozenset[str]:
    if not isinstance(listed, list):
        return frozenset()
    return frozenset(str(each["id"]) for each in listed if isinstance(each, dict) and "id" in each)


def _unusable(answer: ErpAnswer) -> ErpUnavailableError:
    message = f"GET {answer.call.path}: answered {answer.status}, expected 200"
    return ErpUnavailableError(message, hint="Run `koppeling doctor` for what is the matter.")
