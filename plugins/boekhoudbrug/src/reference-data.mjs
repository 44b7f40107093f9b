/** What the bookkeeper picks from: creditors, and the invoices that debtors have not paid. */

import { readFrom, shown } from "./amsterdam.mjs";
import { AT_LEAST, where } from "./afas/filter.mjs";
import { CREDITORS, OPEN_ITEMS } from "./connectors.mjs";
import { ZERO, add, decimal, rounded, written } from "./decimal.mjs";

const CENTS = 2;

/**
 * Read the creditors that changed since the last time; all of them the first time. The mark is the
 * newest modified date that Profit showed, never our own clock, and moves after all was read.
 */
export async function syncCreditors({ afas, state }) {
  const mark = state.get("marks", CREDITORS.id);
  const filter = mark ? [[where("ModifiedDate", AT_LEAST, readFrom(mark))]] : [];
  const creditors = new Map();
  let newest = mark ?? "";
  for await (const row of afas.rows(CREDITORS, filter)) {
    const { CreditorId, CreditorName, PaymentCondition, Blocked } = row;
    creditors.set(CreditorId, {
      name: CreditorName,
      condition: PaymentCondition,
      blocked: Blocked,
    });
    const modified = shown(row.ModifiedDate ?? "");
    if (modified > newest) newest = modified;
  }
  const changed = state.putAll("creditors", creditors);
  if (newest) state.put("marks", CREDITORS.id, newest);
  return { read: creditors.size, changed, known: state.entries("creditors").length };
}

/** Read the open items: what is paid is not in the GetConnector, so it is always read whole. */
export async function syncOpenItems({ afas }) {
  const debtors = new Set();
  let invoices = 0;
  let balance = ZERO;
  for await (const row of afas.rows(OPEN_ITEMS)) {
    invoices += 1;
    debtors.add(row.DebtorId);
    balance = add(balance, decimal(row.Openstaand));
  }
  return { invoices, debtors: debtors.size, balance: written(rounded(balance, CENTS)) };
}
