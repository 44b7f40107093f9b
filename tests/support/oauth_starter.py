"""The starter of `koppeling init`, made to sign in by OAuth."""

from pathlib import Path

WAYS = {
    "body": """
        form = {"client_id": self._client[0], "client_secret": self._client[1]}
        return {"data": {"grant_type": "client_credentials", **form}}
""",
    "basic": """
        form = [quote_plus(each) for each in self._client]
        pair = base64.b64encode(":".join(form).encode()).decode()
        header = {"Authorization": f"Basic {pair}"}
        return {"data": {"grant_type": "client_credentials"}, "headers": header}
""",
}

_TOKEN = '''
    def _sign_in(self) -> None:
        """Ask for an access token, and use it from now on."""
        url = self._http.base_url.copy_with(raw_path=self._http.base_url.raw_path + b"oauth/token")
        answer = self._ask("POST", str(url), **self._proof())
        if answer.status_code in (400, 401):
            raise AfasError("AFAS weigert de aanmelding. Vernieuw het secret van de app connector.")
        self._http.headers["Authorization"] = "Bearer " + _accepted(answer)["access_token"]

    def _proof(self) -> dict[str, Any]:{way}
'''


def sign_in_by_oauth(folder: Path, way: str) -> None:
    """Change a starter in Python so that it fetches a token in an operation, and once after a 401.

    Args:
        folder: Where it is.
        way: How it proves itself: `body` or `basic`.
    """
    change(
        folder / "afas.py",
        (
            "def __init__(self, base_url: str, token: str, integration_id: str)",
            "def __init__(self, base_url: str, client: tuple[str, str], integration_id: str)",
        ),
        (
            "        encoded = base64.b64encode(token.encode()).decode()"
            "  # the whole XML, not what is in it\n",
            "        self._client = client\n",
        ),
        (
            'headers={"Authorization": f"AfasToken {encoded}", "IntegrationId": integration_id},',
            'headers={"X-Integration": integration_id},',
        ),
        (
            "    def _call(self, method: str, connector: str, **rest: Any) -> dict[str, Any]:\n",
            _TOKEN.format(way=WAYS[way])
            + """
    def _call(self, method: str, connector: str, **rest: Any) -> dict[str, Any]:
        rest["headers"] = rest.get("headers", {}) | {"IntegrationId": self._integration_id}
        if "Authorization" not in self._http.headers:
            self._sign_in()
        answer = self._ask(method, f"/connectors/{connector}", **rest)
        if answer.status_code == httpx.codes.UNAUTHORIZED:  # the token has ended: once anew
            self._sign_in()
            answer = self._ask(method, f"/connectors/{connector}", **rest)
        return _accepted(answer)

    def _ask(self, method: str, url: str, **rest: Any) -> httpx.Response:
""",
        ),
        (
            'answer = self._http.request(method, f"/connectors/{connector}", **rest)',
            "answer = self._http.request(method, url, **rest)",
        ),
        ("                    return _accepted(answer)\n", "                    return answer\n"),
        (
            "        self._client = client\n",
            "        self._client = client\n        self._integration_id = integration_id\n",
        ),
        (
            "from typing import Any, Self\n",
            "from typing import Any, Self\nfrom urllib.parse import quote_plus\n",
        ),
    )
    change(
        folder / "koppeling_plugin.py",
        (
            "    with Afas(context.base_url, context.token, context.integration_id) as afas:\n",
            "    client = (context.client_id, context.client_secret)\n"
            "    with Afas(context.base_url, client, context.integration_id) as afas:\n",
        ),
    )
    change(
        folder / "koppeling.yaml",
        ("releases: [Profit 8] ", "oauth: {}\nreleases: [Profit 8, Profit 9] "),
    )


def change(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, f"{path.name} has {text.count(old)} times: {old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
