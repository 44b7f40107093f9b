/**
 * Sending many things to Profit, each once: what the pushes of customers and orders share.
 *
 * Profit has no key against sending twice. So each thing is noted as `sending` before it is sent
 * and as `done` with the number that Profit gave it. After a lost answer, of this push or of one
 * before, the shop looks for it in Profit and sends again only when it is not there.
 */

import { AnswerLostError, RefusedError } from "./afas/errors.mjs";
import { inParallel } from "./parallel.mjs";

export const SENDING = "sending";
export const DONE = "done";
export const REFUSED = "refused";

/** Below the five that AFAS advises: the administrator may be using the environment too. */
const AT_ONCE = 4;

/**
 * Push things; one that is refused does not hold up the others.
 *
 * @param {object} shop with `store` and `log`
 * @param {string} table where the store keeps what became of them
 * @param {Array<{key: string}>} things each a batch of its own
 * @param {(thing: object) => Promise<{id: string, found: boolean}>} pushOne sends one
 */
export async function pushAll({ store }, table, things, pushOne) {
  const push = async (thing) => {
    const { key } = thing;
    const known = store.get(table, key);
    if (known?.state === DONE) return { skipped: key };
    try {
      const { id, found } = await pushOne(thing);
      store.put(table, key, { state: DONE, id });
      return { [found ? "found" : "made"]: { key, id } };
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      store.put(table, key, { state: REFUSED, logReference: error.logReference });
      return { refused: { key, message: error.forUser } };
    }
  };
  // The first goes alone: a token that is refused, or maintenance, then costs one call.
  const [first, ...others] = onlyOnce(things);
  if (first === undefined) return { made: [], found: [], skipped: [], refused: [] };
  const told = [await push(first), ...(await inParallel(others, AT_ONCE, push))];
  const of = (name) => told.filter((each) => name in each).map((each) => each[name]);
  return { made: of("made"), found: of("found"), skipped: of("skipped"), refused: of("refused") };
}

/** Send a thing unless it is there already; return its number in Profit. */
export async function sendOnce({ store, log }, table, { key, find, send, looksFirst = false }) {
  if (looksFirst || store.get(table, key)?.state === SENDING) {
    const id = await find();
    if (id !== undefined) return { id, found: true };
  }
  store.put(table, key, { state: SENDING });
  try {
    return { id: await send(), found: false };
  } catch (error) {
    if (!(error instanceof AnswerLostError)) throw error;
    log("warning", `${table} ${key}: antwoord verloren, kijkt of het er staat`);
  }
  const id = (await find()) ?? (await send());
  return { id, found: false };
}

/** What is offered twice in one push is one thing. */
function onlyOnce(things) {
  return [...new Map(things.map((thing) => [thing.key, thing])).values()];
}
