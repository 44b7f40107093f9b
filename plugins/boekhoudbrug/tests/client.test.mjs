import assert from "node:assert/strict";
import { test } from "node:test";

import {
  AccessError,
  AnswerLostError,
  RefusedError,
  UnavailableError,
} from "../src/afas/errors.mjs";
import { EQUALS, filterQuery, where } from "../src/afas/filter.mjs";
import { inParallel } from "../src/parallel.mjs";
import { Profit, refusal } from "./profit.mjs";

const X = { id: "Boekhoudbrug_X", columns: 3, orderBy: ["Id"] };
const many = (count) => Array.from({ length: count }, (_, Id) => ({ Id }));
const all = async (rows) => {
  const read = [];
  for await (const row of rows) read.push(row);
  return read;
};

test("rows are read page by page in a fixed order", async (t) => {
  const profit = await Profit.started(t, { Boekhoudbrug_X: many(1001) });

  assert.equal((await all(profit.client().rows(X))).length, 1001);
  assert.deepEqual(
    profit.asked.map(({ query }) => query),
    [
      { skip: "0", take: "1000", orderbyfieldids: "Id" },
      { skip: "1000", take: "1000", orderbyfieldids: "Id" },
    ],
  );
});

test("wide connectors are read in smaller pages", async (t) => {
  const profit = await Profit.started(t);

  await all(profit.client().rows({ ...X, columns: 300 }));

  assert.equal(profit.asked[0].query.take, "500");
});

test("a value with a comma is filtered by JSON, others by the short form", () => {
  assert.deepEqual(filterQuery([[where("A", EQUALS, "x")], [where("B", EQUALS, "y")]]), {
    filterfieldids: "A;B",
    filtervalues: "x;y",
    operatortypes: "1;1",
  });
  const { filterjson } = filterQuery([[where("A", EQUALS, "x, y")]]);
  assert.equal(JSON.parse(filterjson).Filters.Filter[0].Field[0]["#text"], "x, y");
});

test("every call carries the token and the IntegrationId, and says that it is UTF-8", async (t) => {
  const profit = await Profit.started(t);

  await profit.client().insert("KnSubject", { Fields: { Ds: "Één" } });

  const [{ headers, body }] = profit.asked;
  assert.match(headers.authorization, /^AfasToken PHRva2Vu/);
  assert.equal(headers.integrationid, "67890_310020");
  assert.equal(headers["content-type"], "application/json;charset=utf-8");
  assert.notEqual(headers.connection, "close");
  assert.match(body, /Één/);
});

test("maintenance is waited for as long as AFAS asks", async (t) => {
  const profit = await Profit.started(t);
  profit.instead = [{ status: 503, headers: { "retry-after": "4" } }, { status: 503 }];

  await all(profit.client().rows(X));

  assert.deepEqual(profit.pauses, [4, 1]);
});

test("long maintenance is told and not waited for", async (t) => {
  const profit = await Profit.started(t);
  profit.instead = [{ status: 503, body: '{"retry_after": 7200}' }];

  await assert.rejects(all(profit.client().rows(X)), (error) => {
    assert.ok(error instanceof UnavailableError);
    assert.match(error.forUser, /over 7200 seconden/);
    return true;
  });
  assert.equal(profit.asked.length, 1);
});

test("a refused token or address is not tried again", async (t) => {
  for (const status of [401, 403]) {
    const profit = await Profit.started(t);
    profit.instead = [{ status }];

    await assert.rejects(profit.client().insert("KnSubject", {}), AccessError);
    assert.equal(profit.asked.length, 1);
  }
});

test("a refusal carries AFAS's text and reference; the log gets the reference only", async (t) => {
  const profit = await Profit.started(t);
  profit.instead = [refusal("Deze klant kan niet.", "AB12")];

  await assert.rejects(profit.client().insert("KnSubject", {}), (error) => {
    assert.ok(error instanceof RefusedError);
    assert.equal(error.forUser, "Deze klant kan niet. (AFAS-logreferentie AB12)");
    return true;
  });
  assert.equal(profit.asked.length, 1);
  assert.deepEqual(profit.logged, [
    "error POST /connectors/KnSubject: AFAS weigert met status 500 [AB12]",
  ]);
});

test("a lost answer is asked for again only when nothing was written", async (t) => {
  const profit = await Profit.started(t, { Boekhoudbrug_X: many(1) });
  profit.instead = ["reset"];
  assert.equal((await all(profit.client().rows(X))).length, 1);

  profit.instead = ["lost"];
  await assert.rejects(profit.client().insert("KnSubject", {}), AnswerLostError);
  assert.equal(profit.written.length, 1);
});

test("who cannot be reached is tried three times", async (t) => {
  const profit = await Profit.started(t);
  const client = profit.client();
  await profit.stopped();

  await assert.rejects(client.insert("KnSubject", {}), UnavailableError);
  assert.deepEqual(profit.pauses, [0.5, 1]);
});

test("no more than five calls run at once", async (t) => {
  const profit = await Profit.started(t);
  const client = profit.client();

  await inParallel(many(20), 20, () => all(client.rows(X)));

  assert.equal(profit.asked.length, 20);
  assert.ok(profit.mostAtOnce <= 5, String(profit.mostAtOnce));
});

test("after a failure nothing new is begun", async () => {
  const begun = [];
  const work = async (item) => {
    begun.push(item);
    await null;
    if (item === 1) throw new Error("no");
  };

  await assert.rejects(inParallel([1, 2, 3, 4, 5], 2, work), /no/);
  assert.deepEqual(begun, [1, 2]);
});
