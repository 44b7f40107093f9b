"""Organisations, persons, contacts and users: a match finds what it names, and nothing else."""

import json
import logging

import pytest

from contract.erp1.table import shows
from support.erp1 import Caller, caller, element

NOBODY = "Er is geen organisatie/persoon gevonden die voldoet aan de zoekcriteria."
COMPANY, PERSON, EMPLOYEE = "1000102", "1000002", "000001002"
ADDRESS = {"CoId": "NL", "Ad": "Kade", "HmNr": "5", "ZpCd": "3811ab", "Rs": "Elders"}


def everybody(client: Caller) -> dict[str, dict]:
    return {row["BcCo"]: row for row in client.get("Profit_OrgPer", skip=-1, take=-1).rows}


def person(fields, **objects):
    return element("KnPerson", fields, **objects)


def organisation(fields, **objects):
    return element("KnOrganisation", fields, **objects)


OTHER_KIND = {
    "person": ("PUT", "KnPerson", person({"MatchPer": "0", "BcCo": COMPANY, "LaNm": "Piet"})),
    "organisation": ("PUT", "KnOrganisation",
                     organisation({"MatchOga": "0", "BcCo": PERSON, "Nm": "Bedrijf"})),
    "person by POST": ("POST", "KnPerson",
                       person({"MatchPer": "0", "BcCo": COMPANY, "LaNm": "Piet"})),
    "organisation by POST": ("POST", "KnOrganisation",
                             organisation({"MatchOga": "0", "BcCo": PERSON, "Nm": "Bedrijf"})),
    "sales relation of a company": ("POST", "KnSalesRelationPer",
        element("KnSalesRelationPer", {"CuId": "EUR", "InPv": "A"},
                KnPerson={"MatchPer": "0", "BcCo": COMPANY})),
    "sales relation of a person": ("POST", "KnSalesRelationOrg",
        element("KnSalesRelationOrg", {"CuId": "EUR", "InPv": "A"},
                KnOrganisation={"MatchOga": "0", "BcCo": PERSON})),
    "purchase relation of a person": ("POST", "KnPurchaseRelationOrg",
        element("KnPurchaseRelationOrg", {"CuId": "EUR"},
                KnOrganisation={"MatchOga": "0", "BcCo": PERSON})),
    "employee": ("PUT", "KnEmployee",
        element("AfasEmployee", {"@EmId": EMPLOYEE},
                KnPerson={"MatchPer": "0", "BcCo": "1000101", "EmAd": "x@example.nl"})),
    "employee with another person": ("PUT", "KnEmployee",
        element("AfasEmployee", {"@EmId": EMPLOYEE},
                KnPerson={"MatchPer": "0", "BcCo": "1000004", "EmAd": "x@example.nl"})),
    "sales relation with another company": ("PUT", "KnSalesRelationOrg",
        element("KnSalesRelationOrg", {"@DbId": "10001"},
                KnOrganisation={"MatchOga": "0", "BcCo": COMPANY, "Nm": "Ander"})),
    "sales relation of the other kind": ("PUT", "KnSalesRelationPer",
        element("KnSalesRelationPer", {"@DbId": "10001", "PaCd": "14"})),
    "user": ("POST", "KnUser", element("KnUser", {"@UsId": "12345.X", "MtCd": 1, "Nm": "X",
                                                 "BcCo": COMPANY})),
    "contact": ("PUT", "KnContact", element("KnContact", {"BcCoOga": PERSON, "BcCoPer": COMPANY,
                                                         "EmAd": "x@example.nl"})),
    "contact of another organisation": ("PUT", "KnOrganisation",
        organisation({"MatchOga": "0", "BcCo": "1000101"},
                     KnContact={"CdId": 2, "EmAd": "x@example.nl"})),
}  # fmt: skip


