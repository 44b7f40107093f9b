"""Metainfo is read as it comes, and asked once."""

import asyncio
import json

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.erp.metainfo import UpdateDefinitions, update_metainfo_of
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release


def test_a_member_that_is_absent_null_or_text_is_no_obstacle():
    body = {
        "fields": [{"fieldId": "A", "dataType": "string", "length": "12", "values": None}],
        "objects": [{"name": "KnX", "fields": None}],
    }
    found = update_metainfo_of("PtProject", body)

    assert found.id == "PtProject"
    assert (found.fields[0].length, found.fields[0].values) == (12, None)
    assert found.objects[0].name == "KnX"


@pytest.mark.parametrize("spelled", ["decimalsFieldId", "decimalFieldId"])
def test_where_the_number_of_decimals_stands_is_read_in_either_spelling(spelled):
    field = {"fieldId": "Qu", "dataType": "decimal", "decimals": -1, spelled: "BiDc"}

    (found,) = update_metainfo_of("FbSales", {"fields": [field]}).fields
    assert (found.decimals, found.decimals_field_id) == (-1, "BiDc")


def learned(
    answer: bytes, *, at_once: bool = False, then: bytes = b""
) -> tuple[UpdateDefinitions, int]:
    """Ask a server of fixed bytes twice what PtProject takes; return that, and how often it was.

    At once, and who asks second is held to what the first was answered; `then` is the second
    answer, when it is another.
    """
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        await asyncio.sleep(0.05 if at_once else 0)
        writer.write(then if then and len(asked) > 1 else answer)
        await writer.drain()
        writer.close()

    async def go() -> UpdateDefinitions:
        listening = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        access = ErpAccess(
            environment="T1",
            base_url=f"http://127.0.0.1:{port}/T1/ProfitRestServices",
            token=Secret("<token><version>1</version><data>AB</data></token>"),
            release=Release(label="Profit 8", version="8.0.1"),
        )
        definitions = UpdateDefinitions()
        async with (
            listening,
            Connection(timeout_s=2) as connection,
            Connection(timeout_s=2) as other,
        ):
            clients = [
                ErpClient(access, connection=each, clock=SystemClock())
                for each in (connection, other)
            ]

            async def learn(client: ErpClient) -> int:
                await definitions.learn(client, ["PtProject"])
                return len(definitions.known)

            if at_once:
                assert len(set(await asyncio.gather(*map(learn, clients)))) == 1
            else:
                for client in clients:
                    await learn(client)
        return definitions

    return asyncio.run(go()), len(asked)


def test_a_definition_is_asked_once():
    body = json.dumps({"fields": [{"fieldId": "PrId", "dataType": "string"}]}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    definitions, asked = learned(head + body)

    assert [each.field_id for each in definitions.known["ptproject"].fields] == ["PrId"]
    assert asked == 1


def test_who_asks_while_another_is_answered_waits_for_that_answer():
    body = json.dumps({"fields": [{"fieldId": "PrId", "dataType": "string"}]}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    definitions, asked = learned(head + body, at_once=True)

    assert (list(definitions.known), asked) == (["ptproject"], 1)


def test_who_got_no_answer_leaves_it_to_the_next_to_ask_again():
    body = json.dumps({"fields": [{"fieldId": "PrId", "dataType": "string"}]}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    definitions, asked = learned(b"", then=head + body)

    assert (list(definitions.known), asked) == (["ptproject"], 2)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"objects":[1]',
        b"",
    ],
)
def test_what_cannot_be_learned_stays_unknown(answer):
    definitions, _ = learned(answer)

    assert definitions.known == {}
