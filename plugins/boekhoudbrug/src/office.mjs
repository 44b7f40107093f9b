/** One bookkeeping office: its Profit environment, and what the bridge does for it. */

import { AfasClient } from "./afas/client.mjs";
import { AfasError } from "./afas/errors.mjs";
import { attachDocuments } from "./documents.mjs";
import { syncDossier } from "./dossier.mjs";
import { pushEntries } from "./entries.mjs";
import { syncLedger } from "./ledger.mjs";
import { isSigned, keepNotice } from "./notices.mjs";
import { syncCreditors, syncOpenItems } from "./reference-data.mjs";
import { State } from "./state.mjs";

const OPERATIONS = {
  "push-entries": pushEntries,
  "attach-documents": attachDocuments,
  "sync-ledger": syncLedger,
  "sync-creditors": syncCreditors,
  "sync-open-items": syncOpenItems,
  "sync-dossier": syncDossier,
};

export class Office {
  #parts;
  #webhookSecret;
  #last = Promise.resolve();

  /**
   * @param {{baseUrl: string, token: string, integrationId: string, webhookSecret?: string}}
   *   settings the environment
   * @param {string} folder where the bridge keeps its file
   * @param {{log: Function, pause?: Function}} outside
   */
  constructor(settings, folder, outside) {
    const afas = new AfasClient(settings, outside);
    this.#parts = { afas, state: new State(folder), log: outside.log };
    this.#webhookSecret = settings.webhookSecret;
  }

  /** Whether the bridge can do something of that name. */
  static can(name) {
    return Object.hasOwn(OPERATIONS, name);
  }

  /** Do something when what was asked before it is done; return what the bookkeeper would see. */
  perform(name, given) {
    const done = this.#last.then(() => this.#carryOut(name, given));
    this.#last = done.catch(() => {});
    return done;
  }

  async #carryOut(name, given) {
    try {
      const output = await OPERATIONS[name](this.#parts, given ?? {});
      const refused = output.refused ?? [];
      const error = refused.map(({ ref, message }) => `${ref}: ${message}`).join("\n") || null;
      return { ok: refused.length === 0, output, error };
    } catch (error) {
      if (error instanceof AfasError) return { ok: false, error: error.forUser };
      throw error;
    }
  }

  /** Whether a webhook is of this office: its secret is what tells. */
  signed(body, signature) {
    return Boolean(this.#webhookSecret) && isSigned(body, signature, this.#webhookSecret);
  }

  /** Keep a webhook to work on later; return whether it is new. */
  receive(notice) {
    return keepNotice(this.#parts, notice);
  }
}