@shows("rule.match-kind", "rule.match-owner")
@pytest.mark.parametrize("what", OTHER_KIND)
def test_a_number_of_another_kind_or_owner_is_refused_and_nothing_is_damaged(what):
    client = caller()
    before = json.dumps([everybody(client), client.get("Profit_Employees").rows])
    method, connector, body = OTHER_KIND[what]

    reply = client.call(method, f"/connectors/{connector}", body)

    assert reply.status == 500, reply.text
    assert json.dumps([everybody(client), client.get("Profit_Employees").rows]) == before


@shows("rule.match-none", "rule.match-new-put")
@pytest.mark.parametrize(
    ("connector", "fields"),
    [
        *(("KnPerson", {"MatchPer": each, "LaNm": "Zzzz", "In": "Z.", "ViGe": "M",
                        "DaBi": "1990-01-01", "EmAd": "z@x.nl", "MbNr": "06", "TeNr": "1",
                        "SoSe": "111222333"}) for each in "1234567"),
        ("KnPerson", {"MatchPer": "0", "BcCo": "999", "LaNm": "Zzzz"}),
        *(("KnOrganisation", {"MatchOga": each, "Nm": "Zzzz", "CcNr": "1", "FiNr": "2"})
          for each in "1236"),
        ("KnOrganisation", {"MatchOga": "0", "BcCo": "999", "Nm": "Zzzz"}),
        ("KnOrganisation", {"MatchOga": "4", "Nm": "Zzzz"}),
    ],
)  # fmt: skip
def test_an_update_that_finds_nobody_is_refused_and_adds_nobody(connector, fields):
    client = caller()
    before = everybody(client)

    reply = client.put(connector, element(connector, fields))

    assert (reply.status, reply.message) == (500, NOBODY)
    assert everybody(client) == before


@shows("rule.match-empty")
@pytest.mark.parametrize(
    ("connector", "match", "named"),
    [
        ("KnOrganisation", {"MatchOga": "1"}, {"CcNr": ""}),
        ("KnOrganisation", {"MatchOga": "1"}, {}),
        ("KnOrganisation", {"MatchOga": "2"}, {"FiNr": None}),
        ("KnPerson", {"MatchPer": "1"}, {"SoSe": ""}),
        ("KnPerson", {"MatchPer": "2"}, {}),
        ("KnPerson", {"MatchPer": "3"}, {"EmAd": ""}),
        ("KnPerson", {"MatchPer": "4"}, {}),
        ("KnPerson", {"MatchPer": "5"}, {"TeNr": None}),
        ("KnPerson", {"MatchPer": "6"}, {}),
    ],
)
def test_a_match_field_without_a_value_finds_nobody(connector, match, named):
    client = caller()
    name = "Nm" if connector == "KnOrganisation" else "LaNm"
    new = {"MatchOga": "6"} if connector == "KnOrganisation" else {"MatchPer": "7"}
    first = client.post(connector, element(connector, {**new, "AutoNum": True, name: "Zelfde"}))
    before = everybody(client)

    changed = client.put(connector, element(connector, {**match, **named, name: "Zelfde"}))
    added = client.post(
        connector, element(connector, {**match, **named, "AutoNum": True, name: "Zelfde"})
    )

    assert first.status == 201
    assert (changed.status, changed.message) == (500, NOBODY)
    assert added.status == 201
    keys = added.json()["results"][connector]["BcCo"]
    assert keys not in before
    assert {key: row for key, row in everybody(client).items() if key in before} == before


def test_what_is_named_is_found_and_changed():
    client = caller()
    mail = {"EmAd": "nieuw@example.nl"}
    jansen = {"LaNm": "Jansen", "In": "M.", "ViGe": "V", "DaBi": "1988-10-10"}
    sent = [
        ("KnPerson", {"MatchPer": "0", "BcCo": PERSON, **mail}),
        ("KnPerson", {"MatchPer": "6", **jansen, **mail}),
        ("KnPerson", {"MatchPer": "2", **jansen, "LaNm": "JANSEN", **mail}),
        ("KnOrganisation", {"MatchOga": "0", "BcCo": COMPANY, **mail}),
        ("KnOrganisation", {"MatchOga": "3", "Nm": "CAFÉ 'T HOEKJE", **mail}),
        ("KnOrganisation", {"MatchOga": "1", "CcNr": "30 00 94 22", **mail}),
    ]
    for connector, fields in sent:
        reply = client.put(connector, element(connector, fields))
        assert reply.status == 201, (fields, reply.text)

    changed = {key for key, row in everybody(client).items() if row["MailWork"] == mail["EmAd"]}
    assert changed == {PERSON, "1000009", COMPANY}


