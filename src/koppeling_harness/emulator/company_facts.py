"""The fixed facts of the demo company: code tables, people, companies, ledger accounts."""

from collections.abc import Iterator
from importlib import resources

CODES: dict[str, str] = {
    "currency": "EUR=Euro|USD=Amerikaanse dollar|GBP=Britse pond",
    "language": "NL=Nederlands|EN=Engels|FR=Frans|DE=Duits",
    "payment_condition": "14=14 dagen|30=30 dagen|60=60 dagen|CON=Contant",
    "unit": "STK=Stuk|UUR=Uur|DS=Doos|KG=Kilogram|M=Meter|KM=Kilometer|PER=Periode",
    "vat_group": "1=Hoog tarief|2=Laag tarief|3=Geen btw",
    "vat_code": "1=Btw hoog verkopen|2=Btw laag verkopen|5=Btw hoog inkopen|6=Btw laag inkopen"
    "|0=Geen btw",
    "article_group": "HARD=Hardware|SOFT=Software|DIEN=Diensten|KANT=Kantoorartikelen",
    "warehouse": "HOOFD=Hoofdmagazijn|*****=Standaard",
    "hour_type": "N=Normale uren|O=Overuren|R=Reistijd|V=Verlof|Z=Ziekte|1=Uren",
    "project_group": "EXT=Externe projecten|INT=Interne projecten|ONT=Ontwikkeling",
    "employer": "1=Van der Meulen & Zonen B.V.|2=Meulen Diensten B.V.",
    "org_unit": "D=Directie|FIN=Financiën|HR=HR|PRJ=Projecten|ICT=ICT|VRK=Verkoop",
    "function": "DIR=Directeur|CONS=Consultant|ADM=Administratief medewerker|ONTW=Ontwikkelaar"
    "|PROJ=Projectleider|HRM=HR-medewerker|VERK=Verkoper",
    "employment_type": "F=Fulltimer|P=Parttimer|O=Oproepkracht|S=Stagiair|U=Uitzendkracht",
    "cost_centre": "100=Algemeen|200=Projecten|300=Verkoop",
    "cost_unit": "1=Kostendrager algemeen|2=Kostendrager projecten",
    "leave_type": "V=Verlof|VO=Onbetaald verlof|OV=Ouderschapsverlof|BV=Bijzonder verlof",
    "leave_reason": "Vak=Vakantie|TvT=Tijd voor tijd|01=Verhuizing|02=Huwelijk",
    "illness_type": "Z=Ziek|ZW=Zwangerschap|BO=Bedrijfsongeval|A=Arbeidsongeval",
    "subject_type": "-2=Bijlage|-5=E-mail|1=Notitie|2=Klacht|3=Medewerkerdossier|4=Offertedossier",
    "title": "DHR=De heer|MEVR=Mevrouw|DR=Doctor|DRS=Doctorandus|IR=Ingenieur|MR=Meester",
    "residence": "3800AA-3829ZZ=Amersfoort|3500AA-3585ZZ=Utrecht|1000AA-1109ZZ=Amsterdam"
    "|8000AA-8049ZZ=Zwolle|3000AA-3089ZZ=Rotterdam|3830AA-3835ZZ=Leusden"
    "|5200AA-5249ZZ='s-Hertogenbosch|2600AA-2629ZZ=Delft|9700AA-9747ZZ=Groningen",
    "user_group": "Iedereen=Alle gebruikers|Koppeling=Koppelingen|HR=HR-medewerkers",
}
"""Code tables that a company keeps, as `id=description`."""


def countries() -> Iterator[tuple[str, str, str]]:
    """Yield AFAS's code, the ISO 3166-1 code and the Dutch name of each country.

    AFAS's codes are its own: Belgium is `B`, and `CL` is Sri Lanka. Source: the nationality list of
    AFAS's OpenAPI (docs.afas.help/apidoc), which uses the code of the country for 198 of them, AFAS
    endpoint/knorganisation-post (AW, BQ, CW, NA, SX), and github.com/MegaChriz/afasprofit for the
    rest; the names are those of Unicode CLDR.
    """
    text = resources.files(__package__).joinpath("data/countries.tsv").read_text("utf-8")
    for line in text.splitlines():
        code, iso, name = line.split("\t")
        yield code, iso, name


MORE: dict[str, dict[str, str]] = {
    "subject_type": {"2": "3,4", "3": "2"},
    "currency": {"EUR": "1", "USD": "0.92", "GBP": "1.17"},
    "vat_code": {"1": "21", "2": "9", "5": "21", "6": "9", "0": "0"},
    "residence": {
        "3800AA-3829ZZ": "033", "3500AA-3585ZZ": "030", "1000AA-1109ZZ": "020",
        "8000AA-8049ZZ": "038", "3000AA-3089ZZ": "010", "3830AA-3835ZZ": "033",
        "5200AA-5249ZZ": "073", "2600AA-2629ZZ": "015", "9700AA-9747ZZ": "050",
    },
}  # fmt: skip
"""What a code says beside its description: the only destinations of a type of dossier item, the
invented rate of a currency, the percentage of a VAT code, the area code of a town."""

