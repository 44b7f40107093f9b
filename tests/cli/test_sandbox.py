"""`koppeling run --sandbox`: what an integration within the walls reaches, in every runtime."""

import json
import os
import re
import socket
import sys
from pathlib import Path

import pytest

from koppeling_harness.plugin.sandbox import why_not
from support.acting import RUNTIMES, write_acting
from support.cli import koppeling, koppeling_process

ROOT = Path(__file__).parents[2]

needs_walls = pytest.mark.skipif(bool(why_not()), reason=f"no sandbox here: {why_not()}")

TRY = """
import json, socket, sys

def tried(what):
    try:
        return repr(what())[:200]
    except Exception as error:
        return type(error).__name__

def text_of(path):
    return open(path, errors="replace").read()

def connected(port):
    socket.create_connection(("127.0.0.1", port), timeout=2).close()
    return "CONNECTED"

def of_others(name):
    for each in os.listdir("/proc"):
        try:
            if each.isdigit() and name in text_of(f"/proc/{each}/environ"):
                return "SEEN"
        except OSError:
            pass
    return "unseen"

def write(path):
    open(path, "w").write("x")
    return "WRITTEN"

def opened(path):
    os.close(os.open(path, os.O_WRONLY))
    return "OPENED"

def act():
    aims = json.loads(text_of(__file__.rpartition("/")[0] + "/aims.json"))
    said = {f"read {each}": tried(lambda: text_of(each)) for each in aims["read"]}
    said |= {f"list {each}": tried(lambda: sorted(os.listdir(each))) for each in aims["list"]}
    said |= {f"write {each}": tried(lambda: write(each)) for each in aims["write"]}
    said |= {f"open {each}": tried(lambda: opened(each)) for each in aims["open"]}
    said["port"] = tried(lambda: connected(aims["port"]))
    said["variable"] = tried(lambda: of_others("KOPPELING_PLANTED"))
    said["own"] = tried(lambda: write("own.txt"))
    sys.stderr.write("SAID " + json.dumps(said) + "\\n")
    sys.stderr.flush()
    time.sleep(0.1)
    os._exit(3)
"""


PLACES = ("/planted", "/dev/planted", "/etc/planted", "/usr/planted", "/run/planted")
"""Where nothing may be written: what is no disk there is memory that nobody counts."""
SETTINGS = (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/hostname",
    "/proc/sys/vm/drop_caches",
)
"""Of the kernel; root on the machine may write them without any capability."""


def write_nosy(project: Path, kind: str, aims: dict) -> None:
    folder = write_acting(project, kind, name=f"nosy-{kind}", act="pass")
    (folder / "act.py").write_text("import os, time\n" + TRY.replace("\\\\n", "\\n"))
    (folder / "aims.json").write_text(json.dumps(aims))


def said_by(run: dict, name: str) -> dict[str, str]:
    result = next(each for each in run["integrations"] if each["id"] == name)["results"][0]
    line = next(each for each in result["log"].splitlines() if each.startswith("SAID "))
    return json.loads(line.removeprefix("SAID "))


def nosy_run(tmp_path: Path, monkeypatch, *options: str) -> dict[str, dict[str, str]]:
    """Run a nosy integration of each runtime; return what each says that it reached."""
    monkeypatch.setenv("KOPPELING_PLANTED", "of-the-ci")
    for name in ("scenarios", "reports/earlier"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "reports/earlier/run.json").write_text("{}")
    write_acting(tmp_path, "command", name="other", act="pass")
    with socket.create_server(("127.0.0.1", 0)) as server:
        other, reports = tmp_path / "plugins/other", tmp_path / "reports"
        for kind in RUNTIMES:
            own = tmp_path / "plugins" / f"nosy-{kind}"
            aims = {
                "read": [str(other / "koppeling.yaml"), str(reports / "earlier/run.json")],
                "list": [str(tmp_path / "plugins")],
                "write": [str(own / "changed.txt"), *(PLACES if options else ())],
                "open": SETTINGS,
                "port": server.getsockname()[1],
            }
            write_nosy(tmp_path, kind, aims)
        ran = koppeling_process("run", "--json", "--release", "Profit 8", *options, cwd=tmp_path)
    record = ran.json()
    assert {each["isolation"] for each in record["integrations"]} == (
        {"sandbox"} if options else {"none"}
    )
    return {kind: said_by(record, f"nosy-{kind}") for kind in RUNTIMES}


