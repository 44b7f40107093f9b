"""Write the emulator's own catalogue of UpdateConnectors from a folder of AFAS's OpenAPI files.

    python bench/erp1_catalogue.py FOLDER > TABLE

The table is `emulator/data/update_connectors.tsv`.

The files themselves are AFAS's and stay outside the project; the catalogue holds the facts that
the emulator needs: codes, types, lengths, labels, closed lists.

KnEmployee's own file is not published with the others. Its objects are those of HrOnboarding,
hung under `AfasEmployee` (source: AFAS, docs.afas.help/apidoc, endpoint/knemployee-post).
"""

import sys
from dataclasses import replace
from pathlib import Path

from koppeling_harness.emulator.openapi_import import import_openapi, merge
from koppeling_harness.emulator.specification import (
    Field,
    ObjectType,
    UpdateConnector,
    write_catalogue,
)

WANTED = [
    "KnSubject",
    "KnSubjectReaction",
    "KnPerson",
    "KnOrganisation",
    "KnContact",
    "KnSalesRelationOrg",
    "KnSalesRelationPer",
    "KnPurchaseRelationOrg",
    "FbItemArticle",
    "FbSales",
    "FiEntries",
    "KnProvApplication",
    "KnUser",
    "HrAbsence",
    "HrAbsenceID",
    "HrIllness",
    "KnCourseMember",
    "KnCourseEvent",
    "PtRealization",
    "PtProject",
]

EMPLOYEE_OBJECTS = [
    "AfasContract",
    "AfasPeriodiek",
    "AfasOrgunitFunction",
    "AfasTimeTable",
    "AfasSalary",
    "AfasBankInfo",
    "AfasAgencyFiscus",
    "AfasIdentityDocument",
]

EMPLOYEE_KEYS = {
    "AfasContract": ("DaBe",),
    "AfasOrgunitFunction": ("DaBe",),
    "AfasTimeTable": ("DaBg",),
    "AfasSalary": ("DaBe",),
    "AfasBankInfo": ("AcId", "NoBk", "SeNo"),
    "AfasAgencyFiscus": ("DaBe", "AyId"),
}

EMPLOYEE_FIELDS = {
    "AfasBankInfo": (
        Field(id="AcId", type="string", length=42, label="Account number"),
        Field(id="NoBk", type="boolean", label="Cash payment"),
        Field(id="SeNo", type="int", label="Sequence number"),
        Field(id="SaAc", type="boolean", label="Salary account"),
        Field(id="FoPa", type="boolean", label="Account outside the SEPA area"),
    )
}
"""What an account has beyond that of a new employee (source: AFAS,
docs.afas.help/profit/en/update-connector, its example of `@Action`; FoPa: public clients)."""

MOST_CODES = 60
"""Longer lists are tables that each customer keeps, or of nations; their rows show in examples."""


def employee(onboarding: UpdateConnector, person: ObjectType) -> UpdateConnector:
    """Return KnEmployee, put together from the objects of HrOnboarding."""
    found = {each.name: each for each in onboarding.root.objects}
    own = found["AfasEmployee"]
    state = Field(
        id="ViSe",
        type="string",
        length=20,
        label="Employment status",
        values=(("I", "In dienst"), ("U", "Uit dienst"), ("S", "Sollicitant")),
    )
    objects = [replace(person, objects=tuple(o for o in person.objects if o.name != "KnContact"))]
    objects += [
        replace(
            found[name],
            keys=EMPLOYEE_KEYS.get(name, found[name].keys),
            fields=(*EMPLOYEE_FIELDS.get(name, ()), *found[name].fields),
        )
        for name in EMPLOYEE_OBJECTS
    ]
    root = ObjectType(
        name="AfasEmployee", keys=("EmId",), fields=(*own.fields, state), objects=tuple(objects)
    )
    return UpdateConnector(
        id="KnEmployee",
        description="Medewerker",
        methods="CUD",
        root=root,
        delete_keys=("EmId",),
        returns=("EmId",),
    )


def shortened(each: ObjectType) -> ObjectType:
    """Return an object without its very long lists, its sub-objects too."""
    return replace(
        each,
        fields=tuple(
            replace(field, values=()) if len(field.values) > MOST_CODES else field
            for field in each.fields
        ),
        objects=tuple(shortened(child) for child in each.objects),
    )


def main() -> None:
    """Read the folder that the command line names and print the catalogue."""
    found: dict[str, UpdateConnector] = {}
    for path in sorted(Path(sys.argv[1]).glob("*.json")):
        for each in import_openapi(path.read_text(encoding="utf-8"), name=path.name).connectors:
            found[each.id] = merge(found[each.id], each) if each.id in found else each
    chosen = [found[name] for name in WANTED]
    chosen.append(employee(found["HrOnboarding"], found["KnPerson"].root))
    text = write_catalogue(replace(each, root=shortened(each.root)) for each in chosen)
    sys.stdout.buffer.write(text.encode())


if __name__ == "__main__":
    main()
