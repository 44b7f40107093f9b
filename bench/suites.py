"""The workload in the form of each tool: `SUITES[name](folder, subjects, server)` writes it."""

import json
import textwrap

from bench.workload import AUTHORIZATION, BASE, GET, UPDATE, read_url, write_url

LANES = 16
"""How many files a suite is spread over where a tool runs files side by side."""


def koppeling(folder, subjects, _server):
    plugin = folder / "plugins" / "bench"
    plugin.mkdir(parents=True)
    (plugin / "koppeling.yaml").write_text(
        textwrap.dedent(f"""\
            id: bench
            title: {{nl: Meting, en: Bench}}
            partner: {{name: Bench BV, subscription: "12345"}}
            version: "1.0.0"
            integration_id: "12345_67890"
            releases: [Profit 8]
            runtime: {{kind: python}}
            get_connectors:
              - {{id: {GET}, fields: [SbId, Ver, Ds, Am]}}
            update_connectors:
              - {{id: {UPDATE}, fields: [StId, Ds, Am, Ver]}}
            operations:
              - name: nothing
                title: {{nl: Niets, en: Nothing}}
                reads: [{GET}]
            """)
    )
    (plugin / "koppeling_plugin.py").write_text(
        textwrap.dedent("""\
            from koppeling_harness import OperationResult, hookimpl


            @hookimpl
            def koppeling_trigger(call):
                return OperationResult()
            """)
    )
    for each in subjects:
        _write(
            folder / "scenarios" / f"{each.id}.scenario.yaml",
            f"""\
            scenario: bench.{each.id}
            title: {{nl: Onderwerp {each.number}, en: Subject {each.number}}}
            level: required
            proves: [bench]
            given:
              - insert: {UPDATE}
                fields: {{StId: 1, Ds: {each.name}, Am: {each.amount}}}
                expect:
                  status: 201
                  headers: {{content-type: {{$contains: json}}}}
                  body: {{results: {{{UPDATE}: {{Ver: 1}}}}}}
                save: {{id: body.results.{UPDATE}.SbId}}
            when:
              - get: {GET}
                where: {{SbId: "${{id}}"}}
                skip: 0
                take: 10
                expect:
                  status: 200
                  rows: [{{Ds: {each.name}, Am: {each.amount}}}]
                save: {{ver: rows.0.Ver}}
            then:
              - update: {UPDATE}
                keys: {{SbId: "${{id}}"}}
                fields: {{Am: {each.changed}, Ver: "${{ver}}"}}
                expect:
                  status: 200
                  body: {{results: {{{UPDATE}: {{SbId: "${{id}}", Am: {each.changed}}}}}}}
              - delete: {UPDATE}
                keys: {{SbId: "${{id}}"}}
                expect:
                  status: 200
                  body: {{results: {{{UPDATE}: {{SbId: "${{id}}", Deleted: true}}}}}}
            """,
        )


def by_hand(folder, subjects, server):
    """pytest with httpx, as a developer would write it."""
    _write(folder / "pytest.ini", "[pytest]\n")
    _write(
        folder / "conftest.py",
        f"""\
        import httpx
        import pytest


        @pytest.fixture(scope="session")
        def erp():
            with httpx.Client(
                base_url="{server}{BASE}/connectors",
                headers={{"Authorization": "{AUTHORIZATION}"}},
                timeout=30,
                trust_env=False,
                verify=False,
            ) as client:
                yield client
        """,
    )
    _write(
        folder / "test_subjects.py",
        f"""\
        import pytest


        @pytest.mark.parametrize("number", range(1, {len(subjects) + 1}))
        def test_subject(erp, number):
            name, amount, changed = f"Subject {{number:05}}", 1000 + number, 5000 + number
            fields = {{"StId": 1, "Ds": name, "Am": amount}}
            answer = erp.post("/{UPDATE}", json={{"{UPDATE}": {{"Element": {{"Fields": fields}}}}}})
            assert answer.status_code == 201
            assert "json" in answer.headers["content-type"]
            made = answer.json()["results"]["{UPDATE}"]
            assert made["Ver"] == 1
            key = made["SbId"]

            asked = {{"filterfieldids": "SbId", "filtervalues": key, "skip": 0, "take": 10}}
            answer = erp.get("/{GET}", params=asked)
            assert answer.status_code == 200
            row = answer.json()["rows"][0]
            assert row["Ds"] == name
            assert row["Am"] == amount

            element = {{"@SbId": key, "Fields": {{"Am": changed, "Ver": row["Ver"]}}}}
            answer = erp.put("/{UPDATE}", json={{"{UPDATE}": {{"Element": element}}}})
            assert answer.status_code == 200
            told = answer.json()["results"]["{UPDATE}"]
            assert told["SbId"] == key
            assert told["Am"] == changed

            answer = erp.delete(f"/{UPDATE}/{UPDATE}/@SbId/{{key}}")
            assert answer.status_code == 200
            gone = answer.json()["results"]["{UPDATE}"]
            assert gone["SbId"] == key
            assert gone["Deleted"] is True
        """,
    )


