/** The assortment: what Profit sells, so that the shop offers nothing else. */

import { readFrom, shown } from "./amsterdam.mjs";
import { AT_LEAST, EQUALS, where } from "./afas/filter.mjs";
import { ITEMS } from "./connectors.mjs";

/** Codes that fit in one call: a longer query than 2049 characters gets 404 from AFAS. */
const CODES_PER_CALL = 15;

/**
 * Read the items that changed since the last time; all of them the first time.
 * The mark is the newest modified date that Profit showed, never our own clock, and moves only
 * after everything was read. What is read again and did not change is recognised.
 */
export async function syncItems({ afas, store }, { full = false } = {}) {
  const mark = full ? undefined : store.get("marks", ITEMS.id);
  const filter = mark ? [[where("ModifiedDate", AT_LEAST, readFrom(mark))]] : [];
  const items = {};
  let newest = mark ?? "";
  let read = 0;
  for await (const row of afas.rows(ITEMS, filter)) {
    read += 1;
    items[row.ItemCode] = asItem(row);
    const modified = shown(row.ModifiedDate ?? "");
    if (modified > newest) newest = modified;
  }
  const changed = store.putAll("items", items);
  if (newest) store.put("marks", ITEMS.id, newest);
  const known = store.keys("items");
  const forSale = known.filter((code) => !store.get("items", code).blocked).length;
  return { read, changed, known: known.length, forSale };
}

/** Return items by their code, those that the shop does not know yet read from Profit. */
export async function itemsOf({ afas, store }, codes) {
  const unknown = [...new Set(codes)].filter((code) => store.get("items", code) === undefined);
  const found = {};
  for (let at = 0; at < unknown.length; at += CODES_PER_CALL) {
    const some = unknown.slice(at, at + CODES_PER_CALL);
    const filter = some.map((code) => [where("ItemCode", EQUALS, code)]);
    for await (const row of afas.rows(ITEMS, filter)) found[row.ItemCode] = asItem(row);
  }
  store.putAll("items", found);
  return new Map(codes.map((code) => [code, store.get("items", code)]));
}

function asItem(row) {
  return {
    description: row.Description ?? "",
    unit: row.UnitId,
    group: row.ArtGroup,
    barcode: row.Barcode ?? null,
    vatGroup: row.VATGroup,
    tracksStock: row.Stock === true,
    blocked: row.Blocked === true,
  };
}
