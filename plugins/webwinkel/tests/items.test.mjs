import assert from "node:assert/strict";
import { test } from "node:test";

import { Profit } from "./profit.mjs";

const item = (code, modified, more = {}) => ({
  ItemCode: code,
  Description: `Fiets ${code}`,
  UnitId: "STK",
  Blocked: false,
  ModifiedDate: `${modified}Z`,
  ...more,
});
const filters = (profit) => profit.asked.map(({ query }) => query.filtervalues);

test("the second time only what changed is read, from a minute before the last change", async (t) => {
  const Webwinkel_Artikelen = [
    item("A1", "2026-11-02T09:00:00"),
    item("A2", "2026-11-02T08:00:00"),
  ];
  const profit = await Profit.started(t, { Webwinkel_Artikelen });

  const first = await profit.shop().perform("sync-items");
  const second = await profit.shop().perform("sync-items");

  assert.deepEqual(first.output, { read: 2, changed: 2, known: 2, forSale: 2 });
  assert.equal(second.output.changed, 0);
  assert.deepEqual(filters(profit), [undefined, "2026-11-02T08:59:00"]);
});

test("a read that breaks off leaves the mark where it was", async (t) => {
  const profit = await Profit.started(t, {
    Webwinkel_Artikelen: [item("A1", "2026-11-02T09:00:00")],
  });
  await profit.shop().perform("sync-items");
  profit.rows.Webwinkel_Artikelen = [item("A1", "2026-11-05T09:00:00")];
  profit.instead = [{ status: 401 }];

  assert.equal((await profit.shop().perform("sync-items")).ok, false);
  assert.equal((await profit.shop().perform("sync-items")).output.changed, 0);
  assert.equal(filters(profit).at(-1), "2026-11-02T08:59:00");
});

test("a blocked item is not for sale", async (t) => {
  const Webwinkel_Artikelen = [item("A1", "2026-11-02T09:00:00", { Blocked: true })];
  const profit = await Profit.started(t, { Webwinkel_Artikelen });

  const { output } = await profit.shop().perform("sync-items");

  assert.deepEqual([output.known, output.forSale], [1, 0]);
});

test("stock on several levels is added up, and what vanished is sold out", async (t) => {
  const level = (Artikel, Voorraad) => ({ Artikel, Voorraad });
  const profit = await Profit.started(t, {
    Webwinkel_Voorraad: [level("A1", 0.1), level("A1", 0.2), level("A2", 7)],
  });
  const shop = profit.shop();
  assert.deepEqual((await shop.perform("sync-stock")).output, {
    read: 3,
    changed: 2,
    known: 2,
    vanished: 0,
  });

  profit.rows.Webwinkel_Voorraad = [level("A1", 0.3)];
  assert.deepEqual((await shop.perform("sync-stock")).output, {
    read: 1,
    changed: 1,
    known: 2,
    vanished: 1,
  });
});

test("a stock list that is suddenly empty does not empty the shop", async (t) => {
  const profit = await Profit.started(t, {
    Webwinkel_Voorraad: [{ Artikel: "A1", Voorraad: 4 }],
  });
  await profit.shop().perform("sync-stock");
  profit.rows.Webwinkel_Voorraad = [];

  const told = await profit.shop().perform("sync-stock");

  assert.equal(told.ok, false);
  assert.match(told.error, /geen enkele voorraadregel/);
});