def tavern(folder, subjects, server):
    url = write_url(server)
    head = f'headers: {{Authorization: "{AUTHORIZATION}"}}'
    _write(folder / "pytest.ini", "[pytest]\n")
    for each in subjects:
        body = json.dumps(each.creation())
        change = json.dumps(each.change("{key}", "VERSION")).replace('"VERSION"', '!int "{ver}"')
        _write(
            folder / f"test_{each.id}.tavern.yaml",
            f"""\
            test_name: {each.name}
            strict: ["json:off", "headers:off"]
            stages:
              - name: create
                request: {{url: "{url}", method: POST, {head}, json: {body}}}
                response:
                  status_code: 201
                  headers: {{content-type: "application/json; charset=utf-8"}}
                  json: {{results: {{{UPDATE}: {{Ver: 1}}}}}}
                  save: {{json: {{key: results.{UPDATE}.SbId}}}}
              - name: read
                request: {{url: "{read_url(server, "{key}")}", method: GET, {head}}}
                response:
                  status_code: 200
                  json: {{rows: [{{Ds: "{each.name}", Am: {each.amount}}}]}}
                  save: {{json: {{ver: "rows[0].Ver"}}}}
              - name: change
                request: {{url: "{url}", method: PUT, {head}, json: {change}}}
                response:
                  status_code: 200
                  json: {{results: {{{UPDATE}: {{SbId: "{{key}}", Am: {each.changed}}}}}}}
              - name: delete
                request: {{url: "{url}/{UPDATE}/@SbId/{{key}}", method: DELETE, {head}}}
                response:
                  status_code: 200
                  json: {{results: {{{UPDATE}: {{SbId: "{{key}}", Deleted: true}}}}}}
            """,
        )


def robot(folder, subjects, server):
    path = f"{BASE}/connectors"
    head = f"""\
*** Settings ***
Library           Collections
Library           RequestsLibrary
Suite Setup       Open ERP

*** Keywords ***
Open ERP
    ${{headers}}=    Create Dictionary    Authorization={AUTHORIZATION.replace("=", chr(92) + "=")}
    Create Session    erp    {server}    headers=${{headers}}    verify=${{False}}

*** Test Cases ***
"""
    suites = [subjects[at::LANES] for at in range(min(LANES, len(subjects)))]
    for at, suite in enumerate(suites):
        cases = []
        for each in suite:
            changed = f'{{"Am": {each.changed}, "Ver": $row["Ver"]}}'
            cases.append(f"""\
{each.name}
    ${{body}}=    Evaluate    {json.dumps(each.creation())}
    ${{r}}=    POST On Session    erp    {path}/{UPDATE}    json=${{body}}    expected_status=201
    Should Contain    ${{r.headers}}[Content-Type]    json
    Should Be Equal As Integers    ${{r.json()}}[results][{UPDATE}][Ver]    1
    ${{key}}=    Set Variable    ${{r.json()}}[results][{UPDATE}][SbId]
    ${{q}}=    Create Dictionary    filterfieldids=SbId    filtervalues=${{key}}
    ${{r}}=    GET On Session    erp    {path}/{GET}    params=${{q}}    expected_status=200
    ${{row}}=    Set Variable    ${{r.json()}}[rows][0]
    Should Be Equal    ${{row}}[Ds]    {each.name}
    Should Be Equal As Integers    ${{row}}[Am]    {each.amount}
    ${{body}}=    Evaluate    {{"{UPDATE}": {{"Element": {{"@SbId": $key, "Fields": {changed}}}}}}}
    ${{r}}=    PUT On Session    erp    {path}/{UPDATE}    json=${{body}}    expected_status=200
    Should Be Equal    ${{r.json()}}[results][{UPDATE}][SbId]    ${{key}}
    Should Be Equal As Integers    ${{r.json()}}[results][{UPDATE}][Am]    {each.changed}
    ${{r}}=    DELETE On Session    erp    {path}/{UPDATE}/{UPDATE}/@SbId/${{key}}
    Should Be Equal As Integers    ${{r.status_code}}    200
    Should Be Equal    ${{r.json()}}[results][{UPDATE}][SbId]    ${{key}}
    Should Be True    ${{r.json()}}[results][{UPDATE}][Deleted]

""")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"suite{at:02}.robot").write_text(head + "".join(cases))


