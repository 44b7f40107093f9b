/**
 * The ledger, so that the bookkeeper sees what was booked in Profit.
 *
 * AFAS asks to read financial transactions by the booking days that changed (PERF-30 of its
 * AppConnector Auditor): lines that were deleted leave no trace of their own, but their day does.
 * So a changed day is read again as a whole, and what it holds now takes the place of what it held.
 */

import { dayAfter, dayOf, readFrom, shown } from "./amsterdam.mjs";
import { AT_LEAST, BELOW, where } from "./afas/filter.mjs";
import { CHANGED_DAYS, TRANSACTIONS } from "./connectors.mjs";
import { ZERO, add, decimal, rounded, written } from "./decimal.mjs";
import { inParallel } from "./parallel.mjs";

/** Below the five that AFAS advises: the administrator may be using the environment too. */
const AT_ONCE = 4;
const CENTS = 2;

/** Read what was booked from some day on; after the first time only the days that changed. */
export async function syncLedger({ afas, state }, { from = `${new Date().getFullYear()}-01-01` }) {
  const start = dayOf(from);
  const mark = state.get("marks", CHANGED_DAYS.id);
  const { read, newest } = mark
    ? await readChanged(afas, mark, start)
    : await readFirstTime(afas, start);
  const days = [...read].map(([day, sums]) => [day, asText(sums)]);
  const changed = state.putAll("days", days);
  if (newest) state.put("marks", CHANGED_DAYS.id, newest);
  return { days: days.length, changed, ...totals(state) };
}

/** The mark is taken before anything is read: what changes meanwhile is read again. */
async function readFirstTime(afas, start) {
  const last = await afas.first(CHANGED_DAYS, "-Modified");
  const read = new Map();
  const filter = [[where("EntryDate", AT_LEAST, `${start}T00:00:00`)]];
  for await (const row of afas.rows(TRANSACTIONS, filter))
    count(read, row.EntryDate.slice(0, 10), row);
  return { read, newest: shown(last?.Modified ?? "") };
}

async function readChanged(afas, mark, start) {
  const read = new Map();
  let newest = mark;
  const filter = [[where("Modified", AT_LEAST, readFrom(mark))]];
  for await (const row of afas.rows(CHANGED_DAYS, filter)) {
    const day = row.EntryDate.slice(0, 10);
    if (day >= start) read.set(day, NOTHING);
    const modified = shown(row.Modified);
    if (modified > newest) newest = modified;
  }
  await inParallel([...read.keys()], AT_ONCE, (day) => readDay(afas, day, read));
  return { read, newest };
}

async function readDay(afas, day, read) {
  const filter = [
    [
      where("EntryDate", AT_LEAST, `${day}T00:00:00`),
      where("EntryDate", BELOW, `${dayAfter(day)}T00:00:00`),
    ],
  ];
  for await (const row of afas.rows(TRANSACTIONS, filter)) count(read, day, row);
}

const NOTHING = { lines: 0, debit: ZERO, credit: ZERO };

function count(read, day, { AmtDebit, AmtCredit }) {
  const line = { lines: 1, debit: decimal(AmtDebit ?? 0), credit: decimal(AmtCredit ?? 0) };
  read.set(day, plus(read.get(day) ?? NOTHING, line));
}

function plus(left, right) {
  return {
    lines: left.lines + right.lines,
    debit: add(left.debit, right.debit),
    credit: add(left.credit, right.credit),
  };
}

function totals(state) {
  const days = state.entries("days").map(([, { lines, debit, credit }]) => ({
    lines,
    debit: decimal(debit),
    credit: decimal(credit),
  }));
  return asText(days.reduce(plus, NOTHING));
}

function asText({ lines, debit, credit }) {
  return { lines, debit: written(rounded(debit, CENTS)), credit: written(rounded(credit, CENTS)) };
}
