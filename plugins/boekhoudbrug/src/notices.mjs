/**
 * Webhooks of Profit: notices of what happened to dossier items.
 *
 * A notice is kept and answered at once, for AFAS wants an answer within two seconds, and worked
 * on later. One that comes twice is one.
 *
 * Source: AFAS, docs.afas.help/profit/en/webhooks.
 */

import { createHmac, timingSafeEqual } from "node:crypto";
const [WAITING, DONE] = ["waiting", "done"];

/** Whether a body was signed with a secret, compared in a time that tells nothing. */
export function isSigned(body, signature, secret) {
  const expected = createHmac("sha256", secret).update(body).digest();
  const match = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? "");
  return match !== null && timingSafeEqual(expected, Buffer.from(match[1], "hex"));
}

/** Keep a notice; return whether it is new. */
export function keepNotice({ state }, { EventId, EventType, Data = {} }) {
  if (state.get("notices", EventId) !== undefined) return false;
  const subject = Data.SubjectId === undefined ? undefined : String(Data.SubjectId);
  state.put("notices", EventId, { type: EventType, subject, state: WAITING });
  return true;
}

/** Return the notices that wait to be worked on, by their id. */
export function waitingNotices({ state }) {
  return state.entries("notices").filter(([, notice]) => notice.state === WAITING);
}

/** Remember that notices were worked on; their ids are kept, for one may come again. */
export function doneWith({ state }, notices) {
  state.putAll(
    "notices",
    notices.map(([id, notice]) => [id, { ...notice, state: DONE }]),
  );
}
