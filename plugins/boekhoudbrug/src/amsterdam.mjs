/**
 * Profit's clock: wall-clock time of Amsterdam. The `Z` behind the times that it shows is not
 * true, and must not stand in what is sent. Source: AFAS, docs.afas.help/profit/en/get-connector.
 *
 * A wall-clock time is kept as the text that Profit takes: "2026-11-02T09:30:00".
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const CLOCK = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/Amsterdam",
  dateStyle: "short",
  timeStyle: "medium",
});

/** Return the wall-clock time of a moment. */
export function wallClock(moment) {
  return CLOCK.format(moment).replace(" ", "T");
}

/** Return the day after a day. */
export function dayAfter(day) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * HOUR_MS).toISOString().slice(0, 10);
}

/** Return the day in Amsterdam of "2026-11-02", or of a moment such as "2026-11-02T23:30:00Z". */
export function dayOf(text) {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) throw new RangeError(`geen datum: ${text}`);
  return isDay ? text : wallClock(moment).slice(0, 10);
}

/** Return a time that Profit shows, without what is not true about it. */
export function shown(text) {
  return text.replace(/Z$/, "");
}

/**
 * Return from when on changes are read again so that none is missed: a minute before the last one
 * seen, because Profit shows whole seconds and compares with parts of them. In the hour that the
 * clock repeats in October what is later by the sun may be earlier by the clock: an hour more.
 */
export function readFrom(mark) {
  const backMs = MINUTE_MS + (isRepeated(mark) ? HOUR_MS : 0);
  return new Date(asUtc(mark) - backMs).toISOString().slice(0, 19);
}

function isRepeated(text) {
  return [1, 2].every((hours) => wallClock(new Date(asUtc(text) - hours * HOUR_MS)) === text);
}

function asUtc(text) {
  return Date.parse(`${text}Z`);
}
