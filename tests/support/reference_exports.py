"""The export of the reference integration Urenportaal, as it is written.

Made anew by `python -m support.reference_exports` in `tests/`.
"""

from pathlib import Path

from support.gcn_file import Export, Field, gcn

FOLDER = Path(__file__).parents[2] / "plugins" / "urenportaal" / "connectoren"


def _export(name, about, *, table, aliases, sql, fields):
    return Export(
        name=name,
        main=table,
        fields=[Field(f"U{number:03d}", *each) for number, each in enumerate(fields, start=1)],
        sql=f"CREATE VIEW {name}_View AS\r\n{sql}\r\nGO\r\n",
        view={"Description": about},
        aliases=aliases,
    )


EXPORTS = (
    _export(
        "Urenportaal_Nacalculatie",
        "Nacalculatie voor het urenportaal",
        table="Rea",
        aliases=[("Rea", "Pt", "Rea")],
        sql="SELECT Rea.A FROM AfasPtRealization Rea /*QWFrom*/ /*QWWhereNew*/",
        fields=[
            ("Identity", "Rea", "Id", "Rea"),
            ("DateTime", "Rea", "DaTi", "Rea"),
            ("EmployeeId", "Rea", "EmId", "Rea"),
            ("ProjectId", "Rea", "PrId", "Rea"),
            ("ItemType", "Rea", "VaIt", "Rea"),
            ("ItemCodeId", "Rea", "ItCd", "Rea"),
            ("QuantityUnit", "Rea", "Qu", "Rea"),
            ("Description", "Rea", "Ds", "Rea"),
        ],
    ),
)


def main() -> None:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for each in EXPORTS:
        (FOLDER / f"{each.name}.gcn").write_bytes(gcn(each))


if __name__ == "__main__":
    main()
