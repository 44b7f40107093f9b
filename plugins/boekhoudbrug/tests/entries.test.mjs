import assert from "node:assert/strict";
import { test } from "node:test";

import { Profit, refusal } from "./profit.mjs";

const ENTRY = {
  ref: "BB-1",
  date: "2026-06-30T22:30:00Z",
  journal: "50",
  lines: [
    { kind: "creditor", account: "50006", credit: "0.30", description: "Één pen", invoice: "F-1" },
    { account: "4300", debit: "0.10", vat: "5" },
    { account: "8074", debit: "0.20", costCentre: "100" },
  ],
};

/** A Profit that shows the entries that were written to it. */
async function profitOf(t) {
  const profit = await Profit.started(t, {
    Boekhoudbrug_Mutaties: ([, , ref]) =>
      profit.written.flatMap(({ element }, at) =>
        element.Objects[0].FiEntries.Element[0].Fields.BpNr === ref ? [{ EntryNo: at + 1 }] : [],
      ),
  });
  return profit;
}

const push = (profit, ...entries) => profit.office().perform("push-entries", { entries });

test("an entry is booked line by line, in the period that it was in Amsterdam", async (t) => {
  const profit = await profitOf(t);

  const { ok, output } = await push(profit, ENTRY);

  assert.ok(ok);
  assert.deepEqual(output.booked, [{ ref: "BB-1", entry: "1" }]);
  const [{ connector, root, element }] = profit.written;
  assert.deepEqual([connector, root], ["FiEntries", "FiEntryPar"]);
  assert.deepEqual(element.Fields, { UnId: 1, Year: 2026, Peri: 7, JoCo: "50" });
  const [first, second, third] = element.Objects[0].FiEntries.Element;
  const of = { EnDa: "2026-07-01", BpDa: "2026-07-01", BpNr: "BB-1" };
  assert.deepEqual(first.Fields, {
    ...{ VaAs: "3", AcNr: "50006", ...of, Ds: "Één pen", AmCr: "0.30", InId: "F-1" },
  });
  assert.deepEqual(second.Fields, {
    ...{ VaAs: "1", AcNr: "4300", ...of, Ds: "", AmDe: "0.10", VaId: "5" },
  });
  assert.deepEqual(third.Objects[0].FiDimEntries.Element.Fields, { DiC1: "100", AmDe: "0.20" });
});

test("an entry that is pushed twice is booked once", async (t) => {
  const profit = await profitOf(t);

  await push(profit, ENTRY, ENTRY);
  const { output } = await push(profit, ENTRY);

  assert.deepEqual(output.skipped, ["BB-1"]);
  assert.equal(profit.written.length, 1);
});

test("an entry whose answer was lost is found and not booked again", async (t) => {
  const profit = await profitOf(t);
  profit.instead = ["lost"];

  const { output } = await push(profit, ENTRY);

  assert.deepEqual(output.booked, [{ ref: "BB-1", entry: "1" }]);
  assert.equal(profit.written.length, 1);
});

test("an entry that never arrived is sent again", async (t) => {
  const profit = await profitOf(t);
  profit.instead = ["reset"];

  assert.deepEqual((await push(profit, ENTRY)).output.booked, [{ ref: "BB-1", entry: "1" }]);
});

test("a push after a push that broke off looks before it sends", async (t) => {
  const profit = await profitOf(t);
  profit.instead = ["lost", { status: 401 }];
  assert.equal((await push(profit, ENTRY)).ok, false);

  assert.deepEqual((await push(profit, ENTRY)).output.booked, [{ ref: "BB-1", entry: "1" }]);
  assert.equal(profit.written.length, 1);
});

test("what AFAS refuses is told with its reference, and does not hold up the others", async (t) => {
  const profit = await profitOf(t);
  profit.instead = [refusal("De periode is geblokkeerd.", "AB12")];

  const { ok, output, error } = await push(profit, ENTRY, { ...ENTRY, ref: "BB-2" });

  assert.equal(ok, false);
  assert.equal(error, "BB-1: De periode is geblokkeerd. (AFAS-logreferentie AB12)");
  assert.deepEqual(output.booked, [{ ref: "BB-2", entry: "1" }]);
});

const lines = (...amounts) => ({
  lines: amounts.map((amount) => ({ account: "4300", ...amount })),
});
const WRONG = {
  "a cent off balance": [lines({ debit: "0.30" }, { credit: "0.31" }), /debet 0.30, credit 0.31/],
  "parts of cents": [lines({ debit: "1.005" }, { credit: "1.005" }), /hele centen: 1.005/],
  "a line that is both": [lines({ debit: "1", credit: "1" }, {}), /debet of credit/],
  "one line": [lines({ debit: "0" }), /2 tot 1000 regels/],
  "too many lines": [lines(...Array(1001).fill({ debit: "0" })), /2 tot 1000 regels/],
  "an unknown kind": [lines({ kind: "bank", debit: "1" }, { credit: "1" }), /soort rekening: bank/],
  "no date": [{ date: "gisteren" }, /geen datum/],
  "a voucher number that does not fit": [{ ref: "x".repeat(33) }, /1 tot 32 tekens/],
};

for (const [what, [change, expected]] of Object.entries(WRONG)) {
  test(`an entry with ${what} is refused and not sent`, async (t) => {
    const profit = await profitOf(t);

    const { ok, error } = await push(profit, { ...ENTRY, ...change });

    assert.equal(ok, false);
    assert.match(error, expected);
    assert.equal(profit.written.length, 0);
  });
}
