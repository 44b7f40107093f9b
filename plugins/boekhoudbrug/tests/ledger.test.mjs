import assert from "node:assert/strict";
import { test } from "node:test";

import { Profit } from "./profit.mjs";

const line = (day, AmtDebit, AmtCredit) => ({
  EntryDate: `${day}T00:00:00Z`,
  AmtDebit,
  AmtCredit,
});
const changed = (day, moment) => ({ EntryDate: `${day}T00:00:00Z`, Modified: `${moment}Z` });
const sync = (profit) => profit.office().perform("sync-ledger", { from: "2026-11-01" });
const asked = (profit) =>
  profit.asked.map(({ connector, query }) => [connector.split("_")[1], query.filtervalues]);

test("the first time everything is read, and then the days that changed", async (t) => {
  const profit = await Profit.started(t, {
    Boekhoudbrug_GewijzigdeBoekdagen: [changed("2026-11-02", "2026-11-03T09:00:00")],
    Boekhoudbrug_Mutaties: [line("2026-11-02", 0.1, 0), line("2026-11-02", 0.2, 0)],
  });
  const first = await sync(profit);
  assert.deepEqual(first.output, { days: 1, changed: 1, lines: 2, debit: "0.30", credit: "0.00" });

  profit.rows.Boekhoudbrug_Mutaties = [line("2026-11-02", 0.1, 0)];
  const second = await sync(profit);

  assert.deepEqual(second.output, { days: 1, changed: 1, lines: 1, debit: "0.10", credit: "0.00" });
  assert.deepEqual(asked(profit), [
    ["GewijzigdeBoekdagen", undefined],
    ["Mutaties", "2026-11-01T00:00:00"],
    ["GewijzigdeBoekdagen", "2026-11-03T08:59:00"],
    ["Mutaties", "2026-11-02T00:00:00,2026-11-03T00:00:00"],
  ]);
});

test("a day that lost all its lines counts no more", async (t) => {
  const profit = await Profit.started(t, {
    Boekhoudbrug_GewijzigdeBoekdagen: [changed("2026-11-02", "2026-11-03T09:00:00")],
    Boekhoudbrug_Mutaties: [line("2026-11-02", 5, 0)],
  });
  await sync(profit);
  profit.rows.Boekhoudbrug_Mutaties = [];

  const { output } = await sync(profit);

  assert.deepEqual([output.lines, output.debit], [0, "0.00"]);
});

test("days before the first one are left alone", async (t) => {
  const profit = await Profit.started(t, {
    Boekhoudbrug_GewijzigdeBoekdagen: [changed("2025-03-03", "2026-11-03T09:00:00")],
  });
  await sync(profit);
  await sync(profit);

  assert.equal(asked(profit).filter(([connector]) => connector === "Mutaties").length, 1);
});

test("open items add up to the cent", async (t) => {
  const item = (DebtorId, Openstaand) => ({ DebtorId, Openstaand });
  const profit = await Profit.started(t, {
    Boekhoudbrug_OpenPosten: [item("10001", 0.1), item("10001", 0.2), item("10002", -0.05)],
  });

  const { output } = await profit.office().perform("sync-open-items");

  assert.deepEqual(output, { invoices: 3, debtors: 2, balance: "0.25" });
});

test("of the creditors only what changed is read the second time", async (t) => {
  const creditor = (CreditorId, modified) => ({ CreditorId, ModifiedDate: `${modified}Z` });
  const profit = await Profit.started(t, {
    Boekhoudbrug_Crediteuren: [
      creditor("50006", "2026-11-02T09:00:00"),
      creditor("50007", "2026-11-01T09:00:00"),
    ],
  });

  await profit.office().perform("sync-creditors");
  const { output } = await profit.office().perform("sync-creditors");

  assert.deepEqual(output, { read: 2, changed: 0, known: 2 });
  assert.equal(profit.asked.at(-1).query.filtervalues, "2026-11-02T08:59:00");
});