@shows("rule.match-above")
def test_method_9_takes_the_relation_above_in_an_update():
    client = caller()

    def put(connector, key, name, fields):
        return client.put(connector, element(connector, key, **{name: fields}))

    org = {"MatchOga": "9", "HoPa": "https://nieuw.example"}
    done = put("KnSalesRelationOrg", {"@DbId": "10002"}, "KnOrganisation", org)
    numbered = put(
        "KnSalesRelationOrg", {"@DbId": "10002"}, "KnOrganisation", {**org, "BcCo": COMPANY}
    )
    alone = client.put("KnOrganisation", organisation(org))
    added = client.post("KnOrganisation", organisation({**org, "Nm": "X"}))

    assert done.status == 201
    assert everybody(client)[COMPANY]["Homepage"] == "https://nieuw.example"
    assert numbered.message == "Bij deze MatchOga waarde (9) mag 'BcCo' niet worden meegegeven."
    assert alone.message == NOBODY
    assert added.message == (
        'Bij deze MatchOga waarde (9) is het verplicht om \'Action=""update""\' te gebruiken.'
    )


@shows("rule.match-delete")
def test_somebody_whom_nothing_refers_to_is_deleted_by_a_match():
    client = caller()
    new = client.post(
        "KnOrganisation",
        organisation(
            {"MatchOga": "6", "AutoNum": True, "Nm": "Weg", "CcNr": "77"},
            KnBankAccount={"CoId": "NL", "Iban": "NL91ABNA0417164300"},
        ),
    ).json()["results"]["KnOrganisation"]["BcCo"]

    gone = client.delete("KnOrganisation/KnOrganisation/MatchOga,CcNr/1,77")
    used = client.delete(f"KnPerson/KnPerson/MatchPer,BcCo/0,{PERSON}")
    nobody = client.delete("KnPerson/KnPerson/MatchPer,BcCo/7,1000003")
    other = client.delete(f"KnPerson/KnPerson/MatchPer,BcCo/0,{COMPANY}")
    refusing = caller(quirks={"relation_delete": "refused"})

    assert (gone.status, new in everybody(client)) == (200, False)
    assert "in gebruik" in used.message
    assert nobody.message == other.message == NOBODY
    assert "niet mogelijk" in refusing.delete("KnPerson/KnPerson/MatchPer,BcCo/0,1000016").message


@shows("rule.country")
@pytest.mark.parametrize(
    ("code", "iso"), [("B", "BE"), ("D", "DE"), ("F", "FR"), ("USA", "US"), ("ROK", "KR")]
)
def test_countries_are_afas_s_own_in_every_field_that_holds_one(code, iso):
    client = caller()
    base = {"MatchOga": "0", "BcCo": "1000101"}
    foreign = {"Ad": "Rue", "HmNr": 1, "ZpCd": "1000", "Rs": "Bruxelles"}
    for country, status in ((code, 201), (iso, 500)):
        bank = {"CoId": country, "Iban": "BE62510007547061"}
        replies = [
            client.put("KnOrganisation", organisation(base, KnBankAccount=bank)),
            client.put(
                "KnOrganisation", organisation(base, KnBasicAddressAdr={**foreign, "CoId": country})
            ),
            client.put("KnPerson", person({"MatchPer": "0", "BcCo": PERSON, "CoBi": country})),
            client.put(
                "KnSalesRelationOrg",
                element("KnSalesRelationOrg", {"@DbId": "10001", "CoId": country}),
            ),
        ]
        assert [each.status for each in replies] == [status] * 4, country
    assert client.where("ProfitCountries", "CoId", code).rows
    assert client.where("ProfitCountries", "CoId", iso).rows == []


