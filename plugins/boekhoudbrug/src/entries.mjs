/** Journal entries: booked once, in balance to the cent. */

import { dayOf } from "./amsterdam.mjs";
import { RefusedError } from "./afas/errors.mjs";
import { EQUALS, where } from "./afas/filter.mjs";
import { TRANSACTIONS } from "./connectors.mjs";
import { ZERO, add, decimal, equal, rounded, written } from "./decimal.mjs";
import { sendAll } from "./once.mjs";

/** Profit's account features. */
const FEATURES = { ledger: "1", debtor: "2", creditor: "3" };
const LONGEST_REF = 32; // of a voucher number
const LONGEST_DESCRIPTION = 255;
const MOST_LINES = 1000; // AFAS's advice for one entry
const CENTS = 2;

/** Book entries; each once, however often it is pushed. */
export async function pushEntries(office, { entries = [] }) {
  const { sent, skipped, refused } = await sendAll(office, "entries", entries, {
    read: readEntry,
    find: (entry) => entryOf(office, entry),
    send: async (entry) => {
      const keys = await office.afas.insert("FiEntries", asElement(entry), "FiEntryPar");
      return String(keys.EnNo);
    },
  });
  return { booked: sent.map(({ ref, id }) => ({ ref, entry: id })), skipped, refused };
}

/** Return the number of the entry in Profit that carries our voucher number. */
async function entryOf({ afas }, { administration, journal, ref }) {
  const filter = [
    [
      where("UnitId", EQUALS, String(administration)),
      where("JournalId", EQUALS, journal),
      where("VoucherNo", EQUALS, ref),
    ],
  ];
  for await (const row of afas.rows(TRANSACTIONS, filter)) return String(row.EntryNo);
  return undefined;
}

/** Read an entry; refuse one that cannot be booked as it is. */
export function readEntry({ ref, date, journal, administration = 1, lines = [] }) {
  if (ref === "" || ref.length > LONGEST_REF) {
    throw new RefusedError(`het boekstuknummer is 1 tot ${LONGEST_REF} tekens lang.`);
  }
  if (lines.length < 2 || lines.length > MOST_LINES) {
    throw new RefusedError(`een boeking heeft 2 tot ${MOST_LINES} regels.`);
  }
  try {
    const entry = {
      ref,
      day: dayOf(date),
      journal: String(journal),
      administration,
      lines: lines.map(readLine),
    };
    const [debit, credit] = ["debit", "credit"].map((side) => total(entry.lines, side));
    if (!equal(debit, credit)) {
      const [left, right] = [written(debit), written(credit)];
      throw new RefusedError(`de boeking is niet in balans: debet ${left}, credit ${right}.`);
    }
    return entry;
  } catch (error) {
    if (error instanceof RangeError)
      throw new RefusedError(`de boeking is onjuist: ${error.message}`);
    throw error;
  }
}

function readLine({ kind = "ledger", account, debit, credit, description = "", ...more }) {
  if (!Object.hasOwn(FEATURES, kind)) throw new RangeError(`geen soort rekening: ${kind}`);
  if ((debit === undefined) === (credit === undefined)) {
    throw new RefusedError("elke regel is debet of credit.");
  }
  if (description.length > LONGEST_DESCRIPTION) {
    const longest = LONGEST_DESCRIPTION;
    throw new RefusedError(`een omschrijving is langer dan de ${longest} tekens van AFAS.`);
  }
  const side = debit === undefined ? "credit" : "debit";
  return {
    kind,
    account: String(account),
    [side]: cents(debit ?? credit),
    description: description.normalize("NFC"),
    ...more,
  };
}

/** Read an amount; one with parts of cents cannot be booked, and rounding it would hide that. */
function cents(text) {
  const amount = decimal(text);
  const kept = rounded(amount, CENTS);
  if (!equal(amount, kept)) throw new RangeError(`geen bedrag in hele centen: ${text}`);
  return kept;
}

function total(lines, side) {
  return lines.reduce((sum, line) => add(sum, line[side] ?? ZERO), rounded(ZERO, CENTS));
}

function asElement({ day, journal, administration, ref, lines }) {
  const [year, month] = day.split("-").map(Number);
  return {
    Fields: { UnId: administration, Year: year, Peri: month, JoCo: journal },
    Objects: [{ FiEntries: { Element: lines.map((line) => asLine(line, { day, ref })) } }],
  };
}

function asLine(
  { kind, account, debit, credit, description, vat, invoice, costCentre },
  { day, ref },
) {
  const amount = debit === undefined ? { AmCr: written(credit) } : { AmDe: written(debit) };
  const fields = {
    VaAs: FEATURES[kind],
    AcNr: account,
    EnDa: day,
    BpDa: day,
    BpNr: ref,
    Ds: description,
    ...amount,
  };
  if (vat !== undefined) fields.VaId = String(vat);
  if (invoice !== undefined) fields.InId = String(invoice);
  if (costCentre === undefined) return { Fields: fields };
  const allocation = { Fields: { DiC1: String(costCentre), ...amount } };
  return { Fields: fields, Objects: [{ FiDimEntries: { Element: allocation } }] };
}
