import pytest

from koppeling_harness.config.manifest import load_manifest
from koppeling_harness.model.manifest import HttpOperation
from support.plugins import MANIFEST, a_plugin
from support.problems import problems_when

STDIO = "kind: stdio\n  command: [node, '{folder}/koppeling_plugin.py']"
HTTP = "kind: http\n  url: 'http://127.0.0.1:{port}'\n  command: [node, '{folder}', '{port}']"


def a_manifest(tmp_path, runtime):
    """Write a plugin whose manifest has this `runtime`; return the manifest's path."""
    text = MANIFEST.replace("kind: python", runtime)
    return a_plugin(tmp_path / "voorbeeld", manifest=text) / "koppeling.yaml"


problems_of = problems_when(load_manifest, "where", "message", "hint")


def test_every_kind_of_runtime_is_read(tmp_path):
    kinds = {
        "python": "kind: python",
        "command": "kind: command\n  command: [php, '{operation}', '{input_file}']",
        "stdio": STDIO,
        "http": HTTP,
    }

    assert {
        name: load_manifest(a_manifest(tmp_path, text)).runtime.kind for name, text in kinds.items()
    } == {name: name for name in kinds}


def test_an_operation_of_a_service_is_posted_to_its_own_path_unless_said_otherwise(tmp_path):
    runtime = f"{HTTP}\n  operations:\n    push-hours: {{method: PUT, path: /hours}}"

    found = load_manifest(a_manifest(tmp_path, runtime)).runtime

    assert found.operation("push-hours") == HttpOperation(method="PUT", path="/hours")
    assert found.operation("sync-employees").path == "/operations/sync-employees"


WRONG = {
    "another kind": (
        "kind: ruby",
        ":12:3",
        "`runtime`: expected `kind` to be python, command, stdio or http",
        "",
    ),
    "no command": ("kind: stdio", ":12:3", "`runtime` lacks `command`", ""),
    "placeholder": (
        "kind: command\n  command: [php, '{folder}', '{imput_file}']",
        ":13:30",
        "`{imput_file}` cannot be filled in here",
        "Did you mean `{input_file}`?",
    ),
    "placeholder of another kind": (
        "kind: stdio\n  command: [node, '{operation}']",
        ":13:19",
        "`{operation}` cannot be filled in here",
        "There are `{folder}`.",
    ),
    "absent program": (
        "kind: stdio\n  command: [node, '{folder}/index.mjs']",
        ":13:19",
        "there is no `index.mjs` beside the manifest",
        "Build it first, or name a file that is there; `{folder}` is the folder of the manifest.",
    ),
    "requirements": (
        "kind: python\n  requirements: pinned.txt",
        ":13:17",
        "there is no file `pinned.txt` beside the manifest",
        "Write the pinned requirements in it, or name the file that has them.",
    ),
    "another's requirements": (
        "kind: python\n  requirements: ../secrets.txt",
        ":13:17",
        "`../secrets.txt` lies outside the integration's folder",
        "Write the pinned requirements in it, or name the file that has them.",
    ),
    "harness variable": (
        f"{STDIO}\n  environ: [HTTPS_PROXY, KOPPELING_TOKEN]",
        ":14:26",
        "`KOPPELING_TOKEN` belongs to the harness and is not passed on",
        "The integration is given its token and base URL with every scenario.",
    ),
    "port not used": (
        "kind: http\n  url: http://127.0.0.1:80\n  command: [node]",
        ":13:8",
        "a service that the harness starts is given a free port, but `url` has no `{port}`",
        "Write `http://127.0.0.1:{port}`.",
    ),
    "started elsewhere": (
        "kind: http\n  url: http://example.org:{port}\n  command: [node]",
        ":13:8",
        "a service that the harness starts listens on loopback, found `http://example.org:{port}`",
        "Write `http://127.0.0.1:{port}`.",
    ),
    "port not given": (
        "kind: http\n  url: 'http://127.0.0.1:{port}'",
        ":13:8",
        "`{port}` is a port that the harness gives, but there is no `command` to start",
        "Write the port at which the service listens, or how to start it.",
    ),
    "operation": (
        f"{HTTP}\n  operations:\n    push-hour: {{path: /hours}}",
        ":16:5",
        "`push-hour` is not a declared operation",
        "Did you mean `push-hours`?",
    ),
}


@pytest.mark.parametrize(("runtime", "where", "said", "hint"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_runtime_is_told_with_place_and_remedy(
    tmp_path, runtime, where, said, hint
):
    ((place, message, remedy),) = problems_of(a_manifest(tmp_path, runtime))

    assert place == where
    assert said in message
    assert remedy == hint