def test_nationalities_are_those_of_afas_s_countries_and_a_few_more():
    client = caller()

    def put(code):
        fields = {"MatchPer": "0", "BcCo": PERSON, "PsNa": code}
        return client.put("KnPerson", person(fields)).status

    assert [put(each) for each in ("B", "d", "000", "GRF", "USA2", "")] == [201] * 6
    assert [put(each) for each in ("BE", "DE", "US", "ZZ")] == [500] * 4


@shows("rule.address-country", "rule.address-code", "rule.image-removed", "rule.file-name")
def test_addresses_and_images_are_taken_as_the_endpoint_notes_say():
    client = caller()
    base = {"MatchOga": "0", "BcCo": COMPANY}

    def put(fields=None, **objects):
        return client.put("KnOrganisation", organisation({**base, **(fields or {})}, **objects))

    bare = put(KnBasicAddressAdr={"Ad": "Kade"})
    done = put(KnBasicAddressAdr={**ADDRESS, "ResZip": True})
    bad = put({"FileName": "a?.png", "FileStream": "aGFsbG8="})
    image = put({"FileName": "a.png", "FileStream": "aGFs\r\nbG8="})
    removed = put({"FileStream": ""})
    address = everybody(client)[COMPANY]

    assert bare.message == "Een onvolledig adres mag niet geïmporteerd worden."
    assert done.status == 201
    assert address["AdressLine3"] == "3811 AB  Amersfoort"
    assert bad.message == "Filename bevat ongeldige karakters."
    assert (image.status, removed.status) == (201, 201)
    strict = caller(quirks={"base64_line_breaks": "refused"})
    wrapped = {**base, "FileName": "a.png", "FileStream": "aGFs\r\nbG8="}
    assert strict.put("KnOrganisation", organisation(wrapped)).status == 500


@shows("rule.contact-kind")
def test_a_contact_is_found_by_number_or_person_and_keeps_its_kind():
    client = caller()
    base = {"MatchOga": "0", "BcCo": "1000101"}

    def put(**contact):
        return client.put("KnOrganisation", organisation(base, KnContact=contact))

    department = put(ViKc="AFD", ExAd="Inkoop")
    named = put(ExAd="INKOOP", TeNr="1")
    number = client.where("Profit_Contacts", "Department", "Inkoop").rows
    turned = put(CdId=number[0]["ContactId"], ViKc="PRS")
    by_person = put(BcCoPer="1000009", TeNr="2")
    unknown = put(CdId=9999, TeNr="3")
    nobody = put(BcCoPer="1000101", TeNr="4")

    assert (department.status, named.status, by_person.status) == (201, 201, 201)
    assert [each["TelWork"] for each in number] == ["1"]
    assert turned.message == "Een afdeling kan niet in een persoon worden gewijzigd."
    assert (unknown.status, nobody.status) == (500, 500)
    assert client.where("Profit_Contacts", "PerNumber", "1000009").rows[0]["TelWork"] == "2"


@shows("rule.user-name", "rule.user-sites")
def test_a_user_keeps_name_and_key_and_its_rights_hang_together():
    client = caller()
    key = {"@UsId": "12345.ameulen", "MtCd": 1, "Nm": "Anders"}

    def put(**fields):
        return client.put("KnUser", element("KnUser", {**key, **fields}))

    first = put(Awin=True)
    off = put(InSi=False)
    site = put(Site=True, EmAd="")
    (row,) = client.where("Profit_Users", "UserId", "12345.AMEULEN").rows

    assert first.status == 201
    assert off.message == "'Profit Windows' is niet mogelijk zonder 'InSite'."
    assert "'OutSite' is niet mogelijk" in site.message
    assert (row["UserId"], row["Description"]) == ("12345.AMEULEN", "Annelies van der Meulen")
    free = caller(quirks={"user_sites": "free", "user_name": "changed"})
    assert free.put("KnUser", element("KnUser", {**key, "Awin": True, "InSi": False})).status == 201
    assert free.where("Profit_Users", "UserId", key["@UsId"]).rows[0]["Description"] == "Anders"


