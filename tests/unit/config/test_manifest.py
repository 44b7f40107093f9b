import pytest

from koppeling_harness.config.manifest import load_manifest
from koppeling_harness.document import yaml_source
from koppeling_harness.errors import DocumentError
from support.plugins import MANIFEST, a_plugin
from support.problems import problems_when

problems_of = problems_when(load_manifest, "where", "message", "hint")


def a_manifest(tmp_path, **replaced):
    """Write a plugin whose manifest has some pieces replaced: old=new."""
    text = MANIFEST
    for old, new in replaced.values():
        assert old in text
        text = text.replace(old, new)
    return a_plugin(tmp_path / "voorbeeld", manifest=text) / "koppeling.yaml"


def test_a_manifest_in_order_is_read(tmp_path):
    manifest = load_manifest(a_plugin(tmp_path / "voorbeeld") / "koppeling.yaml")

    assert manifest.id == "voorbeeld"
    assert manifest.connectors == {"Voorbeeld_Medewerkers", "PtRealization"}
    assert [each.name for each in manifest.operations] == ["sync-employees", "push-hours"]


def test_all_contradictions_come_at_once_with_place_and_hint(tmp_path):
    path = a_manifest(
        tmp_path,
        reads=("reads: [Voorbeeld_Medewerkers]", "reads: [Voorbeeld_Medewerker]"),
        writes=("writes: [PtRealization]", "writes: [KnSubject]"),
        field=("    field: Name", "    field: Nam"),
        copy=(
            "    copy_of: Profit_Employees_basic\n",
            "    copy_of: Profit_Employees_basic\n    modified_field: ModifiedDate\n",
        ),
    )

    assert problems_of(path) == [
        (
            ":16:21",
            "`ModifiedDate` is not among the fields of `Voorbeeld_Medewerkers`",
            "Add it to `fields`.",
        ),
        (
            ":23:12",
            "`Nam` is not among the fields of `Voorbeeld_Medewerkers`",
            "Did you mean `Name`?",
        ),
        (
            ":32:13",
            "operation `sync-employees` reads `Voorbeeld_Medewerker`, which is not declared under "
            "`get_connectors`",
            "Did you mean `Voorbeeld_Medewerkers`?",
        ),
        (
            ":37:14",
            "operation `push-hours` writes `KnSubject`, which is not declared under "
            "`update_connectors`",
            "Declare it under `update_connectors`.",
        ),
    ]


def test_names_stand_once(tmp_path):
    path = a_manifest(
        tmp_path,
        operation=("name: push-hours", "name: sync-employees"),
        release=("[Profit 8]", "[Profit 8, Profit 8]"),
        field=("fields: [DaTi, Qu]", "fields: [DaTi, DaTi]"),
    )

    assert [message for _, message, _ in problems_of(path)] == [
        "`Profit 8` stands twice in `releases`",
        "`DaTi` stands twice in `fields`",
        "`sync-employees` stands twice in `operations`",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("- connector: Voorbeeld_Medewerkers", "- connector: Anders", "not a declared connector"),
        ('"12345_678901"', '"54321_678901"', "begins with another subscription"),
        ("    reads: [Voorbeeld_Medewerkers]\n", "", "calls nothing"),
        ("kind: python\n", "kind: python\n  plugin: anders.py\n", "there is no file `anders.py`"),
    ],
)
def test_what_does_not_fit_together_is_told(tmp_path, old, new, said):
    path = a_manifest(tmp_path, one=(old, new))

    ((_, message, hint),) = problems_of(path)

    assert said in message
    assert hint


@pytest.mark.parametrize(
    ("old", "new", "where", "hint"),
    [
        ('version: "1.0.0"', "version: 1.10", ":8:10", 'Quote it: "1.10"'),
        ("releases: [Profit 8]", "releases: [8]", ":10:12", 'Quote it: "8"'),
        ('subscription: "12345"', "subscription: 12345", ":7:17", 'Quote it: "12345"'),
    ],
)
def test_codes_that_are_not_quoted_are_told_how_to(tmp_path, old, new, where, hint):
    path = a_manifest(tmp_path, one=(old, new))

    ((place, _, advice),) = problems_of(path)

    assert place == where
    assert hint in advice