@needs_walls
def test_a_partner_reads_no_other_plugin_no_report_no_variable_and_reaches_no_other_port(
    tmp_path, monkeypatch
):
    reached = nosy_run(tmp_path, monkeypatch, "--sandbox")

    for kind, said in reached.items():
        assert said.pop("own") == "'WRITTEN'", kind
        assert said.pop("variable") == "'unseen'", kind
        listed = said.pop(f"list {tmp_path / 'plugins'}")
        assert listed == f"['nosy-{kind}']"
        assert set(said.values()) <= {
            "FileNotFoundError", "OSError", "PermissionError", "ConnectionRefusedError",
        }, said  # fmt: skip


@needs_walls
def test_a_program_elsewhere_shows_its_own_file_and_not_the_folder_that_it_lies_in(
    tmp_path, monkeypatch
):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "creds").write_text("secret of another")
    go = elsewhere / "go"
    go.write_text('#!/bin/sh\nexec "$@"\n')
    go.chmod(0o755)
    write_acting(tmp_path, "command", name="other", act="pass")
    (tmp_path / "scenarios").mkdir()
    folder = write_acting(tmp_path, "command", name="nosy", act="pass")
    (folder / "go").symlink_to(go)
    manifest = folder / "koppeling.yaml"
    manifest.write_text(manifest.read_text().replace("command: [", "command: ['{folder}/go', "))
    aims = {
        "read": [str(elsewhere / "creds")],
        "list": [str(elsewhere)],
        "write": [],
        "open": [],
        "port": 1,
    }
    (folder / "act.py").write_text("import os, time\n" + TRY.replace("\\\\n", "\\n"))
    (folder / "aims.json").write_text(json.dumps(aims))

    ran = koppeling_process(
        "run", "--json", "--release", "Profit 8", "--sandbox", "nosy", cwd=tmp_path
    )

    said = said_by(ran.json(), "nosy")
    assert said[f"read {elsewhere / 'creds'}"] == "FileNotFoundError"
    assert said[f"list {elsewhere}"] == "['go']"


@needs_walls
def test_a_project_among_the_programs_of_the_machine_is_hidden_as_elsewhere(tmp_path, monkeypatch):
    """As below `/usr/src/app`, where images of Node and Python have it."""
    project = tmp_path / "src" / "app"
    folder = write_acting(project, "command", name="nosy", act="pass")
    write_acting(project, "command", name="other", act="pass")
    for name in ("scenarios", "reports/earlier"):
        (project / name).mkdir(parents=True)
    (project / "reports/earlier/run.json").write_text("{}")
    (tmp_path / "program").write_text("of the machine")
    aims = {
        "read": [str(tmp_path / "program"), str(folder / "aims.json")],
        "list": [str(project), str(project / "plugins")],
        "write": [str(project / "planted"), str(tmp_path / "planted")],
        "open": [],
        "port": 1,
    }
    (folder / "act.py").write_text("import os, time\n" + TRY.replace("\\\\n", "\\n"))
    (folder / "aims.json").write_text(json.dumps(aims))
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)  # where its Python is
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))

    ran = koppeling("run", "--json", "--release", "Profit 8", "--sandbox", "nosy", cwd=project)

    said = said_by(ran.json(), "nosy")
    assert said[f"read {tmp_path / 'program'}"] == "'of the machine'"
    assert said[f"list {project}"] == "['plugins']"
    assert said[f"list {project / 'plugins'}"] == "['nosy']"
    assert (said["own"], said[f"write {project / 'planted'}"]) == ("'WRITTEN'", "OSError")
    assert said[f"write {tmp_path / 'planted'}"] == "OSError"


@needs_walls
def test_the_program_behind_a_script_of_a_version_manager_is_found(tmp_path, monkeypatch):
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (shims / "node").write_text("#!/bin/sh\nexit 0\n")
    for each in shims.iterdir():
        each.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shims}:{os.environ['PATH']}")
    (tmp_path / "scenarios").mkdir()
    for name, program in (("found", "python3"), ("lost", "node")):
        manifest = write_acting(tmp_path, "command", name=name, act="pass") / "koppeling.yaml"
        manifest.write_text(manifest.read_text().replace(f"['{sys.executable}'", f"['{program}'"))

    ran = koppeling("run", "--json", "--release", "Profit 8", "--sandbox", cwd=tmp_path)

    found, lost = ran.json()["integrations"]
    assert [each["outcome"] for each in found["results"]] == ["passed"]
    assert f"which does not say where it lies: '{shims / 'node'}'" in json.dumps(lost)


