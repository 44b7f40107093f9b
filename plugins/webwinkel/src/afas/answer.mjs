/** What an answer of Profit means, and what it means when none came. */

import {
  AccessError,
  AnswerLostError,
  AnswerPendingError,
  RefusedError,
  UnavailableError,
} from "./errors.mjs";

/** Failures after which it is certain that Profit never saw the call. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** We have waited long enough for an answer. */
export class TooLate extends Error {}

/** Return the error that a failed `fetch` stands for. */
export function whatFailed(error) {
  if (error instanceof TooLate) {
    // Profit works on after we hang up, so trying again now makes it worse.
    const message = "AFAS antwoordt niet op tijd. Wacht een kwartier en probeer het opnieuw.";
    return new AnswerPendingError(message);
  }
  const code = error.cause?.code ?? error.code ?? error.name;
  if (NEVER_SENT.has(code)) return new UnavailableError(`AFAS is niet bereikbaar (${code}).`);
  return new AnswerLostError(`Het antwoord van AFAS ging verloren (${code}).`);
}

/**
 * Return an answer that says yes, with `json()` and `rows()`; throw what any other means.
 * Of a 500 AFAS means: I will not do this. Its text and reference are for the administrator; the
 * log gets the reference only, because the text may repeat what was sent.
 */
export function read({ status, text }, name, log) {
  if (status === 401) {
    const message = "AFAS weigert het token (401). Maak een nieuw token voor de app connector.";
    throw new AccessError(message);
  }
  if (status === 403) {
    throw new AccessError("AFAS weigert dit IP-adres (403). Pas de IP-restrictie aan.");
  }
  if (status < 200 || status > 299) throw refusal(status, text, name, log);
  return { text, json: () => object(text), rows: () => rowsOf(object(text)) };
}

/** Return how long Profit asks to wait, undefined when it does not say. */
export function retryAfterS({ headers, text }) {
  const said = headers.get("retry-after") ?? parsed(text)?.retry_after;
  const seconds = Number(said);
  return said === null || said === undefined || Number.isNaN(seconds)
    ? undefined
    : Math.max(0, seconds);
}

function refusal(status, text, name, log) {
  const told = parsed(text);
  const message = told?.externalMessage ?? `AFAS weigert de aanroep met status ${status}.`;
  const logReference = told?.profitLogReference ?? "";
  log("error", `${name}: AFAS weigert met status ${status} [${logReference}]`);
  return new RefusedError(message, { logReference });
}

function object(text) {
  const told = parsed(text);
  if (told === undefined) throw new AnswerLostError("Het antwoord van AFAS is geen leesbare JSON.");
  return told;
}

function parsed(text) {
  try {
    const told = JSON.parse(text);
    return typeof told === "object" && told !== null ? told : undefined;
  } catch {
    return undefined;
  }
}

/** What has no rows is no answer, and never one without rows. */
function rowsOf({ rows }) {
  if (!Array.isArray(rows)) throw new AnswerLostError("Het antwoord van AFAS bevat geen rijen.");
  return rows;
}
