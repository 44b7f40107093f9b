"""Metainfo as an environment answers it, read into what it promises.

What an environment says is taken as it comes: a member that is absent, null, or a number written
as text is no reason to know nothing at all.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.errors import HarnessError
from koppeling_harness.model.snapshot import (
    CodeValue,
    GetMetainfo,
    MetainfoField,
    MetainfoObject,
    UpdateMetainfo,
)


class UpdateDefinitions:
    """What UpdateConnectors take, asked of an environment once.

    Attributes:
        known: By id in lower case; a connector that could not be asked is not among them.
    """

    def __init__(self) -> None:
        self.known: dict[str, UpdateMetainfo] = {}
        self._asked: dict[str, asyncio.Lock] = {}
        self._answered: set[str] = set()

    async def learn(self, client: ErpClient, connectors: Iterable[str]) -> None:
        """Ask of each connector what it takes, unless that was answered before.

        Who comes while another asks waits for the answer: what is held against a call must not
        depend on what else runs.

        Args:
            client: Of any environment on the same release.
            connectors: Ids; one that is unknown or not allowed is left out.
        """
        for connector in connectors:
            key = connector.lower()
            if key in self._answered:
                continue
            async with self._asked.setdefault(key, asyncio.Lock()):
                if key not in self._answered:
                    await self._ask(client, connector)

    async def _ask(self, client: ErpClient, connector: str) -> None:
        """Ask what a connector takes; who got no answer leaves it to the next to ask again."""
        call = ErpCall(method="GET", path=f"/metainfo/update/{quote(connector, safe='')}")
        try:
            answer = await client.send(call)
        except HarnessError:
            return
        self._answered.add(connector.lower())
        try:
            if answer.status == 200 and isinstance(answer.body, dict):
                self.known[connector.lower()] = update_metainfo_of(connector, answer.body)
        except (KeyError, TypeError, ValueError, AttributeError):
            return  # what it takes stays unknown, and nothing is held against it


def get_metainfo_of(connector: str, body: Mapping[str, Any]) -> GetMetainfo:
    """Return what `/metainfo/get/{id}` says.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: It is not of that form.
    """
    return GetMetainfo(
        name=_text(body.get("name")) or connector,
        description=_text(body.get("description")),
        fields=_fields(body),
    )


def update_metainfo_of(connector: str, body: Mapping[str, Any]) -> UpdateMetainfo:
    """Return what `/metainfo/update/{id}` says.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: It is not of that form.
    """
    return UpdateMetainfo(
        id=_text(body.get("id")) or connector,
        name=_text(body.get("name")),
        description=_text(body.get("description")),
        fields=_fields(body),
        objects=_objects(body),
    )


def _objects(body: Mapping[str, Any]) -> tuple[MetainfoObject, ...]:
    return tuple(
        MetainfoObject(name=str(each["name"]), fields=_fields(each), objects=_objects(each))
        for each in body.get("objects") or ()
    )


def _fields(body: Mapping[str, Any]) -> tuple[MetainfoField, ...]:
    return tuple(
        MetainfoField(
            id=_text(each.get("id")),
            field_id=_text(each.get("fieldId")),
            primary_key=bool(each.get("primaryKey")),
            data_type=_text(each.get("dataType")),
            label=_text(each.get("label")),
            mandatory=bool(each.get("mandatory")),
            length=_number(each.get("length")),
            decimals=_number(each.get("decimals")),
            # `/metainfo/update` spells it in one way, `/metainfo/get` in the other
            decimals_field_id=_text(each.get("decimalsFieldId") or each.get("decimalFieldId")),
            notzero=bool(each.get("notzero")),
            control_type=_number(each.get("controlType")),
            values=_values(each.get("values")),
        )
        for each in body.get("fields") or ()
    )


def _values(listed: Iterable[Mapping[str, Any]] | None) -> tuple[CodeValue, ...] | None:
    if not listed:
        return None
    return tuple(
        CodeValue(id=_text(each["id"]), description=_text(each.get("description")))
        for each in listed
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> int:
    return int(str(value)) if value not in {None, ""} else 0