ABOUT = {
    "METADATA": "Metadata-Version: 2.1\nName: builds-itself\nVersion: 1.0\n",
    "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
BACKEND = """
import os, zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    seen = [each for each in PLANTED if os.path.exists(each)]
    open(WRITES, "w").close()  # within walls that is in a `/tmp` of its own
    name = "builds_itself-1.0-py3-none-any.whl"
    about = "builds_itself-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.writestr("builds_itself.py", f"SEEN = {seen!r}")
        for file, text in ABOUT.items():
            wheel.writestr(about + file, text)
        wheel.writestr(about + "RECORD", "")
    return name
"""


@needs_walls
@pytest.mark.parametrize(
    "options", [["--sandbox"], pytest.param([], marks=pytest.mark.long)], ids=["within", "without"]
)
def test_code_that_runs_when_a_requirement_is_installed_is_within_the_walls_too(
    tmp_path, monkeypatch, options
):
    monkeypatch.setenv("KOPPELING_CACHE", str(tmp_path / "cache"))
    (tmp_path / "scenarios").mkdir()
    other = write_acting(tmp_path, "command", name="other", act="pass") / "koppeling.yaml"
    act = "import builds_itself; os.write(2, b'SAID %r' % builds_itself.SEEN); os._exit(3)"
    folder = write_acting(tmp_path, "python", name="builds", act=act)
    manifest = folder / "koppeling.yaml"
    runtime = "kind: python, requirements: requirements.txt"
    manifest.write_text(manifest.read_text().replace("kind: python", runtime))
    (folder / "requirements.txt").write_text("--no-index\n./pkg\n")
    (folder / "pkg").mkdir()
    (folder / "pkg/pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    planted = [str(other), str(folder / "koppeling.yaml")]
    writes = str(tmp_path / "written")
    names = f"PLANTED, WRITES, ABOUT = {planted!r}, {writes!r}, {ABOUT!r}\n"
    (folder / "pkg/backend.py").write_text(names + BACKEND)

    ran = koppeling("run", "--json", "--release", "Profit 8", *options, "builds", cwd=tmp_path)

    assert ran.code == 1, ran.all
    (result,) = ran.json()["integrations"][0]["results"]
    assert f"SAID {planted[1:] if options else planted!r}" in result["log"]
    assert Path(writes).exists() is not bool(options)


def test_a_manifest_has_no_file_of_its_own_asked_for_its_version(tmp_path):
    folder = write_acting(tmp_path, "command", name="asks", act="pass")
    asked = folder / "asked.sh"
    asked.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    asked.chmod(0o755)
    manifest = folder / "koppeling.yaml"
    needed = "runtime: {requires: [{program: plugins/asks/asked.sh, version: '>=1'}], "
    manifest.write_text(manifest.read_text().replace("runtime: {", needed))

    ran = koppeling("run", "--plugin", "plugins/asks", cwd=tmp_path)

    assert ran.code == 10
    assert not (tmp_path / "ran").exists()


def test_without_walls_a_partner_reaches_all_of_that(tmp_path, monkeypatch):
    if os.name != "posix" or sys.platform != "linux":
        pytest.skip("looks into /proc")
    reached = nosy_run(tmp_path, monkeypatch)

    for said in reached.values():
        assert said["port"] == "'CONNECTED'"
        assert said["variable"] == "'SEEN'"
        assert "title" in said[f"read {tmp_path / 'plugins/other/koppeling.yaml'}"]


SAYS = """
import json, os
print(json.dumps({"output": sorted(name for name in os.environ if name.endswith("_PLANTED"))}))
"""


def variables(tmp_path, monkeypatch, *options: str, settings: str = "", beside: str = "."):
    """Run an integration that asks for two variables; return its record and what it got."""
    monkeypatch.setenv("CI_PLANTED", "secret-of-the-ci")
    monkeypatch.setenv("OURS_PLANTED", "harmless")
    folder = write_acting(tmp_path, "command", name="asks", act="pass")
    manifest = folder / "koppeling.yaml"
    asking = "runtime: {environ: [CI_PLANTED, OURS_PLANTED], "
    manifest.write_text(manifest.read_text().replace("runtime: {", asking))
    (folder / "command.py").write_text(SAYS)
    (folder / "scenarios/act.scenario.yaml").write_text(
        (folder / "scenarios/act.scenario.yaml").read_text() + "    expect: {output: none}\n"
    )
    (tmp_path / "scenarios").mkdir()
    (tmp_path / beside / "koppeling.toml").write_text(settings)
    ran = koppeling_process("run", "--json", "--release", "Profit 8", *options, cwd=tmp_path)
    (record,) = ran.json()["integrations"]
    return record, json.dumps(record["results"][0]["findings"])


def test_a_manifest_gets_no_variable_that_the_owner_does_not_allow(tmp_path, monkeypatch):
    record, said = variables(tmp_path, monkeypatch)

    assert (record["variables"], record["variables_withheld"]) == (
        [], ["CI_PLANTED", "OURS_PLANTED"],
    )  # fmt: skip
    assert "_PLANTED" not in said


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (["--allow-environ", "OURS_PLANTED"], ""),
        ([], '[run]\nenviron_allowed = ["OURS_PLANTED"]\n'),
    ],
)
def test_what_the_owner_allows_is_handed_over_and_told(tmp_path, monkeypatch, options, settings):
    record, said = variables(tmp_path, monkeypatch, *options, settings=settings)

    assert (record["variables"], record["variables_withheld"]) == (["OURS_PLANTED"], ["CI_PLANTED"])
    assert "OURS_PLANTED" in said


