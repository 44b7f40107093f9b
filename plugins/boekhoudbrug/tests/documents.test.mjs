import assert from "node:assert/strict";
import { test } from "node:test";

import { Profit } from "./profit.mjs";

const DOCUMENT = {
  ref: "D-1",
  title: "Factuur",
  relation: "1000106",
  fileName: "façade.pdf",
  content: "JVBERi0xLjQK",
};

/** A Profit that shows the dossier items that were written to it. */
async function profitOf(t) {
  const profit = await Profit.started(t, {
    Boekhoudbrug_Dossier: ([subject]) =>
      profit.written.flatMap(({ element }, at) =>
        element.Fields.Ds === subject ? [{ SubjectId: at + 1 }] : [],
      ),
  });
  return profit;
}

const attach = (profit, ...documents) => profit.office().perform("attach-documents", { documents });

test("a document becomes a dossier item with the file attached", async (t) => {
  const profit = await profitOf(t);

  const { output } = await attach(profit, DOCUMENT);

  assert.deepEqual(output.attached, [{ ref: "D-1", subject: "1" }]);
  const [{ element }] = profit.written;
  assert.deepEqual(element.Fields, { StId: 1, Ds: "Factuur (D-1)" });
  assert.deepEqual(element.Objects, [
    {
      KnSubjectAttachment: {
        Element: { Fields: { FileName: "façade.pdf", FileStream: "JVBERi0xLjQK" } },
      },
    },
    { KnSubjectLink: { Element: { Fields: { ToBC: true, BcId: "1000106" } } } },
  ]);
});

test("a document is attached once, also when the answer was lost", async (t) => {
  const profit = await profitOf(t);
  profit.instead = ["lost"];

  assert.deepEqual((await attach(profit, DOCUMENT)).output.attached.length, 1);
  assert.deepEqual((await attach(profit, DOCUMENT)).output.skipped, ["D-1"]);
  assert.equal(profit.written.length, 1);
});

const WRONG = {
  "no title": [{ title: " " }, /titel en kenmerk/],
  "an empty file": [{ content: "" }, /leeg of onleesbaar/],
  "a file that is no base64": [{ content: "zomaar" }, /leeg of onleesbaar/],
  "a name with a path": [{ fileName: "../weg.pdf" }, /bestandsnaam/],
  "a file beyond what AFAS takes": [{ content: "AAAA".repeat(18_000_000) }, /51 MB.*50 MB/],
};

for (const [what, [change, expected]] of Object.entries(WRONG)) {
  test(`a document with ${what} is refused and not sent`, async (t) => {
    const profit = await profitOf(t);

    const { ok, error } = await attach(profit, { ...DOCUMENT, ...change });

    assert.equal(ok, false);
    assert.match(error, expected);
    assert.equal(profit.written.length, 0);
  });
}
