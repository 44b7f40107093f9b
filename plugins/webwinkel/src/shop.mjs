/** The shop's exchange with Profit: assortment and stock in, customers and orders out. */

import { AfasClient } from "./afas/client.mjs";
import { AfasError } from "./afas/errors.mjs";
import { pushCustomers } from "./customers.mjs";
import { syncItems } from "./items.mjs";
import { pushOrders } from "./orders.mjs";
import { syncStock } from "./stock.mjs";
import { Store } from "./store.mjs";

const OPERATIONS = {
  "sync-items": (shop, { full }) => syncItems(shop, { full }),
  "sync-stock": (shop) => syncStock(shop),
  "push-customers": (shop, { customers = [] }) => pushCustomers(shop, customers),
  "push-orders": (shop, { orders = [] }) => pushOrders(shop, orders),
};

const BUSY = "er loopt nog een opdracht van deze winkel; probeer het opnieuw als die klaar is";

/** One customer's shop. */
export class Shop {
  #parts;

  /**
   * @param {{baseUrl: string, token: string, integrationId: string}} settings the environment
   * @param {string} folder where the shop keeps its file
   * @param {{log: Function, pause?: Function, signal?: AbortSignal}} outside
   */
  constructor(settings, folder, outside) {
    const afas = new AfasClient(settings, outside);
    this.#parts = { afas, store: new Store(folder), log: outside.log };
  }

  /** Do something that the shop can do; return what the administrator would see of it. */
  async perform(name, given) {
    const operation = OPERATIONS[name];
    if (operation === undefined) return { ok: false, error: `onbekende opdracht ${name}` };
    try {
      const output = await this.#parts.store.alone(() => operation(this.#parts, given ?? {}));
      if (output === undefined) return { ok: false, error: BUSY };
      const refused = output.refused ?? [];
      return { ok: refused.length === 0, output, error: refused.map(told).join("\n") || null };
    } catch (error) {
      if (error instanceof AfasError) return { ok: false, error: error.forUser };
      throw error;
    }
  }
}

function told({ ref, customer, message }) {
  return `${ref ? `order ${ref}` : `klant ${customer}`}: ${message}`;
}
