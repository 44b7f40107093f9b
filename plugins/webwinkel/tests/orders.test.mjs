import assert from "node:assert/strict";
import { test } from "node:test";

import { Profit, refusal } from "./profit.mjs";

const ORDER = {
  ref: "WW-1",
  customer: { email: "zoe@klant.example" },
  placed: "2026-11-02T23:30:00Z",
  lines: [
    { item: "A1", quantity: "2", price: "24.95", vat: "21", description: "Één bel" },
    { item: "A2", quantity: "1.5", price: "3.3333", vat: "9" },
  ],
  total: "65.83",
};
const ITEMS = [
  { ItemCode: "A1", UnitId: "STK", Blocked: false },
  { ItemCode: "A2", UnitId: "KG", Blocked: false },
  { ItemCode: "A3", UnitId: "STK", Blocked: true },
];

/** A Profit with a customer and items, that shows the orders that were written to it. */
async function profitOf(t) {
  const profit = await Profit.started(t, {
    Webwinkel_Klanten: ([email]) => (email === "zoe@klant.example" ? [{ DebtorId: "10001" }] : []),
    Webwinkel_Artikelen: (codes) => ITEMS.filter(({ ItemCode }) => codes.includes(ItemCode)),
    Webwinkel_Orders: ([ref]) =>
      profit.written.flatMap(({ element }, at) =>
        element.Fields.RfCs === ref ? [{ OrderNumber: String(at + 1) }] : [],
      ),
  });
  return profit;
}

const push = (profit, ...orders) => profit.shop().perform("push-orders", { orders });

test("an order is booked as the customer saw it, on the day in Amsterdam", async (t) => {
  const profit = await profitOf(t);

  const { ok, output } = await push(profit, ORDER);

  assert.ok(ok);
  assert.deepEqual(output.booked, [{ ref: "WW-1", order: "1" }]);
  const [{ connector, element }] = profit.written;
  assert.equal(connector, "FbSales");
  assert.deepEqual(element.Fields, {
    OrDa: "2026-11-03",
    DbId: "10001",
    RfCs: "WW-1",
    CuId: "EUR",
    InVa: false,
  });
  assert.deepEqual(
    element.Objects[0].FbSalesLines.Element.map(({ Fields }) => Fields),
    [
      { VaIt: "2", ItCd: "A1", BiUn: "STK", QuUn: "2", Upri: "24.95", Ds: "Één bel" },
      { VaIt: "2", ItCd: "A2", BiUn: "KG", QuUn: "1.5", Upri: "3.3333" },
    ],
  );
});

test("an order that is pushed twice is booked once", async (t) => {
  const profit = await profitOf(t);

  await push(profit, ORDER, ORDER);
  const { output } = await push(profit, ORDER);

  assert.deepEqual(output.skipped, ["WW-1"]);
  assert.equal(profit.written.length, 1);
});

test("an order whose answer was lost is found and not booked again", async (t) => {
  const profit = await profitOf(t);
  profit.instead = [undefined, undefined, "lost"];

  const { output } = await push(profit, ORDER);

  assert.deepEqual(output.booked, [{ ref: "WW-1", order: "1" }]);
  assert.equal(profit.written.length, 1);
});

test("an order that never arrived is sent again", async (t) => {
  const profit = await profitOf(t);
  profit.instead = [undefined, undefined, "reset"];

  const { output } = await push(profit, ORDER);

  assert.deepEqual(output.booked, [{ ref: "WW-1", order: "1" }]);
});

test("a push after a push that broke off looks before it sends", async (t) => {
  const profit = await profitOf(t);
  profit.instead = [undefined, undefined, "lost", { status: 401 }];
  assert.equal((await push(profit, ORDER)).ok, false);

  const { output } = await push(profit, ORDER);

  assert.deepEqual(output.booked, [{ ref: "WW-1", order: "1" }]);
  assert.equal(profit.written.length, 1);
});

test("what AFAS refuses is told, and does not hold up the others", async (t) => {
  const profit = await profitOf(t);
  profit.instead = [undefined, undefined, refusal("Dat kan niet.", "AB12")];
  await push(profit, ORDER);

  const { ok, output, error } = await push(profit, ORDER, { ...ORDER, ref: "WW-2", lines: [] });

  assert.equal(ok, false);
  assert.deepEqual(
    output.booked.map(({ ref }) => ref),
    ["WW-1"],
  );
  assert.match(error, /order WW-2: de order heeft geen regels/);
});

const line = (more) => ({ lines: [{ ...ORDER.lines[0], ...more }] });
const WRONG = {
  "an unknown item": [line({ item: "A9" }), /artikel A9 bestaat niet/, "60.38"],
  "a blocked item": [line({ item: "A3" }), /artikel A3 is in Profit geblokkeerd/, "60.38"],
  "a total that does not add up": [{ total: "65.82" }, /de regels met btw zijn 65.83/],
  "a decimal comma": [line({ price: "24,95" }), /geen getal/],
  "no date": [{ placed: "gisteren" }, /geen datum/],
  "an unknown customer": [{ customer: { email: "wie@klant.example" } }, /stuur eerst de klanten/],
  "no reference": [{ ref: "" }, /1 tot 100 tekens/],
  "a description that is too long": [line({ description: "x".repeat(256) }), /255 tekens/],
};

for (const [what, [change, expected, total]] of Object.entries(WRONG)) {
  test(`an order with ${what} is refused and not sent`, async (t) => {
    const profit = await profitOf(t);

    const { ok, error } = await push(profit, { ...ORDER, ...(total ? { total } : {}), ...change });

    assert.equal(ok, false);
    assert.match(error, expected);
    assert.equal(profit.written.length, 0);
  });
}
