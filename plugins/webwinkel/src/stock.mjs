/** What is in stock, so that the shop does not sell what is not there. */

import { AfasError } from "./afas/errors.mjs";
import { STOCK } from "./connectors.mjs";
import { ZERO, add, decimal, written } from "./decimal.mjs";

/**
 * Read the stock of all items: the connector has no modified date. An item may stand on several
 * levels; they are added up. What Profit no longer names is sold out.
 */
export async function syncStock({ afas, store }) {
  const levels = new Map();
  let read = 0;
  for await (const row of afas.rows(STOCK)) {
    read += 1;
    const before = levels.get(row.Artikel) ?? ZERO;
    levels.set(row.Artikel, add(before, decimal(row.Voorraad ?? 0)));
  }
  const known = store.keys("stock");
  if (read === 0 && known.length > 0) {
    // More likely a filter or a right that was changed in Profit than an empty warehouse.
    throw new AfasError(
      "AFAS geeft geen enkele voorraadregel; de voorraad in de winkel blijft staan.",
    );
  }
  const stock = {};
  let vanished = 0;
  for (const code of known) {
    if (levels.has(code)) continue;
    stock[code] = "0";
    vanished += store.get("stock", code) === "0" ? 0 : 1;
  }
  for (const [code, level] of levels) stock[code] = written(level);
  const changed = store.putAll("stock", stock);
  return { read, changed, known: store.keys("stock").length, vanished };
}