def gabbi(folder, subjects, _server):
    base = f"{BASE}/connectors"
    auth = {"authorization": AUTHORIZATION}
    at = f"$.results.{UPDATE}"
    saved = "$HISTORY['create'].$RESPONSE['" + at + ".SbId']"
    version = "$HISTORY['read'].$RESPONSE['$.rows[0].Ver']"
    for each in subjects:
        tests = [
            {
                "name": "create",
                "POST": f"{base}/{UPDATE}",
                "request_headers": {**auth, "content-type": "application/json"},
                "data": each.creation(),
                "status": 201,
                "response_headers": {"content-type": "application/json; charset=utf-8"},
                "response_json_paths": {f"{at}.Ver": 1},
            },
            {
                "name": "read",
                "GET": read_url("", saved),
                "request_headers": auth,
                "status": 200,
                "response_json_paths": {
                    "$.rows[0].Ds": each.name,
                    "$.rows[0].Am": each.amount,
                },
            },
            {
                "name": "change",
                "PUT": f"{base}/{UPDATE}",
                "request_headers": {**auth, "content-type": "application/json"},
                "data": each.change(saved, version),
                "status": 200,
                "response_json_paths": {f"{at}.SbId": saved, f"{at}.Am": each.changed},
            },
            {
                "name": "delete",
                "DELETE": f"{base}/{UPDATE}/{UPDATE}/@SbId/{saved}",
                "request_headers": auth,
                "status": 200,
                "response_json_paths": {f"{at}.SbId": saved, f"{at}.Deleted": True},
            },
        ]
        _write(folder / f"{each.id}.yaml", json.dumps({"tests": tests}, indent=1))


def newman(folder, subjects, server):
    body = f"const b = pm.response.json().results.{UPDATE};"
    items = [
        {
            "name": each.name,
            "item": [
                _postman(
                    "create",
                    "POST",
                    write_url(server),
                    [
                        "pm.test('status', () => pm.response.to.have.status(201));",
                        "const t = pm.response.headers.get('Content-Type');",
                        "pm.test('type', () => pm.expect(t).to.include('json'));",
                        body,
                        "pm.test('version', () => pm.expect(b.Ver).to.eql(1));",
                        "pm.collectionVariables.set('key', b.SbId);",
                    ],
                    each.creation(),
                ),
                _postman(
                    "read",
                    "GET",
                    read_url(server, "{{key}}"),
                    [
                        "pm.test('status', () => pm.response.to.have.status(200));",
                        "const r = pm.response.json().rows[0];",
                        f"pm.test('name', () => pm.expect(r.Ds).to.eql('{each.name}'));",
                        f"pm.test('amount', () => pm.expect(r.Am).to.eql({each.amount}));",
                        "pm.collectionVariables.set('ver', r.Ver);",
                    ],
                ),
                _postman(
                    "change",
                    "PUT",
                    write_url(server),
                    [
                        "pm.test('status', () => pm.response.to.have.status(200));",
                        body,
                        "const k = pm.collectionVariables.get('key');",
                        "pm.test('id', () => pm.expect(b.SbId).to.eql(k));",
                        f"pm.test('amount', () => pm.expect(b.Am).to.eql({each.changed}));",
                    ],
                    each.change("{{key}}", "{{ver}}"),
                ),
                _postman(
                    "delete",
                    "DELETE",
                    f"{write_url(server)}/{UPDATE}/@SbId/{{{{key}}}}",
                    [
                        "pm.test('status', () => pm.response.to.have.status(200));",
                        body,
                        "const k = pm.collectionVariables.get('key');",
                        "pm.test('id', () => pm.expect(b.SbId).to.eql(k));",
                        "pm.test('gone', () => pm.expect(b.Deleted).to.eql(true));",
                    ],
                ),
            ],
        }
        for each in subjects
    ]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    collection = {"info": {"name": "bench", "schema": schema}, "item": items}
    _write(folder / "collection.json", json.dumps(collection))


