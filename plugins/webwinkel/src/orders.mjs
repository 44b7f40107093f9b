/** Orders: booked in Profit once, and exactly as the customer saw them. */

import { dayOf } from "./amsterdam.mjs";
import { RefusedError } from "./afas/errors.mjs";
import { EQUALS, where } from "./afas/filter.mjs";
import { pushAll, sendOnce } from "./batch.mjs";
import { ORDERS } from "./connectors.mjs";
import { debtorOf } from "./customers.mjs";
import { ZERO, add, decimal, equal, multiply, rounded, written } from "./decimal.mjs";
import { itemsOf } from "./items.mjs";

const ITEM = "2"; // Profit's type of item for `Artikel`
const LONGEST_REF = 100;
const LONGEST_DESCRIPTION = 255;
const CENTS = 2;
const PERCENT = decimal("0.01");

/** Book orders; each once, however often it is pushed. */
export async function pushOrders(shop, orders) {
  const things = orders.map((order) => ({ ...order, key: String(order.ref ?? "") }));
  const { made, found, skipped, refused } = await pushAll(shop, "orders", things, async (plain) => {
    const order = readOrder(plain);
    return sendOnce(shop, "orders", {
      key: order.key,
      find: () => orderOf(shop, order.key),
      send: () => send(shop, order),
    });
  });
  const booked = [...made, ...found].map(({ key, id }) => ({ ref: key, order: id }));
  return { booked, skipped, refused: refused.map(({ key, message }) => ({ ref: key, message })) };
}

async function send(shop, order) {
  const element = await asElement(shop, order);
  return (await shop.afas.insert("FbSales", element)).OrNu;
}

/** Return the number of the order in Profit that carries our reference. */
async function orderOf({ afas }, ref) {
  const filter = [[where("CustomerReference", EQUALS, ref)]];
  for await (const row of afas.rows(ORDERS, filter)) return row.OrderNumber;
  return undefined;
}

/** Read an order of the shop; refuse one that cannot be booked as it is. */
export function readOrder(plain) {
  const { key, lines = [] } = plain;
  if (key === "" || key.length > LONGEST_REF) {
    throw new RefusedError(`het ordernummer is 1 tot ${LONGEST_REF} tekens lang.`);
  }
  if (lines.length === 0) throw new RefusedError("de order heeft geen regels.");
  try {
    const order = {
      key,
      customer: plain.customer ?? {},
      day: dayOf(plain.placed),
      lines: lines.map(readLine),
    };
    const total = decimal(plain.total);
    if (!equal(total, totalOf(order.lines))) {
      const expected = written(totalOf(order.lines));
      throw new RefusedError(
        `het totaal is ${written(total)}, de regels met btw zijn ${expected}.`,
      );
    }
    return order;
  } catch (error) {
    if (error instanceof RangeError)
      throw new RefusedError(`de order is onjuist: ${error.message}`);
    throw error;
  }
}

function readLine({ item, quantity, price, vat, description = "" }) {
  if (description.length > LONGEST_DESCRIPTION) {
    const longest = LONGEST_DESCRIPTION;
    throw new RefusedError(`een omschrijving is langer dan de ${longest} tekens van AFAS.`);
  }
  return {
    item: String(item),
    quantity: decimal(quantity),
    price: decimal(price), // per unit, without VAT
    vat: decimal(vat), // a percentage
    description: description.normalize("NFC"),
  };
}

/** What the customer pays: VAT is taken over the lines of each rate together, then rounded. */
export function totalOf(lines) {
  const perRate = new Map();
  for (const { quantity, price, vat } of lines) {
    const amount = rounded(multiply(quantity, price), CENTS);
    perRate.set(written(vat), add(perRate.get(written(vat)) ?? ZERO, amount));
  }
  let total = ZERO;
  for (const [rate, net] of perRate) {
    const due = rounded(multiply(multiply(net, decimal(rate)), PERCENT), CENTS);
    total = add(total, add(net, due));
  }
  return rounded(total, CENTS);
}

async function asElement(shop, order) {
  const debtor = await debtorFor(shop, order.customer);
  const items = await itemsOf(
    shop,
    order.lines.map(({ item }) => item),
  );
  return {
    Fields: {
      OrDa: order.day,
      DbId: debtor,
      RfCs: order.key,
      CuId: "EUR",
      InVa: false,
    },
    Objects: [{ FbSalesLines: { Element: order.lines.map((line) => asLine(line, items)) } }],
  };
}

function asLine({ item, quantity, price, description }, items) {
  const known = items.get(item);
  if (known === undefined) throw new RefusedError(`artikel ${item} bestaat niet in Profit.`);
  if (known.blocked) throw new RefusedError(`artikel ${item} is in Profit geblokkeerd.`);
  const fields = {
    VaIt: ITEM,
    ItCd: item,
    BiUn: known.unit,
    QuUn: written(quantity),
    Upri: written(price),
  };
  if (description) fields.Ds = description;
  return { Fields: fields };
}

async function debtorFor(shop, { number, email }) {
  const known = number === undefined ? undefined : shop.store.get("customers", String(number));
  const debtor = known?.id ?? (email ? await debtorOf(shop, email) : undefined);
  if (debtor === undefined) {
    throw new RefusedError("de klant staat nog niet in Profit; stuur eerst de klanten.");
  }
  return debtor;
}