PEOPLE = (
    # first, initials, prefix, last, gender, born, function, unit, hours
    ("Annelies", "A.M.", "van der", "Meulen", "V", "1968-03-14", "DIR", "D", 40),
    ("Jeroen", "J.", "de", "Vries", "M", "1979-11-02", "PROJ", "PRJ", 40),
    ("Fatima", "F.", None, "El Amrani", "V", "1985-06-21", "CONS", "PRJ", 36),
    ("Søren", "S.", None, "Ødegård", "M", "1990-01-30", "ONTW", "ICT", 40),
    ("Chloë", "C.", "van 't", "Hoff", "V", "1992-02-29", "ONTW", "ICT", 32),
    ("Joost", "J.P.", "van den", "Broek", "M", "1974-08-09", "CONS", "PRJ", 40),
    ("Zoë", "Z.", None, "Çelik", "V", "1996-12-31", "VERK", "VRK", 24),
    ("Henk", "H.", "'t", "Hart", "M", "1961-04-27", "ADM", "FIN", 20),
    ("Maartje", "M.", None, "Jansen", "V", "1988-10-10", "HRM", "HR", 28),
    ("Björn", "B.", "ter", "Steege", "M", "1983-05-05", "CONS", "PRJ", 40),
    ("Noëlle", "N.", None, "d'Hondt", "V", "1999-07-17", "ADM", "FIN", 40),
    ("Willem", "W.A.", "van", "Oranje-Nassau", "M", "1967-04-27", "VERK", "VRK", 40),
    ("Ayşe", "A.", None, "Yılmaz", "V", "1994-09-01", "CONS", "PRJ", 36),  # noqa: RUF001 - the dotless i is meant
    ("Pieter", "P.", "op de", "Beeck", "M", "1971-02-28", "PROJ", "PRJ", 40),
    ("Léonie", "L.", None, "Müller-Schmidt", "V", "1987-03-03", "ONTW", "ICT", 40),
    ("Robin", "R.", None, "Bakker", "X", "2001-11-11", "ONTW", "ICT", 16),
)
USERS = (("12345.KOPPELING", "Koppelgebruiker", 1), ("12345.BEHEER", "Beheerder", 0))
"""Users that are no employees: code, name, and whether they may only be used by a connector."""

COMPANIES = (
    ("Bouwbedrijf De Gouden Hoek B.V.", "Hoofdstraat", 12, None, "3811 AB", "Amersfoort"),
    ("Café 't Hoekje", "Kerkplein", 1, "a", "3512 GE", "Utrecht"),
    ("Müller Maschinen GmbH", "Industriestrasse", 45, None, "40210", "Düsseldorf"),
    ("Zorggroep Élan", "Vondellaan", 230, None, "1054 GH", "Amsterdam"),
    ("Stichting Openbaar Onderwijs", "Schoolweg", 8, "bis", "8011 CC", "Zwolle"),
    ("Transport Van Dijk & Zn.", "Havenkade", 77, None, "3011 TA", "Rotterdam"),
    ("Gemeente Leusden", "Fokkerstraat", 16, None, "3833 LD", "Leusden"),
    ("Bakkerij Crème Brûlée", "Markt", 3, None, "5211 JX", "'s-Hertogenbosch"),
    ("Ingenieursbureau Øresund", "Technopark", 100, "III", "2628 XE", "Delft"),
    ("Drukkerij De Letter", "Zetterij", 5, None, "9712 HH", "Groningen"),
)
ACCOUNTS = (
    ("1300", "Debiteuren", "D", 1, None, 0, 0),
    ("1600", "Crediteuren", "C", 1, None, 0, 0),
    ("1100", "Bank", "B", 0, None, 0, 0),
    ("1510", "Te betalen btw hoog", "G", 0, None, 0, 0),
    ("4000", "Lonen en salarissen", "G", 0, None, 0, 0),
    ("4300", "Kantoorkosten", "G", 0, "5", 0, 0),
    ("7000", "Inkoopwaarde goederen", "G", 0, "5", 1, 0),
    ("8000", "Omzet diensten", "G", 0, "1", 0, 0),
    ("8010", "Omzet goederen", "G", 0, "1", 0, 0),
    ("8074", "Omzet per afdeling", "G", 0, "1", 1, 0),
    ("8075", "Omzet projecten", "G", 0, "1", 0, 1),
)
