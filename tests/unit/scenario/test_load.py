import zlib

import pytest

from koppeling_harness.errors import DocumentError
from koppeling_harness.model.scenario import ForEach, GetStep, InsertStep, OperationStep
from koppeling_harness.scenario.load import load_scenario, load_scenarios
from support.problems import problems_when
from support.scenarios import HEAD, write_scenario

WHOLE = """\
applies: {kind: reads, connectors: [Voorbeeld_Projecten], releases: ["Profit 8"]}
for_each: reads
values: {ref: "${unique(8)}"}
given:
  - insert: PtProject
    fields: {PrId: "${values.ref}"}
    objects: {PtSub: [{fields: {A: "1"}}, {fields: {A: "2"}}]}
    save: {project: body.results.PtProject.PrId}
when:
  - operation: ${operation.name}
    input: ${operation.example}
    expect: {ok: true}
faults:
  - fault: status
    status: 503
    of: {kind: reads}
    calls: "1-2"
then:
  - get: Profit_Projects
    where: {ProjectId: "${project}"}
    within_s: 2
    expect: {count: 1}
  - exchanges: {kind: reads}
    expect: {count: 2}
cleanup:
  - delete: PtProject
    keys: {PrId: "${project}"}
timeout_s: 20
"""


problems_of = problems_when(load_scenario)