def test_settings_of_a_partner_allow_nothing(tmp_path, monkeypatch):
    settings = '[run]\nenviron_allowed = ["CI_PLANTED"]\n'
    record, _ = variables(tmp_path, monkeypatch, settings=settings, beside="plugins/asks")

    assert record["variables"] == []


@needs_walls
@pytest.mark.slow
def test_a_reference_integration_does_within_walls_what_it_does_without(tmp_path):
    plugin = ROOT / "plugins" / "urenportaal"

    [judged] = within_walls(tmp_path, "--plugin", plugin, "-k", "hours-arrive")

    assert judged["isolation"] == "sandbox"
    assert {each["outcome"] for each in judged["results"]} == {"passed"}


@needs_walls
@pytest.mark.long
@pytest.mark.timeout(700)
def test_every_reference_integration_passes_within_walls_as_without(tmp_path):
    judged = [each for each in within_walls(tmp_path) if not each["problem"]]

    assert judged
    assert {(each["isolation"], each["verdict"]["outcome"]) for each in judged} == {
        ("sandbox", "passed")
    }


def within_walls(reports, *more):
    """Return what became of the integrations of one run."""
    ran = koppeling_process(
        *("run", "--sandbox", "--json", "--release", "Profit 8", "--reports", reports, *more),
        cwd=ROOT,
        timeout_s=600,
    )
    return ran.json()["integrations"]


def test_a_machine_without_bubblewrap_is_told_what_to_install(tmp_path, monkeypatch):
    write_acting(tmp_path, "command", name="other", act="pass")
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    why_not.cache_clear()
    try:
        ran = koppeling("run", "--sandbox", "--plugin", "plugins", cwd=tmp_path)
    finally:
        monkeypatch.undo()
        why_not.cache_clear()

    assert ran.code == 10
    assert "--sandbox is not possible on this machine" in ran.all
    assert "bubblewrap" in ran.all


@needs_walls
def test_what_runs_already_is_set_aside_and_its_address_is_not_called(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as internal:
        folder = write_acting(tmp_path, "http", name="outside", act="pass")
        manifest = folder / "koppeling.yaml"
        url = f"http://127.0.0.1:{internal.getsockname()[1]}"
        runtime = f"runtime: {{kind: http, url: '{url}'}}"
        manifest.write_text(re.sub("runtime: .*", runtime, manifest.read_text()))
        (tmp_path / "scenarios").mkdir()

        ran = koppeling("run", "--sandbox", "--json", "--release", "Profit 8", cwd=tmp_path)

        internal.settimeout(0)
        with pytest.raises(BlockingIOError):
            internal.accept()
    assert ran.code == 10
    assert "outside of every wall" in ran.json()["integrations"][0]["problem"]


def test_walls_and_a_debugger_do_not_go_together(tmp_path):
    ran = koppeling("run", "--sandbox", "--in-process", cwd=tmp_path)

    assert ran.code == 4
    assert "--in-process" in ran.all