def _postman(name, method, url, script, body=None):
    request = {
        "method": method,
        "url": url,
        "header": [{"key": "Authorization", "value": AUTHORIZATION}],
    }
    if body is not None:
        request["header"].append({"key": "Content-Type", "value": "application/json"})
        request["body"] = {"mode": "raw", "raw": json.dumps(body)}
    event = {"listen": "test", "script": {"type": "text/javascript", "exec": script}}
    return {"name": name, "request": request, "event": [event]}


def stepci(folder, subjects, server):
    at = f"$.results.{UPDATE}."
    headers = {"Authorization": AUTHORIZATION}
    key, version = "${{captures.key}}", "${{captures.ver}}"
    tests = {}
    for each in subjects:
        steps = [
            {
                "url": write_url(server),
                "method": "POST",
                "json": each.creation(),
                "captures": {"key": {"jsonpath": f"{at}SbId"}},
                "check": {
                    "status": 201,
                    "headers": {"content-type": "application/json; charset=utf-8"},
                    "jsonpath": {f"{at}Ver": 1},
                },
            },
            {
                "url": read_url(server, key),
                "method": "GET",
                "captures": {"ver": {"jsonpath": "$.rows[0].Ver"}},
                "check": {
                    "status": 200,
                    "jsonpath": {"$.rows[0].Ds": each.name, "$.rows[0].Am": each.amount},
                },
            },
            {
                "url": write_url(server),
                "method": "PUT",
                "json": each.change(key, version),
                "check": {
                    "status": 200,
                    "jsonpath": {f"{at}SbId": key, f"{at}Am": each.changed},
                },
            },
            {
                "url": f"{write_url(server)}/{UPDATE}/@SbId/{key}",
                "method": "DELETE",
                "check": {
                    "status": 200,
                    "jsonpath": {f"{at}SbId": key, f"{at}Deleted": True},
                },
            },
        ]
        tests[each.id] = {
            "name": each.name,
            "steps": [
                {"name": f"step {number}", "http": {"headers": headers, **step}}
                for number, step in enumerate(steps, start=1)
            ],
        }
    workflow = {"version": "1.1", "name": "bench", "tests": tests}
    _write(folder / "workflow.yml", json.dumps(workflow, indent=1))


def hurl(folder, subjects, server):
    at = f"$.results.{UPDATE}."
    for each in subjects:
        change = json.dumps(each.change("{{key}}", "VERSION")).replace('"VERSION"', "{{ver}}")
        _write(
            folder / f"{each.id}.hurl",
            f"""\
            POST {write_url(server)}
            Authorization: {AUTHORIZATION}
            {json.dumps(each.creation())}
            HTTP 201
            [Captures]
            key: jsonpath "{at}SbId"
            [Asserts]
            header "Content-Type" contains "json"
            jsonpath "{at}Ver" == 1

            GET {read_url(server, "{{key}}")}
            Authorization: {AUTHORIZATION}
            HTTP 200
            [Captures]
            ver: jsonpath "$.rows[0].Ver"
            [Asserts]
            jsonpath "$.rows[0].Ds" == "{each.name}"
            jsonpath "$.rows[0].Am" == {each.amount}

            PUT {write_url(server)}
            Authorization: {AUTHORIZATION}
            {change}
            HTTP 200
            [Asserts]
            jsonpath "{at}SbId" == "{{{{key}}}}"
            jsonpath "{at}Am" == {each.changed}

            DELETE {write_url(server)}/{UPDATE}/@SbId/{{{{key}}}}
            Authorization: {AUTHORIZATION}
            HTTP 200
            [Asserts]
            jsonpath "{at}SbId" == "{{{{key}}}}"
            jsonpath "{at}Deleted" == true
            """,
        )


