/**
 * Sending something to Profit once, although Profit has no key against sending it twice.
 *
 * It is noted as `sending` before it is sent and as `done` with the number that Profit gave it.
 * After a lost answer, of this time or of one before, the bridge looks for it in Profit and sends
 * it again only when it is not there.
 */

import { AnswerLostError, RefusedError } from "./afas/errors.mjs";

const [SENDING, DONE, REFUSED] = ["sending", "done", "refused"];

/**
 * Send things one after the other, in the order in which they are offered: Profit numbers them.
 * One that is refused does not hold up the others.
 *
 * @param {{state: object, log: Function}} office
 * @param {string} table where the state keeps what became of them
 * @param {Array<{ref: string}>} things
 * @param {{read: Function, find: Function, send: Function}} how `read` refuses what cannot be sent
 *   as it is; `find` and `send` take what it returned and give Profit's number
 */
export async function sendAll(office, table, things, { read, find, send }) {
  const output = { sent: [], skipped: [], refused: [] };
  for (const thing of things) {
    const ref = String(thing.ref ?? "");
    if (office.state.get(table, ref)?.state === DONE) {
      output.skipped.push(ref);
      continue;
    }
    try {
      const ready = read({ ...thing, ref });
      const id = await sendOnce(
        office,
        table,
        ref,
        () => find(ready),
        () => send(ready),
      );
      office.state.put(table, ref, { state: DONE, id });
      output.sent.push({ ref, id });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      office.state.put(table, ref, { state: REFUSED, logReference: error.logReference });
      output.refused.push({ ref, message: error.forUser });
    }
  }
  return output;
}

async function sendOnce({ state, log }, table, ref, find, send) {
  if (state.get(table, ref)?.state === SENDING) {
    const id = await find();
    if (id !== undefined) return id;
  }
  state.put(table, ref, { state: SENDING });
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof AnswerLostError)) throw error;
    log("warning", `${table} ${ref}: antwoord verloren, kijkt of het er staat`);
  }
  return (await find()) ?? (await send());
}