def test_a_user_that_is_renamed_to_one_that_exists_is_told_which():
    client = caller()
    body = {"@UsId": "12345.AMEULEN", "MtCd": 4, "Nm": "A", "UsIdNew": "12345.beheer"}

    reply = client.put("KnUser", element("KnUser", body))
    cased = client.put("KnUser", element("KnUser", {**body, "UsIdNew": "12345.Ameulen"}))

    assert reply.message == "'KnUser' met sleutel '12345.BEHEER' bestaat al."
    assert cased.status == 201
    assert client.where("Profit_Users", "UserId", "12345.AMEULEN").rows[0]["UserId"] == (
        "12345.Ameulen"
    )


def test_keys_and_references_are_found_in_any_case_and_keep_their_spelling():
    client = caller()
    made = element("PtProject", {"PrId": "PROJÉCT", "PrGp": "ext", "Ds": "x", "Ch": True})
    assert client.post("PtProject", made).status == 201
    again = client.post(
        "PtProject", element("PtProject", {"PrId": "projéct", "PrGp": "EXT", "Ds": "y"})
    )
    changed = client.put("PtProject", element("PtProject", {"PrId": "projéct", "Ds": "z"}))
    hours = element("PtRealization", {"DaTi": "2026-11-24", "VaIt": "6", "ItCd": "k01",
                                      "EmId": "000001003", "PrId": "Projéct"})  # fmt: skip
    booked = client.post("PtRealization", hours)

    (project,) = client.where("Profit_Projects", "ProjectId", "PROJÉCT").rows
    (line,) = client.where("Profit_Realization", "ProjectId", "projéct").rows
    assert again.status == 500
    assert (changed.status, booked.status) == (201, 201)
    assert (project["ProjectId"], project["ProjectGroup"]) == ("PROJÉCT", "EXT")
    assert (project["Description"], line["ProjectId"], line["ItemCodeId"]) == (
        "z",
        "PROJÉCT",
        "K01",
    )
    assert client.delete("PtRealization/PtRealization/Id/" + str(line["Identity"])).status == 200
    assert client.delete("PtProject/PtProject/PrId/PROJ%C3%A9CT").status == 200


@pytest.mark.parametrize(
    ("connector", "body", "path"),
    [
        ("KnSubject", {"StId": 1, "Ds": "x"}, "KnSubject/KnSubject/SbId/{}"),
        ("PtRealization", {"DaTi": "2026-11-24", "VaIt": "1", "ItCd": "300"},
         "PtRealization/PtRealization/Id/{}"),
        ("HrAbsence", {"EmId": EMPLOYEE, "ViAt": "V", "DaBe": "2026-12-01", "DaEn": "2026-12-01"},
         "HrAbsenceID/HrAbsenceID/Id/{}"),
        ("KnCourseEvent", {"CrDs": "x"}, "KnCourseEvent/KnCourseEvent/Id/{}"),
    ],
)  # fmt: skip
def test_the_number_of_a_deleted_row_is_never_given_out_again(connector, body, path):
    client = caller()

    def insert() -> str:
        keys = client.post(connector, element(connector, body)).json()["results"][connector]
        return next(keys[each] for each in ("SbId", "Id") if each in keys)

    first = insert()
    assert client.delete(path.format(first)).status == 200
    assert int(insert()) > int(first)


def test_what_breaks_in_the_emulator_is_answered_in_profit_s_form_and_remembered(monkeypatch):
    client = caller()
    monkeypatch.setattr(logging.getLogger("koppeling_harness.emulator.web"), "disabled", True)
    monkeypatch.setattr(client.environment.updates, "run", lambda *_, **__: 1 / 0)

    reply = client.post("KnSubject", element("KnSubject", {"StId": 1, "Ds": "x"}))

    assert (reply.status, reply.json()["errorNumber"]) == (500, -2147180999)
    (broke,) = client.environment.broken
    assert broke.startswith("POST/connectors/KnSubject: ZeroDivisionError")