def k6(folder, subjects, server):
    count = len(subjects)
    url = write_url(server)
    _write(
        folder / "script.js",
        f"""\
        import http from 'k6/http';
        import {{ check }} from 'k6';
        import exec from 'k6/execution';

        export const options = {{
          insecureSkipTLSVerify: true,
          scenarios: {{
            all: {{
              executor: 'shared-iterations',
              vus: {min(LANES, count)},
              iterations: {count},
              maxDuration: '10m',
            }},
          }},
          thresholds: {{ checks: ['rate==1'] }},
        }};
        const options_ = {{
          headers: {{ Authorization: '{AUTHORIZATION}', 'Content-Type': 'application/json' }},
        }};

        export default function () {{
          const number = exec.scenario.iterationInTest + 1;
          const name = 'Subject ' + String(number).padStart(5, '0');
          const amount = 1000 + number;
          const changed = 5000 + number;
          const made_of = {{ StId: 1, Ds: name, Am: amount }};
          const creation = {{ {UPDATE}: {{ Element: {{ Fields: made_of }} }} }};
          let r = http.post('{url}', JSON.stringify(creation), options_);
          const made = r.json().results.{UPDATE};
          check(r, {{
            'made': (r) => r.status === 201,
            'type': (r) => r.headers['Content-Type'].includes('json'),
            'version': () => made.Ver === 1,
          }});
          const key = made.SbId;
          r = http.get(`{read_url(server, "${key}")}`, options_);
          const row = r.json().rows[0];
          check(r, {{
            'read': (r) => r.status === 200,
            'name': () => row.Ds === name,
            'amount': () => row.Am === amount,
          }});
          const fields = {{ Am: changed, Ver: row.Ver }};
          const change = {{ {UPDATE}: {{ Element: {{ '@SbId': key, Fields: fields }} }} }};
          r = http.put('{url}', JSON.stringify(change), options_);
          const told = r.json().results.{UPDATE};
          check(r, {{
            'changed': (r) => r.status === 200,
            'same': () => told.SbId === key,
            'new amount': () => told.Am === changed,
          }});
          r = http.del(`{url}/{UPDATE}/@SbId/${{key}}`, null, options_);
          const gone = r.json().results.{UPDATE};
          check(r, {{
            'deleted': (r) => r.status === 200,
            'that one': () => gone.SbId === key,
            'gone': () => gone.Deleted === true,
          }});
        }}
        """,
    )


def httpyac(folder, subjects, server):
    for each in subjects:
        change = json.dumps(each.change("{{key}}", "VERSION")).replace('"VERSION"', "{{ver}}")
        _write(
            folder / f"{each.id}.http",
            f"""\
            ### create
            POST {write_url(server)}
            Authorization: {AUTHORIZATION}
            Content-Type: application/json

            {json.dumps(each.creation())}

            ?? status == 201
            ?? header content-type includes json
            ?? js response.parsedBody.results.{UPDATE}.Ver == 1
            {{{{
              exports.key = response.parsedBody.results.{UPDATE}.SbId;
            }}}}

            ### read
            GET {read_url(server, "{{key}}")}
            Authorization: {AUTHORIZATION}

            ?? status == 200
            ?? js response.parsedBody.rows[0].Ds == {each.name}
            ?? js response.parsedBody.rows[0].Am == {each.amount}
            {{{{
              exports.ver = response.parsedBody.rows[0].Ver;
            }}}}

            ### change
            PUT {write_url(server)}
            Authorization: {AUTHORIZATION}
            Content-Type: application/json

            {change}

            ?? status == 200
            ?? js response.parsedBody.results.{UPDATE}.SbId == {{{{key}}}}
            ?? js response.parsedBody.results.{UPDATE}.Am == {each.changed}

            ### delete
            DELETE {write_url(server)}/{UPDATE}/@SbId/{{{{key}}}}
            Authorization: {AUTHORIZATION}

            ?? status == 200
            ?? js response.parsedBody.results.{UPDATE}.SbId == {{{{key}}}}
            ?? js response.parsedBody.results.{UPDATE}.Deleted == true
            """,
        )


