import assert from "node:assert/strict";
import { test } from "node:test";

import { add, decimal, equal, multiply, rounded, written } from "../src/decimal.mjs";

const times = (left, right) => written(multiply(decimal(left), decimal(right)));
const to = (text, digits) => written(rounded(decimal(text), digits));

test("decimals stay exact where JavaScript's numbers do not", () => {
  assert.equal(written(add(decimal("0.1"), decimal("0.2"))), "0.3");
  assert.equal(times("1.005", "100"), "100.500");
  assert.equal(times("-0.05", "3"), "-0.15");
  assert.equal(times("9007199254740993", "1"), "9007199254740993");
});

test("halves are rounded away from zero", () => {
  assert.equal(to("1.005", 2), "1.01");
  assert.equal(to("-1.005", 2), "-1.01");
  assert.equal(to("2.0049", 2), "2.00");
  assert.equal(to("2", 2), "2.00");
});

test("equal amounts are equal however they are written", () => {
  assert.ok(equal(decimal("12.5"), decimal("12.50")));
  assert.ok(!equal(decimal("12.5"), decimal("12.51")));
});

test("what is no number is refused", () => {
  for (const text of ["12,50", "1e3", "", "twaalf", " 1", undefined]) {
    assert.throws(() => decimal(text), RangeError, String(text));
  }
});