def test_a_whole_scenario_is_read_with_the_place_of_each_step_and_fault(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scenario = load_scenario(write_scenario(tmp_path / "packs", WHOLE))

    assert scenario.scenario == "one"
    assert scenario.for_each is ForEach.READS
    assert isinstance(scenario.given[0], InsertStep)
    assert isinstance(scenario.when[0], OperationStep)
    assert isinstance(scenario.then[0], GetStep)
    assert scenario.place == "packs/one.scenario.yaml:1:1"
    assert scenario.given[0].place == "packs/one.scenario.yaml:9:5"
    assert scenario.when[0].place == "packs/one.scenario.yaml:14:5"
    assert scenario.faults[0].place == "packs/one.scenario.yaml:18:5"
    assert scenario.then[1].place == "packs/one.scenario.yaml:27:5"
    assert scenario.cleanup[0].place == "packs/one.scenario.yaml:30:5"


def test_outside_the_working_folder_a_place_is_absolute(tmp_path, monkeypatch):
    path = write_scenario(tmp_path / "packs")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert load_scenario(path).place == f"{path.as_posix()}:1:1"


def test_problems_of_shape_and_of_meaning_come_together_in_the_order_of_the_file(tmp_path):
    head = HEAD.replace("required", "requird")
    body = "timeout_s: soon\nwhen:\n  - operation: ${oops}\n  - inserts: PtProject\n"
    found = problems_of(write_scenario(tmp_path, body, head=head))

    assert [each.where.rsplit(":", 2)[1] for each in found] == ["3", "5", "7", "8"]
    assert "expected 'required'" in found[0].message
    assert "expected a number" in found[1].message
    assert "there is no `oops`" in found[2].message
    assert found[3].hint == "Did you mean `insert`?"


def test_a_number_where_text_is_meant_gets_the_hint_to_quote_it(tmp_path):
    body = "applies: {releases: [8.10]}\nwhen:\n  - operation: sync\n"
    (problem,) = problems_of(write_scenario(tmp_path, body))

    assert problem.hint.startswith('Quote it: "8.10".')


def test_a_byte_order_mark_is_no_problem(tmp_path):
    path = write_scenario(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert load_scenario(path).scenario == "one"


@pytest.mark.parametrize("text", ["", "just text", "- a list", "42"])
def test_a_file_that_is_no_mapping_is_a_document_error(tmp_path, text):
    path = tmp_path / "one.scenario.yaml"
    path.write_text(text, encoding="utf-8")

    assert problems_of(path)


def test_a_file_that_is_not_utf8_is_a_document_error(tmp_path):
    path = tmp_path / "one.scenario.yaml"
    path.write_bytes(b"scenario: caf\xe9")
    (problem,) = problems_of(path)

    assert problem.message == "expected UTF-8 text, found another byte at position 13"


def test_a_file_that_cannot_be_read_is_a_document_error(tmp_path):
    (tmp_path / "one.scenario.yaml").mkdir()
    (problem,) = problems_of(tmp_path / "one.scenario.yaml")

    assert problem.message.startswith("cannot be read: ")


def test_a_file_with_another_name_is_a_document_error(tmp_path):
    path = write_scenario(tmp_path).rename(tmp_path / "one.yaml")
    (problem,) = problems_of(path)

    assert ".scenario.yaml" in problem.message


def test_many_are_read_in_the_order_of_their_ids(tmp_path):
    write_scenario(tmp_path / "z", name="alpha")
    write_scenario(tmp_path / "a", name="beta")

    assert [each.scenario for each in load_scenarios([tmp_path])] == ["alpha", "beta"]


def test_problems_of_all_files_come_at_once_and_equal_ids_are_one(tmp_path):
    write_scenario(tmp_path, "when: []\n", name="empty")
    write_scenario(tmp_path / "a", name="same")
    write_scenario(tmp_path / "b", name="same")
    (tmp_path / "other.scenario.yml").write_text("", encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load_scenarios([tmp_path])
    messages = [each.message for each in caught.value.problems]

    assert len(messages) == 3
    assert "would never run" in messages[0]
    assert "the id `same` is that of" in messages[1]
    assert "a/same.scenario.yaml:1:1" in messages[1]
    assert "`when`" in messages[2]


def test_scenarios_mean_the_same_whether_they_are_parsed_or_kept(tmp_path):
    pack, cache = tmp_path / "pack", tmp_path / "cache"
    for name in ("one", "two"):
        write_scenario(pack, name=name)
    parsed = load_scenarios([pack])
    assert load_scenarios([pack], kept_in=cache) == parsed
    (file,) = cache.iterdir()
    written = file.read_bytes()
    assert load_scenarios([pack], kept_in=cache) == parsed
    assert file.read_bytes() == written
    assert len(written.splitlines()) == 2


def test_a_file_with_problems_is_not_kept_and_its_problems_are_told_again(tmp_path):
    path = write_scenario(tmp_path, "when:\n  - operation: sync\n    unknown: 1\n")
    told = []
    for _ in range(2):
        with pytest.raises(DocumentError) as caught:
            load_scenarios([path], kept_in=tmp_path / "cache")
        told.append(caught.value.problems)
    assert told[0] == told[1]
    assert not (tmp_path / "cache").exists()


def with_line(file, line):
    """Write the one line that a cache holds anew, as if it had been kept so."""
    key, *_ = file.read_text().split(" ", 1)
    file.write_text(f"{key} {zlib.crc32(line.encode()):08x} {line}\n")


def test_a_file_that_was_kept_is_not_parsed_again_until_it_changes(tmp_path):
    path, cache = write_scenario(tmp_path), tmp_path / "cache"
    load_scenarios([path], kept_in=cache)
    (file,) = cache.iterdir()
    _, _, line = file.read_text().rstrip("\n").split(" ", 2)
    with_line(file, line.replace("Title", "Kept title"))
    (kept,) = load_scenarios([path], kept_in=cache)
    assert kept.title.en == "Kept title"
    path.write_text(path.read_text() + "# changed\n")
    (parsed,) = load_scenarios([path], kept_in=cache)
    assert parsed.title.en == "Title"


def test_what_was_kept_and_is_damaged_is_parsed_again(tmp_path):
    path, cache = write_scenario(tmp_path), tmp_path / "cache"
    parsed = load_scenarios([path], kept_in=cache)
    (file,) = cache.iterdir()
    whole = file.read_text()
    for damaged in (whole[:-20], whole.replace('"level"', '"label"'), whole.swapcase()):
        file.write_text(damaged)
        assert load_scenarios([path], kept_in=cache) == parsed
        assert file.read_text() == whole


@pytest.mark.parametrize("line", ["", "{}", "x {}", "AAAA [", 'AAAA {"scenario": "one"}'])
def test_what_was_kept_by_another_program_is_parsed_again(tmp_path, line):
    path, cache = write_scenario(tmp_path), tmp_path / "cache"
    parsed = load_scenarios([path], kept_in=cache)
    (file,) = cache.iterdir()
    whole = file.read_text()
    with_line(file, line)
    assert load_scenarios([path], kept_in=cache) == parsed
    assert file.read_text() == whole


def test_a_link_that_leads_to_itself_is_a_document_error(tmp_path):
    (tmp_path / "one.scenario.yaml").symlink_to("one.scenario.yaml")
    with pytest.raises(DocumentError, match=r"one\.scenario\.yaml: cannot be read: "):
        load_scenarios([tmp_path])