def test_a_manifest_that_is_missing_or_not_text_is_told(tmp_path):
    path = tmp_path / "koppeling.yaml"
    assert problems_of(path)[0][1] == "there is no koppeling.yaml"

    path.write_bytes(b"\xff\xfe\x00")
    assert "expected UTF-8 text" in problems_of(path)[0][1]


def test_certificates_of_a_client_are_read_from_their_files(tmp_path):
    path = a_manifest(
        tmp_path, oauth=("operations:", "oauth: {certificates: [a.pem]}\noperations:")
    )
    text = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
    (path.parent / "a.pem").write_text(text, encoding="utf-8")

    assert load_manifest(path).oauth.certificates == (text,)


def test_what_a_client_cannot_sign_in_with_is_told(tmp_path):
    uses = "oauth: {public: true, certificates: [none.pem, key.pem, koppeling.yaml]}"
    path = a_manifest(tmp_path, oauth=("operations:", f"{uses}\noperations:"))
    (path.parent / "key.pem").write_text("-----BEGIN PRIVATE KEY-----", encoding="utf-8")

    assert [message for _, message, _ in problems_of(path)] == [
        "a public client needs `redirect_uris`",
        "a public client has no certificates",
        "none.pem: found no file that can be read, expected a certificate in PEM",
        "key.pem: found a private key, expected a certificate in PEM",
        "koppeling.yaml: found something else, expected a certificate in PEM",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.pem", "there is no file `none.pem` beside the manifest"),
        ("../koppeling.pem", "`../koppeling.pem` lies outside the integration's folder"),
        ("key.pem", "key.pem: found a private key, expected a certificate in PEM"),
        ("bad.pem", "bad.pem: found a certificate that cannot be read, expected a certificate in "
         "PEM"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_of_a_client_in_tls_is_told(tmp_path, name, message):
    path = a_manifest(tmp_path, tls=("operations:", f"client_ca: {name}\noperations:"))
    block = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
    (path.parent / "key.pem").write_text("-----BEGIN PRIVATE KEY-----", encoding="utf-8")
    (path.parent / "bad.pem").write_text(block, encoding="utf-8")

    assert [found for _, found, _ in problems_of(path)] == [message]


@pytest.fixture
def readings(monkeypatch):
    """Every text that is read as YAML."""
    seen, read = [], yaml_source.read
    monkeypatch.setattr(
        yaml_source, "read", lambda text, *, name: (seen.append(text), read(text, name=name))[1]
    )
    return seen


def test_a_manifest_that_did_not_change_is_read_once(tmp_path, readings):
    path = a_plugin(tmp_path / "voorbeeld") / "koppeling.yaml"

    first = load_manifest(path, kept_in=tmp_path / "kept")
    again = load_manifest(path, kept_in=tmp_path / "kept")

    assert again == first
    assert len(readings) == 1


def test_a_manifest_that_changed_is_read_anew(tmp_path, readings):
    path = a_plugin(tmp_path / "voorbeeld") / "koppeling.yaml"
    load_manifest(path, kept_in=tmp_path / "kept")
    path.write_text(path.read_text("utf-8").replace("1.0.0", "1.0.1"), encoding="utf-8")

    assert load_manifest(path, kept_in=tmp_path / "kept").version == "1.0.1"
    assert len(readings) == 2


def test_what_is_wrong_beside_a_manifest_that_did_not_change_is_told_with_its_place(tmp_path):
    path = a_manifest(
        tmp_path, oauth=("operations:", "oauth: {certificates: [a.pem]}\noperations:")
    )
    certificate = path.parent / "a.pem"
    certificate.write_text("-----BEGIN CERTIFICATE-----\n", encoding="utf-8")
    load_manifest(path, kept_in=tmp_path / "kept")
    certificate.unlink()

    with pytest.raises(DocumentError) as caught:
        load_manifest(path, kept_in=tmp_path / "kept")

    (problem,) = caught.value.problems
    line = path.read_text("utf-8").splitlines().index("oauth: {certificates: [a.pem]}") + 1
    assert problem.where.startswith(f"{path}:{line}:")
    assert "a.pem" in problem.message
