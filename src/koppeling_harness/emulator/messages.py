"""Messages with which Profit refuses, in both languages.

The numbers are those that AFAS's texts show; where none is known it is -2147220469, the number
of most validation errors. Clients may not rely on them (source: AFAS,
docs.afas.help/profit/en/troubleshooting). Texts marked * are not published; their wording is ours.
"""

from enum import StrEnum

from koppeling_harness.value import dataclass

VALIDATION = -2147220469
UNEXPECTED = -2147180999
GENERAL = -2147180996


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One text with its number."""

    number: int = VALIDATION
    nl: str
    en: str


class Reason(StrEnum):
    """Why Profit refuses; the keys of `MESSAGES`."""

    UNEXPECTED = "unexpected"
    UPDATE_NOT_SUPPORTED = "update_not_supported"
    GET_NOT_SUPPORTED = "get_not_supported"
    GET_BLOCKED = "get_blocked"
    FIELD_NOT_FOUND = "field_not_found"
    INVALID_INDEX = "invalid_index"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    DOES_NOT_EXIST = "does_not_exist"
    MANDATORY = "mandatory"
    TYPE_MISMATCH = "type_mismatch"
    TOO_LONG = "too_long"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_OBJECT = "unknown_object"
    NOT_FOUND = "not_found"
    EXISTS = "exists"
    EXISTS_UNNAMED = "exists_unnamed"
    SEVERAL_LINES = "several_lines"
    KEY_MISSING = "key_missing"
    SINGLE_ONLY = "single_only"
    NOT_ALLOWED = "not_allowed"
    IN_USE = "in_use"
    UNCHANGED = "unchanged"
    BSN = "bsn"
    IBAN = "iban"
    POSTCODE = "postcode"
    SEVERAL_MATCHES = "several_matches"
    NO_MATCH = "no_match"
    MATCH_ABOVE = "match_above"
    MATCH_NUMBER = "match_number"
    OTHER_RELATION = "other_relation"
    INCOMPLETE_ADDRESS = "incomplete_address"
    CONTACT_KIND = "contact_kind"
    FILE_NAME = "file_name"
    USER_NEEDS = "user_needs"
    NO_ADDRESS_MATCH = "no_address_match"
    IMAGE_NAME = "image_name"
    UPLOAD_NAME = "upload_name"
    DESTINATION = "destination"
    SUBJECT_TYPE = "subject_type"
    ENTRY_NUMBER = "entry_number"
    NO_UNIT = "no_unit"
    UNBALANCED = "unbalanced"
    BLOCKED_DATE = "blocked_date"
    BLOCKED_PERIOD = "blocked_period"
    ALLOCATION = "allocation"
    HIRE_INCOMPLETE = "hire_incomplete"
    END_BEFORE_START = "end_before_start"
    ABSENCE_NOT_FOUND = "absence_not_found"
    ABSENCE_SEVERAL = "absence_several"
    ENTRY_NOT_FOUND = "entry_not_found"
    ENTRY_KEY = "entry_key"
    NO_AMOUNT = "no_amount"
    BANK_ACCOUNT = "bank_account"
    BANK_NOT_ALLOWED = "bank_not_allowed"
    PROJECT_NEEDED = "project_needed"
    ALLOCATION_NOT_ASSIGNED = "allocation_not_assigned"
    TABLE_NUMBER = "table_number"
    TABLE_NOT_FOUND = "table_not_found"
    COMMITMENT_NOT_FOUND = "commitment_not_found"
    RESERVATION_NOT_FOUND = "reservation_not_found"
    IV3_NOT_FOUND = "iv3_not_found"
    PROCURATION_NOT_FOUND = "procuration_not_found"


MESSAGES: dict[Reason, Message] = {
    Reason.UNEXPECTED: Message(
        number=UNEXPECTED,
        nl="Er is een onverwachte fout opgetreden.",
        en="An unexpected error has occurred.",
    ),
    Reason.UPDATE_NOT_SUPPORTED: Message(
        number=GENERAL,
        nl="General message: Deze UpdateConnector wordt niet ondersteund of de gebruiker is niet "
        "geautoriseerd.",
        en="General message: This UpdateConnector is not supported for this app or the user is "
        "not authorized.",
    ),
    Reason.GET_NOT_SUPPORTED: Message(
        number=GENERAL,
        nl="GetConnector wordt niet ondersteund voor deze app of de gebruiker is niet "
        "geautoriseerd.",
        en="GetConnector not supported for this app or the user is not authorized",
    ),
    Reason.GET_BLOCKED: Message(
        number=GENERAL,
        nl="Deze GetConnector (definitie) is geblokkeerd",
        en="This GetConnector (definition) is blocked",
    ),
    Reason.FIELD_NOT_FOUND: Message(
        number=GENERAL,
        nl="Connector-veld '{field}' niet gevonden",
        en="Connector field '{field}' not found",
    ),
    Reason.INVALID_INDEX: Message(
        number=GENERAL, nl="Invalid Index field", en="Invalid Index field"
    ),
    Reason.TIMEOUT: Message(
        number=UNEXPECTED,
        nl="De maximale tijdsduur voor het uitvoeren van de opdracht is verstreken.",
        en="The maximum duration for performing the assignment has been exceeded.",
    ),
    Reason.OUT_OF_MEMORY: Message(number=UNEXPECTED, nl="Out of memory", en="Out of memory"),
    Reason.DOES_NOT_EXIST: Message(
        nl="De ingevulde waarde bij '{label}' bestaat niet.",
        en="The entered value for '{label}' does not exist.",
    ),
    Reason.MANDATORY: Message(
        nl="Vul een waarde in bij '{label}'.", en="Enter a value for '{label}'."
    ),
    Reason.TYPE_MISMATCH: Message(  # *
        nl="Type mismatch: de waarde '{value}' bij '{label}' is geen {expected}.",
        en="Type mismatch: the value '{value}' for '{label}' is not a {expected}.",
    ),
    Reason.TOO_LONG: Message(  # *
        nl="De waarde bij '{label}' is te lang (maximaal {length} {unit}).",
        en="The value for '{label}' is too long (at most {length} {unit}).",
    ),
    Reason.UNKNOWN_FIELD: Message(  # *
        nl="Het veld '{field}' bestaat niet in '{object}'. (ERP1: met unknown_field=ignore vervalt "
        "het.)",
        en="The field '{field}' does not exist in '{object}'. (ERP1: unknown_field=ignore drops "
        "it.)",
    ),
    Reason.UNKNOWN_OBJECT: Message(  # *
        nl="Het object '{object}' bestaat niet in '{parent}'.",
        en="The object '{object}' does not exist in '{parent}'.",
    ),
    Reason.NOT_FOUND: Message(  # *
        nl="'{object}' met sleutel '{key}' bestaat niet.",
        en="'{object}' with key '{key}' does not exist.",
    ),
    Reason.EXISTS: Message(  # *
        nl="'{object}' met sleutel '{key}' bestaat al.",
        en="'{object}' with key '{key}' already exists.",
    ),
    Reason.EXISTS_UNNAMED: Message(  # *
        nl="'{object}' bestaat al.", en="'{object}' already exists."
    ),
    Reason.SEVERAL_LINES: Message(  # *
        nl="Er zijn meerdere regels van '{object}' met sleutel '{key}'.",
        en="There are several lines of '{object}' with key '{key}'.",
    ),
    Reason.KEY_MISSING: Message(  # *
        nl="De sleutel '{field}' van '{object}' ontbreekt.",
        en="The key '{field}' of '{object}' is missing.",
    ),
    Reason.SINGLE_ONLY: Message(  # *
        nl="Het object '{object}' mag maar één regel bevatten.",
        en="The object '{object}' may hold one line only.",
    ),
    Reason.NOT_ALLOWED: Message(  # *
        nl="Deze actie is niet mogelijk voor '{object}'.",
        en="This action is not possible for '{object}'.",
    ),
    Reason.IN_USE: Message(  # *
        nl="'{object}' met sleutel '{key}' is in gebruik en kan niet worden verwijderd.",
        en="'{object}' with key '{key}' is in use and cannot be deleted.",
    ),
    Reason.UNCHANGED: Message(  # *
        nl="Er is niets gewijzigd.", en="Nothing has been changed."
    ),
    Reason.BSN: Message(  # *
        nl="Het BSN voldoet niet aan de elfproef.", en="The BSN does not pass the 11-test."
    ),
    Reason.IBAN: Message(  # *
        nl="Het IBAN-nummer '{value}' is niet geldig.", en="The IBAN '{value}' is not valid."
    ),
    Reason.POSTCODE: Message(  # *
        nl="De postcode '{value}' is niet geldig.", en="The postal code '{value}' is not valid."
    ),
    Reason.SEVERAL_MATCHES: Message(
        nl="Er is meer dan 1 organisatie/persoon gevonden die voldoet aan het zoekprofiel.",
        en="More than 1 organisation/person was found that meets the search profile.",
    ),
    Reason.NO_MATCH: Message(
        nl="Er is geen organisatie/persoon gevonden die voldoet aan de zoekcriteria.",
        en="No organisation/person was found that meets the search criteria.",
    ),
    Reason.MATCH_ABOVE: Message(  # of MatchOga; for MatchPer inferred
        nl='Bij deze {field} waarde (9) is het verplicht om \'Action=""update""\' te gebruiken.',
        en='With this {field} value (9) \'Action=""update""\' must be used.',
    ),
    Reason.MATCH_NUMBER: Message(  # *
        nl="Bij deze {field} waarde (9) mag 'BcCo' niet worden meegegeven.",
        en="With this {field} value (9) 'BcCo' may not be given.",
    ),
    Reason.OTHER_RELATION: Message(  # *
        nl="'{object}' met sleutel '{key}' hoort bij een andere organisatie/persoon dan "
        "'{number}'.",
        en="'{object}' with key '{key}' belongs to another organisation/person than '{number}'.",
    ),
    Reason.USER_NEEDS: Message(  # *
        nl="'{label}' is niet mogelijk zonder '{other}'.",
        en="'{label}' is not possible without '{other}'.",
    ),
    Reason.INCOMPLETE_ADDRESS: Message(
        nl="Een onvolledig adres mag niet geïmporteerd worden.",
        en="An incomplete address may not be imported.",
    ),
    Reason.CONTACT_KIND: Message(  # *
        nl="Een afdeling kan niet in een persoon worden gewijzigd.",
        en="A department cannot be changed into a person.",
    ),
    Reason.FILE_NAME: Message(
        nl="Filename bevat ongeldige karakters.", en="Filename holds invalid characters."
    ),
    Reason.NO_ADDRESS_MATCH: Message(
        nl="Er is geen organisatie/persoon gevonden via zoeken op adres.",
        en="No organisation/person was found by searching for the address.",
    ),
    Reason.IMAGE_NAME: Message(
        nl="Het veld 'FileName' is verplicht bij het toevoegen van een afbeelding.",
        en="The field 'FileName' is mandatory when adding an image.",
    ),
    Reason.UPLOAD_NAME: Message(
        nl="Filename mag niet leeg zijn. Vul het veld Filename in de XML, of maak het veld "
        "FileStream leeg.",
        en="Filename may not be empty. Fill the field Filename in the XML, or make the field "
        "FileStream empty.",
    ),
    Reason.DESTINATION: Message(
        number=GENERAL,
        nl="Deze bestemming is niet geldig voor dit type dossieritem",
        en="This destination is not valid for this type of dossier item",
    ),
    Reason.SUBJECT_TYPE: Message(  # *
        number=GENERAL,
        nl="Dit type dossieritem kan niet worden aangemaakt.",
        en="This type of dossier item cannot be created.",
    ),
    Reason.ENTRY_NUMBER: Message(
        nl="Bij toevoegen journaalpost mag het journaalpostnummer niet worden opgegeven.",
        en="When adding a journal entry the journal entry number may not be given.",
    ),
    Reason.NO_UNIT: Message(nl="No unit available", en="No unit available"),
    Reason.UNBALANCED: Message(  # *
        nl="De journaalpost is niet in evenwicht: debet {debit}, credit {credit}.",
        en="The journal entry does not balance: debit {debit}, credit {credit}.",
    ),
    Reason.BLOCKED_DATE: Message(
        nl="Datum '{date}' valt in een geblokkeerde periode",
        en="Date '{date}' belongs to a blocked period",
    ),
    Reason.BLOCKED_PERIOD: Message(
        nl="Voor deze administratie is periode {period} van jaar {year} geblokkeerd.",
        en="For this administration, period {period} of the year {year} is blocked.",
    ),
    Reason.ALLOCATION: Message(
        nl="Code verbijzondering voor as '{axis}' moet gevuld worden voor rekening {account}",
        en="Allocation code for axis '{axis}' must be filled for account {account}",
    ),
    Reason.END_BEFORE_START: Message(  # of HrAbsenceInSite; for other leave inferred
        nl="De einddatum en -tijd moeten na de begin datum en -tijd liggen.",
        en="End date and time must be after start date and time.",
    ),
    Reason.ABSENCE_NOT_FOUND: Message(
        nl="Het is niet mogelijk om de verlofboeking te {what} (Medewerkercode ({employee}), "
        "dienstverband ({employment}) en begindatum/tijd ({start}) komen niet overeen).",
        en="It is not possible to {what} the leave booking (employee ({employee}), employment "
        "({employment}) and start date/time ({start}) do not correspond).",
    ),
    Reason.ABSENCE_SEVERAL: Message(
        nl="Het is niet mogelijk om de verlofboeking te wijzigen. Er zijn meerdere verlofboekingen "
        "met medewerkercode ({employee}), dienstverband ({employment}) en begindatum/tijd "
        "({start}). U dient de verlofboeking handmatig te wijzigen.",
        en="It is not possible to change the leave booking. There are several leave bookings with "
        "employee ({employee}), employment ({employment}) and start date/time ({start}). Change "
        "the leave booking by hand.",
    ),
    Reason.ENTRY_NOT_FOUND: Message(
        nl="Journaalpost niet aanwezig.", en="Journal entry is not present."
    ),
    Reason.ENTRY_KEY: Message(
        nl="Voor het verwijderen van een journaalpost is journaalpostnummer of factuurnummer "
        "verplicht.",
        en="To delete a journal entry, its number or an invoice number is mandatory.",
    ),
    Reason.NO_AMOUNT: Message(  # * of the code eErrFiEntryNoAmountOnEntryLine
        nl="Er is geen bedrag ingevuld op de journaalpostregel.",
        en="No amount is filled in on the journal entry line.",
    ),
    Reason.BANK_ACCOUNT: Message(
        nl="Bankrekening {bank} niet gevonden bij rekening {account}.",
        en="Bank account {bank} is not found at account {account}.",
    ),
    Reason.BANK_NOT_ALLOWED: Message(
        nl="Afwijkende betaalrekening is niet toegestaan.",
        en="A deviating payment account is not allowed.",
    ),
    Reason.PROJECT_NEEDED: Message(
        nl="Projectboeking is verplicht voor grootboekrekening {account}.",
        en="A project entry is mandatory for ledger account {account}.",
    ),
    Reason.ALLOCATION_NOT_ASSIGNED: Message(  # *
        nl="Verbijzonderingscode '{code}' is niet toegewezen aan rekening {account}.",
        en="Allocation code '{code}' is not assigned to account {account}.",
    ),
    Reason.TABLE_NUMBER: Message(
        nl="Er is geen volgnummer aanwezig.", en="There is no sequence number."
    ),
    Reason.TABLE_NOT_FOUND: Message(
        nl="Geen record gevonden met volgnummer '{key}'.",
        en="No record is found with sequence number '{key}'.",
    ),
    Reason.COMMITMENT_NOT_FOUND: Message(
        nl="Verplichting niet gevonden", en="Commitment is not found"
    ),
    Reason.RESERVATION_NOT_FOUND: Message(
        nl="Reservering niet gevonden", en="Reservation is not found"
    ),
    Reason.IV3_NOT_FOUND: Message(
        nl="IV3 indeling niet gevonden", en="IV3 classification is not found"
    ),
    Reason.PROCURATION_NOT_FOUND: Message(
        nl="De ingevoerde procuratieregel bestaat niet",
        en="The procuration line that was given does not exist",
    ),
    Reason.HIRE_INCOMPLETE: Message(  # *
        nl="Bij indiensttreding is '{object}' verplicht.",
        en="A hire must bring '{object}'.",
    ),
}


class Refusal(Exception):  # noqa: N818 - not an error of ours: it is how Profit says no
    """Profit refuses the request; it never leaves the emulator, the server answers 500 with it.

    Args:
        reason: Why.
        why: More of it in words of ours, for whoever serves: the caller is not told.
        values: What its text mentions. A `label` may be a pair of Dutch and English.
    """

    def __init__(self, reason: Reason, *, why: str = "", **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.why = why
        self.values = values

    @property
    def number(self) -> int:
        """The error number."""
        return MESSAGES[self.reason].number

    def text(self, language: str) -> str:
        """Return the message.

        Args:
            language: `nl` for Dutch; anything else gives English.
        """
        message = MESSAGES[self.reason]
        position = 0 if language == "nl" else 1
        values = {
            name: value[position] if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }
        return (message.nl if language == "nl" else message.en).format(**values)