def bruno(folder, subjects, server):
    result = f"res.body.results.{UPDATE}"
    _write(
        folder / "bruno.json", json.dumps({"version": "1", "name": "bench", "type": "collection"})
    )
    for each in subjects:
        own = folder / each.id
        _write(own / "folder.bru", f"meta {{\n  name: {each.id}\n  seq: {each.number}\n}}\n")
        steps = {
            "create": (
                *("post", write_url(server), each.creation(), {"key": f"{result}.SbId"}),
                {
                    "res.status": "eq 201",
                    "res.headers['content-type']": "contains json",
                    f"{result}.Ver": "eq 1",
                },
            ),
            "read": (
                *("get", read_url(server, "{{key}}"), None, {"ver": "res.body.rows[0].Ver"}),
                {
                    "res.status": "eq 200",
                    "res.body.rows[0].Ds": f"eq {each.name}",
                    "res.body.rows[0].Am": f"eq {each.amount}",
                },
            ),
            "change": (
                *("put", write_url(server), each.change("{{key}}", "{{ver}}"), {}),
                {
                    "res.status": "eq 200",
                    f"{result}.SbId": "eq '{{key}}'",
                    f"{result}.Am": f"eq {each.changed}",
                },
            ),
            "delete": (
                *("delete", f"{write_url(server)}/{UPDATE}/SbId/{{{{key}}}}", None, {}),
                {
                    "res.status": "eq 200",
                    f"{result}.SbId": "eq '{{key}}'",
                    f"{result}.Deleted": "isTruthy",
                },
            ),
        }
        for number, (name, step) in enumerate(steps.items(), start=1):
            _write(own / f"{number}-{name}.bru", _bru(name, number, *step))


def _bru(name, number, verb, url, body, saved, expected):
    blocks = {
        "meta": {"name": name, "type": "http", "seq": number},
        verb: {"url": url, "body": "none" if body is None else "json", "auth": "none"},
        "headers": {"Authorization": AUTHORIZATION},
        "body:json": body,
        "vars:post-response": saved,
        "assert": expected,
    }
    lines = []
    for block, content in blocks.items():
        if content:
            inner = (
                [json.dumps(content)]
                if block == "body:json"
                else [f"{key}: {value}" for key, value in content.items()]
            )
            lines += [f"{block} {{", *(f"  {each}" for each in inner), "}", ""]
    return "\n".join(lines)


def artillery(folder, subjects, server):
    (folder / "data.csv").write_text(
        "".join(f"{each.name},{each.amount},{each.changed}\n" for each in subjects)
    )
    # told not to, it sends an event all the same, and waits 12 s for it where there is no internet
    _write(
        folder / "no_telemetry.js",
        """\
        const Module = require("module");
        const load = Module._load;
        const nothing = () => {};
        const PostHog = class {
          constructor() { return new Proxy({}, { get: () => nothing }); }
        };
        Module._load = (name, ...rest) =>
          name === "posthog-node" ? { PostHog } : load.call(Module, name, ...rest);
        """,
    )
    at = f"$.results.{UPDATE}."
    headers = {"Authorization": AUTHORIZATION}
    write = write_url("")
    change = {"@SbId": "{{ key }}", "Fields": {"Am": "{{ changed }}", "Ver": "{{ ver }}"}}
    flow = [
        {
            "post": {
                "url": write,
                "headers": headers,
                "json": {
                    UPDATE: {
                        "Element": {"Fields": {"StId": 1, "Ds": "{{ name }}", "Am": "{{ amount }}"}}
                    }
                },
                "capture": [
                    {"json": f"{at}SbId", "as": "key"},
                    {"json": f"{at}Ver", "as": "first"},
                ],
                "expect": [{"statusCode": 201}, {"contentType": "json"}, _equal("first", "1")],
            }
        },
        {
            "get": {
                "url": read_url("", "{{ key }}"),
                "headers": headers,
                "capture": [
                    {"json": "$.rows[0].Ver", "as": "ver"},
                    {"json": "$.rows[0].Ds", "as": "name_found"},
                    {"json": "$.rows[0].Am", "as": "amount_found"},
                ],
                "expect": [
                    {"statusCode": 200},
                    _equal("name_found", "{{ name }}"),
                    _equal("amount_found", "{{ amount }}"),
                ],
            }
        },
        {
            "put": {
                "url": write,
                "headers": headers,
                "json": {UPDATE: {"Element": change}},
                "capture": [
                    {"json": f"{at}SbId", "as": "key_found"},
                    {"json": f"{at}Am", "as": "changed_found"},
                ],
                "expect": [
                    {"statusCode": 200},
                    _equal("key_found", "{{ key }}"),
                    _equal("changed_found", "{{ changed }}"),
                ],
            }
        },
        {
            "delete": {
                "url": f"{write}/{UPDATE}/SbId/{{{{ key }}}}",
                "headers": headers,
                "capture": [
                    {"json": f"{at}SbId", "as": "key_gone"},
                    {"json": f"{at}Deleted", "as": "gone"},
                ],
                "expect": [
                    {"statusCode": 200},
                    _equal("key_gone", "{{ key }}"),
                    _equal("gone", "true"),
                ],
            }
        },
    ]
    script = {
        "config": {
            "target": server,
            "plugins": {"expect": {"outputFormat": "silent"}},
            "http": {"pool": LANES, "timeout": 60},
            "phases": [{"duration": 1, "arrivalCount": len(subjects)}],
            "payload": {
                "path": "data.csv",
                "fields": ["name", "amount", "changed"],
                "order": "sequence",
            },
        },
        "scenarios": [{"flow": flow}],
    }
    _write(folder / "test.yml", json.dumps(script))


