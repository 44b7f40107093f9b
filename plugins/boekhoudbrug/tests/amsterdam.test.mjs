import assert from "node:assert/strict";
import { test } from "node:test";

import { dayOf, readFrom, shown, wallClock } from "../src/amsterdam.mjs";

test("an entry belongs to the day that it was in Amsterdam", () => {
  assert.equal(dayOf("2026-11-02"), "2026-11-02");
  assert.equal(dayOf("2026-11-02T23:30:00Z"), "2026-11-03");
  assert.equal(dayOf("2026-07-01T21:59:59Z"), "2026-07-01");
  assert.equal(dayOf("2026-07-01T22:00:00Z"), "2026-07-02");
  assert.equal(dayOf("2026-11-03T00:15:00+01:00"), "2026-11-03");
});

test("what is no date is refused", () => {
  assert.throws(() => dayOf("gisteren"), RangeError);
  assert.throws(() => dayOf(undefined), RangeError);
});

test("Profit's times are wall-clock time, whatever stands behind them", () => {
  assert.equal(shown("2026-07-01T09:49:49Z"), "2026-07-01T09:49:49");
  assert.equal(wallClock(new Date("2026-07-01T22:00:00Z")), "2026-07-02T00:00:00");
});

test("changes are read from a minute before the last one, over the repeated hour too", () => {
  assert.equal(readFrom("2026-11-02T09:00:00"), "2026-11-02T08:59:00");
  assert.equal(readFrom("2026-10-25T02:30:00"), "2026-10-25T01:29:00");
});
