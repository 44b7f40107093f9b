"""A small client of AFAS that does right, for integrations of tests to be built on."""

CLIENT = '''
import base64, http.client, json, time
from urllib.parse import urlencode, urlsplit
from koppeling_harness import OperationResult, hookimpl


class Told(Exception):
    pass


class Afas:
    """A client that keeps its connection, waits as AFAS asks, and tells what AFAS told."""

    def __init__(self, context):
        base = urlsplit(context.base_url)
        self.path = base.path
        self.connection = http.client.HTTPConnection(base.hostname, base.port, timeout=20)
        token = base64.b64encode(context.token.encode()).decode()
        self.headers = {
            "Authorization": "AfasToken " + token,
            "IntegrationId": context.integration_id,
            "Content-Type": "application/json;charset=utf-8",
        }

    def send(self, method, path, body=None):
        again = 2 if method == "GET" else 1
        for left in range(again, -1, -1):
            try:
                self.connection.request(method, self.path + path, body=body, headers=self.headers)
                answer = self.connection.getresponse()
                text = answer.read().decode()
            except (OSError, http.client.HTTPException):
                self.connection.close()
                if method == "GET" and left:
                    continue
                raise Told("AFAS gaf geen antwoord; kijk in Profit of het is aangekomen")
            wait = int(answer.getheader("Retry-After") or 0)
            if answer.status == 503 and left and wait <= 2:
                time.sleep(wait)
                continue
            if answer.status == 503:
                raise Told(f"AFAS is in onderhoud; probeer het over {wait} seconden opnieuw")
            if answer.status in (401, 403):
                raise Told("AFAS weigert de toegang; laat een beheerder token en IP-adres nakijken")
            if answer.status >= 400:
                raise Told(self.reason(text))
            try:
                said = json.loads(text) if text else {}
                if method == "GET" and "/connectors/" in path and "rows" not in said:
                    raise ValueError
                return said
            except ValueError:
                if method == "GET" and left:
                    continue
                raise Told("AFAS gaf een antwoord dat niet te lezen is")

    def reason(self, text):
        try:
            said = json.loads(text)
        except ValueError:
            said = {}
        return "Geen toegang in Profit: " + said.get("profitLogReference", "") if (
            "blokkeerd" in said.get("externalMessage", "")
        ) else said.get("externalMessage", "AFAS weigert dit") + " (" + said.get(
            "profitLogReference", ""
        ) + ")"


@hookimpl
def koppeling_trigger(call):
    afas = Afas(call.context)
    try:
        return OperationResult(output=work(afas, call))
    except Told as error:
        return OperationResult(ok=False, error=str(error))
    finally:
        afas.connection.close()

'''
"""Before a function `work(afas, call)` that returns the output, or raises `Told`."""