def _equal(found, expected):
    return {"equals": [f"{{{{ {found} }}}}", expected]}


def bare_loop(folder, subjects, _server):
    """The calls alone, without expectations: what the machine and the server allow."""
    _write(
        folder / "subjects.json", json.dumps([[each.creation(), each.changed] for each in subjects])
    )
    _write(
        folder / "loop.py",
        f"""\
        import asyncio
        import json
        import sys

        SUBJECTS = iter(json.load(open("subjects.json")))
        HOST, PORT = sys.argv[1].split(":")


        class Connection(asyncio.Protocol):
            def connection_made(self, transport):
                self.transport = transport

            def data_received(self, data):
                self.answer.set_result(json.loads(data.partition(b"\\r\\n\\r\\n")[2]))

            def ask(self, method, target, body=None):
                content = b"" if body is None else json.dumps(body).encode()
                head = (
                    f"{{method}} {{target}} HTTP/1.1\\r\\nHost: {{HOST}}:{{PORT}}\\r\\n"
                    f"Authorization: {AUTHORIZATION}\\r\\n"
                    f"Content-Length: {{len(content)}}\\r\\n\\r\\n"
                )
                self.answer = asyncio.get_running_loop().create_future()
                self.transport.write(head.encode() + content)
                return self.answer


        async def lane():
            loop = asyncio.get_running_loop()
            _, erp = await loop.create_connection(Connection, HOST, PORT)
            for creation, changed in SUBJECTS:
                made = await erp.ask("POST", "{write_url("")}", creation)
                key = made["results"]["{UPDATE}"]["SbId"]
                found = await erp.ask("GET", f"{read_url("", "{key}")}")
                fields = {{"Am": changed, "Ver": found["rows"][0]["Ver"]}}
                change = {{"{UPDATE}": {{"Element": {{"@SbId": key, "Fields": fields}}}}}}
                await erp.ask("PUT", "{write_url("")}", change)
                await erp.ask("DELETE", f"{write_url("")}/{UPDATE}/SbId/{{key}}")
            erp.transport.close()


        async def main():
            await asyncio.gather(*(lane() for _ in range({LANES})))


        asyncio.run(main())
        """,
    )


SUITES = {
    "bare loop": bare_loop,
    "koppeling": koppeling,
    "pytest + httpx": by_hand,
    "tavern": tavern,
    "robot": robot,
    "gabbi": gabbi,
    "newman": newman,
    "stepci": stepci,
    "hurl": hurl,
    "k6": k6,
    "httpyac": httpyac,
    "bruno": bruno,
    "artillery": artillery,
}


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
